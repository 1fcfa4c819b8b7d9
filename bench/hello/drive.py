# SPDX-License-Identifier: Apache-2.0
"""Measures Tenon's echo beside FastAPI and nginx; see README.md."""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sidebyside import process_tree
from sidebyside.load import load, medians
from sidebyside.machine import load_average, machine, today, version_of, versions_in
from sidebyside.servers import Server, ask

TREE = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
CONNECTIONS = (1, 8, 64)
ROUNDS = 3
SERVER_CORE, CLIENT_CORE = "0", "1"
TEXT = "x" * 89
BODY = json.dumps({"text": TEXT}, separators=(",", ":"))  # 100 bytes.

# The bars of the design.
MOST_CPU_OF_NGINX = 1.25
LEAST_OF_FASTAPI = 12
LEAST_OF_RAY = 50
MOST_HANDLE_US = 1.0
BUDGET_US = 6.6
MOST_START_MS = 30
MOST_IDLE_MB = 15


class Pinned(Server):
    cores = SERVER_CORE


class Tenon(Pinned):
    name = "Tenon"
    starts = 21

    def start(self):
        self.run(BUILD / "bin/tenon", "run", "hello:handle", "--app-dir", BUILD / "apps", "--port",
                 self.port)


class FastApi(Pinned):
    name = "FastAPI"
    starts = 5

    def start(self):
        self.run(Path(sys.executable).parent / "uvicorn", "fastapi_echo:app", "--app-dir", HERE,
                 "--port", self.port, "--workers", "1", "--loop", "uvloop", "--http", "httptools",
                 "--no-access-log", "--log-level", "warning")


class Nginx(Pinned):
    name = "nginx `return 200`"
    starts = 11

    def start(self):
        text = (HERE / "nginx.conf").read_text()
        for name, value in {"PORT": self.port, "FOLDER": self.folder, "BODY": BODY}.items():
            text = text.replace(f"@{name}@", str(value))
        (self.folder / "nginx.conf").write_text(text)
        self.run("nginx", "-c", self.folder / "nginx.conf", "-p", self.folder, "-e",
                 self.folder / "error.log")


KINDS = (Tenon, FastApi, Nginx)


def measure_start(kind, folder, times):
    """Median milliseconds to the first 200, and megabytes then."""
    starts, memory = [], []
    for _ in range(times):
        with kind(folder) as server:
            starts.append(server.start_s * 1000)
            memory.append(server.memory_mb())
    return statistics.median(starts), statistics.median(memory)


def measure_load(seconds, folder, body):
    """{(kind, connections): medians of the rounds}. In each round the servers take turns."""
    samples = {}
    for number in range(ROUNDS):
        turn = number % len(KINDS)
        for kind in KINDS[turn:] + KINDS[:turn]:
            with kind(folder) as server:
                assert json.loads(ask(server.port, "/invocations", BODY.encode()))["text"] == TEXT
                load(server, 8, 1, cores=CLIENT_CORE, BODY=body)  # Caches, allocators, Python.
                for connections in CONNECTIONS:
                    sample = load(server, connections, seconds, cores=CLIENT_CORE, BODY=body)
                    samples.setdefault((kind, connections), []).append(sample)
                    print(f"round {number + 1}: {kind.name:18} {connections:3} connections: "
                          f"{sample['rps']:9.0f}/s {sample['cpu'] * 1000:7.2f} us",
                          file=sys.stderr)
    return {key: medians(rounds) for key, rounds in samples.items()}


def measure_handle():
    """Microseconds per call of a handle whose deployment does nothing: bench/micro/handle_call."""
    done = subprocess.run(["taskset", "-c", SERVER_CORE, BUILD / "bin" / "handle_call"],
                          capture_output=True, text=True, check=True)
    return float(re.search(r"handle call, coroutine\s+([\d.]+) ns", done.stdout).group(1)) / 1000


def versions():
    python = versions_in(sys.executable, "fastapi", "uvicorn", "uvloop", "httptools", "pydantic")
    return ", ".join([f"Tenon {version_of(BUILD / 'bin' / 'tenon', 'version')}", python,
                      f"Python {platform.python_version()}", f"nginx {version_of('nginx', '-v')}",
                      f"wrk {version_of('wrk', '-v')}"])


