# SPDX-License-Identifier: Apache-2.0
"""docs/reference/ is what the code says now."""

import re
import subprocess
import sys

from harness.server import BUILD, TREE, run_program

REFERENCE = TREE / "docs" / "reference"


def test_it_is_what_the_code_says(tmp_path):
    subprocess.run(
        [sys.executable, TREE / "tools" / "docs" / "reference.py", "--build", BUILD, "--out", tmp_path],
        check=True, timeout=60,
    )
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in REFERENCE.glob("*.md")}
    for page in tmp_path.iterdir():
        assert page.read_text() == (REFERENCE / page.name).read_text(), "run './dev docs reference'"


def test_every_flag_of_run_is_a_setting():
    text = (REFERENCE / "settings.md").read_text()
    flags = re.findall(r"^  (--[\w-]+)", run_program("run", "--help")[1], re.MULTILINE)
    assert len(flags) > 10
    for flag in flags:
        assert f"`{flag}" in text or flag == "--help", flag


def test_every_metric_that_a_server_shows_is_explained(hello):
    text = (REFERENCE / "metrics.md").read_text()
    shown = re.findall(r"^# TYPE (\w+) (\w+)$", hello.ask("GET", "/metrics").text, re.MULTILINE)
    assert len(shown) > 10
    for name, kind in shown:
        assert f"| `{name}` | {kind} |" in text, name
