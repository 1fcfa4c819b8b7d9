# SPDX-License-Identifier: Apache-2.0
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from harness.polling import wait_until
from harness.server import BUILD, environment, free_port

CHECK = BUILD / "bin" / "tenon-check"
CONTAINER = Path(__file__).with_name("container.py")


class Container:
    """container.py with some faults, at an address."""

    def __init__(self, *faults):
        self.port = free_port()
        words = [word for fault in faults for word in ("--fault", fault)]
        self.process = subprocess.Popen(
            [sys.executable, CONTAINER, *words],
            env={**os.environ, "SAGEMAKER_BIND_TO_PORT": str(self.port)},
        )
        wait_until(self.listens, "the container listens")

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def end(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def container():
    """Starts one with the faults named."""
    started = []

    def start(*faults):
        started.append(Container(*faults))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def check(tmp_path):
    """Runs `tenon check`; gives (exit status, report by case id, stdout)."""

    def run(*words, patience_s=50):
        report = tmp_path / "report.json"
        done = subprocess.run(
            [CHECK, "--json", report, *map(str, words)],
            capture_output=True, text=True, env=environment(), timeout=patience_s,
        )
        cases = {}
        if report.exists():
            cases = {case["id"]: case for case in json.loads(report.read_text())["cases"]}
        return done.returncode, cases, done.stdout + done.stderr

    return run
