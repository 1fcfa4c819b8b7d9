# SPDX-License-Identifier: Apache-2.0
"""Measures batching against its bars; see README.md."""

import argparse
import contextlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from sidebyside import process_tree
from sidebyside.load import load
from sidebyside.machine import load_average, machine, today, version_of
from sidebyside.servers import Server, ask

TREE = Path(__file__).resolve().parents[2]
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
MODELS = TREE / ".deps" / "bench-batching"
SHAPES = {"mlp": [256], "convolution": [3, 24, 24], "transformer": [32, 96], "trees": [20]}
FIXED = (1, 8, 16, 32, 64, 128, 256)
MANY, FEW = 64, 16
BUDGET_MS = 200


class Tenon(Server):
    """Several may run at the same time."""

    words = ()

    def start(self):
        self.run(BUILD / "bin/tenon", "run", *self.words, "--port", self.port, "--log-level", "error")

    def pids(self):
        return [self.process.pid]

    def counts(self):
        return json.loads(ask(self.port, "/counts"))

    def batches(self):
        """(items, runs) since the start."""
        text = ask(self.port, "/metrics").decode()
        return [sum(float(value) for value in re.findall(rf"^{name}_total{{[^}}]*}} (\S+)", text, re.M))
                for name in ("tenon_deployment_batch_items", "tenon_deployment_batches")]


def artifact(name, batching, folder):
    """A kind of server for one of the models; `batching` is what its tenon.yaml says, or nothing."""
    label = re.sub(r"\W+", "-", f"{name} {batching or 'learned'}")
    here = folder / label
    here.mkdir(exist_ok=True)
    for model in (MODELS / name).iterdir():
        (here / model.name).symlink_to(model)
    if batching:
        (here / "tenon.yaml").write_text(f"batching: {batching}\n")
    return type("Artifact", (Tenon,), {"name": batching or "learned", "words": (f"{here}/",)})


def step(name, cores=None):
    return type("Step", (Tenon,), {"name": name, "cores": cores,
                                   "words": (f"bench.steps:{name}", "--app-dir", BUILD / "apps")})


def body_of(name, folder):
    dice = random.Random(1)

    def nested(shape):
        if not shape:
            return round(dice.uniform(-1, 1), 3)
        return [nested(shape[1:]) for _ in range(shape[0])]

    file = folder / f"{name}.json"
    file.write_text(json.dumps({"instances": [nested(SHAPES[name])]}, separators=(",", ":")))
    return file


@contextlib.contextmanager
def running(kinds, folder):
    with contextlib.ExitStack() as stack:
        servers = []
        for number, kind in enumerate(kinds):
            own = folder / f"run-{kind.name}-{number}"
            own.mkdir(exist_ok=True)
            servers.append(stack.enter_context(kind(own)))
        yield servers


def by_turns(servers, connections, seconds, rounds, body, warm_up=3):
    """Requests/s of each, one list a server."""
    rates = [[] for _ in servers]
    for server in servers:
        load(server, connections, warm_up, BODY=body)
    for number in range(rounds):
        order = list(range(len(servers)))
        random.Random(number).shuffle(order)
        for i in order:
            sample = load(servers[i], connections, seconds, BODY=body)
            if sample["errors"]:
                sys.exit(f"bench: {servers[i].name}: {sample['errors']} errors")
            rates[i].append(sample["rps"])
    return rates


def ratio(ours, theirs):
    return statistics.median(a / b for a, b in zip(ours, theirs))


def spread(rates):
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"


