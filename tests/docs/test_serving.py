# SPDX-License-Identifier: Apache-2.0
"""docs/serving.md: its files compile, its commands give its answers, its excerpts exist."""

import pytest

from docs.blocks import blocks
from docs.reader import COMPILER, follow, perform, run, sessions
from harness.server import BUILD, TREE

PAGE = TREE / "docs" / "serving.md"
BLOCKS = blocks(PAGE)


def of(word):
    return [b.file for b in BLOCKS if word in b.words]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return follow(PAGE, tmp_path_factory.mktemp("reader"))


@pytest.mark.parametrize("start, asks", list(sessions(PAGE)))
def test_the_commands_give_the_answers(project, start, asks):
    perform(project, start, asks)


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
