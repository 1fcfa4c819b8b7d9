# SPDX-License-Identifier: Apache-2.0
"""Rows in every content type, and answers back into rows: written without NumPy, from its format."""

import ast
import base64
import csv
import io
import json
import math
import struct
import zipfile

WIDTHS = {"<f4": "f", "<f8": "d", "<i8": "q", "<i4": "i", "|u1": "B", "<f2": "e", ">f4": "f", ">f8": "d"}
NAMES = {"<f4": "FP32", "<f8": "FP64", "<i8": "INT64"}
TYPES = {"float32": "<f4", "float64": "<f8", "int64": "<i8", "string": "U"}


def is_missing(value):
    return isinstance(value, float) and math.isnan(value)


def flatten(values):
    if not isinstance(values, list):
        return [values]
    return [one for value in values for one in flatten(value)]


def nest(flat, shape):
    """The list with that shape, from its elements."""
    for length in reversed(shape[1:]):
        flat = [flat[i : i + length] for i in range(0, len(flat), length)]
    return flat


def packed(values, descr):
    order = ">" if descr[0] == ">" else "<"
    return struct.pack(f"{order}{len(values)}{WIDTHS[descr]}", *values)


def npy(values, descr, shape, fortran=False):
    if descr == "U":
        longest = max((len(text) for text in values), default=1) or 1
        descr = f"<U{longest}"
        elements = b"".join(text.encode("utf-32-le").ljust(4 * longest, b"\0") for text in values)
    else:
        elements = packed(values, descr)
    header = str({"descr": descr, "fortran_order": fortran, "shape": tuple(shape)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + elements


def read_npy(data):
    """(elements, shape)"""
    assert data[:8] == b"\x93NUMPY\x01\x00"
    (length,) = struct.unpack("<H", data[8:10])
    assert (10 + length) % 64 == 0
    header = ast.literal_eval(data[10 : 10 + length].decode())
    assert header["fortran_order"] is False
    elements, descr = data[10 + length :], header["descr"]
    if descr[1] == "U":
        size = 4 * int(descr[2:])
        values = [elements[i : i + size].decode("utf-32-le").rstrip("\0") for i in range(0, len(elements), size)]
    else:
        size = struct.calcsize(WIDTHS[descr])
        values = list(struct.unpack(f"<{len(elements) // size}{WIDTHS[descr]}", elements))
    assert len(values) == math.prod(header["shape"])
    return values, list(header["shape"])


def npz(arrays, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in arrays.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def read_npz(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name.removesuffix(".npy"): read_npy(archive.read(name)) for name in archive.namelist()}


def csv_text(rows, header=None):
    file = io.StringIO()
    writer = csv.writer(file)
    if header:
        writer.writerow(header)
    for row in rows:
        writer.writerow(["" if is_missing(value) else value for value in row])
    return file.getvalue().encode()


def read_csv(data):
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    return [row[0] if len(row) == 1 else row for row in rows]


def libsvm_text(rows, keeps_missing):
    lines = []
    for row in rows:
        pairs = [f"{i}:{value!r}" for i, value in enumerate(row) if keeps_missing or not is_missing(value)]
        lines.append(" ".join(["0", *pairs]))
    return ("\n".join(lines) + "\n").encode()


def plain(value):
    """For JSON, which has no NaN."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return None if is_missing(value) else value


def open_inference(name, rows, descr, shape, in_base64):
    values = flatten(rows)
    data = plain(values)
    if in_base64:
        data = base64.b64encode(packed(values, descr)).decode()
    tensor = {"name": name, "shape": [len(rows), *shape], "datatype": NAMES.get(descr, "BYTES"), "data": data}
    return json.dumps({"id": "q", "inputs": [tensor]}).encode()


def requests(name, rows, descr, shape=None, sparse_keeps_missing=None):
    """Every form of a request for rows of one input: {form: (content type, body)}."""
    shape = [len(rows[0])] if shape is None else shape
    nested = nest(flatten(rows), [len(rows), *shape])
    array = npy(flatten(rows), descr, [len(rows), *shape])
    is_text = descr == "U"
    dump = lambda value: json.dumps(value).encode()
    lines = lambda values: "".join(json.dumps(value) + "\n" for value in values).encode()
    has_missing = any(map(is_missing, flatten(rows)))
    forms = {
        "json named": ("application/json", dump({name: plain(nested)})),
        "json inputs": ("application/json", dump({"inputs": plain(nested)})),
        "json inputs named": ("application/json", dump({"inputs": {name: plain(nested)}})),
        "json instances": ("application/json", dump({"instances": plain(nested)})),
        "json rows": ("application/json", dump(plain(nested))),
        "json open inference": ("application/json", open_inference(name, nested, descr, shape, False)),
        "json lines": ("application/jsonlines", lines(plain(nested))),
        "csv": ("text/csv", csv_text(rows)),
        "csv header": ("text/csv", csv_text(rows, [f"c{i}" for i in range(len(rows[0]))])),
        "npy": ("application/x-npy", array),
        "npz": ("application/x-npz", npz({name: array})),
        "npz deflated": ("application/x-npz", npz({"arr_0": array}, zipfile.ZIP_DEFLATED)),
    }
    if is_text:
        del forms["csv header"]  # Texts might be rows.
    else:
        forms["octets"] = ("application/octet-stream", packed(flatten(rows), descr))
        forms["json open inference base64"] = (
            "application/json", open_inference(name, nested, descr, shape, True))
    if not has_missing:
        objects = [{name: row} for row in nested]
        forms["json objects"] = ("application/json", dump({"instances": objects}))
        forms["json lines objects"] = ("application/jsonlines", lines(objects))
    if sparse_keeps_missing is not None:
        forms["libsvm"] = ("text/libsvm", libsvm_text(rows, sparse_keeps_missing))
    return forms
