# SPDX-License-Identifier: Apache-2.0
"""A container registry that takes one push at a time and remembers what it was sent."""

import hashlib
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Registry(ThreadingHTTPServer):
    """Speaks the part of the distribution protocol that `docker push` needs, on loopback."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.blobs, self.uploads, self.manifests = {}, {}, {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def do_GET(self):
        self.answer(200 if self.path == "/v2/" else 404)

    def do_HEAD(self):
        found = self.path.rsplit("/", 1)[1] in self.server.blobs
        self.answer(200 if found else 404)

    def do_POST(self):
        self.body()
        name = uuid.uuid4().hex
        self.server.uploads[name] = hashlib.sha256()
        self.answer(202, Location=self.path.rstrip("/") + "/" + name, Docker_Upload_UUID=name)

    def do_PATCH(self):
        name = self.path.rsplit("/", 1)[1].split("?")[0]
        content = self.body()
        self.server.uploads[name].update(content)
        self.answer(202, Location=self.path, Range=f"0-{len(content)}", Docker_Upload_UUID=name)

    def do_PUT(self):
        content = self.body()
        if "/manifests/" in self.path:
            digest = "sha256:" + hashlib.sha256(content).hexdigest()
            self.server.manifests[self.path] = (self.headers["Content-Type"], content)
        else:
            upload = self.server.uploads[self.path.rsplit("/", 1)[1].split("?")[0]]
            upload.update(content)
            digest = "sha256:" + upload.hexdigest()
            self.server.blobs[digest] = True
        self.answer(201, Docker_Content_Digest=digest, Location=self.path)
