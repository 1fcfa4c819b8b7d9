# SPDX-License-Identifier: Apache-2.0
"""`tenon inspect`: what it says, a request that works, and the tenon.yaml that it writes."""

import json
import shlex
import subprocess

import pytest

from artifacts.making import HAS_ONNX, ONNX, TREES, model_folder, pack
from harness.server import BUILD, PROGRAM, TREE, Server, environment, run_program

TARGETS = [
    TREES / "xgboost" / "softprob.json",
    TREES / "xgboost" / "names.json",
    TREES / "lightgbm" / "binary.txt",
    TREE / "examples" / "wine_xgboost" / "model",
]
ONNX_TARGETS = [
    ONNX / "mlp.onnx", ONNX / "strings.onnx", ONNX / "two.onnx", ONNX / "zipmap_strings.onnx", ONNX / "half.onnx",
    TREE / "examples" / "digit_images" / "model",
    TREE / "examples" / "text_pipeline" / "model",
]
if HAS_ONNX:
    TARGETS += ONNX_TARGETS


def inspected(target):
    status, text, errors = run_program("inspect", target)
    assert status == 0, errors
    rows = [line.split(None, 1) for line in text.splitlines() if line.startswith("  ")]
    return text, {row[0]: row[1] for row in rows if len(row) == 2}


@pytest.mark.parametrize("target", TARGETS, ids=lambda path: "/".join(path.parts[-2:]))
def test_its_request_works_and_is_answered_as_it_says(target):
    text, rows = inspected(target)
    assert {"runtime", "input", "output", "batching", "warm-up", "request", "answer"} <= set(rows)
    status, example, _ = run_program("inspect", target, "--example")
    assert status == 0 and json.loads(example) == json.loads(rows["request"])
    curl = next(line for line in text.splitlines() if line.strip().startswith("curl"))
    with Server(str(target)) as server:
        assert server.invoke(json.loads(rows["request"])).json == json.loads(rows["answer"])
        command = curl.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
        done = subprocess.run(["bash", "-c", command + " -s"], capture_output=True, text=True, timeout=20)
        assert json.loads(done.stdout) == json.loads(rows["answer"])


@pytest.mark.parametrize("target", TARGETS, ids=lambda path: "/".join(path.parts[-2:]))
def test_each_of_its_commands_is_answered(target):
    """One for each content type, and all ask for the same."""
    text, rows = inspected(target)
    commands = [line.strip() for line in text.splitlines() if "curl" in line]
    reads = rows["reads"].split(", ")
    assert [command.split("Content-Type: ")[1].split("'")[0] for command in commands] == reads
    with Server(str(target)) as server:
        answers = []
        for command in commands:
            command = command.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
            command = command.replace("tenon inspect", f"{PROGRAM} inspect", 1)
            done = subprocess.run(["bash", "-c", command + " -s -H 'Accept: application/jsonlines'"],
                                  capture_output=True, text=True, timeout=20, env=environment(), cwd=BUILD)
            answers.append(done.stdout)
        assert len(set(answers)) == 1 and '"status"' not in answers[0], answers
    status, _, errors = run_program("inspect", target, "--example", "image/png")
    assert status == 1 and reads[-1] in errors and errors.count("\n") == 1


@pytest.mark.skipif(not HAS_ONNX, reason="built without ONNX")
def test_a_large_request_is_printed_by_a_flag(tmp_path):
    model = tmp_path / "wide.onnx"
    model.write_bytes(wide_model())
    text, rows = inspected(model)
    assert rows["request"].endswith("--example application/json") and rows["answer"].endswith("bytes")
    pipe = next(line for line in text.splitlines() if "| curl" in line).strip()
    with Server(str(model)) as server:
        command = pipe.replace("tenon inspect", f"{PROGRAM} inspect", 1)
        command = command.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}") + " -s"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20,
                              env=environment())
        assert len(json.loads(done.stdout)["y"][0]) == 1000


