# SPDX-License-Identifier: Apache-2.0
"""`tenon serve` with nothing but /opt/ml/model, in a mount namespace of its own."""

import json
import os
import shutil
import signal
import subprocess

import pytest

from artifacts.making import model_folder, pack
from harness import http_client
from harness.server import PROGRAM, environment
from harness.serving import ServedContainer

ROW = [0.5, 1, 2, 3, 4, 5]
NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]


def can_unshare():
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "none", "/opt"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not can_unshare(), reason="mount namespaces are not allowed here")

MOUNT = 'mount -t tmpfs none /opt && mkdir -p /opt/ml/model && mount --bind "$0" /opt/ml/model && exec "$@"'


def words_in(folder, *words):
    return [*NAMESPACE, "sh", "-c", MOUNT, str(folder), *map(str, words)]


def ask_once(folder):
    """The start block, and the answer to one request."""
    process = subprocess.Popen(
        words_in(folder, PROGRAM, "serve"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=environment({"TENON_HOST": "127.0.0.1", "TENON_PORT": "0"}),
    )
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read().decode()
        report = json.loads(line)
        port = int(report["url"].rsplit(":", 1)[1])
        answer = http_client.ask(port, "POST", "/invocations", json.dumps([ROW]).encode(),
                                 {"Content-Type": "application/json"})
        return report, answer.json
    finally:
        process.send_signal(signal.SIGINT)  # SIGTERM would be followed by five seconds of serving on.
        process.wait(20)
        process.stdout.close()
        process.stderr.close()


@pytest.mark.parametrize("inner", ["", "1", "some folder"])
def test_a_bare_model_directory_is_served(tmp_path, inner):
    folder = tmp_path / "opt"
    model_folder(folder / inner, "labels: [a, b, c]\npostprocess: [argmax]\n")
    (folder / "code").mkdir(exist_ok=True)
    (folder / "code" / "inference.py").write_text("")
    report, answer = ask_once(folder)
    assert report["target"] == "/opt/ml/model"
    assert answer["predictions"][0]["label"] in "abc"


@pytest.mark.parametrize("content, said", [
    ([], "The model directory is empty."),
    (["notes.md"], "no artifact"),
    (["model.pkl"], "skl2onnx"),
    (["1/saved_model.pb"], "tf2onnx"),
    (["a/model.onnx", "b/model.onnx"], "several artifacts"),
])
def test_what_cannot_be_served_is_said(tmp_path, content, said):
    for name in content:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    done = subprocess.run(words_in(tmp_path, PROGRAM, "serve"), capture_output=True, text=True, timeout=30,
                          env=environment({"TENON_HOST": "127.0.0.1", "TENON_PORT": "0"}))
    assert done.returncode == 1
    assert said in done.stderr, done.stderr
    # Whoever reads the log must learn where it was looked.
    assert "/opt/ml/model" in done.stderr


def test_an_archive_in_the_environment_is_served(tmp_path):
    archive = pack(tmp_path / "model.tar.gz", model_folder(tmp_path / "m"))
    with ServedContainer(str(archive)) as server:
        assert len(server.invoke([ROW]).json["predictions"]) == 1
