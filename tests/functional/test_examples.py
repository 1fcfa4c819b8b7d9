# SPDX-License-Identifier: Apache-2.0
"""The commands in the READMEs of the examples give the answers that stand there."""

import json
import re
import shlex
import subprocess

import pytest

from docs.reader import alike
from harness.server import TREE, Server

READMES = sorted((TREE / "examples").glob("*/README.md"))


def sessions():
    """Each block of commands of each README: (name, words of `tenon run`, [(curl, answer)])."""
    for readme in READMES:
        blocks = re.findall(r"^```\w*\n(.*?)^```", readme.read_text(), re.MULTILINE | re.DOTALL)
        for number, block in enumerate(blocks):
            lines = block.splitlines()
            runs = [line for line in lines if "tenon run " in line]
            curls = [i for i, line in enumerate(lines) if line.startswith("curl ")]
            if not runs or not curls:
                continue
            asks = [(lines[i], lines[i + 1]) for i in curls]
            yield pytest.param(runs[0], asks, id=f"{readme.parent.name}-{number}")


def test_every_example_has_a_session_in_its_readme():
    examples = {path.parent.name for path in READMES}
    assert {param.id.rsplit("-", 1)[0] for param in sessions()} == examples


@pytest.mark.parametrize("run, asks", list(sessions()))
def test_the_readme_says_what_happens(run, asks):
    before, words = run.split("tenon run ", 1)
    variables = dict(word.split("=", 1) for word in before.split() if "=" in word)
    variables = {name: str(TREE / value) if (TREE / value).exists() else value
                 for name, value in variables.items()}
    words = [str(TREE / word) if (TREE / word).exists() else word for word in shlex.split(words)]
    with Server(*words, more_environment=variables) as server:
        for curl, answer in asks:
            command = curl.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
            done = subprocess.run(["bash", "-c", command + " -s"], capture_output=True, text=True,
                                  timeout=20)
            assert done.returncode == 0, done.stderr
            if answer.startswith("{"):
                assert alike(json.loads(done.stdout), json.loads(answer)), done.stdout
            else:
                assert done.stdout.strip() == answer.strip()
