# SPDX-License-Identifier: Apache-2.0
"""The code blocks of a page of documentation.

A block says after its language what it is: `cpp file=mood.hpp` is a file of the reader's project,
`module` one that becomes a module, `test` one that becomes a test program. A `cpp` block without a
file is an excerpt of the repository. A block without a language is a session: commands, and what
they print.
"""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Block:
    language: str
    words: list
    text: str
    line: int

    @property
    def file(self):
        return next((w.removeprefix("file=") for w in self.words if w.startswith("file=")), None)


def blocks(page: Path):
    found, inside, begin, text = [], None, 0, []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if inside is None and (match := re.match(r"^```(\w*)(.*)$", line)):
            inside, begin, text = (match[1], match[2].split()), number, []
        elif inside is not None and line == "```":
            found.append(Block(*inside, "\n".join(text) + "\n", begin))
            inside = None
        elif inside is not None:
            text.append(line)
    assert inside is None, f"{page}:{begin}: the block does not end"
    return found


def write_files(page: Path, folder: Path):
    for block in blocks(page):
        if block.file:
            (folder / block.file).write_text(block.text)
