# SPDX-License-Identifier: Apache-2.0
"""Measures examples/example_serving beside the same application on Ray Serve; see README.md."""

import argparse
import datetime
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import process_tree

TREE = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
EXAMPLE = TREE / "examples" / "example_serving"
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
VENV = Path(sys.executable).parent
CONNECTIONS = (1, 8, 32)
HELD_OUT = [
    json.loads(line)
    for line in (TREE / "tests/example/data/held_out.jsonl").read_text().splitlines()
]
# Some of each: messages in every language, and letters.
SAMPLE = HELD_OUT[:1140:20] + HELD_OUT[1140::10]

LEAST_TIMES_REQUESTS, LEAST_TIMES_CPU, LEAST_TIMES_START = 100, 50, 100


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def ask(port, text):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/invocations",
        json.dumps({"text": text}).encode(),
        {"Content-Type": "application/json"},
    )
    return json.load(urllib.request.urlopen(request, timeout=60))


class Served:
    """A server in its own process tree; knows how long its start took to the first answer."""

    patience_s = 180

    def __init__(self, model, folder):
        self.model, self.folder, self.port = model, folder, free_port()
        self.environment = {
            **os.environ,
            "EXAMPLE": str(EXAMPLE),
            "PYTHONPATH": f"{HERE}:{EXAMPLE}/train",
        }
        self.log = open(folder / "server.log", "ab")
        self.before = set(process_tree.descendants(os.getpid()))
        began = time.perf_counter()
        self.start()
        while True:
            try:
                ask(self.port, "hello")
                break
            except OSError:
                ended = self.process.poll() is not None
                if ended or time.perf_counter() - began > self.patience_s:
                    self.end()
                    sys.exit(f"bench: {self.name} does not answer; see {self.log.name}")
                time.sleep(0.001)
        self.start_s = time.perf_counter() - began

    def run(self, *words, wait=False, **environment):
        self.process = subprocess.Popen(
            [str(w) for w in words],
            stdout=self.log,
            stderr=self.log,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env={**self.environment, **environment},
        )
        if wait and self.process.wait():
            sys.exit(f"bench: {words} failed; see {self.log.name}")

    def pids(self):
        return [p for p in process_tree.descendants(os.getpid()) if p not in self.before]

    def end(self):
        process_tree.end_all(self.pids())
        self.log.close()


class Tenon(Served):
    name = "Tenon"

    def start(self):
        self.run(
            BUILD / "bin/tenon",
            "run",
            f"example_serving.{self.model}:handle",
            "--port",
            self.port,
            "--app-dir",
            BUILD / "apps",
            MODEL_PATH=str(EXAMPLE / "model/a"),
            MODEL_PATH_A=str(EXAMPLE / "model/a"),
            MODEL_PATH_B=str(EXAMPLE / "model/b"),
        )


class Ray(Served):
    """As its documentation says: `serve run` with an import path, all defaults."""

    name = "Ray Serve"
    settings = {}

    def start(self):
        # On two CPUs the replicas would hold both: the cluster gets virtual ones.
        self.environment.update(RAY_USAGE_STATS_ENABLED="0", RAY_ADDRESS="auto", **self.settings)
        self.run(
            VENV / "ray",
            "start",
            "--head",
            "--num-cpus=8",
            "--include-dashboard=false",
            "--disable-usage-stats",
            f"--port={free_port()}",
            "--node-ip-address=127.0.0.1",
            f"--temp-dir={self.folder}/r",
            wait=True,
            RAY_ADDRESS="",
        )
        config = self.folder / "config.yaml"
        config.write_text(json.dumps(self.config()))
        self.run(VENV / "serve", "run", config)

    def config(self):
        return {
            "http_options": {"host": "127.0.0.1", "port": self.port},
            "applications": [
                {"name": "example", "route_prefix": "/", "import_path": f"ray_app:{self.model}"}
            ],
        }


class RayBest(Ray):
    """With HAProxy instead of the Python proxy, its throughput settings, and small shares of CPUs."""

    name = "Ray Serve, HAProxy"
    settings = {"RAY_SERVE_ENABLE_HA_PROXY": "1", "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1"}

    def config(self):
        config = super().config()
        names = ["Front", "TextClassifier"] + (["FieldExtractor"] if self.model == "multi" else [])
        config["applications"][0]["deployments"] = [
            {"name": n, "max_ongoing_requests": 100, "ray_actor_options": {"num_cpus": 0.2}}
            for n in names
        ]
        return config


class RayInline(RayBest):
    """The same without the remote tasks: what someone who has measured would come to."""

    name = "Ray Serve, HAProxy, preprocessing inline"
    settings = {**RayBest.settings, "INLINE": "1"}


def check_answers(server):
    for row in SAMPLE:
        answer, expected = ask(server.port, row["text"]), row["answer"]
        same = (
            answer["language"] == expected["language"]
            and abs(answer["score"] - expected["score"]) < 1e-4
        )
        if server.model == "multi":
            same = (
                same
                and [{k: f[k] for k in ("kind", "begin", "end")} for f in answer["fields"]]
                == expected["fields"]
            )
        if not same:
            server.end()
            sys.exit(f"bench: {server.name} answers {answer}, expected {expected}")


