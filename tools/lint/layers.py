#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each folder of the library uses only folders above it, and only its own third-party libraries."""

import pathlib
import re
import subprocess
import sys

# From the ground up; a folder may include itself and whatever stands before it.
LAYERS = ["base", "task", "schema", "serving", "runtime", "http", "protocol", "engine", "app", "testing"]

# Third-party headers by folder, in sources; public headers may only include Boost.PFR's core.
THIRD_PARTY = {
    "base": {"fmt"},
    "task": {"fmt"},
    "schema": {"fmt", "simdjson.h", "boost/pfr"},
    "serving": {"fmt"},
    "runtime": {"fmt"},
    "http": {"fmt", "boost/beast", "boost/asio"},
    "protocol": {"fmt"},
    "engine": {"fmt"},
    "app": {"fmt"},
    "testing": {"fmt"},
}
PUBLIC_THIRD_PARTY = {"boost/pfr/core.hpp", "boost/pfr/tuple_size.hpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(path):
    parts = path.parts
    if parts[:2] == ("include", "tenon"):
        return parts[2] if len(parts) > 3 else None  # tenon.hpp includes everything.
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def target_layer(kind, name):
    """The layer that an include names, or None for what is not ours."""
    parts = name.split("/")
    if parts[0] == "tenon" and len(parts) > 2:
        return parts[1]
    if kind == '"' and parts[0] in LAYERS:
        return parts[0]
    return None


def faults_of(path):
    layer = layer_of(path)
    if layer not in LAYERS:
        return
    is_test = path.name.endswith(("_test.cpp", "_fuzz.cpp")) or path.name.startswith("test_")
    public = path.parts[0] == "include"
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, name = match.groups()
        used = target_layer(kind, name)
        if is_test:
            continue  # A test stands beside all of it.
        if used is not None:
            if LAYERS.index(used) > LAYERS.index(layer):
                yield f"{path}:{number}: {layer}/ must not use {used}/ ({name})"
        elif public and "/" in name and not name.startswith(("sys/", "bits/")):
            if name not in PUBLIC_THIRD_PARTY:
                yield f"{path}:{number}: a public header must not include {name}"
        elif not public and "/" in name and not name.startswith(("sys/", "netinet/", "arpa/", "linux/", "gtest/")):
            if kind == "<" and not any(name.startswith(allowed) for allowed in THIRD_PARTY[layer]):
                yield f"{path}:{number}: {layer}/ must not use <{name}>"


def main():
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "include", "src"],
        capture_output=True, text=True, check=True)
    paths = [pathlib.Path(name) for name in listing.stdout.split()]
    faults = [fault for path in paths if path.suffix in (".cpp", ".hpp") and path.exists()
              for fault in faults_of(path)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
