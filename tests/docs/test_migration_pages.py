# SPDX-License-Identifier: Apache-2.0
"""docs/migrate-from-*.md: what stands on the right compiles, serves and gives the page's answers; what
stands on the left is Python."""

import pytest

from docs.blocks import blocks
from docs.reader import follow, perform, sessions
from harness.server import TREE

PAGES = sorted((TREE / "docs").glob("migrate-from-*.md"))


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    made = {}

    def project(stem):
        if stem not in made:
            (page,) = [page for page in PAGES if page.stem == stem]
            made[stem] = follow(page, tmp_path_factory.mktemp(stem))
        return made[stem]

    return project


@pytest.mark.parametrize("start, asks", [one for page in PAGES for one in sessions(page)])
def test_the_commands_give_the_answers(projects, request, start, asks):
    stem = request.node.callspec.id.split("-line-")[0]
    perform(projects(stem), start, asks)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_both_sides_are_there_and_the_left_one_is_python(page):
    found = blocks(page)
    assert any("module" in block.words for block in found)
    left = [block for block in found if block.language == "python"]
    assert left
    for block in left:
        compile(block.text, f"{page.name}:{block.line}", "exec")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_words_and_defaults_are_explained(page):
    text = page.read_text()
    assert "## Words" in text and "efaults" in text
