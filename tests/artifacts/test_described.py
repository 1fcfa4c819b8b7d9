# SPDX-License-Identifier: Apache-2.0
"""What `/openapi.json` says of an artifact's JSON is what is read and answered."""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from artifacts.encoding import flatten, requests
from artifacts.making import HAS_ONNX, ONNX, TREES, model_folder
from harness.server import TREE, Server

GOLDEN = json.loads((ONNX / "golden.json").read_text())
TREE_MODELS = ["xgboost/softprob.json", "xgboost/squarederror.ubj", "lightgbm/binary.txt"]
JSON = "application/json"


class Promise:
    """The schemas of the JSON that an application takes and gives."""

    def __init__(self, server):
        document = server.ask("GET", "/openapi.json").json
        operation = document["paths"]["/invocations"]["post"]
        self.request = self.validator(document, operation["requestBody"]["content"])
        self.response = self.validator(document, operation["responses"]["200"]["content"])

    @staticmethod
    def validator(document, content):
        return jsonschema_rs.Draft202012Validator(
            {"components": document["components"], **content[JSON]["schema"]})


def rows_of(model):
    lines = (TREES / f"{model}.expected").read_text().splitlines()
    return [list(map(float, line.split())) for line in (TREES / lines[0]).read_text().splitlines()]


def hold_to_promise(server, forms):
    promise = Promise(server)
    tried = 0
    for form, (content_type, body) in forms.items():
        if content_type != JSON:
            continue
        promise.request.validate(json.loads(body))
        answer = server.ask("POST", "/invocations", body)
        assert answer.status == 200, (form, answer.body)
        promise.response.validate(answer.json)
        tried += 1
    assert tried >= 6


@pytest.mark.parametrize("model", TREE_MODELS)
def test_every_form_that_trees_take_and_give_is_in_the_document(model):
    is_xgboost = model.startswith("xgboost")
    with Server(str(TREES / model)) as server:
        hold_to_promise(server, requests("features", rows_of(model), "<f4" if is_xgboost else "<f8"))


@pytest.mark.skipif(not HAS_ONNX, reason="built without ONNX")
@pytest.mark.parametrize("model", GOLDEN, ids=lambda path: path.split("/")[-3] + "-" + path.split("/")[-1])
def test_every_form_that_onnx_takes_and_gives_is_in_the_document(tmp_path, model):
    golden = GOLDEN[model]
    is_text = isinstance(flatten(golden["rows"])[0], str)
    folder = model_folder(tmp_path / "m", model=TREE / model)
    with Server(f"{folder}/") as server:
        hold_to_promise(server, requests(golden["input"], golden["rows"], "U" if is_text else "<f4",
                                         golden["shape"]))


# Of six floats: what the document refuses, and so does the server.
REFUSED = [
    {}, {"features": 1}, {"features": [[1, 2, 3, 4, 5]]}, {"features": [[1, 2, 3, 4, 5, "six"]]},
    {"inputs": {}}, {"inputs": [1, 2]}, {"instances": 1}, {"instances": [[1, 2, 3, 4, 5, 6], [1]]},
    {"instances": [{"features": [1, 2]}]}, {"instances": []}, [], [[1]], ["a"], "text", None, 3, True,
    {"inputs": [{"name": "other", "shape": [1, 6], "datatype": "FP32", "data": [1, 2, 3, 4, 5, 6]}]},
    {"inputs": [{"name": "features", "shape": [1, 6], "datatype": "FP31", "data": [1, 2, 3, 4, 5, 6]}]},
    {"inputs": [{"name": "features", "shape": [-1, 6], "datatype": "FP32", "data": [1, 2, 3, 4, 5, 6]}]},
    {"inputs": [{"name": "features", "datatype": "FP32", "data": [1, 2, 3, 4, 5, 6]}]},
]


def test_what_the_document_refuses_is_refused():
    with Server(str(TREES / "xgboost" / "softprob.json")) as server:
        promise = Promise(server)
        for body in REFUSED:
            assert not promise.request.is_valid(body), body
            answer = server.ask("POST", "/invocations", json.dumps(body).encode())
            assert answer.status == 422, (body, answer.status, answer.body)


def test_a_row_by_the_names_of_its_columns_is_in_the_document():
    with Server(str(TREES / "xgboost" / "names.json")) as server:
        promise = Promise(server)
        for body in [{"age": 1, "fare": None}, [{"age": 1}, {"fare": 2}], {"instances": [{"age": 3}]}]:
            promise.request.validate(body)
            answer = server.ask("POST", "/invocations", json.dumps(body).encode())
            assert answer.status == 200, (body, answer.body)
            promise.response.validate(answer.json)
        wrong = {"instances": [{"age": 3, "fear": 1}]}
        assert not promise.request.is_valid(wrong)
        assert server.ask("POST", "/invocations", json.dumps(wrong).encode()).status == 422


def test_the_example_that_inspect_prints_is_in_the_document():
    with Server(str(TREES / "xgboost" / "softprob.json")) as server:
        Promise(server).request.validate({"features": [[0.0] * 6]})


@pytest.mark.parametrize(("config", "name"), [(None, "softprob"), ("name: wines\n", "wines")])
def test_open_inference_answers_name_the_model(tmp_path, config, name):
    body = json.dumps({"id": "7", "inputs": [{"name": "features", "shape": [1, 6], "datatype": "FP32",
                                              "data": [1, 2, 3, 4, 5, 6]}]}).encode()
    with Server(f"{model_folder(tmp_path / 'm', config)}/") as server:
        said = server.ask("POST", "/invocations", body).json
        assert (said["model_name"], said["id"]) == (name, "7")
        (output,) = said["outputs"]
        assert (output["name"], output["datatype"], output["shape"]) == ("prediction", "FP32", [1, 3])
        assert math.isclose(sum(output["data"]), 1, rel_tol=1e-5)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("model", ["xgboost/softprob.json", "xgboost/names.json"])
def test_schemathesis_finds_nothing(tmp_path, model):
    examples = 200
    # What CSV and the others are, no schema can say; nor that a list of the Open Inference form has
    # as many elements as the shape beside it, which is why 422 is no finding. What must be taken is
    # in the tests above.
    (tmp_path / "schemathesis.toml").write_text(
        '[checks.positive_data_acceptance]\nexpected-statuses = ["2xx", "422"]\n')
    folder = model_folder(tmp_path / "m", "content_types: [application/json]\n", model=TREES / model)
    with Server(f"{folder}/") as server:
        run = subprocess.run(
            [Path(sys.executable).parent / "st", "run", f"http://127.0.0.1:{server.port}/openapi.json",
             "--checks", "all", "--mode", "all", "--max-examples", str(examples),
             "--seed", os.environ.get("TENON_SEED", "1"), "--suppress-health-check", "all",
             "--request-timeout", "10", "--continue-on-failure", "--no-color"],
            cwd=tmp_path, capture_output=True, text=True, timeout=170, check=False)
        assert run.returncode == 0, run.stdout[-8000:]
        cases = re.search(r"([\d,]+) generated", run.stdout)
        assert cases and int(cases.group(1).replace(",", "")) >= examples
        assert server.ask("GET", "/ping").status == 200
