# SPDX-License-Identifier: Apache-2.0
"""The client: wrk, which is nobody's here. Closed loop, keep-alive."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "requests.lua"


def load(server, connections, seconds, *, path="/invocations", cores=None, threads=1,
         content_type="application/json", accept=None, **bodies):
    """One run: {rps, p50, p99, p999 in ms, cpu in s per 1,000 requests, errors}.

    `bodies`: `BODIES=file`, whose lines take turns, or `BODY=file`, which is sent whole.
    """
    pinned = ["taskset", "-c", cores] if cores else []
    before = server.cpu_s()
    done = subprocess.run(
        [*pinned, "wrk", f"-t{min(connections, threads)}", f"-c{connections}", f"-d{seconds}s",
         "--timeout", "30s", "-s", SCRIPT, f"http://127.0.0.1:{server.port}{path}"],
        env={**os.environ, "CONTENT_TYPE": content_type, **({"ACCEPT": accept} if accept else {}),
             **{name: str(file) for name, file in bodies.items()}},
        capture_output=True, text=True)
    spent = server.cpu_s() - before
    try:
        result = json.loads(done.stderr.strip().splitlines()[-1])
    except (IndexError, ValueError):
        sys.exit(f"bench: wrk failed on {server.name}:\n{done.stdout}{done.stderr}")
    if result["errors"]:
        print(f"bench: {server.name}: {result['errors']} errors", file=sys.stderr)
    return {
        "rps": result["requests"] / result["seconds"],
        "p50": result["p50_ms"],
        "p99": result["p99_ms"],
        "p999": result["p999_ms"],
        "cpu": spent / max(result["requests"], 1) * 1000,
        "errors": result["errors"],
    }


def medians(samples):
    """Field by field."""
    return {name: statistics.median(sample[name] for sample in samples) for name in samples[0]}


def spread(samples, field):
    """(least, median, most)."""
    values = [sample[field] for sample in samples]
    return min(values), statistics.median(values), max(values)
