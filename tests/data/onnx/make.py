# SPDX-License-Identifier: Apache-2.0
"""Writes the ONNX models beside this file. They are committed, so this runs only when one changes:

    pip install onnx==1.23.2 && python make.py

What each model computes stands in its function; the tests in runtimes/onnx/ and src/runtime/ hold
the values that follow from it.
"""

import pathlib

from onnx import TensorProto, checker, external_data_helper, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
IR_VERSION = 7

IDENTITY_TYPES = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int8": TensorProto.INT8,
    "int16": TensorProto.INT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16,
    "uint32": TensorProto.UINT32,
    "uint64": TensorProto.UINT64,
    "bool": TensorProto.BOOL,
    "float16": TensorProto.FLOAT16,
    "bfloat16": TensorProto.BFLOAT16,
}


def value(name, element_type, shape):
    return helper.make_tensor_value_info(name, element_type, shape)


def write(name, nodes, inputs, outputs, initializers=(), opset=13, check=True):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    domains = {node.domain: 1 for node in nodes if node.domain}
    imports = [helper.make_opsetid(*item) for item in ({"": opset} | domains).items()]
    model = helper.make_model(graph, opset_imports=imports, producer_name="tenon-tests")
    model.ir_version = IR_VERSION if opset < 15 else 8
    if check:  # It knows no custom operators, and looks for external data in its own folder.
        checker.check_model(model)
    data = model.SerializeToString()
    assert len(data) < 2048, (name, len(data))
    (HERE / f"{name}.onnx").write_bytes(data)
    return data


def identities():
    """One input and one output for each type: out_T = in_T, of shape [n]."""
    nodes, inputs, outputs = [], [], []
    for name, element_type in IDENTITY_TYPES.items():
        nodes.append(helper.make_node("Identity", [f"in_{name}"], [f"out_{name}"]))
        inputs.append(value(f"in_{name}", element_type, ["n"]))
        outputs.append(value(f"out_{name}", element_type, ["n"]))
    write("identity", nodes, inputs, outputs)


def strings():
    """lines [rows, columns] of text come back unchanged as `same`, upper-cased as `upper`."""
    nodes = [
        helper.make_node("Identity", ["lines"], ["same"]),
        helper.make_node("Squeeze", ["lines", "axis"], ["flat"]),
        helper.make_node("StringNormalizer", ["flat"], ["upper"], case_change_action="UPPER",
                         is_case_sensitive=1, locale="C"),
    ]
    write("strings", nodes,
          [value("lines", TensorProto.STRING, ["rows", 1])],
          [value("same", TensorProto.STRING, ["rows", 1]),
           value("upper", TensorProto.STRING, ["rows"])],
          [helper.make_tensor("axis", TensorProto.INT64, [1], [1])])


