# SPDX-License-Identifier: Apache-2.0
"""docs/artifacts.md on tenon.yaml: its file is the example's, and its tables name what there is."""

import re

from docs.blocks import blocks
from harness.server import TREE, run_program

PAGE = TREE / "docs" / "artifacts.md"
MODEL = TREE / "examples" / "digit_images" / "model"


def section():
    return PAGE.read_text().split("## `tenon.yaml`")[1].split("\n## ")[0]


def test_the_file_is_that_of_the_example():
    (block,) = [block for block in blocks(PAGE) if block.file == "tenon.yaml"]
    assert block.text == (MODEL / "tenon.yaml").read_text()


def names_known(tmp_path, config):
    """What the program lists when a name is far from every known one is nothing: ask for each."""
    (tmp_path / "tenon.yaml").write_text(config)
    return run_program("inspect", tmp_path)[2]


def test_every_key_and_step_of_the_tables_is_known(tmp_path):
    for file in MODEL.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    keys, steps = section().split("| step |")
    for key in re.findall(r"^\| `(\w+)`", keys, re.MULTILINE):
        assert "There is no key" not in names_known(tmp_path, f"{key}: x\n"), key
    rows = [line.split("|")[1] for line in steps.splitlines() if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`(\w+)[`:]", row) if name not in ("k", "at")]
    assert len(names) == 8
    for name in names:
        assert "There is no key" not in names_known(tmp_path, f"postprocess:\n  - {name}\n"), name
    assert "There is no key 'lables'" in names_known(tmp_path, "lables: x\n")
