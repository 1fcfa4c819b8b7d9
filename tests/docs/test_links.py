# SPDX-License-Identifier: Apache-2.0
"""Every link between files of the repository leads somewhere, anchors included."""

import re
import subprocess

import pytest

from harness.server import TREE


def pages():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=TREE, capture_output=True, text=True
    ).stdout.split()
    # Those of the templates speak of the project that they become.
    return [TREE / name for name in listed if not name.startswith("packaging/templates/") and (TREE / name).exists()]


def prose(page):
    """The text without blocks and inline code, where brackets are no links."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(page):
    """As GitHub makes them of headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(TREE)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", link):
            continue  # Elsewhere: no test depends on a network.
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target == TREE or TREE in target.parents, link
        if anchor:
            assert anchor in set(anchors(target)), link


def test_the_readme_leads_to_every_page():
    text = (TREE / "README.md").read_text()
    for page in (TREE / "docs").glob("*.md"):
        assert f"docs/{page.name}" in text, page.name
