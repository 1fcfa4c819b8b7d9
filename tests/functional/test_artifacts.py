# SPDX-License-Identifier: Apache-2.0
"""Artifacts served without code: `tenon run PATH` answers as the library that made the artifact."""

import json
import math

import pytest

from harness.problem import check_problem
from harness.server import BUILD, TREE, Server, run_program

TREES = TREE / "tests" / "data" / "trees"
ONNX = TREE / "tests" / "data" / "onnx"
HAS_ONNX = (BUILD / "lib" / "tenon" / "runtimes" / "onnx.so").exists()
MODELS = ["xgboost/names.json", "xgboost/softprob.json", "xgboost/1.7_logistic.ubj",
          "lightgbm/binary.txt", "lightgbm/multiclass.txt"]


def golden(model):
    """Rows (null for what is missing) and the predictions of Python's library."""
    lines = (TREES / f"{model}.expected").read_text().splitlines()
    rows = [[None if word == "nan" else float(word) for word in line.split()]
            for line in (TREES / lines[0]).read_text().splitlines()]
    answers = [[float(word) for word in line.split("|")[0].split()] for line in lines[1:]]
    return rows, answers


def flat(prediction):
    return prediction if isinstance(prediction, list) else [prediction]


@pytest.mark.parametrize("model", MODELS)
def test_every_form_gives_what_python_predicts(model):
    rows, expected = golden(model)
    with Server(str(TREES / model)) as server:
        bodies = [({"instances": rows}, "predictions"), (rows, "predictions"),
                  ({"features": rows}, "prediction"), ({"inputs": {"features": rows}}, "prediction"),
                  ({"instances": [{"features": row} for row in rows if None not in row]}, "predictions")]
        for body, member in bodies:
            answers = server.invoke(body).json[member]
            wanted = expected
            if len(answers) != len(rows):
                wanted = [e for e, row in zip(expected, rows) if None not in row]
            assert len(answers) == len(wanted)
            for answer, numbers in zip(answers, wanted):
                assert all(math.isclose(a, n, rel_tol=1e-5, abs_tol=1e-6)
                           for a, n in zip(flat(answer), numbers, strict=True)), (answer, numbers)


def test_a_row_is_given_by_the_names_of_its_columns():
    rows, expected = golden("xgboost/names.json")
    names = ["age", "fare", 'height "cm"', "weight", "Größe", "last"]
    with Server(str(TREES / "xgboost" / "names.json")) as server:
        for row, numbers in zip(rows[:5], expected):
            answer = server.invoke(dict(zip(names, row))).json
            assert math.isclose(answer["predictions"][0], numbers[0], rel_tol=1e-5)
        problem = check_problem(server.invoke({"age": 1, "fear": 2}), 422)
        assert [fault["pointer"] for fault in problem["errors"]] == ["/fear"]


def test_words_are_settings_of_the_runtime():
    path = TREES / "xgboost" / "softmax.ubj"
    rows = golden("xgboost/softmax.ubj")[0]
    with Server(str(path), "output=margin") as server:
        assert len(server.invoke(rows).json["predictions"][0]) == 3
    status, _, errors = run_program("run", path, "output=leaf", "--port", "0")
    assert status == 1 and '"value" or "margin"' in errors


def test_bad_requests_are_answered_and_the_next_is_served():
    with Server(str(TREES / "lightgbm" / "binary.txt")) as server:
        check_problem(server.invoke([[1, 2]]), 422)
        check_problem(server.invoke({"features": [["a"] * 6]}), 422)
        check_problem(server.invoke({"wrong": []}), 422)
        check_problem(server.ask("POST", "/invocations", b"[[1,2",
                                 headers={"Content-Type": "application/json"}), 400)
        check_problem(server.ask("POST", "/invocations", b"1,2,3,4,5,6\n",
                                 content_type="text/plain"), 415)
        assert len(server.invoke([1, 2, 3, 4, 5, 6]).json["predictions"]) == 1


def test_the_openapi_document_comes_from_the_artifact():
    status, text, errors = run_program("schema", TREES / "xgboost" / "softprob.json")
    assert status == 0, errors
    schema = json.loads(text)["components"]["schemas"]["Request"]
    assert schema["required"] == ["features"]


def test_inspect_says_what_is_there_and_its_example_works():
    path = TREES / "xgboost" / "softprob.json"
    status, text, errors = run_program("inspect", path)
    assert status == 0, errors
    assert "features: float32[rows, 6]" in text and "prediction: float32[rows, 3]" in text
    example = next(line.split(None, 1)[1] for line in text.splitlines() if "request" in line.split())
    with Server(str(path)) as server:
        assert server.invoke(json.loads(example)).status == 200


@pytest.mark.parametrize("name, content, said", [
    ("model.pkl", b"\x80\x04", "skl2onnx"),
    ("model.safetensors", b"", "torch.onnx.export"),
    ("model.h5", b"", "tf2onnx"),
    ("model.cbm", b"", "format='onnx'"),
    ("model.ubj", b"binf", "save_model"),
    ("notes.md", b"", "no artifact"),
])
def test_what_cannot_be_served_is_refused_with_what_to_do(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    for command in ("inspect", "run"):
        status, _, errors = run_program(command, f"{tmp_path}/")
        assert status == 1 and said in errors, (command, errors)


@pytest.mark.skipif(not HAS_ONNX, reason="built without ONNX")
def test_an_onnx_model_is_served():
    with Server(str(ONNX / "mlp.onnx")) as server:
        assert server.invoke({"x": [[1, 2, 3], [0, 0, 1]]}).json == {"scores": [[1.5], [-3.5]]}
        assert server.invoke([[1, 2, 3]]).json == {"predictions": [[1.5]]}
    with Server(str(ONNX / "two.onnx")) as server:
        check_problem(server.invoke([[1]]), 422)
