# SPDX-License-Identifier: Apache-2.0
"""docs/artifacts.md: its module compiles, serves a model, and says what does not match."""

import os
import subprocess

import pytest

from docs.blocks import blocks, write_files
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
