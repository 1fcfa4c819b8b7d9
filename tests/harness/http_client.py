# SPDX-License-Identifier: Apache-2.0
"""An HTTP/1.1 client that sends whatever it is told to, and reads answers strictly."""

import json
import socket
import struct
import time
from dataclasses import dataclass, field

PATIENCE_S = 10.0


class Closed(Exception):
    """The server closed the connection where an answer was expected."""


@dataclass
class Answer:
    status: int
    headers: dict = field(default_factory=dict)  # By lower-case name; the last one counts.
    body: bytes = b""
    chunks: list = field(default_factory=list)  # As framed, where the answer was chunked.

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8")


def request_bytes(method, target, body=None, headers=None, content_type="application/json"):
    """A well-formed request; a body that is no bytes is written as JSON."""
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    if body is not None:
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if content_type is not None:
            lines.append(f"Content-Type: {content_type}")
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


class Connection:
    def __init__(self, port, receive_buffer=None, patience_s=PATIENCE_S):
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(patience_s)
        try:
            self.socket.connect(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, data):
        self.socket.sendall(data)

    def send_slowly(self, data, size=1, pause_s=0.0):
        for i in range(0, len(data), size):
            self.socket.sendall(data[i : i + size])
            if pause_s:
                time.sleep(pause_s)

    def ask(self, method, target, body=None, headers=None, **more):
        self.send(request_bytes(method, target, body, headers, **more))
        return self.receive(method)

    def _fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise Closed(f"closed; unread before that: {self.pending[:200]!r}")
        self.pending += data

    def _line(self):
        while b"\r\n" not in self.pending:
            self._fill()
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line

    def _exactly(self, size):
        while len(self.pending) < size:
            self._fill()
        data, self.pending = self.pending[:size], self.pending[size:]
        return data

    def receive_head(self):
        version, status, *_ = self._line().decode("latin-1").split(" ", 2)
        assert version == "HTTP/1.1", version
        answer = Answer(status=int(status))
        while line := self._line():
            name, value = line.decode("latin-1").split(":", 1)
            assert name == name.strip() and name, f"bad header line {line!r}"
            answer.headers[name.lower()] = value.strip()
        return answer

    def receive(self, method="GET"):
        answer = self.receive_head()
        if method == "HEAD" or answer.status in (100, 204, 304):
            return answer
        if answer.headers.get("transfer-encoding") == "chunked":
            assert "content-length" not in answer.headers
            while size := int(self._line(), 16):
                answer.chunks.append(self._exactly(size))
                assert self._line() == b""
            assert self._line() == b""
            answer.body = b"".join(answer.chunks)
        else:
            answer.body = self._exactly(int(answer.headers["content-length"]))
        return answer

    def wait_closed(self, patience_s=PATIENCE_S):
        """Whether the server ends the connection, having sent nothing more."""
        self.socket.settimeout(patience_s)
        try:
            while data := self.socket.recv(65536):
                self.pending += data
        except ConnectionResetError:
            pass
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(PATIENCE_S)
        return True


def ask(port, method, target, body=None, headers=None, patience_s=PATIENCE_S, **more):
    """One request on a connection of its own."""
    with Connection(port, patience_s=patience_s) as connection:
        return connection.ask(method, target, body, headers, **more)
