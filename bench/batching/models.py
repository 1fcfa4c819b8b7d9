# SPDX-License-Identifier: Apache-2.0
"""Writes the models of this benchmark into a folder, each in one of its own.

    .deps/venv-train/bin/python bench/batching/models.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import xgboost
from onnx import TensorProto, helper, numpy_helper

dice = np.random.default_rng(1)


class Network:
    """An ONNX graph that grows by one node after the other; each method gives its output's name."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def weight(self, *shape, scale=None):
        fan_in = int(np.prod(shape[:-1])) if len(shape) == 2 else int(np.prod(shape[1:]))
        values = dice.normal(0, scale or fan_in**-0.5, shape).astype(np.float32)
        return self.constant(values)

    def constant(self, values):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, kind, *inputs, to=None, **attributes):
        name = to or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def write(self, path, input_shape, output_shape):
        tensor = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes, "network", [tensor("x", TensorProto.FLOAT, ["rows", *input_shape])],
            [tensor("y", TensorProto.FLOAT, ["rows", *output_shape])], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(model.SerializeToString())


def mlp(path):
    net, at, sizes = Network(), "x", (256, 1024, 1024, 16)
    for i, (wide, narrow) in enumerate(zip(sizes, sizes[1:])):
        is_last = i == len(sizes) - 2
        at = net.add("MatMul", at, net.weight(wide, narrow), to="y" if is_last else None)
        at = at if is_last else net.add("Relu", at)
    net.write(path, [256], [16])


def convolution(path):
    net, at, channels = Network(), "x", (3, 32, 64, 64)
    for wide, narrow in zip(channels, channels[1:]):
        at = net.add("Conv", at, net.weight(narrow, wide, 3, 3), pads=[1, 1, 1, 1])
        at = net.add("Relu", at)
    at = net.add("GlobalAveragePool", at)
    at = net.add("Flatten", at)
    net.add("MatMul", at, net.weight(64, 10), to="y")
    net.write(path, [3, 24, 24], [10])


def transformer(path):
    """Two blocks of self-attention over 32 places of 96 numbers, with one head each."""
    net, at, width = Network(), "x", 96
    for _ in range(2):
        q, k, v = (net.add("MatMul", at, net.weight(width, width)) for _ in range(3))
        scores = net.add("MatMul", q, net.add("Transpose", k, perm=[0, 2, 1]))
        scores = net.add("Mul", scores, net.constant(np.float32(width**-0.5)))
        mixed = net.add("MatMul", net.add("Softmax", scores, axis=-1), v)
        at = net.add("Add", at, net.add("MatMul", mixed, net.weight(width, width)))
        wide = net.add("Relu", net.add("MatMul", at, net.weight(width, 4 * width)))
        at = net.add("Add", at, net.add("MatMul", wide, net.weight(4 * width, width)))
    at = net.add("ReduceMean", at, axes=[1], keepdims=0)
    net.add("MatMul", at, net.weight(width, 8), to="y")
    net.write(path, [32, width], [8])


def trees(path):
    """500 trees of depth 8 over 20 features."""
    x = dice.normal(size=(4000, 20))
    y = x[:, 0] * x[:, 1] + np.sin(x[:, 2] * 3) + dice.normal(0, 0.1, 4000)
    booster = xgboost.train({"max_depth": 8, "eta": 0.1, "seed": 1, "nthread": 1},
                            xgboost.DMatrix(x, y), 500)
    path.parent.mkdir(parents=True, exist_ok=True)
    booster.save_model(path)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    mlp(folder / "mlp" / "model.onnx")
    convolution(folder / "convolution" / "model.onnx")
    transformer(folder / "transformer" / "model.onnx")
    trees(folder / "trees" / "model.ubj")
    (folder / "done").touch()