def tables(loads, starts):
    lines = ["| | connections | requests/s | p50 us | p99 us | server CPU us/request |",
             "|---|---|---|---|---|---|"]
    for kind in KINDS:
        for connections in CONNECTIONS:
            row = loads[kind, connections]
            lines.append(f"| {kind.name} | {connections} | {row['rps']:,.0f} | "
                         f"{row['p50'] * 1000:,.0f} | {row['p99'] * 1000:,.0f} | "
                         f"{row['cpu'] * 1000:.2f} |")
    lines += ["", "| | start to first 200 on `/ping`, ms | memory (PSS), idle, MB |", "|---|---|---|"]
    for kind, (start, memory) in starts.items():
        lines.append(f"| {kind.name} | {start:.1f} | {memory:.1f} |")
    return lines


def bars(loads, starts, handle_us):
    """(what, bar, measured, held); held is None where it was not measured."""
    most = CONNECTIONS[-1]
    cpu = {c: loads[Tenon, c]["cpu"] / loads[Nginx, c]["cpu"] for c in CONNECTIONS}
    rate = {c: loads[Tenon, c]["rps"] / loads[FastApi, c]["rps"] for c in CONNECTIONS}
    later = (loads[Tenon, 1]["p50"] - loads[Nginx, 1]["p50"]) * 1000
    ours = loads[Tenon, most]["cpu"] * 1000
    start, memory = starts[Tenon]

    def each(values):
        return ", ".join(f"{value:.2f} at {c}" for c, value in values.items())

    return [
        ("CPU per request against nginx", f"<= {MOST_CPU_OF_NGINX} x", each(cpu),
         cpu[most] <= MOST_CPU_OF_NGINX),
        ("p50 at one connection, later than nginx", "<= 20 us", f"{later:.0f} us", later <= 20),
        ("requests/s against FastAPI", f">= {LEAST_OF_FASTAPI} x", each(rate),
         rate[most] >= LEAST_OF_FASTAPI),
        ("requests/s against Ray Serve", f">= {LEAST_OF_RAY} x", "not in this run", None),
        ("call of a handle in process", f"<= {MOST_HANDLE_US} us", f"{handle_us:.3f} us",
         handle_us <= MOST_HANDLE_US),
        ("CPU per typed request", f"<= {BUDGET_US} us", f"{ours:.2f} us at {most}", ours <= BUDGET_US),
        ("start to first 200", f"<= {MOST_START_MS} ms", f"{start:.1f} ms", start <= MOST_START_MS),
        ("memory, idle", f"<= {MOST_IDLE_MB} MB", f"{memory:.1f} MB", memory <= MOST_IDLE_MB),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds: a minute in all")
    options = parser.parse_args()
    seconds = 1 if options.quick else 5
    process_tree.adopt_orphans()
    busy = load_average()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.sched_setaffinity(0, {int(CLIENT_CORE)})
        body = folder / "body.json"
        body.write_text(BODY)
        starts = {kind: measure_start(kind, folder, max(1, kind.starts // 5) if options.quick
                                      else kind.starts) for kind in KINDS}
        loads = measure_load(seconds, folder, body)
        handle_us = measure_handle()

    checks = bars(loads, starts, handle_us)
    lines = ["# hello", "",
             f"{today()}; {machine()}, load average {busy:.1f} before it began. {ROUNDS} rounds of "
             f"{seconds} s, medians; server on core {SERVER_CORE}, wrk on core {CLIENT_CORE}; bodies "
             f"of {len(BODY)} bytes.", "",
             versions() + ".", "", *tables(loads, starts), "", "| bar | | measured | |",
             "|---|---|---|---|"]
    words = {True: "held", False: "**not held**", None: "not measured"}
    lines += [f"| {what} | {bar} | {measured} | {words[held]} |"
              for what, bar, measured, held in checks]
    text = "\n".join(lines) + "\n"
    print(text)
    if not options.quick:
        results = TREE / "bench" / "results"
        results.mkdir(exist_ok=True)
        (results / "hello.md").write_text(text)
    return 1 if any(held is False for *_, held in checks) else 0


if __name__ == "__main__":
    sys.exit(main())
