# SPDX-License-Identifier: Apache-2.0
"""Writes the models of this benchmark into a folder: small.onnx, large.onnx, trees.ubj.

    .deps/venv-train/bin/python bench/artifacts/models.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import xgboost
from onnx import TensorProto, helper, numpy_helper


def layers(path, sizes):
    """Dense layers with relu between them: y [rows, last] from x [rows, first]."""
    random = np.random.default_rng(1)
    nodes, weights, at = [], [], "x"
    for i, (wide, narrow) in enumerate(zip(sizes, sizes[1:])):
        last = i == len(sizes) - 2
        weights.append(numpy_helper.from_array(
            random.normal(0, wide**-0.5, (wide, narrow)).astype(np.float32), f"w{i}"))
        nodes.append(helper.make_node("MatMul", [at, f"w{i}"], ["y" if last else f"h{i}"]))
        at = f"a{i}"
        if not last:
            nodes.append(helper.make_node("Relu", [f"h{i}"], [at]))
    graph = helper.make_graph(
        nodes, "layers",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", sizes[0]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", sizes[-1]])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    path.write_bytes(model.SerializeToString())


def trees(path):
    """100 trees of depth 6 over 20 features."""
    random = np.random.default_rng(1)
    x = random.normal(size=(4000, 20))
    y = x[:, 0] * x[:, 1] + np.sin(x[:, 2] * 3) + random.normal(0, 0.1, 4000)
    booster = xgboost.train({"max_depth": 6, "eta": 0.1, "seed": 1, "nthread": 1},
                            xgboost.DMatrix(x, y), 100)
    booster.save_model(path)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    layers(folder / "small.onnx", (16, 64, 4))
    layers(folder / "large.onnx", (256, 1600, 1300, 16))
    trees(folder / "trees.ubj")
