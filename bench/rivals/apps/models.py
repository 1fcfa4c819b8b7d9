# SPDX-License-Identifier: Apache-2.0
"""Makes the ONNX files that every rival serves: models.py FOLDER. The same seed, the same files.

mlp.onnx: 256 numbers, two hidden layers of 1,024, 16 scores. trees.onnx: 30 numbers, 100 boosted trees
of depth 6, one score. Weights are random, except that the trees are fitted to a made-up function:
what an answer costs does not depend on them.
"""

import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingRegressor


def mlp(draw):
    sizes, nodes, weights, last = [256, 1024, 1024, 16], [], [], "features"
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
        w = draw.normal(0, rows**-0.5, (rows, columns)).astype(np.float32)
        weights += [numpy_helper.from_array(w, f"w{i}"),
                    numpy_helper.from_array(np.zeros(columns, np.float32), f"b{i}")]
        is_last = i == len(sizes) - 2
        out = "scores" if is_last else f"h{i}"
        nodes.append(helper.make_node("Gemm", [last, f"w{i}", f"b{i}"], [out]))
        last = out
        if not is_last:
            nodes.append(helper.make_node("Relu", [out], [f"r{i}"]))
            last = f"r{i}"
    graph = helper.make_graph(
        nodes, "mlp", [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 256])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 16])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def trees(draw):
    x = draw.normal(size=(4000, 30)).astype(np.float32)
    y = np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + draw.normal(0, 0.1, len(x))
    model = GradientBoostingRegressor(n_estimators=100, max_depth=6, random_state=0).fit(x, y)
    onnx = convert_sklearn(model, "trees", [("features", FloatTensorType([None, 30]))],
                           target_opset={"": 17, "ai.onnx.ml": 3})
    for node in onnx.graph.node:
        node.output[:] = ["scores" if name == "variable" else name for name in node.output]
    onnx.graph.output[0].name = "scores"
    return onnx


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(7)
    for name, make in (("mlp", mlp), ("trees", trees)):
        (folder / f"{name}.onnx").write_bytes(make(draw).SerializeToString())


if __name__ == "__main__":
    main()
