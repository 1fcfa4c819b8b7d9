# SPDX-License-Identifier: Apache-2.0
"""README.md: its session and the block that the program prints are what really happens."""

import json
import re

from docs.blocks import blocks
from docs.reader import run
from harness.server import TREE, Server

README = TREE / "README.md"


def masked(text):
    """Without what differs from run to run and from machine to machine."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r"ready after [\d.]+ m?s", "ready after TIME", text)
    text = re.sub(r"Threads +.*", "Threads", text)
    text = re.sub(r"Module +.*", "Module", text)
    text = re.sub(r"Options +.*\n", "", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_the_ten_lines_are_the_example():
    assert (TREE / "examples/hello/hello.cpp").read_text().endswith(blocks(README)[3].text)


def test_the_start_block_is_the_programs():
    (block,) = [block for block in blocks(README) if block.text.startswith("Tenon ")]
    with Server("hello:handle", log_format="text") as server:
        lines = [line for line in masked(server.block).splitlines() if "--" not in line]
        assert [line for line in masked(block.text).splitlines()] == lines


def test_the_session_gives_the_answers():
    (block,) = [block for block in blocks(README) if block.text.startswith("$ tenon run hello")]
    asks = re.findall(r"^\$ (curl .*)\n((?:[^$].*\n)+)", block.text, re.MULTILINE)
    assert len(asks) == 2
    with Server("hello:handle") as server:
        for command, answer in asks:
            command = command.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
            found, wanted = json.loads(run("bash", "-c", command + " -s")), json.loads(answer)
            found.pop("request_id", None), wanted.pop("request_id", None)
            assert found == wanted