def load(server, connections, seconds, bodies):
    before = process_tree.cpu_s(server.pids())
    done = subprocess.run(
        [
            "wrk",
            f"-t{min(connections, 2)}",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "30s",
            "-s",
            HERE / "requests.lua",
            f"http://127.0.0.1:{server.port}",
        ],
        env={**os.environ, "BODIES": str(bodies)},
        capture_output=True,
        text=True,
    )
    after = process_tree.cpu_s(server.pids())
    result = json.loads(done.stderr.strip().splitlines()[-1])
    if result["errors"]:
        print(f"bench: {server.name}: {result['errors']} errors", file=sys.stderr)
    spent = sum(t - before.get(p, 0) for p, t in after.items())
    return {
        "rps": result["requests"] / result["seconds"],
        "p50": result["p50_ms"],
        "p99": result["p99_ms"],
        "cpu": spent / max(result["requests"], 1) * 1000,
    }


def measure(kind, model, seconds, rounds, folder, bodies):
    server = kind(model, folder)
    try:
        check_answers(server)
        load(server, 8, max(1, seconds // 2), bodies)  # Not counted.
        rows = {}
        for connections in CONNECTIONS:
            runs = [load(server, connections, seconds, bodies) for _ in range(rounds)]
            rows[connections] = {k: statistics.median(r[k] for r in runs) for k in runs[0]}
        memory = process_tree.memory_mb(server.pids())
        return {
            "name": kind.name,
            "model": model,
            "start_s": server.start_s,
            "memory_mb": memory,
            "processes": len(server.pids()),
            "rows": rows,
        }
    finally:
        server.end()


def table(results):
    lines = [
        "| model | server | connections | requests/s | p50 ms | p99 ms | CPU s per 1,000 |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in results:
        for c, row in r["rows"].items():
            lines.append(
                f"| {r['model']} | {r['name']} | {c} | {row['rps']:,.1f} | {row['p50']:.2f} | {row['p99']:.2f} | {row['cpu']:.3f} |"
            )
    lines += [
        "",
        "| model | server | start to first answer, s | memory, MB | processes |",
        "|---|---|---|---|---|",
    ]
    for r in results:
        lines.append(
            f"| {r['model']} | {r['name']} | {r['start_s']:.3f} | {r['memory_mb']:,.0f} | {r['processes']} |"
        )
    return lines


def bars(results):
    lines, held = [], True
    for model in ("single", "multi"):
        ours, *rivals, inline = [r for r in results if r["model"] == model]
        for c in CONNECTIONS:
            rps = ours["rows"][c]["rps"] / max(r["rows"][c]["rps"] for r in rivals)
            cpu = min(r["rows"][c]["cpu"] for r in rivals) / max(ours["rows"][c]["cpu"], 1e-9)
            for what, times, least in (
                ("requests/s", rps, LEAST_TIMES_REQUESTS),
                ("less CPU", cpu, LEAST_TIMES_CPU),
            ):
                held = held and times >= least
                lines.append(
                    f"- {model}, {c} connections: {times:,.0f} x {what}; bar {least}: {'held' if times >= least else 'NOT held'}"
                )
        for c in CONNECTIONS:
            a, b = ours["rows"][c], inline["rows"][c]
            lines.append(
                f"- {model}, {c} connections, against the one with preprocessing inline: "
                f"{a['rps'] / b['rps']:,.0f} x requests/s, {b['cpu'] / max(a['cpu'], 1e-9):,.0f} x less CPU"
            )
        start = min(r["start_s"] for r in rivals) / ours["start_s"]
        held = held and start >= LEAST_TIMES_START
        lines.append(
            f"- {model}: start {start:,.0f} x sooner; bar {LEAST_TIMES_START}: {'held' if start >= LEAST_TIMES_START else 'NOT held'}"
        )
    return lines, held


def machine():
    model = next(
        (l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")),
        platform.machine(),
    )
    versions = subprocess.run(
        [
            VENV / "python",
            "-c",
            "import ray, onnxruntime; print('Ray', ray.__version__, '· ONNX Runtime', onnxruntime.__version__)",
        ],
        capture_output=True,
        text=True,
    ).stdout.strip()
    return f"{datetime.date.today()} · {model} · {os.cpu_count()} cores · {versions}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="one short round; nothing is written")
    quick = parser.parse_args().quick
    seconds, rounds = (4, 1) if quick else (10, 3)
    process_tree.adopt_orphans()
    results = []
    with tempfile.TemporaryDirectory(prefix="tb") as folder:
        bodies = Path(folder) / "bodies"
        bodies.write_text("".join(json.dumps({"text": r["text"]}) + "\n" for r in SAMPLE))
        for model in ("single", "multi"):
            for kind in (Tenon, Ray, RayBest, RayInline):
                own = Path(folder) / f"{model[0]}{kind.__name__[-2:]}"
                own.mkdir()
                print(f"bench: {model}, {kind.name}", file=sys.stderr, flush=True)
                results.append(measure(kind, model, seconds, rounds, own, bodies))
    lines, held = bars(results)
    text = "\n".join([machine(), "", *table(results), "", *lines, ""])
    print(text)
    if not quick:
        (TREE / "bench/results").mkdir(exist_ok=True)
        (TREE / "bench/results/example.md").write_text("# example\n\n" + text)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
