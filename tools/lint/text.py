#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What no compiler sees: licence lines, lengths, paths of one machine, names of package hosts."""

import pathlib
import re
import subprocess
import sys

CODE = {".cpp", ".hpp", ".py", ".sh", ".cmake"}
MAX_LINES = 500
# A path that exists on one machine only, and hosts of package registries: each client knows its own.
FORBIDDEN = [
    (re.compile(r"(^|[^\w.])/(home|root|work|farm|Users)/\w"), "a path of one machine"),
    (re.compile(r"\b(files\.pythonhosted\.org|pypi\.org|registry\.npmjs\.org|deb\.debian\.org|"
                r"proxy\.golang\.org|static\.crates\.io|repo1?\.maven\.org)\b"), "a package registry's host"),
    (re.compile(r"\b(TODO|FIXME|XXX)\b"), "unfinished work: do it or write an issue"),
]
EXEMPT = {"tools/lint/text.py", "LICENSE"}
# What `tenon new` copies belongs to whoever made the project.
THEIRS = "packaging/templates/"


def faults_of(path):
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        return  # A model or another binary file.
    lines = text.splitlines()
    if path.suffix in CODE or path.name in ("dev", "CMakeLists.txt"):
        if not str(path).startswith(THEIRS) and not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
            yield f"{path}:1: the licence line is missing"
        if len(lines) > MAX_LINES:
            yield f"{path}:{MAX_LINES}: {len(lines)} lines; is this still one idea?"
    if text and not text.endswith("\n") and path.suffix in CODE | {".md", ".txt"}:
        yield f"{path}:{len(lines)}: the last line does not end"
    for number, line in enumerate(lines, 1):
        for pattern, what in FORBIDDEN:
            if pattern.search(line):
                yield f"{path}:{number}: {what}"


def main():
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"],
                             capture_output=True, text=True, check=True)
    paths = [pathlib.Path(name) for name in listing.stdout.splitlines()]
    faults = [fault for path in paths
              if str(path) not in EXEMPT and path.is_file() and not path.is_symlink()
              for fault in faults_of(path)]
    if faults:
        print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
