# SPDX-License-Identifier: Apache-2.0
"""Writes golden.json: rows, and what Python's onnxruntime makes of them.

    tools/dev/python.sh train && .deps/venv-train/bin/python tests/data/onnx/golden.py

The rows are invented; the same seed gives the same file. Numbers are written so that they read back
as the same float.
"""

import json
import pathlib

import numpy as np
import onnxruntime

HERE = pathlib.Path(__file__).parent
TREE = HERE.parents[2]
random = np.random.default_rng(11)

MODELS = {
    "tests/data/onnx/mlp.onnx": random.normal(0, 2, (7, 3)).astype(np.float32),
    "examples/onnx_classifier/model/model.onnx": random.uniform(10, 200, (7, 4)).astype(np.float32),
    "examples/digit_images/model/model.onnx": random.uniform(0, 1, (7, 64)).astype(np.float32),
    "examples/text_pipeline/model/model.onnx": np.array(
        [["the rocket reached its orbit"], ['a "quoted", text'], ["goals in the second half"], ["größe"]]),
}


def main():
    golden = {}
    for path, rows in MODELS.items():
        session = onnxruntime.InferenceSession(TREE / path)
        (given,) = session.get_inputs()
        shape = [len(rows), *[n for n in given.shape[1:]]]
        outputs = session.run(None, {given.name: rows.reshape(shape)})
        golden[path] = {
            "input": given.name,
            "shape": given.shape[1:],
            "rows": rows.tolist(),
            "outputs": {one.name: np.asarray(value).tolist()
                        for one, value in zip(session.get_outputs(), outputs)},
        }
    (HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
