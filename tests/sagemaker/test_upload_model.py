# SPDX-License-Identifier: Apache-2.0
import io
import os
import random
import stat
import tarfile

import pytest
from fake_aws import Drop, Reply

KEY = "bucket/m/model.tar.gz"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    (folder / "sub/empty").mkdir(parents=True)
    (folder / "b.txt").write_text("b")
    (folder / "a.bin").write_bytes(random.Random(1).randbytes(100_000))
    (folder / "sub/ü.txt").write_text("umlaut")
    (folder / ("n" * 150)).write_text("long name")
    return folder


def members(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {item.name: (item, archive.extractfile(item).read() if item.isfile() else None)
                for item in archive}


def test_the_same_folder_gives_the_same_bytes(tool, fake, folder, tmp_path):
    assert tool.good("upload-model", str(folder), "s3://bucket/m/").out == \
        "s3://bucket/m/model.tar.gz\n"
    first = fake.objects[KEY]
    # A copy made in another order, with other times and rights.
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in sorted(folder.rglob("*"), reverse=True):
        target = copy / path.relative_to(folder)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            os.chmod(target, 0o600)
            os.utime(target, (1, 1))
    tool.good("upload-model", "--force", str(copy), "s3://bucket/m/model.tar.gz")
    assert fake.objects[KEY] == first and len(first) > 90_000
    found = members(first)
    assert list(found) == sorted(found)
    assert found["sub/ü.txt"][1] == b"umlaut" and found["n" * 150][1] == b"long name"
    assert found["sub/empty"][0].isdir()
    for item, _ in found.values():
        assert (item.mtime, item.uid, item.gid, item.uname, item.gname) == (0, 0, 0, "", "")
        assert stat.S_IMODE(item.mode) == (0o755 if item.isdir() else 0o644)


def test_large_ones_go_in_parts_and_are_signed_so(tool, fake, folder):
    content = random.Random(2).randbytes(36 << 20)
    (folder / "large").write_bytes(content)
    fake.script("UploadPart", Reply(503, b"<E><Code>SlowDown</Code></E>"), Drop)
    tool.good("upload-model", str(folder), "s3://bucket/odd key/ü+&=~/x.tar.gz", timeout=60)
    data = fake.objects["bucket/odd key/ü+&=~/x.tar.gz"]
    assert members(data)["large"][1] == content
    assert len(fake.requests("UploadPart")) >= 3 + 1 and fake.uploads == {}


def test_a_failed_upload_leaves_no_parts(tool, fake, folder):
    (folder / "large").write_bytes(random.Random(2).randbytes(20 << 20))
    fake.script("UploadPart", Reply(403, b"<E><Code>AccessDenied</Code><Message>no</Message></E>"))
    assert "AccessDenied: no" in tool.bad("upload-model", str(folder), "s3://bucket/m/").err
    assert fake.uploads == {} and "AbortMultipartUpload" in fake.operations()


def test_completing_can_fail_with_200(tool, fake, folder):
    (folder / "large").write_bytes(random.Random(2).randbytes(20 << 20))
    fake.script("CompleteMultipartUpload",
                Reply(200, b"<Error><Code>InternalError</Code><Message>late</Message></Error>"))
    assert "InternalError: late" in tool.bad("upload-model", str(folder), "s3://bucket/m/").err
    assert fake.uploads == {}


def test_nothing_is_overwritten_without_force(tool, fake, folder):
    fake.objects[KEY] = b"old"
    outcome = tool.bad("upload-model", str(folder), "s3://bucket/m/")
    assert "--force" in outcome.err and fake.objects[KEY] == b"old"
    tool.good("upload-model", "--force", str(folder), "s3://bucket/m/")
    assert fake.objects[KEY] != b"old"


def test_links_and_devices_are_refused_by_name(tool, fake, folder):
    (folder / "sub/link").symlink_to("../b.txt")
    outcome = tool.bad("upload-model", str(folder), "s3://bucket/m/")
    assert "'sub/link' is a symbolic link" in outcome.err
    (folder / "sub/link").unlink()
    os.mkfifo(folder / "sub/pipe")
    assert "'sub/pipe' is neither" in tool.bad("upload-model", str(folder), "s3://bucket/m/").err
    assert fake.captured == []


def test_folders_that_are_none_or_empty_are_refused(tool, fake, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "is empty" in tool.bad("upload-model", str(tmp_path / "empty"), "s3://bucket/m/").err
    assert "no such folder" in tool.bad("upload-model", "none", "s3://bucket/m/").err
    for uri in ("s3://bucket/model.zip", "bucket/m.tar.gz", "s3://B/m.tar.gz"):
        tool.bad("upload-model", str(tmp_path), uri, status=2)
    assert fake.captured == []