def wide_model():
    """Identity of 1,000 floats, as the bytes of an ONNX file: no library writes it here."""

    def field(number, payload):
        return bytes([number << 3 | 2]) + length(len(payload)) + payload

    def length(value):
        out = b""
        while value > 127:
            out += bytes([value & 127 | 128])
            value >>= 7
        return out + bytes([value])

    def value_info(name):
        dims = field(1, field(2, b"rows")) + field(1, b"\x08" + length(1000))
        return field(1, name) + field(2, field(1, b"\x08\x01" + field(2, dims)))

    node = field(1, b"x") + field(2, b"y") + field(4, b"Identity")
    graph = field(1, node) + field(2, b"wide") + field(11, value_info(b"x")) + field(12, value_info(b"y"))
    return b"\x08\x07" + field(7, graph) + field(8, field(1, b"") + b"\x10\x0d")


@pytest.mark.parametrize("target", TARGETS[:3] + (TARGETS[4:7] if HAS_ONNX else []),
                         ids=lambda path: path.name)
def test_what_it_writes_serves_the_same(tmp_path, target):
    folder = model_folder(tmp_path / "grades", model=target)
    before = inspected(folder)[1]
    status, out, errors = run_program("inspect", folder, "--write")
    assert status == 0, errors
    assert out.strip() == str(folder / "tenon.yaml")
    text = (folder / "tenon.yaml").read_text()
    assert f"artifact: {target.name}\n" in text and "name: grades\n" in text
    after = inspected(folder)[1]
    assert after.pop("config") == str(folder / "tenon.yaml")
    assert after == before
    with Server(f"{folder}/") as server:
        assert server.invoke(json.loads(before["request"])).json == json.loads(before["answer"])
        assert server.report["deployments"][0]["name"] == "grades"
    # What is suggested works too, once it is no comment any more.
    status, _, errors = run_program("inspect", folder, "--write")
    assert status == 1 and "is there already" in errors
    assert (folder / "tenon.yaml").read_text() == text


def test_the_file_is_written_beside_a_file_and_beside_an_archive(tmp_path):
    folder = model_folder(tmp_path / "m")
    archive = pack(tmp_path / "model.tar.gz", folder)
    before = inspected(archive)[1]
    status, out, errors = run_program("inspect", archive, "--write")
    assert status == 0, errors
    written = tmp_path / "tenon.yaml"
    assert out.strip() == str(written) and "artifact: model.tar.gz\n" in written.read_text()
    after = inspected(archive)[1]
    assert after.pop("config") == str(written) and after == before
    # It counts: what is changed in it changes what is served.
    written.write_text(written.read_text() + "postprocess: [argmax]\n")
    with Server(str(archive)) as server:
        assert set(server.invoke([[0.5, 1, 2, 3, 4, 5]]).json["predictions"][0]) == {"index", "score"}
    # In the archive it says the same, and goes before the one outside.
    (folder / "tenon.yaml").write_text(written.read_text())
    written.unlink()
    pack(archive, folder)
    assert "argmax" in inspected(archive)[0]
    status, out, _ = run_program("inspect", folder / "softprob.json", "--write", cwd=tmp_path)
    assert status == 1  # One is there.
    (folder / "tenon.yaml").unlink()
    status, out, _ = run_program("inspect", "softprob.json", "--write", cwd=folder)
    assert status == 0 and out.strip() == "tenon.yaml"


def test_what_cannot_be_written_is_said(tmp_path):
    folder = model_folder(tmp_path / "m")
    (folder / "tenon.yaml").symlink_to("/nowhere/tenon.yaml")
    status, _, errors = run_program("inspect", folder, "--write")
    assert status == 1 and "tenon.yaml" in errors
    status, _, errors = run_program("inspect", folder, "--write", "--example")
    assert status == 2 and "--example or --write" in errors
    status, _, errors = run_program("inspect", folder, "--wirte")
    assert status == 2 and "Did you mean '--write'?" in errors


def test_the_help_explains_the_flags():
    status, text, _ = run_program("inspect", "--help")
    assert status == 0
    assert all(word in text for word in shlex.split("--write --example tar.gz tenon.yaml Example:"))
