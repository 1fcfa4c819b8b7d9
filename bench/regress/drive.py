# SPDX-License-Identifier: Apache-2.0
"""Counts instructions and allocations of a fixed replay and compares with baseline.json; see README.md."""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
BASELINE = Path(__file__).resolve().parent / "baseline.json"
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
MOST_MORE = 0.03
# Requests (or calls, or batches) of the two runs whose difference counts: what happens once, at the
# start and at the end, is in both.
COUNTS = {
    "ping": (1000, 3000),
    "short": (1000, 3000),
    "small": (1000, 3000),
    "large": (500, 1500),
    "handle": (20000, 60000),
    "batch": (1000, 3000),
}
# Allocations of one request, where the design promises a number: none but the user's own strings
# (hello copies its text, so two where the text does not fit into the string itself).
MOST_ALLOCATIONS = {"ping": 0, "short": 0, "small": 2, "large": 2, "handle": 0}


def instructions(workload, count):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "counts"
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", BUILD / "bin/replay",
             workload, str(count)],
            capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bench: the replay of '{workload}' failed:\n{done.stdout}{done.stderr}")
        return int(re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.MULTILINE).group(1))


def per_request(workload):
    few, many = COUNTS[workload]
    return (instructions(workload, many) - instructions(workload, few)) / (many - few)


def allocations(workload):
    done = subprocess.run([BUILD / "bin/replay", workload, str(COUNTS[workload][1])],
                          capture_output=True, text=True, check=True)
    return float(done.stdout)


def compiler():
    """Whose code it is: other compilers need other counts."""
    cache = (BUILD / "CMakeCache.txt").read_text()
    program = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", cache, re.MULTILINE).group(1)
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return "clang " + re.search(r"version (\d+\.\d+)", done.stdout).group(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the counts as the new baseline")
    update = parser.parse_args().update
    name = compiler()
    baselines = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    if name not in baselines and not update:
        sys.exit(f"bench: {BASELINE.name} has no counts of {name}; make them with "
                 "'./dev bench --regress --update'")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = dict(zip(COUNTS, pool.map(per_request, COUNTS)))
        made = dict(zip(COUNTS, pool.map(allocations, COUNTS)))
    known = baselines.get(name, {})
    good = True
    print(f"| {name} | instructions | baseline | | allocations | at most |\n|---|---|---|---|---|---|")
    for workload, count in found.items():
        before = known.get(workload, count)
        more = count / before - 1
        verdict = f"{more:+.2%}"
        if more > MOST_MORE and not update:
            good, verdict = False, f"**{more:+.1%}: more than {MOST_MORE:.0%}**"
        most = MOST_ALLOCATIONS.get(workload)
        within = most is None or made[workload] <= most + 0.01
        good = good and within
        print(f"| {workload} | {count:,.0f} | {before:,.0f} | {verdict} | {made[workload]:.2f} | "
              f"{'' if most is None else most}{'' if within else ' **not held**'} |")
    if update:
        baselines[name] = {workload: round(count) for workload, count in found.items()}
        BASELINE.write_text(json.dumps(baselines, indent=2) + "\n")
    elif not good:
        print("\nWhat got dearer: find it with 'valgrind --tool=callgrind' and callgrind_annotate. Where "
              "it has to be, './dev bench --regress --update' writes new counts; the commit says why.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
