# SPDX-License-Identifier: Apache-2.0
"""Measures artifacts without code against their bars; see README.md."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from sidebyside import process_tree
from sidebyside.load import load, medians
from sidebyside.machine import load_average, machine, today, version_of
from sidebyside.servers import Server, ask

TREE = Path(__file__).resolve().parents[2]
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
MODELS = TREE / ".deps" / "bench-artifacts"
SERVER_CORE, CLIENT_CORE = "0", "1"
ROUNDS, STARTS, CONNECTIONS = 5, 15, 8

TEXT = json.dumps({"text": "x" * 89}, separators=(",", ":"))
ROW = json.dumps({"x": [round(0.1 * i - 0.8, 2) for i in range(16)]}, separators=(",", ":"))
ROWS = json.dumps({"x": [json.loads(ROW)["x"]]}, separators=(",", ":"))
FEATURES = json.dumps({"instances": [[round(0.1 * i - 1, 2) for i in range(20)]]},
                      separators=(",", ":"))

MOST_TREE_CPU_US = 10
MOST_TREE_START_MS = 50
MOST_ONNX_LATER_MS = 30
MOST_REPLICAS_MEMORY = 1.10
LEAST_OF_HAND_WRITTEN = 0.95


class Tenon(Server):
    cores = SERVER_CORE
    words, variables = (), {}

    def start(self):
        self.run(BUILD / "bin/tenon", "run", *self.words, "--port", self.port, **self.variables)


class Echo(Tenon):
    name, body = "echo", TEXT
    words = ("hello:handle", "--app-dir", BUILD / "apps")


class Trees(Tenon):
    name, body = "XGBoost row", FEATURES
    words = (MODELS / "trees.ubj",)


class NoCode(Tenon):
    name, body = "no code", ROWS
    words = (MODELS / "small.onnx",)


class HandWritten(Tenon):
    name, body = "hand-written", ROW
    words = ("bench.hand_written:handle", "--app-dir", BUILD / "apps")
    variables = {"MODEL_PATH": str(MODELS / "small.onnx")}


class Typed(HandWritten):
    name = "typed Artifact"
    words = ("bench.hand_written:typed", "--app-dir", BUILD / "apps")


class Large(Tenon):
    name = "10 MB"
    words = (MODELS / "large.onnx",)


def replicas(count):
    class Replicas(Tenon):
        name = f"{count} replicas"

        def start(self):
            file = self.folder / f"replicas_{count}.yaml"
            file.write_text("applications:\n- name: large\n  route_prefix: /\n"
                            f"  import_path: {MODELS / 'large.onnx'}\n  deployments:\n"
                            f"  - name: ArtifactDeployment\n    num_replicas: {count}\n")
            self.run(BUILD / "bin/tenon", "run", file, "--port", self.port)

    return Replicas


def starts(kind, folder, times):
    """Median milliseconds to the first 200 on /ping."""
    found = []
    for _ in range(times):
        with kind(folder) as server:
            found.append(server.start_s * 1000)
    return statistics.median(found)


def own_loads(times):
    """Median milliseconds of ONNX Runtime alone, on the server's core."""
    library = next((BUILD / "lib/tenon/runtimes").glob("libonnxruntime.so*"))
    found = [float(subprocess.run(["taskset", "-c", SERVER_CORE, BUILD / "bin/own_load", library,
                                   MODELS / "large.onnx", "1"],
                                  capture_output=True, text=True, check=True).stdout)
             for _ in range(times)]
    return statistics.median(found)


def memory(count, folder):
    """Megabytes after requests: memory that each replica would have of its own."""
    body = json.dumps({"x": [[0.5] * 256]}).encode()
    with replicas(count)(folder) as server:
        for _ in range(50):
            ask(server.port, "/invocations", body)
        return server.memory_mb()


