#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a wheel that carries the program: `pip install` gives the command `tenon`, without any Python.

    wheel.py TREE VERSION OUT NEEDS

The program lies in the environment's bin/, everything else in its lib/, include/ and share/, as in the
tarball. ONNX Runtime's library is left out: the extra `onnx` pulls its wheel, where the plug-in looks.
"""

import base64
import hashlib
import os
import pathlib
import platform
import re
import sys
import time
import zipfile

SUMMARY = "Serves models over HTTP, for SageMaker and elsewhere"
ONNXRUNTIME = ">=1.21"
DESCRIPTION = """
`tenon` serves ONNX, XGBoost and LightGBM models and C++ applications over SageMaker's protocol. The
program is native: no Python runs when it serves. `pip install tenon[onnx]` also installs ONNX Runtime.
"""


def main():
    tree, version, out, needs = (
        pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4],
    )
    glibc = re.search(r"glibc (\d+)\.(\d+)", needs)
    tag = f"py3-none-manylinux_{glibc[1]}_{glibc[2]}_{platform.machine()}"
    info, data = f"tenon-{version}.dist-info", f"tenon-{version}.data"

    files = {}
    for path in sorted(tree.rglob("*")):
        # A wheel has no links; libtenon.so is for the linker only, and finds the library by its name.
        if path.is_dir() or path.is_symlink() or path.name.startswith("libonnxruntime.so"):
            continue
        relative = path.relative_to(tree)
        if relative.parts[0] == "bin":
            files[f"{data}/scripts/{relative.name}"] = (path.read_bytes(), 0o755)
        else:
            files[f"{data}/data/{relative}"] = (path.read_bytes(), 0o644)
    files[f"{info}/METADATA"] = (
        "Metadata-Version: 2.1\n"
        f"Name: tenon\nVersion: {version}\nSummary: {SUMMARY}\nLicense: Apache-2.0\n"
        "Requires-Python: >=3.8\nProvides-Extra: onnx\n"
        f"Requires-Dist: onnxruntime{ONNXRUNTIME}; extra == 'onnx'\n"
        "Description-Content-Type: text/markdown\n" + DESCRIPTION,
        0o644,
    )
    files[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: tenon\nRoot-Is-Purelib: false\nTag: {tag}\n", 0o644,
    )
    record = ""
    for name, (content, mode) in files.items():
        content = content.encode() if isinstance(content, str) else content
        files[name] = (content, mode)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = ((record + f"{info}/RECORD,,\n").encode(), 0o644)

    stamp = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(out / f"tenon-{version}-{tag}.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, (content, mode) in files.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)


if __name__ == "__main__":
    main()
