# SPDX-License-Identifier: Apache-2.0
"""slowhttptest, which somebody else wrote to exhaust servers: others are served meanwhile. With --full only."""

import os
import shutil
import subprocess
import time

import pytest

pytestmark = [
    pytest.mark.skipif(os.environ.get("TENON_FULL") != "1", reason="takes a minute; with --full"),
    pytest.mark.skipif(shutil.which("slowhttptest") is None, reason="slowhttptest is not installed"),
]

CONNECTIONS = 400
SECONDS = 12
ATTACKS = {
    "slow-heads": ["-H", "-i", "2"],
    "slow-bodies": ["-B", "-i", "2", "-s", "8192"],
    "slow-readers": ["-X", "-w", "10", "-y", "20", "-n", "1", "-z", "32", "-k", "3"],
    "ranges": ["-R", "-a", "1", "-b", "3000"],
}


@pytest.mark.parametrize("name", ATTACKS)
def test_others_are_served_meanwhile(hello, tmp_path, name):
    attack = subprocess.Popen(
        ["slowhttptest", *ATTACKS[name], "-c", str(CONNECTIONS), "-r", "200", "-l", str(SECONDS),
         "-u", f"http://127.0.0.1:{hello.port}/invocations", "-p", "3"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path)
    slowest, served = 0.0, 0
    try:
        while attack.poll() is None:
            began = time.monotonic()
            assert hello.invoke({"text": "neighbour"}).json == {"text": "neighbour"}
            slowest = max(slowest, time.monotonic() - began)
            served += 1
            time.sleep(0.01)
    finally:
        attack.kill()
        output = attack.communicate()[0].decode(errors="replace")
    assert served > SECONDS * 10, output[-2000:]
    assert slowest < 1.0, f"a neighbour waited {slowest:.2f} s\n{output[-2000:]}"
    assert hello.ask("GET", "/ping").status == 200
