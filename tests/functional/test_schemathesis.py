# SPDX-License-Identifier: Apache-2.0
"""schemathesis against what `/openapi.json` promises: all of its checks, good data and bad."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = 500  # For each operation.
SEED = os.environ.get("TENON_SEED", "1")
TARGETS = ["hello:handle", "two_models:sentiment", "two_models:area", "custom_routes:handle",
           "rich:handle"]


@pytest.fixture(scope="module")
def runs(shared_servers, tmp_path_factory):
    """All of them at once: generating the data is what takes the time."""
    program = Path(sys.executable).parent / "st"
    processes = {}
    for target in TARGETS:
        folder = tmp_path_factory.mktemp("schemathesis")
        output = open(folder / "output", "w+")
        processes[target] = (
            subprocess.Popen(
                [program, "run", f"http://127.0.0.1:{shared_servers(target).port}/openapi.json",
                 "--checks", "all", "--mode", "all", "--max-examples", str(EXAMPLES),
                 "--seed", SEED, "--suppress-health-check", "all", "--request-timeout", "10",
                 "--continue-on-failure", "--no-color"],
                stdout=output, stderr=subprocess.STDOUT, cwd=folder),
            output)
    yield processes
    for process, output in processes.values():
        if process.poll() is None:
            process.kill()
        process.wait()
        output.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found(shared_servers, runs, target):
    process, output = runs[target]
    status = process.wait(280)
    output.seek(0)
    said = output.read()
    assert status == 0, said[-8000:]
    server = shared_servers(target)
    paths = server.ask("GET", "/openapi.json").json["paths"]
    operations = sum(len(methods) for methods in paths.values())
    cases = re.search(r"([\d,]+) generated", said)
    assert cases and int(cases.group(1).replace(",", "")) >= EXAMPLES * operations, said[-2000:]
    assert server.ask("GET", "/ping").status == 200


def test_trace_is_405_with_allow(shared_servers):
    server = shared_servers("custom_routes:handle")
    for path in server.ask("GET", "/openapi.json").json["paths"]:
        answer = server.ask("TRACE", path)
        assert (answer.status, answer.headers["allow"]) == (405, "POST")
