# SPDX-License-Identifier: Apache-2.0
"""Makes the ONNX files that every rival serves: models.py FOLDER. The same seed, the same files.

mlp.onnx: 256 numbers, two hidden layers of 1,024, 16 scores. trees.onnx: 30 numbers, 100 boosted trees
of depth 6, one score. convolution.onnx: 3 x 32 x 32 numbers, three layers of 32, 64 and 128 channels, 16
scores. transformer.onnx: 32 places of 64 numbers, two layers of four heads, 16 scores. tensor.onnx:
262,144 numbers, each doubled: 1 MiB in and out. Weights are random, except that the trees are fitted to a made-up function:
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


class Graph:
    """Nodes one after the other, from `features` to `scores`."""

    def __init__(self, draw):
        self.draw, self.nodes, self.weights = draw, [], []

    def constant(self, array):
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def random(self, *shape, fan):
        return self.constant(self.draw.normal(0, fan**-0.5, shape).astype(np.float32))

    def shape(self, *shape):
        return self.constant(np.array(shape, np.int64))

    def add(self, kind, *inputs, **attributes):
        output = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def model(self, name, last, width, scores):
        self.nodes.append(helper.make_node("Identity", [last], ["scores"]))
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", width])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", scores])], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def convolution(draw):
    g = Graph(draw)
    x = g.add("Reshape", "features", g.shape(-1, 3, 32, 32))
    for before, after, stride in ((3, 32, 1), (32, 64, 2), (64, 128, 2)):
        x = g.add("Conv", x, g.random(after, before, 3, 3, fan=9 * before), kernel_shape=[3, 3],
                  pads=[1, 1, 1, 1], strides=[stride, stride])
        x = g.add("Relu", x)
    x = g.add("Flatten", g.add("GlobalAveragePool", x))
    return g.model("convolution", g.add("MatMul", x, g.random(128, 16, fan=128)), 3072, 16)


def transformer(draw):
    g, places, width, heads = Graph(draw), 32, 64, 4

    def normed(x):
        return g.add("LayerNormalization", x, g.constant(np.ones(width, np.float32)), axis=-1)

    def by_head(x, order):
        x = g.add("Reshape", x, g.shape(-1, places, heads, width // heads))
        return g.add("Transpose", x, perm=order)

    x = g.add("Reshape", "features", g.shape(-1, places, width))
    for _ in range(2):
        y = normed(x)
        q, k, v = (g.add("MatMul", y, g.random(width, width, fan=width)) for _ in range(3))
        weights = g.add("MatMul", by_head(q, [0, 2, 1, 3]), by_head(k, [0, 2, 3, 1]))
        scale = g.constant(np.array((width // heads) ** -0.5, np.float32))
        weights = g.add("Softmax", g.add("Mul", weights, scale), axis=-1)
        y = g.add("Transpose", g.add("MatMul", weights, by_head(v, [0, 2, 1, 3])), perm=[0, 2, 1, 3])
        y = g.add("Reshape", y, g.shape(-1, places, width))
        x = g.add("Add", x, g.add("MatMul", y, g.random(width, width, fan=width)))
        y = g.add("Relu", g.add("MatMul", normed(x), g.random(width, 4 * width, fan=width)))
        x = g.add("Add", x, g.add("MatMul", y, g.random(4 * width, width, fan=4 * width)))
    x = g.add("ReduceMean", normed(x), axes=[1], keepdims=0)
    return g.model("transformer", g.add("MatMul", x, g.random(width, 16, fan=width)), 2048, 16)


def tensor(draw):
    g = Graph(draw)
    doubled = g.add("Mul", "features", g.constant(np.array(2, np.float32)))
    return g.model("tensor", doubled, 262_144, 262_144)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for make in (mlp, trees, convolution, transformer, tensor):
        model = make(np.random.default_rng(7))
        (folder / f"{make.__name__}.onnx").write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