def measure_loads(kinds, seconds, folder):
    """{kind: medians of the rounds}; in each round the servers take turns."""
    samples = {}
    for number in range(ROUNDS):
        turn = number % len(kinds)
        for kind in kinds[turn:] + kinds[:turn]:
            body = folder / "body.json"
            body.write_text(kind.body)
            with kind(folder) as server:
                ask(server.port, "/invocations", kind.body.encode())
                load(server, CONNECTIONS, 1, cores=CLIENT_CORE, BODY=body)
                sample = load(server, CONNECTIONS, seconds, cores=CLIENT_CORE, BODY=body)
            assert not sample["errors"]
            samples.setdefault(kind, []).append(sample)
            print(f"round {number + 1}: {kind.name:15} {sample['rps']:9.0f}/s "
                  f"{sample['cpu'] * 1000:7.2f} us", file=sys.stderr)
    return samples


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds: a minute in all")
    options = parser.parse_args()
    seconds, times = (1, 5) if options.quick else (4, STARTS)
    process_tree.adopt_orphans()
    busy = load_average()
    kinds = [Echo, Trees, NoCode, HandWritten, Typed]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.sched_setaffinity(0, {int(CLIENT_CORE)})
        tree_start = starts(Trees, folder, times)
        own, large_start = own_loads(times), starts(Large, folder, times)
        one, eight = memory(1, folder), memory(8, folder)
        samples = measure_loads(kinds, seconds, folder)

    loads = {kind: medians(rounds) for kind, rounds in samples.items()}
    cpu = (loads[Trees]["cpu"] - loads[Echo]["cpu"]) * 1000

    def of_hand_written(kind):
        # Of the rounds' ratios: each round's servers ran close to each other.
        return statistics.median(a["rps"] / b["rps"]
                                 for a, b in zip(samples[kind], samples[HandWritten]))

    no_code, typed = of_hand_written(NoCode), of_hand_written(Typed)
    checks = [
        ("XGBoost row through HTTP: CPU more than the echo's", f"<= {MOST_TREE_CPU_US} us",
         f"{cpu:.2f} us", cpu <= MOST_TREE_CPU_US),
        ("XGBoost start to the first 200", f"<= {MOST_TREE_START_MS} ms", f"{tree_start:.1f} ms",
         tree_start <= MOST_TREE_START_MS),
        ("10 MB ONNX model: start to the first 200",
         f"<= the library's own {own:.1f} ms + {MOST_ONNX_LATER_MS} ms", f"{large_start:.1f} ms",
         large_start <= own + MOST_ONNX_LATER_MS),
        ("memory of 8 replicas", f"<= {MOST_REPLICAS_MEMORY} x that of one ({one:.1f} MB)",
         f"{eight:.1f} MB, {eight / one:.3f} x", eight <= one * MOST_REPLICAS_MEMORY),
        ("requests/s without code", f">= {LEAST_OF_HAND_WRITTEN} x the hand-written deployment's",
         f"{no_code:.3f} x", no_code >= LEAST_OF_HAND_WRITTEN),
        ("requests/s of a typed Artifact",
         f">= {LEAST_OF_HAND_WRITTEN} x the hand-written deployment's", f"{typed:.3f} x",
         typed >= LEAST_OF_HAND_WRITTEN),
    ]
    words = {True: "held", False: "**not held**"}
    lines = ["# artifacts", "",
             f"{today()}; {machine()}, load average {busy:.1f} before it began. {ROUNDS} rounds of "
             f"{seconds} s at {CONNECTIONS} connections, medians; server on core {SERVER_CORE}, wrk "
             f"on core {CLIENT_CORE}. Tenon {version_of(BUILD / 'bin' / 'tenon', 'version')}.", "",
             "| | requests/s | p50 us | p99 us | server CPU us/request |", "|---|---|---|---|---|"]
    lines += [f"| {kind.name} | {row['rps']:,.0f} | {row['p50'] * 1000:,.0f} | "
              f"{row['p99'] * 1000:,.0f} | {row['cpu'] * 1000:.2f} |" for kind, row in loads.items()]
    lines += ["", "| bar | | measured | |", "|---|---|---|---|"]
    lines += [f"| {what} | {bar} | {measured} | {words[held]} |"
              for what, bar, measured, held in checks]
    text = "\n".join(lines) + "\n"
    print(text)
    if not options.quick:
        (TREE / "bench" / "results" / "artifacts.md").write_text(text)
    return 1 if not all(held for *_, held in checks) else 0


if __name__ == "__main__":
    sys.exit(main())
