# SPDX-License-Identifier: Apache-2.0
"""Every content type on /invocations: the same rows give what Python's libraries give, in each form."""

import json
import math
import struct

import pytest

from artifacts.encoding import flatten, nest, npy, read_csv, read_npy, read_npz, requests
from artifacts.making import HAS_ONNX, ONNX, TREES, model_folder
from harness.problem import check_problem
from harness.server import TREE, Server

SEEDS = TREE / "tests" / "fuzz" / "seeds"
GOLDEN = json.loads((ONNX / "golden.json").read_text())
TREE_MODELS = ["xgboost/softprob.json", "xgboost/squarederror.ubj", "xgboost/1.7_logistic.ubj",
               "lightgbm/binary.txt", "lightgbm/multiclass.txt"]
JSON = "application/json"


def golden_rows(model):
    """Rows and what Python's library predicts for each."""
    lines = (TREES / f"{model}.expected").read_text().splitlines()
    rows = [list(map(float, line.split())) for line in (TREES / lines[0]).read_text().splitlines()]
    return rows, [[float(word) for word in line.split("|")[0].split()] for line in lines[1:]]


def close(found, wanted):
    found, wanted = flatten(found), flatten(wanted)
    return len(found) == len(wanted) and all(
        a == b if isinstance(b, str) else math.isclose(float(a), b, rel_tol=1e-5, abs_tol=1e-7)
        for a, b in zip(found, wanted))


def send(server, content_type, body, accept=None):
    headers = {"Accept": accept} if accept else None
    answer = server.ask("POST", "/invocations", body, headers, content_type=content_type)
    assert answer.status == 200, (content_type, accept, answer.body)
    return answer


def answered(answer, output):
    """The rows of one output of an answer in JSON, in whatever form it has."""
    said = answer.json
    if "outputs" in said:
        assert said["id"] == "q"
        (one,) = [tensor for tensor in said["outputs"] if tensor["name"] == output]
        return nest(one["data"], one["shape"])
    if "predictions" in said:
        return [row[output] if isinstance(row, dict) else row for row in said["predictions"]]
    return said[output]


@pytest.mark.parametrize("model", TREE_MODELS)
def test_trees_give_what_python_predicts_in_every_form(model):
    rows, expected = golden_rows(model)
    is_xgboost = model.startswith("xgboost")
    forms = requests("features", rows, "<f4" if is_xgboost else "<f8", sparse_keeps_missing=not is_xgboost)
    with Server(str(TREES / model)) as server:
        for form, (content_type, body) in forms.items():
            found = answered(send(server, content_type, body), "prediction")
            assert len(found) == len(rows), form
            assert close(found, expected), form


@pytest.mark.skipif(not HAS_ONNX, reason="built without ONNX")
@pytest.mark.parametrize("model", GOLDEN, ids=lambda path: path.split("/")[-3] + "-" + path.split("/")[-1])
def test_onnx_gives_what_python_gives_in_every_form(tmp_path, model):
    golden = GOLDEN[model]
    is_text = isinstance(flatten(golden["rows"])[0], str)
    folder = model_folder(tmp_path / "m", model=TREE / model)  # Without its tenon.yaml.
    forms = requests(golden["input"], golden["rows"], "U" if is_text else "<f4", golden["shape"],
                     None if is_text or len(golden["shape"]) > 1 else False)
    with Server(f"{folder}/") as server:
        for form, (content_type, body) in forms.items():
            answer = send(server, content_type, body)
            for output, values in golden["outputs"].items():
                assert close(answered(answer, output), values), (form, output)


