# SPDX-License-Identifier: Apache-2.0
"""Cross-built for arm64 (Graviton), and run under qemu's emulation of a process."""

import re
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from harness import http_client
from harness.polling import wait_until
from harness.server import TREE, free_port

pytestmark = pytest.mark.timeout(3700)

ROOT = TREE / ".deps" / "arm64"
EMULATOR = "qemu-aarch64-static"


@pytest.fixture(scope="session")
def build():
    if shutil.which(EMULATOR) is None:
        pytest.skip(f"{EMULATOR} is not installed: ./dev setup containers")
    done = subprocess.run([TREE / "packaging" / "arm64.sh"], capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return TREE / "build" / "arm64"


@contextmanager
def served(build, *words):
    port = free_port()
    server = subprocess.Popen(
        [EMULATOR, "-L", ROOT, build / "bin" / "tenon", "run", *words, "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=build,
    )

    def is_ready():
        assert server.poll() is None, server.stdout.read()
        try:
            return http_client.ask(port, "GET", "/ping").status == 200
        except (OSError, http_client.Closed):
            return False

    try:
        wait_until(is_ready, "/ping says 200", 60)
        yield lambda body: http_client.ask(port, "POST", "/invocations", body)
        server.terminate()
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.stdout.close()


def test_everything_is_for_arm64(build):
    files = [build / "bin" / "tenon", *build.glob("lib/*.so.*"), *build.glob("lib/tenon/*/*.so")]
    assert len(files) >= 5
    for file in files:
        head = subprocess.run(["readelf", "-h", file], capture_output=True, text=True).stdout
        assert re.search(r"Machine: +AArch64", head), file


def test_a_module_is_served(build):
    with served(build, "hello:handle") as ask:
        assert ask({"text": "hi"}).json == {"text": "hi"}
        assert ask({"txt": "hi"}).status == 422


def test_an_artifact_is_served(build):
    with served(build, TREE / "packaging" / "templates" / "artifact" / "model") as ask:
        answer = ask({"instances": [{"temperature": 10, "humidity": 50}, {"temperature": 30, "humidity": 70}]})
        assert answer.status == 200 and answer.json == {"predictions": [1.5, 4.25]}
