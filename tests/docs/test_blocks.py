# SPDX-License-Identifier: Apache-2.0
"""Every block of every page: code is the repository's, data can be read, commands and flags exist.

What a page's own test executes is held to the same.
"""

import ast
import json
import re
import subprocess
from functools import cache

import pytest
import yaml

from docs.blocks import blocks
from harness.server import TREE, run_program

PAGES = [
    TREE / "README.md",
    TREE / "CONTRIBUTING.md",
    *sorted((TREE / "docs").glob("*.md")),
    *sorted((TREE / "docs" / "design").glob("*.md")),
    *sorted((TREE / "examples").glob("*/*.md")),
    *sorted((TREE / "packaging" / "templates").glob("*/README.md")),
]
BLOCKS = [
    pytest.param(page, block, id=f"{page.relative_to(TREE)}:{block.line}")
    for page in PAGES for block in blocks(page)
]


def of(*languages):
    return [param for param in BLOCKS if param.values[1].language in languages]


def plain(code):
    """Code without comments and layout."""
    return re.sub(r"\s+", "", re.sub(r"//.*", "", code))


@cache
def sources():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.cpp", "*.hpp"],
        cwd=TREE, capture_output=True, text=True,
    ).stdout.split()
    return [plain((TREE / name).read_text()) for name in listed if (TREE / name).exists()]


def stands_somewhere(code):
    return any(plain(code) in text for text in sources())


@pytest.mark.parametrize("page, block", of("cpp"))
def test_code_is_compiled(page, block):
    # A file or a member, which the page's test compiles, or an excerpt of what the build compiles.
    if block.file is None and "member" not in block.words:
        parts = [part for part in re.split(r"^\s*\.\.\.\s*$|^ *// \.\.\.$", block.text, flags=re.MULTILINE)]
        assert all(map(stands_somewhere, parts)), block.text


@pytest.mark.parametrize("page, block", of("json"))
def test_json_can_be_read(page, block):
    json.loads(block.text)


@pytest.mark.parametrize("page, block", of("yaml"))
def test_yaml_can_be_read(page, block):
    assert yaml.safe_load(block.text)


@pytest.mark.parametrize("page, block", of("python"))
def test_python_can_be_read(page, block):
    ast.parse(block.text)


@cache
def help_of(*words):
    status, out, errors = run_program(*words, "--help")
    assert status == 0, (words, errors)
    return out


def own_words(words):
    """Up to a pipe, a redirection, or what belongs to a command behind `--`."""
    kept = []
    for word in words:
        if word in ("|", "||", "&&", ";", "&", ">", "<", "--") or word.startswith("#"):
            break
        kept.append(word)
    return kept


def check_tenon(words):
    names = [words[0]]
    if words[0] in ("--help", "--version", "COMMAND", "help"):
        return
    if words[0] == "sagemaker" and len(words) > 1 and not words[1].startswith("-"):
        names.append(words[1])
    text = help_of(*names)
    for word in words:
        if word.startswith("--") and len(word) > 2:
            assert re.search(rf"(^|\W){re.escape(word.split('=')[0])}\b", text), f"{names} has no {word}"


@pytest.mark.parametrize("page, block", of("", "sh", "text", "console", "bash"))
def test_commands_exist(page, block):
    text = block.text.replace("\\\n", " ")
    tasks = (TREE / "tasks" / "serving.yaml").read_text()
    for line in text.splitlines():
        line = line.strip().removeprefix("$ ")
        for command in re.findall(r"(?:^|[|&;(] *|^(?:[A-Z_]+=\S* )+)tenon ([\w-].*)", line):
            check_tenon(own_words(command.rstrip(")\"'`").split()))
        for command in re.findall(r"^\./dev (\w+)", line):
            assert (TREE / "tools" / "dev" / f"{command}.sh").exists() or command == "help", line
        for script in re.findall(r"^(?:[A-Z_]+=\S* )*((?:packaging|tools|bench|tests)/[\w/.-]+\.(?:sh|py))", line):
            assert (TREE / script).exists(), line
        for task in re.findall(r"^task serving:([\w:-]+)", line):
            assert f"  {task}:\n" in tasks, line


def test_no_block_has_a_language_that_nothing_checks():
    known = {"cpp", "json", "yaml", "python", "cmake", "", "sh", "text", "console", "bash"}
    for param in BLOCKS:
        page, block = param.values
        assert block.language in known, f"{page}:{block.line}: {block.language}"
        # CMake files are built by the test of their page.
        assert block.language != "cmake" or block.file, f"{page}:{block.line}"