def test_every_form_of_an_answer_says_the_same():
    rows, expected = golden_rows("xgboost/softprob.json")
    with Server(str(TREES / "xgboost" / "softprob.json")) as server:
        body = json.dumps([[None if math.isnan(v) else v for v in row] for row in rows]).encode()
        exact = send(server, JSON, body).json["predictions"]
        assert close(exact, expected)

        def in_form(accept, content_type=None):
            answer = send(server, JSON, body, accept)
            assert answer.headers["content-type"] == (content_type or accept)
            return answer.body

        assert [json.loads(line) for line in in_form("application/jsonlines").splitlines()] == exact
        assert [json.loads(line) for line in in_form("application/x-ndjson").splitlines()] == exact
        assert [list(map(float, row)) for row in read_csv(in_form("text/csv"))] == exact
        values, shape = read_npy(in_form("application/x-npy"))
        as_floats = [struct.unpack("<f", struct.pack("<f", value))[0] for value in flatten(exact)]
        assert shape == [len(rows), 3] and values == as_floats
        assert read_npz(in_form("application/x-npz")) == {"prediction": (values, shape)}
        assert in_form("application/octet-stream") == struct.pack(f"<{len(values)}f", *values)
        assert json.loads(in_form("*/*", JSON)) == json.loads(in_form("text/csv;q=0.5, */*", JSON))
        assert in_form("text/csv, application/json;q=0.9", "text/csv") == in_form("text/*", "text/csv")
        header, *_ = read_csv(in_form("text/csv; header=present", "text/csv"))
        assert header == ["prediction_0", "prediction_1", "prediction_2"]
        problem = check_problem(
            server.ask("POST", "/invocations", body, {"Accept": "text/libsvm, image/png"}), 406)
        assert "text/csv" in problem["detail"] and "'text/libsvm, image/png'" in problem["detail"]


def ulps(a, b):
    """Floats between two floats."""
    place = lambda value: struct.unpack("<i", struct.pack("<f", abs(value)))[0] * (-1 if value < 0 else 1)
    return abs(place(a) - place(b))


@pytest.mark.parametrize("model", TREE_MODELS + (list(GOLDEN) if HAS_ONNX else []))
def test_a_row_alone_is_within_four_floats_of_the_row_among_others(tmp_path, model):
    is_tree = model in TREE_MODELS
    rows = golden_rows(model)[0] if is_tree else GOLDEN[model]["rows"]
    is_text = isinstance(rows[0][0], str)
    folder = model_folder(tmp_path / "m", model=TREES / model if is_tree else TREE / model)
    output = "prediction" if is_tree else list(GOLDEN[model]["outputs"])[-1]
    with Server(f"{folder}/") as server:
        shape = None if is_tree else GOLDEN[model]["shape"]
        name = "features" if is_tree else GOLDEN[model]["input"]
        descr = "U" if is_text else "<f8" if model.startswith("lightgbm") else "<f4"

        def ask(some):
            body = requests(name, some, descr, shape)["npy"][1]
            return read_npz(send(server, "application/x-npy", body, "application/x-npz").body)[output]

        together, _ = ask(rows)
        alone = [value for row in rows for value in ask([row])[0]]
        assert len(alone) == len(together)
        assert max(map(ulps, alone, together)) <= 4


def test_whole_numbers_of_64_bits_are_exact():
    if not HAS_ONNX:
        pytest.skip("built without ONNX")
    big = 2**62 + 1
    with Server(str(ONNX / "two.onnx")) as server:
        csv_body = f"{big},-{big},1,0\n{2**53 + 1},0,0,-5\n".encode()
        for accept, read in [("text/csv", lambda body: [[int(v) for v in row] for row in read_csv(body)])]:
            assert read(send(server, "text/csv", csv_body, accept).body) == [
                [big + 1, -big, big, 0], [2**53 + 1, -5, 0, 0]]
        answer = send(server, "text/csv", csv_body).json["predictions"]
        assert answer[0] == {"sum": [big + 1, -big], "product": [big, 0]}
        named = send(server, "text/csv", b"1,2,3,4\n", "application/x-npz").body
        assert read_npz(named) == {"sum": ([4, 6], [1, 2]), "product": ([3, 8], [1, 2])}
        # npy is for one input, and for one output.
        assert "npy" not in check_problem(server.ask("POST", "/invocations", b"", content_type="application/x-npy"),
                                          415)["detail"].split(";")[0]
        assert server.ask("POST", "/invocations", b"1,2,3,4", {"Accept": "application/x-npy"},
                          content_type="text/csv").status == 406


def test_a_header_puts_columns_in_the_models_order():
    rows, expected = golden_rows("xgboost/names.json")
    names = ["age", "fare", 'height "cm"', "weight", "Größe", "last"]
    with Server(str(TREES / "xgboost" / "names.json")) as server:
        text = 'last,"height ""cm""",age,fare,weight,Größe\n'
        for row in rows:
            by_name = dict(zip(names, row))
            order = ["last", 'height "cm"', "age", "fare", "weight", "Größe"]
            text += ",".join("" if math.isnan(by_name[name]) else repr(by_name[name]) for name in order) + "\n"
        found = send(server, "text/csv", text.encode()).json["predictions"]
        assert close(found, expected)
        # A column that is left out is missing.
        short = send(server, "text/csv", b"age,fare\n1,2\n").json["predictions"]
        assert short == send(server, "text/csv", b"1,2,,,,\n").json["predictions"]
        assert short == send(server, "text/csv; header=absent", b"1,2,,,,\n").json["predictions"]
        problem = check_problem(
            server.ask("POST", "/invocations", b"age,fear\n1,2\n", content_type="text/csv"), 422)
        assert problem["errors"][0]["detail"] == "row 1, column 2: the model has no column 'fear'. Did you mean 'fare'?"
        check_problem(server.ask("POST", "/invocations", b"1,2,3,4,5,6\n1,2,3,4,5,6\n",
                                 content_type="text/csv; header=present"), 422)


