# SPDX-License-Identifier: Apache-2.0
"""Lines of JSON over a socket, as both sides of a replica speak them."""

import json


class Lines:
    """One end; used inside one asyncio loop, whose socket does not block."""

    def __init__(self, loop, connection):
        self._loop = loop
        self._socket = connection
        self._socket.setblocking(False)
        self._text = b""

    async def say(self, document):
        await self._loop.sock_sendall(self._socket, json.dumps(document).encode() + b"\n")

    async def hear(self):
        """The next document, or None when the other end has closed."""
        while b"\n" not in self._text:
            try:
                part = await self._loop.sock_recv(self._socket, 65536)
            except OSError:
                return None
            if not part:
                return None
            self._text += part
        line, self._text = self._text.split(b"\n", 1)
        return json.loads(line)

    def close(self):
        self._socket.close()
