# SPDX-License-Identifier: Apache-2.0
"""Measures Tenon's echo beside FastAPI and nginx; see README.md."""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = TREE / "build" / "release"
CONNECTIONS = (1, 8, 64)
ROUNDS = 3
SERVER_CORE, CLIENT_CORE = "0", "1"
TEXT = "x" * 89
BODY = json.dumps({"text": TEXT}, separators=(",", ":"))  # 100 bytes.
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

# The bars of the design.
MOST_CPU_OF_NGINX = 1.25
LEAST_OF_FASTAPI = 12
LEAST_OF_RAY = 50
MOST_HANDLE_US = 1.0
BUDGET_US = 6.6
MOST_START_MS = 30
MOST_IDLE_MB = 15


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def request(port, method, path, body=b""):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        data = b""
        while part := connection.recv(65536):
            data += part
    head, answer = data.split(b"\r\n\r\n", 1)
    return int(head.split(b" ")[1]), answer


class Server:
    """A started server; knows how long the start took. `command` gives the words for a port."""

    def __init__(self, command, folder):
        self.port = free_port()
        words = [str(word) for word in command(self.port)]
        self.log = open(Path(folder) / "server.log", "wb")
        began = time.perf_counter()
        self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *words], stdout=self.log,
                                        stderr=self.log, stdin=subprocess.DEVNULL, cwd=TREE)
        while not self._pings():
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                self.stop()
                sys.exit(f"bench: {' '.join(words)} does not serve; see {self.log.name}")
            time.sleep(0.0002)
        self.start_ms = (time.perf_counter() - began) * 1000

    def _pings(self):
        try:
            return request(self.port, "GET", "/ping")[0] == 200
        except OSError:
            return False

    def pids(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def cpu_s(self):
        total = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS_PER_S

    def resident_mb(self):
        total = 0
        for pid in self.pids():
            status = Path(f"/proc/{pid}/status").read_text()
            total += int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
        return total / 1024

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def commands(folder):
    """How each server is started, by name."""
    python = Path(sys.executable).parent

    def nginx(port):
        text = (HERE / "nginx.conf").read_text()
        for name, value in {"PORT": str(port), "FOLDER": folder, "BODY": BODY}.items():
            text = text.replace(f"@{name}@", value)
        path = Path(folder) / f"nginx-{port}.conf"
        path.write_text(text)
        return ["nginx", "-c", path, "-p", folder, "-e", f"{folder}/error.log"]

    return {
        "tenon": lambda port: [BUILD / "bin" / "tenon", "run", "hello:handle", "--app-dir",
                               BUILD / "apps", "--port", port],
        "fastapi": lambda port: [python / "uvicorn", "fastapi_echo:app", "--app-dir", HERE, "--port",
                                 port, "--workers", "1", "--loop", "uvloop", "--http", "httptools",
                                 "--no-access-log", "--log-level", "warning"],
        "nginx": nginx,
    }


def wrk(port, connections, seconds, script):
    done = subprocess.run(
        ["taskset", "-c", CLIENT_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
         "-s", script, f"http://127.0.0.1:{port}/invocations"],
        capture_output=True, text=True, check=True)
    text = done.stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"bench: not every answer was good:\n{text}")
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        "count": int(re.search(r"(\d+) requests in", text).group(1)),
        "p50": microseconds(re.search(r"^ +50% +(\S+)", text, re.MULTILINE).group(1)),
        "p99": microseconds(re.search(r"^ +99% +(\S+)", text, re.MULTILINE).group(1)),
    }


