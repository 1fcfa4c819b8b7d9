# SPDX-License-Identifier: Apache-2.0
"""Measures replies in chunks; see README.md."""

import argparse
import json
import os
import selectors
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sidebyside.machine import load_average, machine, today, version_of
from sidebyside.servers import Server

TREE = Path(__file__).resolve().parents[2]
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
SERVER_CORE, CLIENT_CORE = "0", "1"
ROUNDS = 5
STREAMS = (1, 8)

MOST_FIRST_BYTE_MS = 1.0
LEAST_CHUNKS_PER_S = 300_000


class Tenon(Server):
    cores = SERVER_CORE
    name = "Tenon"

    def __init__(self, folder, application):
        self.application = application
        super().__init__(folder)

    def start(self):
        self.run(BUILD / "bin/tenon", "run", f"streams:{self.application}", "--app-dir",
                 BUILD / "apps/bench", "--port", self.port, "--threads", "1")


class Bare(Server):
    cores = SERVER_CORE
    name = "a bare socket"

    def __init__(self, folder, _):
        super().__init__(folder)

    def start(self):
        self.run(sys.executable, Path(__file__).with_name("bare.py"), self.port)

    def probe(self):
        socket.create_connection(("127.0.0.1", self.port)).close()


class FastApi(Server):
    """As bench/rivals runs it: a StreamingResponse of JSON Lines."""

    cores = SERVER_CORE
    name = "FastAPI"

    def __init__(self, folder, _):
        super().__init__(folder)

    def start(self):
        self.run(TREE / ".deps/venv-rivals/fastapi/bin/uvicorn", "fastapi_app:app", "--port", self.port,
                 "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
                 WORKLOAD="stream", PYTHONPATH=str(TREE / "bench/rivals/apps"))