@pytest.mark.parametrize("name", ["f4", "f8", "big", "fortran", "half", "i8"])
def test_what_numpy_itself_wrote_is_read(tmp_path, name):
    """[[1, 2], [3, 4]] in several types and orders, through a model that gives back what it gets."""
    if not HAS_ONNX:
        pytest.skip("built without ONNX")
    data = (SEEDS / "npy" / name).read_bytes()
    config = "octet_stream: {shape: [-1]}\n"
    with Server(f"{model_folder(tmp_path / 'm', config, model=ONNX / 'half.onnx')}/") as server:
        # The model takes one dimension.
        check_problem(server.ask("POST", "/invocations", data, content_type="application/x-npy"), 422)
        flat = npy([1, 2, 3, 4], "<f2", [4])
        one = send(server, "application/x-npy", flat, "application/x-npy").body
        assert read_npy(one)[1] == [4]


BAD = [
    ("text/csv", b'1,2,3,4,5,6\n1,2,"3,4,5,6\n', 400, "row 2, column 3: its quote is not closed"),
    ("text/csv", b'1,2,3,4,5"0",6\n', 400, "row 1, column 5: there is a quote inside"),
    ("text/csv", b"1,2,3,4,5,6\n1,2,3\n", 422, "row 2: it has 3 columns, expected 6"),
    ("text/csv", b"1,2,3,4,5,6\n1,2,three,4,5,6\n", 422, "row 2, column 3: expected a number, found 'three'"),
    ("text/csv", b"1,2,3,4,5,1e39\n", 422, "row 1, column 6: '1e39' is too large for float32"),
    ("text/csv", b"", 422, "no rows"),
    ("text/csv", b"\xff\xfe1\x00,\x00", 422, "no rows"),
    ("text/csv", b"1,2,3,4,5,\xff\n", 422, "row 1, column 6: expected a number, found '?'"),
    ("text/libsvm", b"1 0:1\n1 9:1\n", 422, "row 2: index 9, and the model has columns 0 to 5"),
    ("text/libsvm", b"1 one:1\n", 400, "row 1: 'one:1' is no index:value"),
    ("application/jsonlines", b"[1,2,3,4,5,6]\n[1,2\n", 400, "Line 2 of the body"),
    ("application/jsonlines", b"[1,2,3,4,5,6]\n[1,2,3]\n", 422, "found 3"),
    ("application/jsonlines", b"\n\n", 400, "no line of JSON"),
    ("application/x-npy", b"", 400, "not NPY"),
    ("application/x-npy", (SEEDS / "npy" / "object").read_bytes(), 422, "pickled Python objects"),
    ("application/x-npy", (SEEDS / "npy" / "record").read_bytes(), 422, "records"),
    ("application/x-npy", (SEEDS / "npy" / "text").read_bytes(), 422, "float32 cannot be made of string"),
    ("application/x-npy", (SEEDS / "npy" / "f4").read_bytes()[:-1], 400, "bytes follow"),
    ("application/x-npy", (SEEDS / "npy" / "f4").read_bytes(), 422, "features"),
    ("application/x-npy", npy([], "<f4", [10**9, 6]), 400, "6000000000 elements of 4 bytes, and 0 bytes follow"),
    ("application/x-npz", b"PK\x03\x04", 400, "no zip file"),
    ("application/x-npz", (SEEDS / "npz" / "stored").read_bytes(), 422, "no array 'features'"),
    ("application/x-npz", (SEEDS / "npz" / "deflated").read_bytes()[:-30], 400, "no zip file"),
    ("application/octet-stream", b"x" * 25, 422, "The body has 25 bytes, and float32[?, 6] has elements of 4 bytes, 24 bytes a row"),
    ("application/json", b'{"inputs":[{"name":"features","shape":[1,6],"datatype":"FP31","data":[]}]}', 422, "datatype"),
    ("image/png", b"", 415, "text/csv"),
    ("text/plain", b"1,2,3", 415, "application/x-npz"),
]


