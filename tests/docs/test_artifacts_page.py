# SPDX-License-Identifier: Apache-2.0
"""docs/artifacts.md: its module compiles, serves a model, and says what does not match."""

import os
import re
import subprocess

import pytest

from docs.blocks import blocks, write_files
from docs.reader import perform, sessions
from harness.server import BUILD, TREE, Server, run_program

PAGE = TREE / "docs" / "artifacts.md"
COMPILER = os.environ.get("CXX", "clang++-19")
FLAGS = ["-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden", "-fPIC"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifacts")
    write_files(PAGE, folder)
    for source in [b.file for b in blocks(PAGE) if "module" in b.words]:
        subprocess.run(
            [COMPILER, *FLAGS, f"-I{TREE}/include", "-shared", folder / source, "-o",
             folder / source.replace(".cpp", ".so"), f"-L{BUILD}/lib", "-ltenon"], check=True)
    return folder


def test_structs_of_ones_own_serve_the_model(project):
    more = {"MODEL_PATH": str(TREE / "examples" / "onnx_classifier" / "model")}
    with Server("fruits:handle", "--app-dir", project, more_environment=more) as server:
        reply = server.ask("POST", "/invocations", b'{"features": [150, 70, 68, 20]}',
                           {"Content-Type": "application/json"})
        assert reply.status == 200, reply.body
        (scores,) = reply.json.values()
        assert len(scores) == 3 and abs(sum(scores) - 1) < 1e-5
        reply = server.ask("POST", "/invocations", b'{"features": [150, 70]}',
                           {"Content-Type": "application/json"})
        assert reply.status == 422, reply.body


def test_what_does_not_match_stands_in_the_line_of_the_failed_start(project):
    more = {"MODEL_PATH": str(TREE / "tests" / "data" / "onnx" / "mlp.onnx")}
    status, _, errors = run_program("run", "fruits:handle", "--app-dir", project, "--port", "0",
                                    more_environment=more)
    assert status == 1
    for part in ("field Fruit::features is no input of the model, which has x",
                 "field Scores::probabilities is no output of the model, which has scores",
                 "has no field in Fruit"):
        assert part in errors, errors


def test_a_tenon_yaml_beside_the_artifact_counts_for_structs_too(project, tmp_path):
    model = TREE / "examples" / "onnx_classifier" / "model" / "model.onnx"
    (tmp_path / "model.onnx").write_bytes(model.read_bytes())
    config = tmp_path / "tenon.yaml"
    more = {"MODEL_PATH": str(tmp_path)}
    rows = [{"features": [150, 70, 68, 20]}, {"features": [1, 2, 3, 4]}]

    def answers():
        with Server("fruits:handle", "--app-dir", project, more_environment=more) as server:
            return [server.invoke(row).json for row in rows]

    plain = answers()
    config.write_text("preprocess:\n  - scale: {by: 0}\nbatching: off\nwarm_up: 3\n")
    first, second = answers()
    assert first == second != plain[0] != plain[1]
    # Fields are matched with what the steps leave.
    config.write_text("postprocess:\n  - rename: {probabilities: chances}\n")
    status, _, errors = run_program("run", "fruits:handle", "--app-dir", project, "--port", "0",
                                    more_environment=more)
    assert status == 1 and "no output of the model, which has chances" in errors
    config.write_text("warm_up: often\n")
    status, _, errors = run_program("run", "fruits:handle", "--app-dir", project, "--port", "0",
                                    more_environment=more)
    assert status == 1 and "tenon.yaml:1: 'warm_up' says 'often'" in errors


@pytest.mark.parametrize("start, asks", [one for one in sessions(PAGE) if one.values[1]])
def test_the_commands_give_the_answers(tmp_path, start, asks):
    perform(tmp_path, start, asks)


def test_the_content_types_are_those_that_there_are(tmp_path):
    """A name that is not known is refused; each in the first column of the table is read."""
    names = re.findall(r"^\| `([a-z]+/[a-z-]+)`", PAGE.read_text().split("## Content types")[1].split("\n- **")[0],
                       re.MULTILINE)
    assert len(names) == 7
    model = TREE / "tests" / "data" / "trees" / "xgboost" / "softprob.json"
    (tmp_path / model.name).write_bytes(model.read_bytes())
    (tmp_path / "tenon.yaml").write_text(f"content_types: [{', '.join(names)}]\n")
    status, text, errors = run_program("inspect", tmp_path)
    assert status == 0, errors
    assert f"reads     {', '.join(names)}\n" in text
