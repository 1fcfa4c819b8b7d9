# SPDX-License-Identifier: Apache-2.0
"""What is never loaded, with the export that works; and what is broken, with what is wrong with it."""

import resource
import shutil
import struct
import subprocess
import time

import pytest

from artifacts.making import HAS_ONNX, ONNX, TREES
from harness.server import PROGRAM, environment, run_program

ONE_LINE = 1
PICKLE = ["skl2onnx.to_onnx(model, example, options={'zipmap': False})", "save_model('model.ubj')"]
WEIGHTS = ["torch.onnx.export(model, example, 'model.onnx')"]
KERAS = ["python -m tf2onnx.convert --keras"]
NEVER_LOADED = {
    "model.pkl": PICKLE, "model.pickle": PICKLE, "model.joblib": PICKLE, "MODEL.PKL": PICKLE,
    "weights.pth": WEIGHTS, "epoch.ckpt": WEIGHTS, "pytorch_model.bin": WEIGHTS,
    "model.safetensors": WEIGHTS, "model.pt": WEIGHTS,
    "model.h5": KERAS, "model.keras": KERAS,
    "model.tflite": ["tf2onnx.convert --tflite"],
    "model.cbm": ["model.save_model('model.onnx', format='onnx')"],
    "saved_model.pb": ["tf2onnx.convert --saved-model"],
    "export/saved_model.pb": ["tf2onnx.convert --saved-model"],
    "1/model.pkl": PICKLE,
}


@pytest.mark.parametrize("name", NEVER_LOADED)
def test_what_is_recognised_but_never_loaded_says_how_to_export_it(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    # A pickle that would run a command if anything loaded it.
    path.write_bytes(b"cos\nsystem\n(S'touch loaded'\ntR.")
    for words in (["inspect", path], ["inspect", tmp_path], ["run", tmp_path, "--port", "0"]):
        status, _, errors = run_program(*words, cwd=tmp_path)
        assert status == 1
        assert all(part in errors for part in NEVER_LOADED[name]), errors
        assert len(errors.strip().splitlines()) == ONE_LINE
    assert not (tmp_path / "loaded").exists()


def claiming_ubj():
    """{"learner": {... an array that says it has 4 GB: UBJSON with a count and nothing behind it."""
    return b"{L" + struct.pack(">q", 7) + b"learner[$d#l" + struct.pack(">i", 2**31 - 1)


def claiming_onnx():
    """A protobuf field of 4 GB."""
    return b"\x08\x07\x3a" + b"\xff\xff\xff\xff\x0f" + b"x" * 100


def broken():
    softprob = (TREES / "xgboost" / "softprob.json").read_bytes()
    ubj = (TREES / "xgboost" / "softmax.ubj").read_bytes()
    lightgbm = (TREES / "lightgbm" / "binary.txt").read_bytes()
    huge_trees = lightgbm.replace(b"num_leaves=", b"num_leaves=4000000000\nx=", 1)
    files = {
        "empty.json": b"", "empty.ubj": b"", "empty.txt": b"",
        "cut.json": softprob[: len(softprob) // 2], "cut.ubj": ubj[: len(ubj) // 2],
        "cut.txt": lightgbm[: len(lightgbm) // 2],
        "noise.ubj": bytes(range(256)) * 20, "noise.json": b"\xff" * 1000, "noise.txt": b"\0" * 1000,
        "other.json": b'{"threshold": 1}', "kind.ubj": softprob[:1] + b"\0" + ubj[2:], "kind.json": lightgbm,
        "kind.txt": softprob, "claims.ubj": claiming_ubj(), "claims.txt": huge_trees,
        "deep.json": b'{"learner":' + b"[" * 100_000,
        "list.json": b'{"learner":[]}',
    }
    if HAS_ONNX:
        onnx = (ONNX / "mlp.onnx").read_bytes()
        files |= {
            "empty.onnx": b"", "cut.onnx": onnx[: len(onnx) // 2], "noise.onnx": b"\xff" * 1000,
            "kind.onnx": softprob, "claims.onnx": claiming_onnx(), "zeros.onnx": b"\0" * 4096,
        }
    return files


@pytest.mark.parametrize("name", broken())
def test_a_broken_artifact_is_one_clear_line_and_little_memory(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(broken()[name])
    sanitized = "sanitizer: none" not in run_program("version")[1]

    def limit():
        if not sanitized:  # Which reserves terabytes of addresses.
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    for words in (["inspect", path], ["run", path, "--port", "0"]):
        began = time.monotonic()
        done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=20,
                              env=environment(), preexec_fn=limit)
        assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
        assert time.monotonic() - began < 5
        lines = done.stderr.strip().splitlines()
        assert len(lines) == ONE_LINE and lines[0].startswith("tenon: "), done.stderr
        assert name in lines[0] or "artifact" in lines[0], lines[0]


@pytest.mark.parametrize("name", ["model.onnx", "model.json", "model.ubj", "model.txt"])
def test_a_sparse_file_of_4_gb_is_refused_without_reading_it_all(tmp_path, name):
    if name == "model.onnx" and not HAS_ONNX:
        pytest.skip("built without ONNX")
    path = tmp_path / name
    source = {"model.onnx": b"\x08\x07\x3a", "model.json": b'{"learner":', "model.ubj": b"{L", "model.txt": b"tree\nversion=v4\n"}
    with open(path, "wb") as file:
        file.write(source[name])
        file.truncate(4 << 30)
    began = time.monotonic()
    status, _, errors = run_program("inspect", path)
    assert status == 1 and len(errors.strip().splitlines()) == ONE_LINE, errors
    assert time.monotonic() - began < 10


def test_what_is_not_there_or_cannot_be_read_is_said(tmp_path):
    status, _, errors = run_program("run", tmp_path / "nothing.onnx", "--port", "0")
    assert status == 1 and "does not exist" in errors and "nothing.onnx" in errors
    (tmp_path / "model.json").mkdir()
    status, _, errors = run_program("inspect", tmp_path)
    assert status == 1 and "no artifact" in errors
    shutil.copy(TREES / "xgboost" / "softprob.json", tmp_path / "model.bst")
    status, _, errors = run_program("inspect", tmp_path / "model.bst")
    assert status == 1 and "of no kind that Tenon knows" in errors
