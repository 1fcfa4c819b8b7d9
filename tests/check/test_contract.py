# SPDX-License-Identifier: Apache-2.0
"""contract.json names each fact of SageMaker's contract about one running container, and which cases check it
or why none does; docs/protocol.md says the same in short."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from conftest import CHECK
from harness.server import TREE

FACTS = json.loads(Path(__file__).with_name("contract.json").read_text())
SECTIONS = ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "2.1", "2.2", "2.3", "3", "5"]
PAGE = (TREE / "docs" / "protocol.md").read_text()


@pytest.fixture(scope="module")
def levels():
    """Level by id."""
    listing = subprocess.run([CHECK, "--list"], capture_output=True, text=True, check=True).stdout
    return {line.split()[1]: line.split()[0] for line in listing.splitlines()}


def case_files():
    folder = TREE / "apps" / "check" / "cases"
    return {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}


def test_each_fact_has_a_case_or_a_reason(levels):
    for fact in FACTS:
        assert fact.get("cases") or len(fact.get("why_not", "")) > 10, fact
        assert set(fact.get("cases", [])) <= set(levels), fact
    assert sorted({fact["section"] for fact in FACTS}) == sorted(SECTIONS)
    assert len({(fact["section"], fact["fact"]) for fact in FACTS}) == len(FACTS)


def test_each_must_checks_a_fact():
    checked = {case for fact in FACTS for case in fact.get("cases", [])}
    musts = {name for name, case in case_files().items()
             if case["level"] == "must" and case["section"] in SECTIONS}
    assert musts <= checked, musts - checked


def test_there_are_enough_cases_of_each_level(levels):
    assert len(levels) >= 60
    assert set(levels.values()) == {"must", "should", "may"}
    assert set(levels) == set(case_files())


def named_on_the_page():
    """Ids in the table of the page; one that begins with a hyphen goes on from the one before it."""
    table = PAGE.split("### Which case covers what")[1].split("###")[0]
    names, stem = set(), ""
    for name in re.findall(r"`(-?[a-z0-9]+(?:-[a-z0-9]+)*-?\*?)`", table):
        if name.startswith("-"):
            names.add(stem + name)
        elif "-" in name:
            stem = name.split("-")[0]
            names.add(name)
    return names


def test_the_page_names_cases_that_exist(levels):
    for name in named_on_the_page():
        family = name.removesuffix("*")
        found = any(case.startswith(family) for case in levels) if name != family else name in levels
        assert found, name
