# SPDX-License-Identifier: Apache-2.0
"""Measures Tenon beside its rivals, one server at a time, by turns; see README.md."""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import rivals
from sidebyside import plots, process_tree
from sidebyside.load import load, medians, spread
from sidebyside.machine import load_average, machine, today, version_of, versions_in
from sidebyside.servers import ask

RESULTS = rivals.TREE / "bench" / "results"
CONNECTIONS = (1, 8, 32, 64)
CLIENT_CORE = str(os.cpu_count() - 1)
ECHO = {"echo 100 B": {"text": "x" * 89}, "echo 10 KB": {"text": "x" * 10_229}}
FEATURES = {"MLP, one row": "mlp", "trees, 30 features": "trees"}
# Not of the floor, which runs no model and always answers 100 bytes.
NOT_BY_NGINX = ("echo 10 KB", *FEATURES)


def request_of(workload):
    if workload in ECHO:
        return ECHO[workload]
    draw = random.Random(3)
    return {"features": [round(draw.gauss(0, 1), 4)
                         for _ in range(rivals.features_of(FEATURES[workload]))]}


def check(server, workload):
    """The answer is the right one: the text itself, or scores as Tenon's runtime computes them."""
    request = request_of(workload)
    answer = server.read(ask(server.port, server.path, server.body(request).encode()))
    if workload in ECHO:
        assert server.name.startswith("nginx") or answer == request, (server.name, answer)
        return
    scores = answer["scores"]
    expected = check.scores.setdefault(workload, scores)
    assert len(scores) == len(expected) and all(
        abs(a - b) < 1e-3 for a, b in zip(scores, expected)), (server.name, workload, scores)


check.scores = {}


def measure(kind, workloads, seconds, connections, folder):
    """One start: {"start", "idle", "loaded", "processes", (workload, connections): sample}."""
    found = {}
    with kind(folder) as server:
        time.sleep(0.5)
        found.update(start=server.start_s, idle=server.memory_mb(), processes=len(server.pids()))
        for workload in workloads:
            body = folder / "request"
            body.write_text(server.body(request_of(workload)))
            check(server, workload)
            more = {"path": server.path, "cores": CLIENT_CORE, "BODY": body}
            load(server, 8, max(1, seconds // 2), **more)  # Not counted.
            for count in connections:
                sample = load(server, count, seconds, **more)
                found[workload, count] = sample
                print(f"bench: {kind.name}: {workload}, {count} connections: "
                      f"{sample['rps']:,.0f}/s, {sample['cpu']:.3f} CPU s per 1,000",
                      file=sys.stderr, flush=True)
        found["loaded"] = server.memory_mb()
    return found


def kinds_for(kind, workloads):
    """The starts that a kind needs: echo, and one for each model."""
    usable = [w for w in workloads if not (kind is rivals.Nginx and w in NOT_BY_NGINX)]
    echoes = [w for w in usable if w in ECHO]
    if echoes:
        yield kind, echoes
    for workload in usable:
        if workload in FEATURES:
            yield type(kind.__name__, (kind,), {"workload": "scores", "model": FEATURES[workload]}), [
                workload]


def tables(runs, kinds, workloads, connections):
    lines = []
    for workload in workloads:
        lines += [f"## {workload}", "",
                  "| | connections | requests/s (least to most) | p50 ms | p99 ms | p99.9 ms | "
                  "CPU s per 1,000 | errors |", "|---|---|---|---|---|---|---|---|"]
        for kind in kinds:
            for count in connections:
                samples = [run[workload, count] for run in runs[kind] if (workload, count) in run]
                if not samples:
                    continue
                row, (least, _, most) = medians(samples), spread(samples, "rps")
                lines.append(
                    f"| {kind.name} | {count} | {row['rps']:,.0f} ({least:,.0f} to {most:,.0f}) | "
                    f"{row['p50']:.2f} | {row['p99']:.2f} | {row['p999']:.2f} | {row['cpu']:.4f} | "
                    f"{sum(s['errors'] for s in samples)} |")
        lines.append("")
    lines += ["## Start, memory, disk", "",
              "| | start to first answer s | memory (PSS) idle MB | after the load MB | processes | "
              "on disk MB, without Python |", "|---|---|---|---|---|---|"]
    for kind in kinds:
        each = {name: statistics.median(run[name] for run in runs[kind])
                for name in ("start", "idle", "loaded", "processes")}
        lines.append(f"| {kind.name} | {each['start']:.3f} | {each['idle']:,.0f} | "
                     f"{each['loaded']:,.0f} | {each['processes']:.0f} | "
                     f"{kind.bytes_on_disk() / 1e6:,.1f} |")
    return lines


def draw_plots(runs, kinds, workloads, count):
    """One picture a workload: requests/s with spread, on a logarithmic scale."""
    names = []
    for workload in workloads:
        bars = []
        for kind in kinds:
            samples = [run[workload, count] for run in runs[kind] if (workload, count) in run]
            if samples:
                bars.append((kind.name.replace("`", ""), *spread(samples, "rps")))
        name = f"rivals-{''.join(c if c.isalnum() else '-' for c in workload.lower())}.svg"
        (RESULTS / name).write_text(
            plots.bars(f"{workload}, {count} connections", "requests/s", bars))
        names.append((workload, name))
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help="some rivals, echo 100 B, one round of 2 s; writes rivals-quick.md")
    parser.add_argument("--only", help="rivals whose name has this in it, and Tenon; writes nothing")
    options = parser.parse_args()
    seconds, rounds, connections = (2, 1, (1, 32)) if options.quick else (5, 3, CONNECTIONS)
    workloads = ["echo 100 B"] if options.quick else [*ECHO, *FEATURES]
    kinds = [k for k in rivals.ALL if not options.only or k is rivals.Tenon or
             options.only.lower() in k.name.lower()]
    process_tree.adopt_orphans()
    busy = load_average()
    runs = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="tr") as name:
        for number in range(rounds):
            turn = number * len(kinds) // rounds
            for kind in kinds[turn:] + kinds[:turn]:
                run = {}
                for started, its_workloads in kinds_for(kind, workloads):
                    folder = Path(name) / f"{number}{len(list(Path(name).iterdir()))}"
                    folder.mkdir()
                    found = measure(started, its_workloads, seconds, connections, folder)
                    run = {**found, **run}  # Start and memory are those of the echo.
                runs[kind].append(run)
    versions = [versions_in(kind.__dict__.get("venv", rivals.ENVIRONMENTS / kind.environment_name /
                                              "bin") / "python", *kind.packages)
                for kind in dict.fromkeys(kinds) if "environment_name" in vars(kind)]
    lines = ["# rivals" + (", quick" if options.quick else ""), "",
             f"{today()}; {machine()}, load average {busy:.1f} before it began. {rounds} rounds of "
             f"{seconds} s a level, medians. Servers may use all cores; wrk is pinned to core "
             f"{CLIENT_CORE}, which it shares with them: on more than two cores, those that need many "
             "processes do better.", "",
             f"Tenon {version_of(rivals.BUILD / 'bin/tenon', 'version')}, nginx "
             f"{version_of('nginx', '-v')}, wrk {version_of('wrk', '-v')}, {', '.join(versions)}.", "",
             *tables(runs, kinds, workloads, connections), ""]
    if not options.only:
        RESULTS.mkdir(exist_ok=True)
        for workload, picture in draw_plots(runs, kinds, workloads, connections[-1]):
            lines += [f"![{workload}]({picture})", ""]
        (RESULTS / ("rivals-quick.md" if options.quick else "rivals.md")).write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