def open_stream(port, count, pause_s=0, accept="application/jsonlines"):
    body = json.dumps({"count": count, "pause_s": pause_s}).encode()
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(f"POST /invocations HTTP/1.1\r\nHost: bench\r\nAccept: {accept}\r\nContent-Type: "
                       f"application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def chunks_of(reply):
    """The chunks of a whole reply; fails where it is none."""
    head, _, rest = reply.partition(b"\r\n\r\n")
    if b" 200 " not in head or b"transfer-encoding: chunked" not in head.lower():
        sys.exit(f"bench: no stream but {reply[:300]!r}")
    chunks, at = [], 0
    while True:
        end = rest.index(b"\r\n", at)
        size = int(rest[at:end], 16)
        if size == 0:
            return chunks
        chunks.append(rest[end + 2:end + 2 + size])
        at = end + 2 + size + 2


def first_byte_ms(port):
    """From the model's first item to the client's first byte."""
    with open_stream(port, 1, pause_s=0.002) as connection:
        data = connection.recv(65536)
        came = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        while not data.endswith(b"0\r\n\r\n"):
            data += connection.recv(65536)
    return (came - json.loads(chunks_of(data)[0])["made_ns"]) / 1e6


def quantiles(samples):
    samples = sorted(samples)
    return {"p50": statistics.median(samples), "p99": samples[int(len(samples) * 0.99)],
            "max": samples[-1]}


def measure_first_bytes(kind, folder, samples, rivals):
    """Percentiles, while so many other clients take streams as fast as they are made."""
    with kind(folder, "stamps") as server:
        others = [open_stream(server.port, 10**12) for _ in range(rivals)]
        result = []
        for _ in range(samples):
            for other in others:
                other.recv(1 << 20)
            result.append(first_byte_ms(server.port))
        for other in others:
            other.close()
    return quantiles(result)


def read_all(connections):
    """(replies, seconds from the first byte to the last)."""
    waiting = selectors.DefaultSelector()
    replies = {}
    for connection in connections:
        connection.setblocking(False)
        waiting.register(connection, selectors.EVENT_READ)
        replies[connection] = bytearray()
    began = None
    while waiting.get_map():
        for key, _ in waiting.select(30):
            data = key.fileobj.recv(1 << 20)
            began = began or time.perf_counter()
            replies[key.fileobj] += data
            if not data or replies[key.fileobj].endswith(b"\r\n0\r\n\r\n"):
                waiting.unregister(key.fileobj)
    return [bytes(reply) for reply in replies.values()], time.perf_counter() - began


def measure_rate(kind, folder, application, accept, streams, count):
    """Medians over rounds: chunks a second, and server CPU in us a chunk."""
    each = count // streams
    rates, cpu = [], []
    with kind(folder, application) as server:
        for number in range(ROUNDS + 1):
            before = server.cpu_s()
            connections = [open_stream(server.port, each, accept=accept) for _ in range(streams)]
            replies, seconds = read_all(connections)
            used = server.cpu_s() - before
            for connection in connections:
                connection.close()
            for reply in replies:
                found = len(chunks_of(reply))
                if found != each:
                    sys.exit(f"bench: {found} chunks instead of {each}")
            if number:  # The first one warms up.
                rates.append(each * streams / seconds)
                cpu.append(used / (each * streams) * 1e6)
    return {"rate": statistics.median(rates), "cpu_us": statistics.median(cpu)}


FORMS = [("JSON Lines", "items", "application/jsonlines"),
         ("server-sent events", "items", "text/event-stream"),
         ("text", "words", "text/plain")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few seconds; writes no result")
    options = parser.parse_args()
    samples, count = (200, 200_000) if options.quick else (2_000, 1_000_000)
    busy = load_average()
    os.sched_setaffinity(0, {int(CLIENT_CORE)})

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = measure_first_bytes(Bare, folder, samples, 0)
        first = {"a bare socket": floor,
                 "Tenon": measure_first_bytes(Tenon, folder, samples, 0),
                 "Tenon, beside a stream at full speed": measure_first_bytes(
                     Tenon, folder, samples // 4, 1)}
        bare = {streams: measure_rate(Bare, folder, "", "*/*", streams, count) for streams in STREAMS}
        fastapi = {streams: measure_rate(FastApi, folder, "", "*/*", streams, count // 5)
                   for streams in STREAMS}
        rates = {(form, streams): measure_rate(Tenon, folder, application, accept, streams, count)
                 for form, application, accept in FORMS for streams in STREAMS}

    slowest = min(row["rate"] for row in rates.values())
    most_cpu = max(row["cpu_us"] for row in rates.values())
    idle = first["Tenon"]["p99"]
    bars = [("first byte behind the first item, p99", f"<= {MOST_FIRST_BYTE_MS} ms", f"{idle:.3f} ms",
             idle <= MOST_FIRST_BYTE_MS),
            ("small chunks a second, one core", f">= {LEAST_CHUNKS_PER_S:,}", f"{slowest:,.0f}",
             slowest >= LEAST_CHUNKS_PER_S),
            ("the same by the CPU that a chunk costs", f"<= {1e6 / LEAST_CHUNKS_PER_S:.2f} us",
             f"{most_cpu:.2f} us", most_cpu <= 1e6 / LEAST_CHUNKS_PER_S)]
    lines = ["# stream", "",
             f"{today()}; {machine()}, load average {busy:.1f} before it began. "
             f"Tenon {version_of(BUILD / 'bin/tenon', 'version')} with one thread on core {SERVER_CORE}, "
             f"the client on core {CLIENT_CORE}. First bytes: {samples:,} streams, {samples // 4:,} beside "
             f"another; chunks: medians of {ROUNDS} rounds of {count:,}.", "",
             "| first byte behind the first item | p50 ms | p99 ms | max ms | p50 of a bare socket |",
             "|---|---|---|---|---|"]
    lines += [f"| {what} | {row['p50']:.3f} | {row['p99']:.3f} | {row['max']:.3f} "
              f"| {row['p50'] / floor['p50']:.2f} x |" for what, row in first.items()]
    lines += ["", "| form | streams at once | chunks/s | server CPU us a chunk | chunks/s of FastAPI's |",
              "|---|---|---|---|---|"]
    lines += [f"| {name} | {streams} | {row['rate']:,.0f} | {row['cpu_us']:.2f} | |"
              for name, others in (("a bare socket, made beforehand", bare), ("FastAPI, JSON Lines", fastapi))
              for streams, row in others.items()]
    lines += [f"| {form} | {streams} | {row['rate']:,.0f} | {row['cpu_us']:.2f} "
              f"| {row['rate'] / fastapi[streams]['rate']:.0f} x |" for (form, streams), row in rates.items()]
    lines += ["", "| bar | | measured | |", "|---|---|---|---|"]
    lines += [f"| {what} | {bar} | {measured} | {'held' if held else '**not held**'} |"
              for what, bar, measured, held in bars]
    text = "\n".join(lines) + "\n"
    print(text)
    if not options.quick:
        (TREE / "bench/results/stream.md").write_text(text)
    return 0 if all(held for *_, held in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
