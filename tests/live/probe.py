# SPDX-License-Identifier: Apache-2.0
"""A container that reports what the platform does. `X-Amzn-SageMaker-Custom-Attributes` says what to
do with a request: report (the default), status=N, stream, abort, slow=SECONDS, fail-pings, size,
session=HEADER."""

import json
import os
import select
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STARTED = time.time()
PINGS = []  # (method, seconds since the start)
SLOW = []  # What became of slow requests.
OTHER = []  # Requests of other paths: (method, path, headers).
STATE = {"fail_pings": False, "failed": 0}


def say(**line):
    print(json.dumps({"t": round(time.time() - STARTED, 3), **line}), flush=True)


def writable(path):
    probe = os.path.join(path, ".probe")
    try:
        with open(probe, "w") as file:
            file.write("x")
        os.unlink(probe)
        return True
    except OSError:
        return False


def read(path):
    try:
        with open(path) as file:
            return file.read(2000)
    except OSError:
        return None


def surroundings():
    return {"argv": sys.argv[1:], "uid": os.getuid(), "cpu_count": os.cpu_count(),
            "cpu_affinity": len(os.sched_getaffinity(0)), "cpu_max": read("/sys/fs/cgroup/cpu.max"),
            "cpu_shares": read("/sys/fs/cgroup/cpu/cpu.shares"),
            "writable": {path: writable(path) for path in ("/tmp", "/opt/ml/model", "/", "/dev/shm")},
            "variables": sorted(name for name in os.environ if name.startswith("SAGEMAKER")),
            "metadata": read("/opt/ml/.sagemaker_infra/endpoint-metadata.json") is not None}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, body, status=200, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def ping(self):
        PINGS.append((self.command, round(time.time() - STARTED, 3)))
        if STATE["fail_pings"]:
            STATE["failed"] += 1
            say(event="failed ping", count=STATE["failed"])
            return self.reply({}, 503)
        return self.reply({})

    def seen_headers(self):
        secrets = ("token", "authorization")
        return sorted(key if any(word in key.lower() for word in secrets) else f"{key}: {value}"
                      for key, value in self.headers.items())

    def other(self, status):
        if len(OTHER) < 50:
            OTHER.append((self.command, self.path, self.seen_headers()))
        say(event="other path", method=self.command, path=self.path)
        return self.reply({"path": self.path}, status)

    def do_GET(self):
        return self.ping() if self.path == "/ping" else self.other(404)

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            data = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do_POST(self):
        size = len(self.body())
        if self.path == "/ping":
            return self.ping()
        if self.path != "/invocations":
            return self.other(200)
        wish, _, value = (self.headers.get("X-Amzn-SageMaker-Custom-Attributes") or
                          "report").partition("=")
        say(event="request", wish=wish, size=size)
        if wish == "status":
            return self.reply({"detail": "as you wish"}, int(value))
        if wish in ("stream", "abort"):
            return self.stream(wish == "abort")
        if wish == "slow":
            return self.slow(float(value))
        if wish == "fail-pings":
            STATE["fail_pings"] = True
        if wish == "size":
            return self.reply({"size": size})
        if wish == "session":
            return self.reply({}, headers={value: "live-session; Expires=2099-01-01T00:00:00Z"})
        return self.reply({"headers": self.seen_headers(), "pings": PINGS[:50], "slow": SLOW,
                           "other": OTHER, **surroundings()})

    def stream(self, abort):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for i in range(3):
            self.wfile.write(b"7\r\npart %d \r\n" % i)
            self.wfile.flush()
            time.sleep(0.5)
        if abort:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self.wfile.write(b"0\r\n\r\n")

    def slow(self, seconds):
        entry = {"seconds": seconds, "caller_left_after": None}
        SLOW.append(entry)
        began = time.time()
        while time.time() - began < seconds:
            readable, _, _ = select.select([self.connection], [], [], 0.2)
            if readable and self.connection.recv(1, socket.MSG_PEEK) == b"":
                entry["caller_left_after"] = round(time.time() - began, 1)
                self.close_connection = True
                return None
        return self.reply(entry)


def on_term(server):
    def stop(*_):
        say(event="SIGTERM", last_ping=PINGS[-1] if PINGS else None)
        threading.Timer(25, server.shutdown).start()
    return stop


def main():
    time.sleep(float(os.environ.get("PROBE_START_DELAY", "0")))
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    server = ThreadingHTTPServer((os.environ.get("PROBE_ADDRESS", ""), port), Handler)
    signal.signal(signal.SIGTERM, on_term(server))
    say(event="start", **surroundings())
    server.serve_forever()
    say(event="end")


if __name__ == "__main__":
    main()
