#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many connections with good, bad and abandoned requests, mixed, against one server.

    tests/soak/soak.py --build build/asan --seconds 60

Each good answer must be right, each bad request must get its error, memory must stay where it is,
and the server must end with status 0 and without a sanitizer's report. Otherwise: status 1.
"""

import argparse
import asyncio
import collections
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
PATIENCE_S = 60  # Under a sanitizer, on two cores, a thousand clients wait for each other.


class Wrong(Exception):
    """An answer that is not what it must be."""


def post(path, body, extra=""):
    return (f"POST {path} HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\n{extra}"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def text_of(dice, most):
    return "".join(dice.choices("abc äö€𝄞\"\\\n/", k=dice.randint(0, most)))


class Client:
    """One connection after the other, one random act after the other."""

    def __init__(self, port, routes, seed, counts):
        self.port = port
        self.dice = random.Random(seed)
        self.counts = counts
        acts = [(self.echo, 30), (self.large, 1), (self.pipelined, 8), (self.chunked, 6),
                (self.slowly, 3), (self.read, 6), (self.refused, 15), (self.nonsense, 4),
                (self.abandoned, 15), (self.reset, 5)]
        if "/sleep" in routes:
            acts += [(self.sleep, 15), (self.work, 10), (self.batch, 15), (self.stream, 6),
                     (self.failing, 4), (self.abandoned_work, 15), (self.late, 4)]
        self.acts, self.weights = zip(*acts)
        self.reader = self.writer = None
        self.ends = False  # The server has said that it closes the connection.
        self.history = []  # What was done on this connection.

    async def run(self, until):
        while time.monotonic() < until:
            act = self.dice.choices(self.acts, self.weights)[0]
            if self.writer is None:
                self.reader, self.writer = await asyncio.wait_for(
                    asyncio.open_connection("127.0.0.1", self.port), PATIENCE_S)
                self.ends = False
                self.history = []
            self.history.append(act.__name__)
            try:
                await asyncio.wait_for(act(), PATIENCE_S)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
                # What the server said before, if anything, tells why.
                said = bytes(self.reader._buffer[:300]) if self.reader else b""
                raise Wrong(f"{type(error).__name__} {error} at the end of {self.history}, "
                            f"after {said!r}") from error
            self.counts[act.__name__] += 1
            if self.ends:
                self.leave()
        self.leave()

    def leave(self, with_reset=False):
        if self.writer is None:
            return
        if with_reset:
            self.writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort() if with_reset else self.writer.close()
        self.reader = self.writer = None

    async def answer(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        self.ends = headers.get("connection") == "close"
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        else:
            body = await self.reader.readexactly(int(headers["content-length"]))
        if status >= 400:
            problem = json.loads(body)
            if problem["status"] != status or len(body) > 2048:
                raise Wrong(f"not a problem: {body!r}")
        return status, body

    async def expect(self, *statuses):
        status, body = await self.answer()
        if status not in statuses:
            raise Wrong(f"status {status} instead of {statuses}: {body[:300]!r}")
        return status, body

    async def expect_json(self, wanted):
        _, body = await self.expect(200)
        if json.loads(body) != wanted:
            raise Wrong(f"answered {body[:300]!r} instead of {str(wanted)[:300]!r}")

    async def echo(self):
        text = text_of(self.dice, 200)
        self.writer.write(post("/invocations", json.dumps({"text": text}).encode()))
        await self.expect_json({"text": text})

    async def large(self):
        text = text_of(self.dice, 200) * self.dice.randint(1, 4000)
        self.writer.write(post("/invocations", json.dumps({"text": text}).encode()))
        await self.writer.drain()
        await self.expect_json({"text": text})

    async def pipelined(self):
        texts = [text_of(self.dice, 50) for _ in range(self.dice.randint(2, 20))]
        self.writer.write(b"".join(post("/invocations", json.dumps({"text": text}).encode())
                                   for text in texts))
        for text in texts:
            await self.expect_json({"text": text})

    async def chunked(self):
        text = text_of(self.dice, 300)
        body = json.dumps({"text": text}).encode()
        self.writer.write(b"POST /invocations HTTP/1.1\r\nHost: soak\r\n"
                          b"Transfer-Encoding: chunked\r\n\r\n")
        while body:
            size = self.dice.randint(1, 100)
            part, body = body[:size], body[size:]
            self.writer.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.writer.write(b"0\r\n\r\n")
        await self.expect_json({"text": text})

    async def slowly(self):
        text = text_of(self.dice, 50)
        request = post("/invocations", json.dumps({"text": text}).encode())
        cut = self.dice.randint(1, len(request) - 1)
        self.writer.write(request[:cut])
        await asyncio.sleep(self.dice.random() * 0.1)
        self.writer.write(request[cut:])
        await self.expect_json({"text": text})

    async def read(self):
        path = self.dice.choice(["/ping", "/metrics", "/openapi.json", "/-/healthz", "/-/routes"])
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
        await self.expect(200)

    async def refused(self):
        status, request = self.dice.choice([
            (400, post("/invocations", b'{"text":')),
            (400, post("/invocations", b"\xff" * self.dice.randint(1, 500))),
            (400, post("/invocations", b"[" * self.dice.randint(300, 5000))),
            (404, post("/nowhere", b"{}")),
            (405, b"GET /invocations HTTP/1.1\r\nHost: soak\r\n\r\n"),
            (415, post("/invocations", b"a,b").replace(b"application/json", b"text/csv")),
            (406, post("/invocations", b'{"text":"a"}', "Accept: text/csv\r\n")),
            (422, post("/invocations", b'{"text":1}')),
            (422, post("/invocations", b"{}")),
        ])
        self.writer.write(request)
        await self.expect(status)

    async def nonsense(self):
        self.writer.write(self.dice.randbytes(self.dice.randint(20, 300)).replace(b"\n", b"")
                          + b"\r\n\r\n")
        await self.expect(400)
        if await self.reader.read():
            raise Wrong("an answer behind nonsense")
        self.leave()

    async def abandoned(self):
        request = post("/invocations", json.dumps({"text": text_of(self.dice, 500)}).encode())
        self.writer.write(request[: self.dice.randint(0, len(request))])
        if self.dice.random() < 0.5:
            await asyncio.sleep(self.dice.random() * 0.02)
        self.leave()

    async def reset(self):
        request = post("/invocations", json.dumps({"text": text_of(self.dice, 500)}).encode())
        self.writer.write(request[: self.dice.randint(0, len(request))])
        await asyncio.sleep(0)
        self.leave(with_reset=True)

    async def sleep(self):
        text = text_of(self.dice, 50)
        wait = {"text": text, "wait_s": self.dice.random() * 0.05}
        self.writer.write(post("/sleep", json.dumps(wait).encode()))
        await self.expect_json({"text": text})

    async def work(self):
        text = "".join(self.dice.choices("abcdef", k=100))
        self.writer.write(post("/work", json.dumps({"text": text}).encode()))
        status, body = await self.expect(200, 429)
        if status == 200 and json.loads(body) != {"text": text[::-1]}:
            raise Wrong(f"answered {body[:300]!r} for {text!r}")

    async def batch(self):
        text = text_of(self.dice, 50)
        self.writer.write(post("/batch", json.dumps({"text": text}).encode()))
        await self.expect_json({"text": f"{len(text.encode())}{text}"})

    async def stream(self):
        count = self.dice.randint(0, 40)
        self.writer.write(post("/stream", json.dumps({"count": count}).encode()))
        _, body = await self.expect(200)
        if [json.loads(line)["number"] for line in body.splitlines()] != list(range(count)):
            raise Wrong(f"streamed {body[:300]!r} for {count}")

    async def failing(self):
        self.writer.write(post("/fail", b'{"text":"why"}'))
        await self.expect(500)

    async def late(self):
        self.writer.write(post("/sleep", b'{"text":"a","wait_s":30}')
                          if self.dice.random() < 0.01 else
                          post("/sleep", b'{"text":"a","wait_s":0}'))
        # Thirty seconds are never waited for: the client leaves.
        await asyncio.sleep(0.01)
        self.leave(with_reset=self.dice.random() < 0.5)

    async def abandoned_work(self):
        path, body = self.dice.choice([
            ("/sleep", b'{"text":"a","wait_s":0.5}'), ("/batch", b'{"text":"a"}'),
            ("/work", b'{"text":"a"}'), ("/stream", b'{"count":100000}'), ("/fail", b'{"text":""}')])
        self.writer.write(post(path, body))
        await asyncio.sleep(self.dice.random() * 0.03)
        self.leave(with_reset=self.dice.random() < 0.5)


def memory_mb(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def start(build, target, log):
    folder = build / ("test_modules" if (build / "test_modules" / f"{target.split(':')[0]}.so").exists()
                      else "apps")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TENON_")}
    # A sanitizer that keeps freed memory must not look like a leak.
    environment.setdefault("ASAN_OPTIONS", "quarantine_size_mb=16:detect_leaks=1")
    environment.setdefault("TSAN_OPTIONS", "halt_on_error=0")
    server = subprocess.Popen(
        [build / "bin" / "tenon", "run", target, "--app-dir", folder, "--port", "0", "--log-format",
         "json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment)
    line = server.stdout.readline()
    if not line:
        server.wait()
        raise Wrong("the server did not start")
    return server, int(json.loads(line)["url"].rsplit(":", 1)[1])


async def get(port, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n".encode())
    head, body = (await asyncio.wait_for(reader.read(), PATIENCE_S)).split(b"\r\n\r\n", 1)
    writer.close()
    return int(head.split(b" ")[1]), body


async def soak(options, pid, port):
    counts = collections.Counter()
    _, body = await get(port, "/-/routes")
    routes = json.loads(body)
    began = time.monotonic()
    until = began + options.seconds
    clients = [Client(port, routes, f"{options.seed}/{i}", counts) for i in range(options.connections)]
    tasks = [asyncio.create_task(client.run(until)) for client in clients]
    samples = []

    async def watch():
        while True:
            samples.append(memory_mb(pid))
            await asyncio.sleep(min(1, options.seconds / 10))

    watching = asyncio.create_task(watch())
    try:
        await asyncio.gather(*tasks)
    finally:
        watching.cancel()
        for task in tasks:
            task.cancel()
    took = time.monotonic() - began
    status, _ = await get(port, "/ping")
    if status != 200:
        raise Wrong(f"/ping says {status} at the end")
    for name, count in sorted(counts.items()):
        print(f"  {name:16}{count:8}")
    print(f"  {sum(counts.values())} acts on {options.connections} connections in {took:.1f} s")
    early = max(samples[: max(1, len(samples) // 3)])
    print(f"  memory: {early:.0f} MB in the first third, {samples[-1]:.0f} MB at the end")
    if samples[-1] > early + options.growth_mb:
        raise Wrong(f"memory grew by more than {options.growth_mb} MB: {[round(x) for x in samples]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=TREE / "build" / "release")
    parser.add_argument("--target", default="mixed:handle", help="hello:handle works as well")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--growth-mb", type=float, default=150)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    build = options.build.resolve()
    log = tempfile.TemporaryFile()
    server, port = start(build, options.target, log)
    faults = []
    try:
        try:
            asyncio.run(soak(options, server.pid, port))
        except Wrong as wrong:
            faults.append(str(wrong))
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        try:
            status = server.wait(30)
        except subprocess.TimeoutExpired:
            status = "none: it did not end within 30 s"
        if status != 0:
            faults.append(f"the server ended with status {status}")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    log.seek(0)
    text = log.read().decode("utf-8", "replace")
    if "Sanitizer" in text or "runtime error" in text:
        at = min(i for i in (text.find("Sanitizer"), text.find("runtime error")) if i >= 0)
        faults.append("a sanitizer reports:\n" + text[max(0, at - 200) : at + 6000])
    for fault in faults:
        print(f"WRONG: {fault}", file=sys.stderr)
    if faults and "Sanitizer" not in text:
        closed = [line for line in text.splitlines() if "connection was closed" in line]
        print("\n".join(closed[-10:]), text[-2000:], sep="\n", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