class Report:
    def __init__(self):
        self.lines, self.bars, self.held = [], [], True

    def bar(self, what, measured, bar, held):
        self.held = self.held and held
        self.bars.append(f"| {what} | {measured} | {bar} | {'held' if held else '**not held**'} |")
        print(f"bench: {what}: {measured}; bar {bar}: {'held' if held else 'NOT held'}",
              file=sys.stderr, flush=True)

    def table(self, title, head, rows):
        self.lines += ["", f"## {title}", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
        self.lines += ["| " + " | ".join(row) + " |" for row in rows]


def sizes(options, folder, report):
    rows = []
    for name in ("mlp", "trees"):
        kinds = [artifact(name, None, folder), artifact(name, "off", folder)]
        kinds += [artifact(name, f"{{max_batch_size: {size}}}", folder) for size in FIXED]
        with running(kinds, folder) as servers:
            rates = by_turns(servers, MANY, options.seconds, options.rounds, body_of(name, folder))
        medians = [statistics.median(each) for each in rates[1:]]
        best = 1 + medians.index(max(medians))
        rows += [[name, kind.name, spread(each)] for kind, each in zip(kinds, rates)]
        found = ratio(rates[0], rates[best])
        report.bar(f"{name}: learned / best fixed ({kinds[best].name})", f"{found:.3f}", ">= 0.90",
                   found >= 0.90)
    report.table(f"Sizes, {MANY} clients", ("model", "batching", "requests/s (least to most)"), rows)


def alike(options, folder, report):
    rows = []
    for name, connections in (("convolution", FEW), ("transformer", FEW), ("convolution", 1),
                              ("transformer", 1), ("mlp", 1), ("trees", 1)):
        home = folder / f"{name}-{connections}"
        home.mkdir()
        kinds = [artifact(name, None, home), artifact(name, "off", home)]
        with running(kinds, home) as servers:
            rates = by_turns(servers, connections, options.seconds, 3 * options.rounds,
                             body_of(name, home))
        found = ratio(*rates)
        rows.append([name, str(connections), spread(rates[0]), spread(rates[1])])
        report.bar(f"{name}, {connections} clients: learned / off", f"{found:.3f}", ">= 0.98",
                   found >= 0.98)
    report.table("Where batches gain nothing", ("model", "clients", "learned, requests/s", "off"), rows)


def tenon_bench(server, folder, *words, headers=()):
    """The result of one run of the load generator."""
    body, result = folder / "number.json", folder / f"result-{threading.get_ident()}.json"
    body.write_text('{"number":1}')
    for header in headers:
        words = (*words, "--header", header)
    subprocess.run([BUILD / "bin/tenon-bench", f"http://127.0.0.1:{server.port}/invocations",
                    "--body", body, "--warmup", "1s", "--json", result, *map(str, words)],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads(result.read_text())


def goodput(options, folder, report):
    rows = []
    for name in ("cheaper", "alike"):
        with running([step(name)], folder) as (server,):
            number = folder / "number.json"
            number.write_text('{"number":1}')
            load(server, MANY, 3, BODY=number)
            peak = statistics.median(load(server, MANY, 2, BODY=number)["rps"] for _ in range(3))
            for times in (2, 5, 10):
                seconds = 3 if options.quick else 8
                found = tenon_bench(server, folder, "--rate", round(times * peak), "--duration",
                                    f"{seconds}s", "--timeout", "1s",
                                    headers=[f"X-Tenon-Timeout-Ms: {BUDGET_MS}"])
                # Counts are good where requests went out a tenth of their budget late at most.
                lag_ms = found["generator"]["lag_p99_ms"]
                if lag_ms > BUDGET_MS / 10:
                    report.bar(f"{name}: goodput at {times} x capacity",
                               f"none: requests went out {lag_ms:.0f} ms late", "a figure", False)
                    continue
                statuses = {one["status"]: one["count"] for one in found["statuses"]}
                good, refused = statuses.get(200, 0), statuses.get(429, 0)
                late = found["requests"] - good - refused
                share = good / found["duration_s"] / peak
                late_share = late / max(good + late, 1)
                rows.append([name, f"{times}", f"{peak:,.0f}", f"{good / found['duration_s']:,.0f}",
                             f"{refused / found['duration_s']:,.0f}", f"{late:,}", f"{lag_ms:.1f}"])
                report.bar(f"{name}: goodput at {times} x capacity / peak", f"{share:.3f}", ">= 0.90",
                           share >= 0.90)
                report.bar(f"{name}: accepted at {times} x capacity that were late",
                           f"{100 * late_share:.2f} %", "<= 1 %", late_share <= 0.01)
    report.table(f"Overload, open loop, {BUDGET_MS} ms each",
                 ("model", "x capacity", "peak/s", "in time/s", "refused/s", "late",
                  "lag of the client, p99 ms"),
                 rows)


def reproduce(options, folder, report):
    """The simulator against a live run of a model whose cost is known."""
    rate, fixed_us, each_us = 800, 4000, 500
    with running([step("cheaper")], folder) as (server,):
        tenon_bench(server, folder, "--rate", rate, "--duration", "4s")  # It learns.
        before = server.batches()
        live = tenon_bench(server, folder, "--rate", rate, "--duration",
                           f"{4 if options.quick else 10}s")
        items, runs = (b - a for a, b in zip(before, server.batches()))
    simulated = json.loads(subprocess.run(
        [BUILD / "bin/batching_simulate", "--reproduce", str(fixed_us), str(each_us), str(rate), "20"],
        capture_output=True, text=True, check=True).stdout)
    if not live.get("latency"):
        report.bar("simulator against a live run", "none: the client was too slow", "within 10 %", False)
        return
    found = {"p50_ms": live["latency"]["p50_ms"], "p99_ms": live["latency"]["p99_ms"],
             "mean_batch": items / runs}
    for name, value in found.items():
        off = abs(simulated[name] / value - 1)
        report.bar(f"simulator against a live run: {name}", f"{simulated[name]:.2f} for {value:.2f}",
                   "within 10 %", off <= 0.10)


def leaving(options, folder, report):
    with running([step("computed")], folder) as (server,):
        load(server, FEW, 2, BODY=number_file(folder))
        before = server.counts()
        seconds = 3 if options.quick else 8
        results = {}

        def run(patience):
            results[patience] = tenon_bench(server, folder, "--connections", FEW, "--duration",
                                            f"{seconds}s", "--timeout", patience)

        threads = [threading.Thread(target=run, args=(each,)) for each in ("10s", "8ms")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = server.counts()
        work, dead = (after[key] - before[key] for key in ("work_us", "dead_us"))
        left = results["8ms"]["failed"]
        report.lines += ["", f"Clients that leave: {results['10s']['requests']:,} requests whose client "
                         f"waited, {left:,} whose client left after 8 ms; {work / 1e6:.2f} s of work."]
        report.bar("CPU on requests whose client had left", f"{100 * dead / max(work, 1):.2f} %", "<= 2 %",
                   dead <= 0.02 * work and left > 100)


def number_file(folder, number=1):
    file = folder / f"number-{number}.json"
    file.write_text(f'{{"number":{number}}}')
    return file


def refusals(options, folder, report):
    with running([step("refusing", cores="0")], folder) as (server,):
        holder = threading.Thread(target=hold, args=(server, 4 * options.seconds + 12))
        holder.start()
        samples = []
        for _ in range(4):
            samples.append(load(server, 8, options.seconds, cores="1", BODY=number_file(folder)))
        sample = samples[1:]
        all_refused = all(each["errors"] >= 0.99 * each["rps"] * options.seconds for each in sample)
        cpu = statistics.median(each["cpu"] for each in sample)
        server.end()
        holder.join()
    report.lines += ["", f"Refusals: {statistics.median(each['rps'] for each in sample):,.0f}/s by one "
                     f"client core, {cpu * 1000:.2f} µs of server CPU each."]
    report.bar("refusals a second of server CPU", f"{1000 / cpu:,.0f}", ">= 100,000",
               all_refused and 1000 / cpu >= 100_000)


def hold(server, seconds):
    with contextlib.suppress(OSError):
        ask(server.port, "/invocations", json.dumps({"number": seconds}).encode())


def placement(options, folder, report):
    rows = []
    for name, others in (("2", ("inline", "pool")), ("20", ("inline", "pool")), ("2000", ("pool",)),
                         ("changing", ("pool",))):
        kinds = [step(f"{kind}_{name}") for kind in ("learned", *others)]
        with running(kinds, folder) as servers:
            rates = by_turns(servers, 8, max(2, options.seconds), options.rounds, number_file(folder), 2)
            counts = servers[0].counts()
        what = "changing" if name == "changing" else f"{name} µs"
        best = max(range(1, len(rates)), key=lambda i: statistics.median(rates[i]))
        found = ratio(rates[0], rates[best])
        rows += [[what, kind.name.split("_")[0], spread(each)] for kind, each in zip(kinds, rates)]
        report.bar(f"placement, {what}: learned / {kinds[best].name.split('_')[0]}", f"{found:.3f}",
                   ">= 0.95", found >= 0.95)
        if name == "changing":
            changes = max(1, counts["changes"] / 2)
            report.bar("calls of 2 ms that held a loop, for each change to them",
                       f"{counts['held_loop'] / changes:.2f} of {counts['slow_calls'] / changes:,.0f}",
                       "<= 4", counts["held_loop"] <= 4 * changes)
    report.table("Placement, 8 clients", ("model", "runs", "requests/s (least to most)"), rows)


def decision(_options, _folder, report):
    text = subprocess.run([BUILD / "bin/batch_decision"], capture_output=True, text=True).stdout
    found = float(re.search(r"^decision +([\d.]+) ns", text, re.M)[1])
    report.bar("a decision with 10,000 items waiting", f"{found:.0f} ns", "<= 200 ns", found <= 200)


PARTS = (goodput, reproduce, sizes, alike, leaving, refusals, placement, decision)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short rounds; nothing is written")
    parser.add_argument("--only", default="", help="parts, by commas; nothing is written")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    options.seconds = 1
    if options.quick:
        options.rounds = 3
    wanted = options.only.split(",") if options.only else [part.__name__ for part in PARTS]
    process_tree.adopt_orphans()
    busy = load_average()
    report = Report()
    for part in PARTS:
        if part.__name__ in wanted:
            with tempfile.TemporaryDirectory(prefix="tb") as name:
                part(options, Path(name), report)
    text = "\n".join([
        "# batching", "",
        f"{today()}; {machine()}, load average {busy:.1f} before it began. {options.rounds} rounds of "
        f"{options.seconds} s each; servers and clients share the cores, at nice {os.nice(0)}. "
        f"Tenon {version_of(BUILD / 'bin' / 'tenon', 'version')}, wrk {version_of('wrk', '-v')}.", "",
        "| what | measured | bar | |", "|---|---|---|---|", *report.bars, *report.lines, ""])
    print(text)
    if not options.quick and not options.only:
        (TREE / "bench" / "results" / "batching.md").write_text(text)
    return 0 if report.held else 1


if __name__ == "__main__":
    sys.exit(main())
