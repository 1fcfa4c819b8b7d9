# SPDX-License-Identifier: Apache-2.0
"""Models and archives for tests, made on the spot."""

import gzip
import shutil
import tarfile
import zlib
from pathlib import Path

from harness.server import BUILD, TREE

TREES = TREE / "tests" / "data" / "trees"
ONNX = TREE / "tests" / "data" / "onnx"
HAS_ONNX = (BUILD / "lib" / "tenon" / "runtimes" / "onnx.so").exists()


def model_folder(folder: Path, config=None, labels=None, model=TREES / "xgboost" / "softprob.json"):
    """A folder with a copy of the model (three classes, six features), and what lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(model, folder / model.name)
    if config is not None:
        (folder / "tenon.yaml").write_text(config)
    if labels is not None:
        (folder / "labels.txt").write_text("\n".join(labels) + "\n")
    return folder


def pack(archive: Path, folder: Path, prefix=""):
    """A `.tar.gz` (or `.tar`, by its name) of what is in the folder, as people pack it."""
    with tarfile.open(archive, "w" if archive.suffix == ".tar" else "w:gz") as tar:
        tar.add(folder, arcname=prefix or ".")
    return archive


def entry(name, content=b"", kind=tarfile.REGTYPE, link="", size=None):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = len(content) if size is None else size
    return info.tobuf(tarfile.GNU_FORMAT) + content + b"\0" * (-len(content) % 512)


def tar_gz(archive: Path, *entries):
    """An archive of entries that no archiver would write."""
    archive.write_bytes(gzip.compress(b"".join(entries) + b"\0" * 1024))
    return archive


def repeated_gz(archive: Path, first: bytes, block: bytes, times: int):
    """`first`, then the block so many times, compressed without holding it all."""
    member = gzip.compress(block)
    with open(archive, "wb") as file:
        file.write(gzip.compress(first))
        for _ in range(times):
            file.write(member)
    return archive


def zeros_gz(archive: Path, first: bytes, size: int):
    pack_zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
    with open(archive, "wb") as file:
        file.write(pack_zeros.compress(first))
        block = b"\0" * (1 << 20)
        for _ in range(size >> 20):
            file.write(pack_zeros.compress(block))
        file.write(pack_zeros.flush())
    return archive