def mlp():
    """scores = relu(x W1 + b1) W2 + b2 with x [batch, 3], W1 [3, 2], W2 [2, 1]."""
    nodes = [
        helper.make_node("Gemm", ["x", "W1", "b1"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["active"]),
        helper.make_node("Gemm", ["active", "W2", "b2"], ["scores"]),
    ]
    write("mlp", nodes,
          [value("x", TensorProto.FLOAT, ["batch", 3])],
          [value("scores", TensorProto.FLOAT, ["batch", 1])],
          [helper.make_tensor("W1", TensorProto.FLOAT, [3, 2], [1, -1, 2, 0, 0, 3]),
           helper.make_tensor("b1", TensorProto.FLOAT, [2], [0, 1]),
           helper.make_tensor("W2", TensorProto.FLOAT, [2, 1], [2, -1]),
           helper.make_tensor("b2", TensorProto.FLOAT, [1], [0.5])])


def two():
    """sum = a + b and product = a * b, each int64 of shape [n, 2]."""
    nodes = [
        helper.make_node("Add", ["a", "b"], ["sum"]),
        helper.make_node("Mul", ["a", "b"], ["product"]),
    ]
    write("two", nodes,
          [value("a", TensorProto.INT64, ["n", 2]), value("b", TensorProto.INT64, ["n", 2])],
          [value("sum", TensorProto.INT64, ["n", 2]),
           value("product", TensorProto.INT64, ["n", 2])])


def zeros():
    """zeros: as many dimensions as `shape` [rank] says, all of them zero."""
    node = helper.make_node("ConstantOfShape", ["shape"], ["zeros"])
    output = helper.make_tensor_value_info("zeros", TensorProto.FLOAT, ["rows", "columns"])
    write("zeros", [node], [value("shape", TensorProto.INT64, [2])], [output])


def gather():
    """found = table[index] with three entries: an index outside 0..2 fails while the model runs."""
    node = helper.make_node("Gather", ["table", "index"], ["found"])
    write("gather", [node],
          [value("index", TensorProto.INT64, ["n"])],
          [value("found", TensorProto.FLOAT, ["n"])],
          [helper.make_tensor("table", TensorProto.FLOAT, [3], [10, 20, 30])])


def loop():
    """Counts to `trips` [] and gives the count: a run as long as anyone wants."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["going"], ["go_on"]),
         helper.make_node("Add", ["count", "one"], ["next"])],
        "body",
        [value("trip", TensorProto.INT64, []), value("going", TensorProto.BOOL, []),
         value("count", TensorProto.INT64, [])],
        [value("go_on", TensorProto.BOOL, []), value("next", TensorProto.INT64, [])],
        [helper.make_tensor("one", TensorProto.INT64, [], [1])])
    write("loop",
          [helper.make_node("Loop", ["trips", "", "start"], ["count"], body=body)],
          [value("trips", TensorProto.INT64, [])],
          [value("count", TensorProto.INT64, [])],
          [helper.make_tensor("start", TensorProto.INT64, [], [0])])


def sequence():
    """A model whose output is a sequence of tensors."""
    node = helper.make_node("SequenceConstruct", ["x", "x"], ["pair"])
    write("sequence", [node],
          [value("x", TensorProto.FLOAT, ["n"])],
          [helper.make_tensor_sequence_value_info("pair", TensorProto.FLOAT, ["n"])])


def passthrough():
    """Two outputs: x itself, under its own name, and twice = x + x; float32 of shape [n]."""
    write("passthrough", [helper.make_node("Add", ["x", "x"], ["twice"])],
          [value("x", TensorProto.FLOAT, ["n"])],
          [value("x", TensorProto.FLOAT, ["n"]), value("twice", TensorProto.FLOAT, ["n"])])


def half():
    """product = x * x in float16, which no float32 sees: 0.1 is rounded on its way in."""
    write("half", [helper.make_node("Mul", ["x", "x"], ["product"])],
          [value("x", TensorProto.FLOAT16, ["n"])],
          [value("product", TensorProto.FLOAT16, ["n"])])


def zipmaps():
    """As scikit-learn's classifiers: label [rows], and a map from label to score for each row."""
    for name, labels, kind in (
            ("zipmap_numbers", {"classlabels_int64s": [30, 10, 20]}, TensorProto.INT64),
            ("zipmap_strings", {"classlabels_strings": ["b", "a", "c"]}, TensorProto.STRING)):
        scores = helper.make_node("Identity", ["x"], ["copy"])
        node = helper.make_node("ZipMap", ["copy"], ["scores"], domain="ai.onnx.ml", **labels)
        maps = helper.make_sequence_type_proto(
            helper.make_map_type_proto(kind, helper.make_tensor_type_proto(TensorProto.FLOAT, [])))
        write(name, [scores, node],
              [value("x", TensorProto.FLOAT, ["rows", 3])],
              [helper.make_value_info("scores", maps)])


def ragged():
    """parts: the sequence of a and b, which one tensor holds where they are of one length."""
    write("ragged", [helper.make_node("SequenceConstruct", ["a", "b"], ["parts"])],
          [value("a", TensorProto.FLOAT, ["n"]), value("b", TensorProto.FLOAT, ["m"])],
          [helper.make_tensor_sequence_value_info("parts", TensorProto.FLOAT, None)])


def refused():
    """An output that is optional, and inputs that are a map and a sparse tensor.

    No operator of the standard gives a map alone: it comes in sequences.
    """
    kind = helper.make_optional_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, ["n"]))
    write("optional", [helper.make_node("Optional", ["x"], ["maybe"])],
          [value("x", TensorProto.FLOAT, ["n"])],
          [helper.make_value_info("maybe", kind)], opset=15)
    words = helper.make_map_type_proto(TensorProto.STRING,
                                       helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    node = helper.make_node("DictVectorizer", ["words"], ["row"], domain="ai.onnx.ml",
                            string_vocabulary=["a", "b"])
    write("dictionary", [node], [helper.make_value_info("words", words)],
          [value("row", TensorProto.FLOAT, [1, 2])])
    sparse = helper.make_value_info(
        "s", helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [3, 3]))
    node = helper.make_node("SparseToDenseMatMul", ["s", "b"], ["y"], domain="com.microsoft")
    write("sparse", [node], [sparse, value("b", TensorProto.FLOAT, [3, 2])],
          [value("y", TensorProto.FLOAT, [3, 2])], check=False)


def sparse_constant():
    """numbers: a sparse constant [3, 3] as an output, beside c = b."""
    values = helper.make_tensor("numbers", TensorProto.FLOAT, [2], [1, 2])
    places = helper.make_tensor("places", TensorProto.INT64, [2], [1, 5])
    numbers = helper.make_sparse_tensor(values, places, [3, 3])
    output = helper.make_value_info(
        "numbers", helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [3, 3]))
    write("sparse_constant",
          [helper.make_node("Constant", [], ["numbers"], sparse_value=numbers),
           helper.make_node("Identity", ["b"], ["c"])],
          [value("b", TensorProto.FLOAT, ["n"])],
          [output, value("c", TensorProto.FLOAT, ["n"])], check=False)


def external():
    """y = x + [1, 2, 3, 4], the numbers in a file of their own."""
    numbers = helper.make_tensor("numbers", TensorProto.FLOAT, [4], [1, 2, 3, 4])
    raw = numpy_helper.from_array(numpy_helper.to_array(numbers), "numbers")
    external_data_helper.set_external_data(raw, "external.weights", offset=0, length=16)
    (HERE / "external.weights").write_bytes(raw.raw_data)
    raw.ClearField("raw_data")
    raw.data_location = TensorProto.EXTERNAL
    write("external", [helper.make_node("Add", ["x", "numbers"], ["y"])],
          [value("x", TensorProto.FLOAT, ["rows", 4])],
          [value("y", TensorProto.FLOAT, ["rows", 4])], [raw], check=False)


def custom():
    """addresses = Addresses(x), an operator of runtimes/onnx/testing/addresses.cpp: [2]."""
    write("custom", [helper.make_node("Addresses", ["x"], ["addresses"], domain="tenon.testing")],
          [value("x", TensorProto.FLOAT, ["n"])],
          [value("addresses", TensorProto.INT64, [2])], check=False)


def broken():
    """The first half of mlp.onnx."""
    whole = (HERE / "mlp.onnx").read_bytes()
    (HERE / "truncated.onnx").write_bytes(whole[: len(whole) // 2])


if __name__ == "__main__":
    for make in (identities, strings, mlp, two, zeros, gather, loop, sequence, passthrough,
                 half, zipmaps, ragged, refused, sparse_constant, external, custom, broken):
        make()
