# SPDX-License-Identifier: Apache-2.0
"""Trains the fruit classifier of this example and writes model/model.onnx.

    pip install numpy==2.4.6 onnx==1.23.2 && python train.py [FOLDER]

The data is invented here: each fruit is drawn from a normal distribution around what such a fruit
weighs and measures. The same seed gives the same data and, up to rounding, the same model.
"""

import pathlib
import sys

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

LABELS = ["apple", "banana", "lemon"]
#         weight in g, length in mm, width in mm, hue in degrees
CENTRES = [[170.0, 75.0, 78.0, 20.0], [120.0, 180.0, 35.0, 52.0], [115.0, 82.0, 62.0, 55.0]]
SPREADS = [[35.0, 8.0, 8.0, 22.0], [20.0, 22.0, 4.0, 6.0], [28.0, 9.0, 7.0, 7.0]]
HIDDEN = 16


def draw(random, count):
    kind = random.integers(len(LABELS), size=count)
    x = random.normal(np.array(CENTRES)[kind], np.array(SPREADS)[kind])
    return x.astype(np.float32), kind


def softmax(scores):
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def forward(x, w1, b1, w2, b2):
    hidden = np.maximum(x @ w1 + b1, 0)
    return hidden, softmax(hidden @ w2 + b2)


def train(random, x, kind, steps=2000, rate=0.2):
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    x = (x - mean) / deviation
    w1 = random.normal(0, 0.5, (x.shape[1], HIDDEN))
    b1 = np.zeros(HIDDEN)
    w2 = random.normal(0, 0.5, (HIDDEN, len(LABELS)))
    b2 = np.zeros(len(LABELS))
    truth = np.eye(len(LABELS))[kind]
    for _ in range(steps):
        hidden, predicted = forward(x, w1, b1, w2, b2)
        slope = (predicted - truth) / len(x)
        back = (slope @ w2.T) * (hidden > 0)
        w2 -= rate * hidden.T @ slope
        b2 -= rate * slope.sum(axis=0)
        w1 -= rate * x.T @ back
        b1 -= rate * back.sum(axis=0)
    # The first layer takes raw measurements: the scaling is part of its weights.
    w1 = w1 / deviation[:, None]
    b1 = b1 - mean @ w1
    return [a.astype(np.float32) for a in (w1, b1, w2, b2)]


def export(weights, path):
    names = ["w1", "b1", "w2", "b2"]
    nodes = [
        helper.make_node("Gemm", ["features", "w1", "b1"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["active"]),
        helper.make_node("Gemm", ["active", "w2", "b2"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes, "fruit",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", 4])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT,
                                       ["batch", len(LABELS)])],
        [numpy_helper.from_array(w, n) for w, n in zip(weights, names)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)],
                              producer_name="tenon-examples")
    model.ir_version = 7
    checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "model")
    random = np.random.default_rng(20)
    weights = train(random, *draw(random, 3000))
    x, kind = draw(random, 2000)
    right = (forward(x, *weights)[1].argmax(axis=1) == kind).mean()
    export(weights, folder / "model.onnx")
    print(f"held out: accuracy {right:.3f} of {len(x)}")
    for sample in ([182, 74, 80, 8], [118, 190, 36, 52], [100, 80, 60, 57]):
        p = forward(np.array([sample], np.float32), *weights)[1][0]
        print(sample, LABELS[p.argmax()], np.round(p, 4).tolist())


if __name__ == "__main__":
    main()
