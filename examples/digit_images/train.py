# SPDX-License-Identifier: Apache-2.0
"""Trains a classifier of handwritten digits and writes model/model.onnx, model/labels.txt and
expected.json.

    ./dev train digit_images

Data: "Optical Recognition of Handwritten Digits" of E. Alpaydin and C. Kaynak (UCI, CC BY 4.0), as
scikit-learn ships it: 1,797 images of 8 by 8 pixels from 0 to 16.
"""

import json
import pathlib
import sys

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

LABELS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def export(weights, biases, path):
    """Pixels from 0 to 1 in, a score for each digit out: tenon.yaml does the rest."""
    arrays = {"w1": weights[0], "b1": biases[0], "w2": weights[1], "b2": biases[1]}
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["image"], ["pixels"], axis=1),
            helper.make_node("Gemm", ["pixels", "w1", "b1"], ["hidden"]),
            helper.make_node("Relu", ["hidden"], ["active"]),
            helper.make_node("Gemm", ["active", "w2", "b2"], ["logits"]),
        ],
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(LABELS)])],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in arrays.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="tenon-examples"
    )
    model.ir_version = 7
    checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "model")
    digits = load_digits()
    x, held_out, y, truth = train_test_split(
        digits.data / 16, digits.target, test_size=0.25, random_state=20, stratify=digits.target
    )
    model = MLPClassifier((32,), max_iter=400, random_state=20).fit(x, y)
    print(f"held out: accuracy {model.score(held_out, truth):.3f} of {len(truth)}")
    folder.mkdir(parents=True, exist_ok=True)
    export(model.coefs_, model.intercepts_, folder / "model.onnx")
    (folder / "labels.txt").write_text("\n".join(LABELS) + "\n")
    # What scikit-learn itself says, for the test.
    chosen = held_out[:10]
    answers = []
    for row in model.predict_proba(chosen):
        best = row.argsort(kind="stable")[::-1][:3]
        answers.append(
            {"labels": [LABELS[i] for i in best], "scores": [round(float(row[i]), 6) for i in best]}
        )
    images = (chosen * 16).astype(int).reshape(-1, 8, 8).tolist()
    expected = {"instances": images, "predictions": answers}
    (folder.parent / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
