# SPDX-License-Identifier: Apache-2.0
"""Does what a reader of a page does: writes its files, compiles its modules, types its commands."""

import json
import math
import os
import shlex
import subprocess

import pytest

from docs.blocks import blocks, write_files
from harness.server import BUILD, TREE, Server

COMPILER = os.environ.get("CXX", "clang++-19")
FLAGS = ["-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{TREE}/include"]


def run(*words, **more):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=300, **more)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def follow(page, folder):
    """The page's files in a folder, each module of it compiled."""
    write_files(page, folder)
    for source in [block.file for block in blocks(page) if "module" in block.words]:
        module = folder / source.replace(".cpp", ".so")
        run(COMPILER, *FLAGS, "-fvisibility=hidden", "-fPIC", "-shared", folder / source, "-o", module,
            f"-L{BUILD}/lib", "-ltenon")
    return folder


def sessions(page):
    """Each block that serves and asks, as parameters: the command that serves, [(curl, answer)]."""
    for block in blocks(page):
        lines = [line.removeprefix("$ ") for line in block.text.splitlines()]
        starts = [line for line in lines if "tenon run " in line]
        if block.language == "" and starts:
            asks = [(a, b) for a, b in zip(lines, lines[1:]) if a.startswith("curl ")]
            yield pytest.param(starts[0], asks, id=f"{page.stem}-line-{block.line}")


def alike(found, wanted):
    """Equal, but for the last digits of numbers: processors differ."""
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(alike(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(alike, found, wanted))
    if isinstance(wanted, float):
        return math.isclose(found, wanted, rel_tol=1e-4)
    return found == wanted


def of_the_tree(word):
    return str(TREE / word) if (TREE / word).exists() else word


def perform(project, start, asks):
    """Serves and asks as a session says, and compares the answers."""
    assert asks
    before, words = start.split("tenon run ", 1)
    variables = {name: of_the_tree(value) for name, value in (w.split("=", 1) for w in before.split())}
    target, *more = map(of_the_tree, shlex.split(words))
    own = (project / f"{target.split(':')[0]}.so").exists()
    with Server(
        target, *more, *(["--app-dir", project] if own else []), more_environment=variables
    ) as server:
        for command, answer in asks:
            command = command.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
            found = run("bash", "-c", command + " -s").strip()
            assert found == answer or alike(json.loads(found), json.loads(answer)), found
