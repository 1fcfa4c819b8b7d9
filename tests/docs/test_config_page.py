# SPDX-License-Identifier: Apache-2.0
"""docs/config.md: its file is served as it stands, and its commands do what they say."""

import subprocess

from docs.blocks import blocks
from harness.server import BUILD, TREE, Server, run_program

PAGE = TREE / "docs" / "config.md"
MODEL = TREE / "examples" / "example_serving" / "model"
PATHS = {"MODEL_PATH_A": str(MODEL / "a"), "MODEL_PATH_B": str(MODEL / "b")}


def ask_both(config):
    with Server(str(config), more_environment=PATHS) as server:
        assert server.ask("POST", "/hello/invocations", {"text": "hi"}).json == {"text": "hi"}
        answer = server.ask("POST", "/letters/invocations", {"text": "Merci pour votre lettre du 3 mai."})
        assert answer.json["language"] == "fr"
        return server.ask("GET", "/-/routes").json


def test_the_file_is_served(tmp_path):
    (block,) = [block for block in blocks(PAGE) if block.language == "yaml"]
    (tmp_path / "serve.yaml").write_text(block.text)
    served = ask_both(tmp_path / "serve.yaml")
    assert {"/hello/invocations", "/letters/invocations"} <= set(served)


def test_build_writes_a_file_that_is_served(tmp_path):
    words = next(block.text for block in blocks(PAGE) if block.text.startswith("tenon build")).splitlines()[0].split()
    status, _, errors = run_program(
        *words[1:-1], tmp_path / words[-1], "--app-dir", BUILD / "apps", more_environment=PATHS
    )
    assert status == 0, errors
    text = (tmp_path / words[-1]).read_text()
    assert "hello:handle" in text and "example_serving.multi:handle" in text


def test_the_script_for_bash_is_one():
    status, script, _ = run_program("completion", "bash")
    assert status == 0
    assert subprocess.run(["bash", "-n"], input=script, text=True).returncode == 0
