# SPDX-License-Identifier: Apache-2.0
"""docs/deployments.md: its excerpts of a class compile in such a class."""

import pytest

from docs.blocks import blocks
from docs.reader import COMPILER, FLAGS, run
from harness.server import TREE

CLASS = """
#include <span>
#include <tenon/tenon.hpp>
#include <vector>
struct Tokens { std::vector<int> ids; };
struct Label { int number; };
class Model {
 public:
  tenon::Task<Label> Infer(Tokens tokens) const { co_return co_await label_(std::move(tokens)); }
 private:
  std::vector<Label> LabelBatch(std::span<const Tokens> batch) const { return std::vector<Label>(batch.size()); }
  MEMBER
};
TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Model>()); }
"""
MEMBERS = [block for block in blocks(TREE / "docs" / "deployments.md") if "member" in block.words]


@pytest.mark.parametrize("block", MEMBERS, ids=lambda block: f"line-{block.line}")
def test_members_compile(block, tmp_path):
    source = tmp_path / "member.cpp"
    source.write_text(CLASS.replace("MEMBER", block.text))
    run(COMPILER, *FLAGS, "-fsyntax-only", source)