def test_what_is_wrong_is_said_with_its_place_and_the_next_is_served():
    with Server(str(TREES / "xgboost" / "softprob.json")) as server:
        good = send(server, "text/csv", b"1,2,3,4,5,6\n").body
        for content_type, body, status, said in BAD:
            problem = check_problem(server.ask("POST", "/invocations", body, content_type=content_type), status)
            assert said in json.dumps(problem), (content_type, body[:40], problem)
            assert send(server, "text/csv", b"1,2,3,4,5,6\n").body == good


def test_small_bodies_do_not_become_large_memory():
    """A few bytes a row, thousands of columns."""
    if not HAS_ONNX:
        pytest.skip("built without ONNX")
    bomb = (SEEDS / "npz" / "deflate").read_bytes()
    with Server(str(TREES / "lightgbm" / "binary.txt")) as server:
        check_problem(server.ask("POST", "/invocations", bomb, content_type="application/x-npz"), 400)
        rows = b"0\n" * 2_000_000
        answer = server.ask("POST", "/invocations", rows, content_type="text/libsvm")
        assert answer.status in (200, 413)


def test_the_document_lists_every_content_type_with_an_example_that_works():
    for model in ["xgboost/softprob.json", "lightgbm/binary.txt"]:
        with Server(str(TREES / model)) as server:
            operation = server.ask("GET", "/openapi.json").json["paths"]["/invocations"]["post"]
            content = operation["requestBody"]["content"]
            assert list(content) == [JSON, "application/jsonlines", "text/csv", "text/libsvm",
                                     "application/x-npy", "application/x-npz", "application/octet-stream"]
            assert list(operation["responses"]["200"]["content"]) == [
                JSON, "application/jsonlines", "text/csv", "application/x-npy", "application/x-npz",
                "application/octet-stream"]
            for content_type in ["application/jsonlines", "text/csv", "text/libsvm"]:
                send(server, content_type, content[content_type]["example"].encode())


def test_a_declared_shape_says_what_bare_bytes_are(tmp_path):
    config = ("content_types: [application/octet-stream, text/csv]\n"
              "octet_stream: {type: uint8, shape: [-1, 6]}\n")
    rows = [[0, 1, 2, 3, 4, 255], [5, 4, 3, 2, 1, 0]]
    with Server(f"{model_folder(tmp_path / 'm', config)}/") as server:
        by_bytes = send(server, "application/octet-stream", bytes(flatten(rows)), "text/csv").body
        by_text = "\n".join(",".join(map(str, row)) for row in rows).encode()
        assert by_bytes == send(server, "text/csv", by_text, "text/csv").body
        problem = check_problem(server.ask("POST", "/invocations", b"[]"), 415)
        assert problem["detail"].startswith("This model takes text/csv or application/octet-stream; found")
        content = server.ask("GET", "/openapi.json").json["paths"]["/invocations"]["post"]["requestBody"]["content"]
        assert list(content) == ["text/csv", "application/octet-stream"]


def test_many_rows_come_back_in_their_order_though_runs_are_small(tmp_path):
    rows, expected = golden_rows("xgboost/softprob.json")
    config = "batching: {max_batch_size: 3, batch_wait_timeout_s: 0.001}\n"
    forms = requests("features", rows, "<f4", sparse_keeps_missing=False)
    with Server(f"{model_folder(tmp_path / 'm', config)}/") as server:
        for form in ["csv", "libsvm", "json lines", "npz", "octets"]:
            found = answered(send(server, *forms[form]), "prediction")
            assert len(found) == len(rows) and close(found, expected), form


@pytest.mark.skipif(not HAS_ONNX, reason="built without ONNX")
def test_a_large_answer_does_not_hold_the_loop(tmp_path):
    count = 6_000_000
    folder = model_folder(tmp_path / "m", "octet_stream: {shape: [-1]}\n", model=ONNX / "half.onnx")
    with Server(f"{folder}/") as server:
        answer = send(server, "application/octet-stream", struct.pack("<f", 1.5) * count)
        assert len(answer.json["product"]) == count
        # A counter that is there once something has held a loop for more than 5 ms.
        assert "tenon_loop_holds_total{" not in server.ask("GET", "/metrics").text
