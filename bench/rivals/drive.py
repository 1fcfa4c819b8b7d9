# SPDX-License-Identifier: Apache-2.0
"""Measures Tenon beside its rivals, one server at a time, by turns; see README.md."""

import argparse
import os
import signal
import sys
import tempfile
import time
import urllib.error
from pathlib import Path

import hostile
import rivals
import table
import workloads
from sidebyside import process_tree
from sidebyside.load import load
from sidebyside.machine import load_average, machine, today, version_of, versions_in
from sidebyside.servers import ask
from store import Store

RESULTS = rivals.TREE / "bench" / "results"
CLIENT_CORE = str(os.cpu_count() - 1)
QUICK = ("echo-100b",)
expected_scores = {}


def check(server, workload, body):
    """The answer is the right one: the text itself, or scores as the first server gave them."""
    answer = server.read(ask(server.port, server.path, body.read_bytes(), workload.content_type,
                             accept=workload.accept))
    if isinstance(answer, dict) and "scores" in answer:
        expected_scores.setdefault(workload.model, answer["scores"])
    if not workloads.is_right(workload, answer, expected_scores.get(workload.model)):
        raise ValueError(f"a wrong answer: {str(answer)[:200]}")


def measure(kind, workload, seconds, folder):
    """One start of a server for one workload, as an entry of the store."""
    if workload.kind == "cold":
        hostile.forget([*kind.folders(), rivals.MODELS / f"{workload.model}.onnx"])
    if workload.kind == "overload":  # The generator needs a core of its own, or it gives no figure.
        kind = type(kind.__name__, (kind,), {"cores": f"0-{os.cpu_count() - 2}" if os.cpu_count() > 1 else None})
    with kind(folder, workload) as server:
        time.sleep(0.5)
        found = {"start": server.start_s, "idle": server.memory_mb(), "processes": len(server.pids()),
                 "disk": rivals.folder_bytes(*kind.folders()) / 1e6}
        body = folder / "request"
        body.write_bytes(server.body(workload.request()))
        check(server, workload, body)
        more = {"path": server.path, "cores": CLIENT_CORE, "content_type": workload.content_type,
                "accept": workload.accept}
        if workload.kind != "cold":
            load(server, 8, max(1, seconds // 2), **more, BODY=body)  # Not counted.
        if workload.kind == "levels":
            found["levels"] = {str(count): load(server, count, seconds, **more, BODY=body)
                               for count in workload.levels}
        elif workload.kind == "overload":
            found["overload"] = hostile.overload(server, body, seconds, rivals.BUILD / "bin/tenon-bench", more)
        elif workload.kind == "leaving":
            found["leaving"] = hostile.leaving(server, body, seconds, more)
        found["loaded"] = server.memory_mb()
    return found


def measure_all(store, kinds, chosen, rounds, seconds):
    with tempfile.TemporaryDirectory(prefix="tr") as name:
        for number in range(rounds):
            turn = number * len(kinds) // rounds
            for workload in chosen:
                for kind in kinds[turn:] + kinds[:turn]:
                    if workload.key in kind.cannot or store.has(kind.name, workload.key, number, seconds):
                        continue
                    folder = Path(name) / str(len(list(Path(name).iterdir())))
                    folder.mkdir()
                    entry = {"rival": kind.name, "workload": workload.key, "round": number,
                             "date": today(), "seconds": seconds, "load_average": load_average(),
                             "machine": machine()}
                    try:
                        entry |= measure(kind, workload, seconds, folder)
                    # One that does not start (SystemExit says so) does not end the others' turns.
                    except (SystemExit, OSError, ValueError, urllib.error.HTTPError) as fault:
                        entry["fault"] = " ".join(str(fault).split())[-200:].replace("|", "/")
                    store.put(entry)
                    shown = entry.get("fault") or entry.get("levels") or entry.get(workload.kind, "")
                    print(f"bench: {kind.name}: {workload.key}: {shown}", file=sys.stderr, flush=True)


def versions(kinds):
    found = [versions_in(rivals.ENVIRONMENTS / kind.environment_name / "bin/python", *kind.packages)
             for kind in kinds if "environment_name" in vars(kind) and kind.environment_name]
    return (f"Tenon {version_of(rivals.BUILD / 'bin/tenon', 'version')}, nginx "
            f"{version_of('nginx', '-v')}, wrk {version_of('wrk', '-v')}, {', '.join(found)}.")


def page(store, title, folder, prefix):
    """All that has been measured, of whatever run; pictures are written into the folder."""
    machines = sorted({e["machine"] for e in store.entries})
    busy = [e["load_average"] for e in store.entries] or [0]
    lines = [f"# {title}", "",
             f"{'; '.join(machines)}. Load average before a start: {min(busy):.1f} to {max(busy):.1f}. "
             "Medians of the rounds; the last column says when, how many rounds, and the seconds of a "
             f"level. Servers may use all cores; wrk is pinned to core {CLIENT_CORE}, which it shares "
             "with them: on more than two cores, those that need many processes do better.", "",
             versions(rivals.ALL), ""]
    for workload in workloads.ALL:
        lines += table.of_workload(store, rivals.ALL, workload)
        lines += table.picture(store, rivals.ALL, workload, folder, prefix)
    return "\n".join(lines + table.of_starts(store, rivals.ALL))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help="echo 100 B, one round of 2 s; writes rivals-quick.md")
    parser.add_argument("--workloads", metavar="A,B", help=f"of {', '.join(workloads.BY_KEY)}")
    parser.add_argument("--only", metavar="A,B",
                        help="Tenon and the rivals whose name has one of these in it")
    parser.add_argument("--rounds", type=int, help="3; 1 with --quick")
    parser.add_argument("--seconds", type=int, help="of a level: 5; 2 with --quick")
    parser.add_argument("--again", action="store_true", help="measure also what has been measured")
    parser.add_argument("--render", action="store_true", help="only write the table of what there is")
    parser.add_argument("--store", type=Path,
                        help="keep results in this file, and table and pictures beside it")
    options = parser.parse_args()
    keys = options.workloads.split(",") if options.workloads else QUICK if options.quick else workloads.BY_KEY
    for key in keys:
        if key not in workloads.BY_KEY:
            parser.error(f"there is no workload '{key}'; there are {', '.join(workloads.BY_KEY)}")
    names = [name.lower() for name in options.only.split(",")] if options.only else [""]
    kinds = [k for k in rivals.ALL
             if k is rivals.Tenon or any(name in k.name.lower() for name in names)]
    prefix = "rivals-quick" if options.quick else "rivals"
    RESULTS.mkdir(exist_ok=True)
    store = Store(options.store or RESULTS / f"{prefix}.json")
    process_tree.adopt_orphans()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # So that a server ends with it.
    if options.again:
        store.entries = [e for e in store.entries if e["workload"] not in keys or
                         e["rival"] not in {k.name for k in kinds}]
    if not options.render:
        measure_all(store, kinds, [workloads.BY_KEY[key] for key in keys],
                    options.rounds or (1 if options.quick else 3),
                    options.seconds or (2 if options.quick else 5))
    if not store.entries:
        parser.error(f"nothing has been measured that {store.path} knows of")
    title = "rivals" + (", quick" if options.quick else "")
    text = page(store, title, store.path.parent, prefix) + "\n"
    store.path.with_suffix(".md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
