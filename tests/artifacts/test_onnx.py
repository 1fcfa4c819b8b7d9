# SPDX-License-Identifier: Apache-2.0
"""ONNX models without code: types that JSON has no form for, settings, and providers."""

import json

import pytest

from harness.server import TREE, Server, run_program

MODELS = TREE / "tests" / "data" / "onnx"


def answer(server, body):
    reply = server.ask("POST", "/invocations", json.dumps(body).encode(),
                       {"Content-Type": "application/json"})
    assert reply.status == 200, reply.body
    return reply.json


def test_half_floats_are_numbers():
    with Server(str(MODELS / "half.onnx")) as server:
        assert answer(server, {"x": [0.5, 3]}) == {"product": [0.25, 9]}


@pytest.mark.parametrize("name, labels", [("numbers", [10, 20, 30]), ("strings", ["a", "b", "c"])])
def test_a_classifier_with_maps_gives_scores_and_labels(name, labels):
    with Server(str(MODELS / f"zipmap_{name}.onnx")) as server:
        found = answer(server, {"x": [[0.5, 0.25, 0.125], [3, 1, 2]]})
        assert found["scores_labels"] == [labels, labels]
        assert sorted(found["scores"][1]) == [1, 2, 3]
        # Each request's rows are its own.
        rows = answer(server, {"instances": [[0.5, 0.25, 0.125]]})["predictions"]
        assert len(rows) == 1 and rows[0]["scores_labels"] == labels


def test_the_start_block_shows_what_executes_it():
    with Server(str(MODELS / "mlp.onnx"), "providers=cpu", "threads=1") as server:
        assert "ONNX Runtime 1." in server.report["module"]
        assert server.report["module"].endswith("CPU, 1 thread)")


@pytest.mark.parametrize("setting, parts", [
    ("providers=cuda", ["asked for cuda", "CPUExecutionProvider", "TENON_ONNXRUNTIME_LIBRARY"]),
    ("provider=cuda", ["no setting \"provider\"", "Did you mean 'providers'?"]),
    ("optimization=much", ["none, basic, extended, all"]),
    ("custom_op_libraries=nowhere.so", ["nowhere.so", "beside the model"]),
])
def test_a_setting_that_cannot_be_had_fails_the_start(setting, parts):
    status, _, errors = run_program("run", MODELS / "mlp.onnx", setting, "--port", "0")
    assert status == 1
    for part in parts:
        assert part in errors, errors
