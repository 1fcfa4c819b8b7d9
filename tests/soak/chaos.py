#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests that are won, lost, late and abandoned, while servers are shut down under them.

    tests/soak/chaos.py --build build/tsan --requests 1000000

Each server is loaded for --seconds, then asked to end while the load goes on; there are as many
servers as it takes to see that many requests. Each answer must be right or one of the refusals that
its request may get; no call may be left inside a server that is quiet; each server must end with
status 0, and without a sanitizer's report. Otherwise: status 1.
"""

import argparse
import asyncio
import collections
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from soak import PATIENCE_S, TREE, Client, Wrong, get, memory_mb, post, start

PATHS = ["/invocations", "/worker", "/sleeper", "/batcher", "/learner"]
SERVED = re.compile(rb'^tenon_http_requests_total\{[^}]*\} (\d+)$', re.M)
# What is held by calls; all of it is 0 in a server that is quiet.
HELD = re.compile(rb"^(tenon_deployment_(?:ongoing_requests|queued_requests|batch_waiting|"
                  rb"batch_running)\{[^}]*\}) (\d+)$", re.M)


class ChaosClient(Client):
    """Asks, hurries, leaves. A server that ends may leave as well, once `ending` is set."""

    def __init__(self, port, seed, counts, ending):
        super().__init__(port, {}, seed, counts)
        self.ending = ending
        acts = [(self.ask, 20), (self.hurry, 25), (self.vanish, 40), (self.whole_stream, 4),
                (self.part_of_stream, 8), (self.read, 1), (self.nonsense, 1)]
        self.acts, self.weights = zip(*acts)

    async def run(self, until):
        while time.monotonic() < until and not self.ending.is_set():
            try:
                await super().run(until)
            except (OSError, Wrong) as error:
                self.leave(with_reset=True)
                is_torn = isinstance(error, OSError) or "instead of" not in str(error)
                if not self.ending.is_set() or not is_torn:
                    raise

    def leave(self, with_reset=False):
        try:
            super().leave(with_reset)
        except OSError:  # The server has left first.
            self.reader = self.writer = None

    def request(self, path, budget_ms=None):
        text = "".join(self.dice.choices("abcdefgh", k=self.dice.randint(0, 24)))
        body = json.dumps({"text": text, "wait_us": self.dice.randint(0, 3000)}).encode()
        extra = f"X-Tenon-Priority: {self.dice.randint(0, 7)}\r\n"
        if budget_ms is not None:
            extra += f"X-Tenon-Timeout-Ms: {budget_ms}\r\n"
        return text[::-1], post(path, body, extra)

    async def expect(self, *statuses):
        # Whether the server ends is known when the answer is here, not when it was asked for.
        status, body = await super().expect(*statuses, 503)
        if status == 503 and status not in statuses and not self.ending.is_set():
            raise Wrong(f"status 503 instead of {statuses}: {body[:300]!r}")
        return status, body

    async def expect_answer(self, wanted, *others):
        status, body = await self.expect(200, *others)
        if status == 200 and json.loads(body)["text"] != wanted:
            raise Wrong(f"status 200 with {body[:300]!r} instead of {wanted!r}")

    async def ask(self):
        wanted, request = self.request(self.dice.choice(PATHS))
        self.writer.write(request)
        await self.expect_answer(wanted, 429)

    async def hurry(self):
        wanted, request = self.request(self.dice.choice(PATHS), self.dice.randint(1, 6))
        self.writer.write(request)
        await self.expect_answer(wanted, 429, 504)

    async def vanish(self):
        _, request = self.request(self.dice.choice(PATHS), self.dice.choice([None, 2, 50]))
        self.writer.write(request)
        await asyncio.sleep(self.dice.choice([0, 0, 0.001, 0.003]))
        self.leave(with_reset=self.dice.random() < 0.5)

    async def whole_stream(self):
        wanted, request = self.request("/stream")
        self.writer.write(request)
        status, body = await self.expect(200, 429, 503)
        answers = [json.loads(line)["text"] for line in body.splitlines()] if status == 200 else []
        if status == 200 and not self.ending.is_set() and answers != [wanted] * 4:
            raise Wrong(f"status 200 with {body[:300]!r} instead of {wanted!r} four times")

    async def part_of_stream(self):
        _, request = self.request("/stream")
        self.writer.write(request)
        await asyncio.wait_for(self.reader.read(self.dice.randint(1, 300)), PATIENCE_S)
        self.leave(with_reset=self.dice.random() < 0.5)


class Volume:
    """`tenon bench`, whose requests have little time, and whose clients have little patience."""

    def __init__(self, program, port, seconds, path, patience, budget_ms, connections):
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as body:
            body.write('{"text":"volume","wait_us":1500}')
        self.body = body.name
        self.process = subprocess.Popen(
            [program, f"http://127.0.0.1:{port}{path}", "--body", self.body, "--connections",
             str(connections), "--duration", f"{seconds}s", "--warmup", "0s", "--timeout", patience,
             "--header", f"X-Tenon-Timeout-Ms: {budget_ms}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self):
        self.process.terminate()
        self.process.wait()
        os.unlink(self.body)


async def becomes_quiet(port):
    """Nothing of what the clients left behind is held for long."""
    until = time.monotonic() + PATIENCE_S
    while True:
        _, inside = await get(port, "/inside")
        _, text = await get(port, "/metrics")
        held = [f"{name.decode()} {value.decode()}" for name, value in HELD.findall(text)
                if value != b"0"]
        if inside == b"0" and not held:
            return
        if time.monotonic() > until:
            raise Wrong(f"{inside.decode()} calls are left in a quiet server, and {held}")
        await asyncio.sleep(0.05)


async def load(options, server, port, number, counts, memory):
    """Returns how many requests the server has seen."""
    ending = asyncio.Event()
    until = time.monotonic() + options.seconds + 2
    clients = [ChaosClient(port, f"{options.seed}/{number}/{i}", counts, ending)
               for i in range(options.connections)]
    tasks = [asyncio.create_task(client.run(until)) for client in clients]
    volumes = [Volume(options.load_program, port, options.seconds + 2, *each)
               for each in [("/invocations", "30ms", 10, 40), ("/batcher", "3ms", 1000, 40),
                            ("/learner", "5s", 4, 40)]]
    everyone = asyncio.gather(*tasks)
    try:
        done, _ = await asyncio.wait([everyone], timeout=options.seconds)
        if done:
            await everyone
        memory.append(memory_mb(server.pid))
        _, text = await get(port, "/metrics")
        if number % 2 == 0:
            # Half of them end under load.
            ending.set()
            server.send_signal(signal.SIGTERM)
        await everyone
    finally:
        for task in tasks:
            task.cancel()
        for volume in volumes:
            volume.end()
    if number % 2 == 1:
        await becomes_quiet(port)
        server.send_signal(signal.SIGTERM)
    return sum(int(value) for value in SERVED.findall(text))


def one_server(options, build, number, counts, memory):
    """(requests, faults)."""
    with tempfile.TemporaryFile() as log:
        server, port = start(build, "chaos:handle", log)
        faults, seen = [], 0
        try:
            try:
                seen = asyncio.run(load(options, server, port, number, counts, memory))
            except (Wrong, OSError) as wrong:
                faults.append(str(wrong))
                server.terminate()
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
            server.stdout.close()
        log.seek(0)
        text = log.read().decode("utf-8", "replace")
    found = re.search("Sanitizer|runtime error", text)
    if found:
        faults.append("a sanitizer reports:\n" + text[max(0, found.start() - 200):][:6000])
    return seen, faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=TREE / "build" / "release")
    parser.add_argument("--load-program", type=Path, help="(tenon-bench of the build)")
    parser.add_argument("--requests", type=int, default=1)
    parser.add_argument("--servers", type=int, default=2, help="at least so many")
    parser.add_argument("--seconds", type=float, default=3, help="of load for each server")
    parser.add_argument("--connections", type=int, default=60)
    parser.add_argument("--growth-mb", type=float, default=60)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    build = options.build.resolve()
    options.load_program = (options.load_program or build / "bin" / "tenon-bench").resolve()
    counts, memory, total, number = collections.Counter(), [], 0, 0
    began = time.monotonic()
    while total < options.requests or number < options.servers:
        seen, faults = one_server(options, build, number, counts, memory)
        for fault in faults:
            print(f"WRONG: server {number}: {fault}", file=sys.stderr)
        if faults:
            return 1
        total, number = total + seen, number + 1
    for name, count in sorted(counts.items()):
        print(f"  {name:16}{count:8}")
    print(f"  {total} requests to {number} servers in {time.monotonic() - began:.1f} s")
    print(f"  memory under load: {min(memory):.0f} to {max(memory):.0f} MB")
    if max(memory) > min(memory) + options.growth_mb:
        print(f"WRONG: memory differs by more than {options.growth_mb} MB", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
