# SPDX-License-Identifier: Apache-2.0
"""The examples without code answer as the libraries that trained them."""

import json
import math

import pytest

from artifacts.making import HAS_ONNX, pack
from harness.server import TREE, Server

EXAMPLES = sorted(path.parent for path in (TREE / "examples").glob("*/expected.json"))


def same(found, wanted):
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(wanted, float):
        return math.isclose(found, wanted, rel_tol=1e-4, abs_tol=2e-6)  # Written with six digits.
    return found == wanted


def test_there_are_three():
    assert [path.name for path in EXAMPLES] == ["digit_images", "text_pipeline", "wine_xgboost"]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_it_answers_as_training_did(tmp_path, example, packed):
    if not HAS_ONNX and list(example.glob("model/*.onnx")):
        pytest.skip("built without ONNX")
    expected = json.loads((example / "expected.json").read_text())
    model = example / "model"
    target = pack(tmp_path / "model.tar.gz", model) if packed else model
    with Server(str(target)) as server:
        answers = server.invoke({"instances": expected["instances"]}).json["predictions"]
        assert same(answers, expected["predictions"])
        for row, answer in zip(expected["instances"], expected["predictions"]):
            one = server.invoke({"instances": [row]}).json["predictions"]
            assert same(one, [answer])