def microseconds(text):
    for unit, factor in (("us", 1), ("ms", 1e3), ("s", 1e6)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise ValueError(text)


def measure_starts(command, folder, times):
    """Median milliseconds to the first 200, and resident megabytes then."""
    starts, resident = [], []
    for _ in range(times):
        server = Server(command, folder)
        starts.append(server.start_ms)
        resident.append(server.resident_mb())
        server.stop()
    return statistics.median(starts), statistics.median(resident)


def measure_load(servers, seconds, script):
    """{(name, connections): medians of the rounds}. In each round the servers take turns."""
    samples = {}
    names = list(servers)
    for name in names:
        wrk(servers[name].port, 8, 1, script)  # Caches, allocators, compiled Python.
    for number in range(ROUNDS):
        for connections in CONNECTIONS:
            for name in names[number % len(names):] + names[: number % len(names)]:
                server = servers[name]
                before = server.cpu_s()
                sample = wrk(server.port, connections, seconds, script)
                sample["cpu_us"] = (server.cpu_s() - before) / sample["count"] * 1e6
                samples.setdefault((name, connections), []).append(sample)
                print(f"round {number + 1}: {name:8} {connections:3} connections: "
                      f"{sample['rate']:9.0f}/s {sample['cpu_us']:7.2f} us", file=sys.stderr)
    return {key: {field: statistics.median(sample[field] for sample in rounds)
                  for field in rounds[0]} for key, rounds in samples.items()}


def measure_handle():
    """Microseconds per call of a handle whose deployment does nothing: bench/micro/handle_call."""
    done = subprocess.run(["taskset", "-c", SERVER_CORE, BUILD / "bin" / "handle_call"],
                          capture_output=True, text=True, check=True)
    return float(re.search(r"handle call, coroutine\s+([\d.]+) ns", done.stdout).group(1)) / 1000


def version_of(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    return re.search(r"\d+(\.\d+)+", done.stdout + done.stderr).group(0)


def machine():
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    name = model.group(1) if model else platform.machine()
    return f"{name}, {os.cpu_count()} CPUs, Linux {platform.release()}"


def versions():
    python = {name: importlib.metadata.version(name)
              for name in ("fastapi", "uvicorn", "uvloop", "httptools", "pydantic")}
    return ", ".join([f"Tenon {version_of(BUILD / 'bin' / 'tenon', 'version')}",
                      *(f"{name} {version}" for name, version in python.items()),
                      f"Python {platform.python_version()}", f"nginx {version_of('nginx', '-v')}",
                      f"wrk {version_of('wrk', '-v')}"])


NAMES = {"tenon": "Tenon", "fastapi": "FastAPI", "nginx": "nginx `return 200`"}


def tables(load, starts):
    lines = ["| | connections | requests/s | p50 us | p99 us | server CPU us/request |",
             "|---|---|---|---|---|---|"]
    for name in NAMES:
        for connections in CONNECTIONS:
            row = load[name, connections]
            lines.append(f"| {NAMES[name]} | {connections} | {row['rate']:,.0f} | {row['p50']:,.0f} | "
                         f"{row['p99']:,.0f} | {row['cpu_us']:.2f} |")
    lines += ["", "| | start to first 200 on `/ping`, ms | resident, idle, MB |", "|---|---|---|"]
    for name, (start, resident) in starts.items():
        lines.append(f"| {NAMES[name]} | {start:.1f} | {resident:.1f} |")
    return lines


def bars(load, starts, handle_us):
    """(what, bar, measured, held); held is None where it was not measured."""
    most = CONNECTIONS[-1]
    cpu = {c: load["tenon", c]["cpu_us"] / load["nginx", c]["cpu_us"] for c in CONNECTIONS}
    rate = {c: load["tenon", c]["rate"] / load["fastapi", c]["rate"] for c in CONNECTIONS}
    ours = load["tenon", most]["cpu_us"]
    start, resident = starts["tenon"]

    def each(values):
        return ", ".join(f"{value:.2f} at {c}" for c, value in values.items())

    return [
        ("CPU per request against nginx", f"<= {MOST_CPU_OF_NGINX} x", each(cpu),
         cpu[most] <= MOST_CPU_OF_NGINX),
        ("requests/s against FastAPI", f">= {LEAST_OF_FASTAPI} x", each(rate),
         rate[most] >= LEAST_OF_FASTAPI),
        ("requests/s against Ray Serve", f">= {LEAST_OF_RAY} x", "not in this run", None),
        ("call of a handle in process", f"<= {MOST_HANDLE_US} us", f"{handle_us:.3f} us",
         handle_us <= MOST_HANDLE_US),
        ("CPU per typed request", f"<= {BUDGET_US} us", f"{ours:.2f} us at {most}", ours <= BUDGET_US),
        ("start to first 200", f"<= {MOST_START_MS} ms", f"{start:.1f} ms", start <= MOST_START_MS),
        ("resident, idle", f"<= {MOST_IDLE_MB} MB", f"{resident:.1f} MB", resident <= MOST_IDLE_MB),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds: a minute in all")
    options = parser.parse_args()
    seconds = 1 if options.quick else 5

    with tempfile.TemporaryDirectory() as folder:
        os.sched_setaffinity(0, {int(CLIENT_CORE)})
        script = Path(folder) / "post.lua"
        script.write_text(f"wrk.method = 'POST'\nwrk.body = '{BODY}'\n"
                          "wrk.headers['Content-Type'] = 'application/json'\n")
        how = commands(folder)
        times = {"tenon": 5 if options.quick else 21, "fastapi": 1 if options.quick else 5,
                 "nginx": 3 if options.quick else 11}
        starts = {name: measure_starts(how[name], folder, times[name]) for name in NAMES}
        servers = {}
        try:
            for name in NAMES:
                servers[name] = Server(how[name], folder)
                status, body = request(servers[name].port, "POST", "/invocations", BODY.encode())
                assert status == 200 and json.loads(body)["text"] == TEXT, (name, body)
            load = measure_load(servers, seconds, script)
        finally:
            for server in servers.values():
                server.stop()
        handle_us = measure_handle()

    checks = bars(load, starts, handle_us)
    date = datetime.date.today().isoformat()
    lines = ["# hello", "",
             f"{date}; {machine()}. {ROUNDS} rounds of {seconds} s, medians; server on core "
             f"{SERVER_CORE}, wrk on core {CLIENT_CORE}; bodies of {len(BODY)} bytes.", "",
             versions() + ".", "", *tables(load, starts), "", "| bar | | measured | |",
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
