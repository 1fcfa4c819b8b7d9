#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small container that follows SageMaker's contract, except for the faults that it is given.

    container.py [--fault NAME]... [--home PORT] [--model-dir DIR] [serve]

What it reads and writes of HTTP stands here, what it answers in routes.py. It is written to be
broken in one way at a time, not to be fast.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

from routes import Reply, Routes

CONTENT_LENGTH = "content-length"


class Refused(Exception):
    """A request that is no HTTP; its reply."""

    def __init__(self, status, text):
        super().__init__(text)
        self.reply = Reply(status, {"error": text})


class Gone(Exception):
    """The client left, or need not be told why this side leaves."""


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body

    def header(self, name, default=""):
        return self.headers.get(name.lower(), default)


class Connection(threading.Thread):
    def __init__(self, server, client):
        super().__init__(daemon=True)
        self.server, self.client, self.pending, self.first_read = server, client, b"", b""
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def broken(self, fault):
        return fault in self.server.faults

    def run(self):
        try:
            while self.serve_one():
                pass
        except Gone:
            pass
        except OSError:
            if self.broken("dies-on-reset") or self.broken("dies-on-abort"):
                os._exit(1)
        finally:
            self.client.close()

    def fill(self):
        data = self.client.recv(65536)
        if not data:
            raise Gone
        self.pending += data

    def line(self):
        while b"\r\n" not in self.pending:
            if len(self.pending) > 65536:
                raise Refused(400, "a line is too long")
            self.fill()
        line, self.pending = self.pending.split(b"\r\n", 1)
        return line

    def exactly(self, count):
        parts, have = [self.pending], len(self.pending)
        while have < count:
            data = self.client.recv(min(count - have, 1 << 20))
            if not data:
                if self.broken("dies-on-abort"):
                    os._exit(1)
                raise Gone
            parts.append(data)
            have += len(data)
        everything = b"".join(parts)
        self.pending = everything[count:]
        return everything[:count]

    def head(self):
        if self.pending[:1] not in (b"\r", b"\n") and not self.pending[:1].isalpha():
            if self.broken("dies-on-garbage"):
                os._exit(1)
            raise Refused(400, "no HTTP")
        while b"\r\n\r\n" not in self.pending:
            if len(self.pending) > 65536:
                raise Refused(431, "the head is too large")
            self.fill()
            if self.broken("one-read-head") and b"\r\n\r\n" not in self.pending:
                raise Refused(400, "the head is incomplete")
        if self.broken("one-read-body"):
            # What came in the same read as the head is all that it will look at.
            end = self.pending.index(b"\r\n\r\n") + 4
            self.pending, self.first_read = self.pending[:end], self.pending[end:]
        lines = []
        while line := self.line():
            lines.append(line.decode("latin-1"))
        return lines

    def read_request(self):
        while not self.pending:
            self.fill()
        lines = self.head()
        words = lines[0].split(" ") if lines else []
        if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0") or len(words[1]) > 8000:
            raise Refused(400, "no request line")
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or name != name.strip():
                raise Refused(400, "no header line")
            if not self.broken("case-sensitive-headers"):
                name = name.lower()
            elif name.lower() == name:
                continue
            name, value = name.lower(), value.strip()
            if name == CONTENT_LENGTH and headers.get(name, value) != value:
                raise Refused(400, "two lengths")
            if len(value) > 512 and self.broken("short-headers-only"):
                raise Refused(431, "a header is too long")
            headers[name] = value
        if "host" not in headers and not self.broken("case-sensitive-headers"):
            raise Refused(400, "no Host")
        if headers.get("expect") == "100-continue":
            self.client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(words[0], words[1], headers, self.read_body(headers))

    def read_body(self, headers):
        if "transfer-encoding" in headers:
            if CONTENT_LENGTH in headers or headers["transfer-encoding"] != "chunked":
                raise Refused(400, "which length?")
            if self.broken("no-chunked"):
                raise Refused(411, "a length is needed")
            return self.read_chunks()
        length = headers.get(CONTENT_LENGTH, "0")
        if not length.isdigit():
            raise Refused(400, "no length")
        if int(length) > (1 << 20 if self.broken("small-limit") else 64 << 20):
            raise Refused(413, "too large")
        if self.broken("one-read-body") and int(length):
            return self.first_read
        return self.exactly(int(length))

    def read_chunks(self):
        chunks = []
        while True:
            size = self.line().split(b";")[0].strip()
            if not size or len(size) > 15 or size.strip(b"0123456789abcdefABCDEF"):
                if self.broken("dies-on-bad-chunk"):
                    os._exit(1)
                raise Refused(400, "no chunk size")
            if int(size, 16) == 0:
                break
            chunks.append(self.exactly(int(size, 16)))
            self.exactly(2)
        while self.line():
            pass
        return b"".join(chunks[:1] if self.broken("first-chunk-only") else chunks)

    def serve_one(self):
        try:
            request = self.read_request()
        except Refused as refused:
            self.send(refused.reply, "close")
            self.client.shutdown(socket.SHUT_WR)
            self.client.settimeout(0.2)
            while self.client.recv(65536):
                pass
            return False
        reply = self.server.routes.answer(request)
        if reply is None:
            raise Gone
        if reply.socket:
            self.client.sendall(reply.head("upgrade"))
            reply.socket(self)
            return False
        if self.broken("dies-on-reset"):
            time.sleep(0.15)
        self.send(reply, "keep-alive", request.method == "HEAD")
        return not self.broken("silent-close") and not reply.ends_connection

    def send(self, reply, connection, only_head=False):
        if reply.items is None:
            self.client.sendall(reply.head(connection) + (b"" if only_head else reply.body))
            return
        self.client.sendall(reply.head(connection))
        if self.broken("stream-blocks-all"):
            with self.server.routes.lock:
                time.sleep(2.5)
        for item in reply.items:
            self.client.sendall(b"%x\r\n%s\r\n" % (len(item), item) if reply.chunked else item)
            time.sleep(0.02)
        if reply.chunked and not self.broken("stream-cut"):
            self.client.sendall(b"0\r\n\r\n")


