# SPDX-License-Identifier: Apache-2.0
"""docs/serving.md: its files compile, its commands give its answers, its excerpts exist."""

import os
import shlex
import subprocess

import pytest

from docs.blocks import blocks, write_files
from harness.server import BUILD, TREE, Server

PAGE = TREE / "docs" / "serving.md"
BLOCKS = blocks(PAGE)
COMPILER = os.environ.get("CXX", "clang++-19")
FLAGS = ["-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{TREE}/include"]


def of(word):
    return [b.file for b in BLOCKS if word in b.words]


def run(*words, **more):
    done = subprocess.run(
        [str(w) for w in words], capture_output=True, text=True, timeout=300, **more
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The reader's folder, with every module compiled."""
    folder = tmp_path_factory.mktemp("reader")
    write_files(PAGE, folder)
    for source in of("module"):
        run(
            COMPILER,
            *FLAGS,
            "-fvisibility=hidden",
            "-fPIC",
            "-shared",
            folder / source,
            "-o",
            folder / source.replace(".cpp", ".so"),
            f"-L{BUILD}/lib",
            "-ltenon",
        )
    return folder


def sessions():
    for block in BLOCKS:
        lines = block.text.splitlines()
        starts = [line for line in lines if "tenon run " in line]
        if block.language == "" and starts:
            asks = [(a, b) for a, b in zip(lines, lines[1:]) if a.startswith("curl ")]
            yield pytest.param(starts[0], asks, id=f"line-{block.line}")


@pytest.mark.parametrize("start, asks", list(sessions()))
def test_the_commands_give_the_answers(project, start, asks):
    assert asks
    before, words = start.split("tenon run ", 1)
    variables = {
        name: str(TREE / value) for name, value in (w.split("=", 1) for w in before.split())
    }
    target, *more = shlex.split(words)
    own = (project / f"{target.split(':')[0]}.so").exists()
    with Server(
        target, *more, *(["--app-dir", project] if own else []), more_environment=variables
    ) as server:
        for command, answer in asks:
            command = command.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
            assert run("bash", "-c", command + " -s").strip() == answer


def test_the_cmake_file_builds_against_an_installed_tenon(project, tmp_path):
    run("cmake", "--install", BUILD, "--prefix", tmp_path / "installed")
    run(
        "cmake",
        "-S",
        project,
        "-B",
        tmp_path / "build",
        "-G",
        "Ninja",
        f"-DCMAKE_CXX_COMPILER={COMPILER}",
        f"-DCMAKE_PREFIX_PATH={tmp_path}/installed",
    )
    run("cmake", "--build", tmp_path / "build")
    assert (tmp_path / "build" / "apps" / "mood.so").exists()


def test_the_test_passes_against_an_installed_tenon(project, tmp_path):
    run("cmake", "--install", BUILD, "--prefix", tmp_path / "installed")
    (source,) = of("test")
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(reader LANGUAGES CXX)\n"
        "find_package(tenon REQUIRED)\n"
        "find_package(GTest REQUIRED)\n"
        f"add_executable(reader_test {project / source})\n"
        "target_link_libraries(reader_test PRIVATE tenon::testing GTest::gtest_main)\n"
    )
    run(
        "cmake",
        "-S",
        tmp_path,
        "-B",
        tmp_path / "build",
        "-G",
        "Ninja",
        f"-DCMAKE_CXX_COMPILER={COMPILER}",
        f"-DCMAKE_PREFIX_PATH={tmp_path}/installed",
    )
    run("cmake", "--build", tmp_path / "build")
    assert "PASSED  ] 2 tests" in run(tmp_path / "build" / "reader_test")


def test_excerpts_stand_in_the_example():
    sources = {p: p.read_text() for p in (TREE / "examples" / "example_serving").glob("*.?pp")}
    excerpts = [b for b in BLOCKS if b.language == "cpp" and not b.file]
    assert excerpts
    for block in excerpts:
        assert any(
            block.text in text for text in sources.values()
        ), f"line {block.line}: {block.text}"


def test_every_file_of_the_example_is_explained():
    text = PAGE.read_text()
    for source in (TREE / "examples" / "example_serving").glob("*.?pp"):
        assert f"`{source.stem}." in text, source.name