class Server:
    def __init__(self, faults, home, model_directory):
        self.faults = set(faults)
        port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
        if "ignores-port" in self.faults:
            port = home
        hosts = ["127.0.0.1"] if "loopback-only" in self.faults else ["127.0.0.1", "127.0.0.2"]
        backlog = 0 if "slow-accept" in self.faults else 512
        self.listeners = [self.listen(host, port, backlog) for host in hosts]
        if "second-port" in self.faults:
            self.second = self.listen("127.0.0.1", 0, 1)
        if "writes-cache" in self.faults:
            with open(os.path.join(model_directory, "cache"), "w") as file:
                file.write("compiled")
        self.routes = Routes(self.faults)

    @staticmethod
    def listen(host, port, backlog):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(backlog)
        return listener

    def accept(self, listener):
        open_connections = []
        while True:
            if "slow-accept" in self.faults:
                time.sleep(0.6)
            connection = Connection(self, listener.accept()[0])
            if "one-connection" in self.faults:
                connection.run()
            elif "loses-requests" in self.faults:
                open_connections = [c for c in open_connections if c.is_alive()]
                if len(open_connections) < 4:
                    connection.start()
                    open_connections.append(connection)
                else:
                    connection.client.close()
            else:
                connection.start()

    def run(self):
        for listener in self.listeners[1:]:
            threading.Thread(target=self.accept, args=(listener,), daemon=True).start()
        self.accept(self.listeners[0])


def main():
    words, faults, home, model_directory = sys.argv[1:], [], 0, None
    while words:
        word = words.pop(0)
        if word == "--fault":
            faults.append(words.pop(0))
        elif word == "--home":
            home = int(words.pop(0))
        elif word == "--model-dir":
            model_directory = words.pop(0)
        elif word != "serve" or "refuses-serve" in faults:
            sys.exit(f"container.py: what is {word}?")
    if "shell-in-front" in faults:
        # As /bin/sh does: it starts the server and passes no signal on.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
        subprocess.call([sys.executable, __file__])
        return
    # Blocked in all threads and waited for: a handler's signal may come just before a pause, which then
    # lasts for ever.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    server = Server(faults, home, model_directory)
    threading.Thread(target=server.run, daemon=True).start()
    while True:
        signal.sigwait({signal.SIGTERM})
        if "ignores-sigterm" not in faults:
            os._exit(0)


if __name__ == "__main__":
    main()
