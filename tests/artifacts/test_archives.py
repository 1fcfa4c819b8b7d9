# SPDX-License-Identifier: Apache-2.0
"""`tenon run model.tar.gz`: what is packed is served; what is hostile is refused and leaves nothing."""

import json
import os
import subprocess
import tarfile

import pytest

from artifacts.making import HAS_ONNX, ONNX, TREES, entry, model_folder, pack, repeated_gz, tar_gz, zeros_gz
from harness.server import BUILD, PROGRAM, Server, environment, run_program

ROW = [0.5, 1, 2, 3, 4, 5]
MODEL = (TREES / "xgboost" / "softprob.json").read_bytes()
TOP = "labels: labels.txt\npostprocess:\n  - top_k: {k: 2}\n"


def own_tmp(tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize("name", ["model.tar.gz", "m.tgz", "m.tar", "M.TAR.GZ"])
@pytest.mark.parametrize("prefix", ["", "model"])
def test_an_archive_is_served_and_its_folder_goes(tmp_path, name, prefix):
    folder = model_folder(tmp_path / "m", TOP, ["low", "middle", "high"])
    archive = pack(tmp_path / name, folder, prefix)
    tmp = own_tmp(tmp_path)
    with Server(f"{folder}/") as server:
        wanted = server.invoke([ROW]).json
    with Server(str(archive), more_environment={"TMPDIR": str(tmp)}) as server:
        assert server.invoke([ROW]).json == wanted
        assert list(tmp.iterdir()) == []
    assert list(tmp.iterdir()) == []
    status, text, errors = run_program("inspect", archive, more_environment={"TMPDIR": str(tmp)})
    assert status == 0, errors
    assert "labels: string[rows, 2]" in text and "tenon.yaml" in text
    assert list(tmp.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_start(tmp_path):
    tmp = own_tmp(tmp_path)
    large = zeros_gz(tmp_path / "large.tar.gz", entry("zeros", b"", size=60 << 20), 60 << 20)
    archive = pack(tmp_path / "model.tar.gz", model_folder(tmp_path / "m"))
    more = environment({"TMPDIR": str(tmp)})
    for _ in range(20):  # It may be faster than this test.
        process = subprocess.Popen([PROGRAM, "inspect", large], env=more, cwd=BUILD,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not list(tmp.iterdir()):
            pass
        process.kill()
        process.wait()
        if list(tmp.iterdir()):
            break
    (left,) = tmp.iterdir()
    assert left.name.startswith("tenon-model-")
    (tmp / "tenon-model-foreign").mkdir()  # A longer name is none of ours.
    status, _, errors = run_program("inspect", archive, more_environment={"TMPDIR": str(tmp)})
    assert status == 0, errors
    assert [path.name for path in tmp.iterdir()] == ["tenon-model-foreign"]


def hostile(tmp_path):
    link, hard, device, pipe = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE
    model = entry("model.json", MODEL)
    return {
        "absolute": (tar_gz(tmp_path / "1.tar.gz", entry("/etc/tenon-was-here", b"x"), model), "absolute"),
        "above": (tar_gz(tmp_path / "2.tar.gz", entry("../../outside", b"x"), model), "'..'"),
        "link out": (tar_gz(tmp_path / "3.tar.gz", entry("model.json", b"", link, "/etc/hostname")), "link out"),
        "link above": (tar_gz(tmp_path / "4.tar.gz", entry("d/l", b"", link, "../../x"), model), "link out"),
        "write through a link": (
            tar_gz(tmp_path / "5.tar.gz", entry("a/b", b"x"), entry("l", b"", link, "a"), entry("l/c", b"y")),
            "through a link",
        ),
        "folder of links": (
            tar_gz(tmp_path / "6.tar.gz", entry("d", b"", link, "."), entry("up", b"", link, "d/.."), entry("up/x", b"y")),
            "'..' behind a name",
        ),
        "hard link out": (tar_gz(tmp_path / "7.tar.gz", entry("model.json", b"", hard, "/etc/passwd")), "absolute"),
        "hard link to nothing": (tar_gz(tmp_path / "8.tar.gz", entry("model.json", b"", hard, "nothing")), "hard link"),
        "device": (tar_gz(tmp_path / "9.tar.gz", entry("null", b"", device), model), "a device"),
        "pipe": (tar_gz(tmp_path / "10.tar.gz", entry("pipe", b"", pipe), model), "a pipe"),
        "bomb": (zeros_gz(tmp_path / "11.tar.gz", entry("model.json", b"", size=1 << 30), 256 << 20), "came out of"),
        "claims 1 TB": (tar_gz(tmp_path / "12.tar.gz", entry("model.json", b"x", size=1 << 40)), "it claims"),
        "claims 4 GB": (tar_gz(tmp_path / "13.tar.gz", entry("model.json", b"x", size=4 << 30)), ""),
        "a million entries": (
            repeated_gz(tmp_path / "14.tar.gz", b"", entry("./", b"", tarfile.DIRTYPE) * 1000, 1000),
            "more than 10000 entries",
        ),
        "twice": (tar_gz(tmp_path / "15.tar.gz", model, model), "twice"),
        "empty archive": (tar_gz(tmp_path / "16.tar.gz"), "archive is empty"),
        "empty file": (tar_gz(tmp_path / "17.tar.gz"), "archive"),
        "cut": (tar_gz(tmp_path / "18.tar.gz", entry("model.json", MODEL)), "cannot be read"),
        "no archive": (tmp_path / "19.tar.gz", "cannot be read"),
        "no model": (tar_gz(tmp_path / "20.tar.gz", entry("notes.md", b"x")), "no artifact"),
        "two models": (tar_gz(tmp_path / "21.tar.gz", model, entry("b.ubj", b"{")), "several artifacts"),
        "pickle": (tar_gz(tmp_path / "22.tar.gz", entry("model.pkl", b"\x80\x04")), "skl2onnx"),
        "control characters": (tar_gz(tmp_path / "23.tar.gz", entry("../\x1b[2Jx\n", b"x")), "'../?[2Jx?'"),
        "an archive inside": (tar_gz(tmp_path / "24.tar.gz", entry("model.tar.gz", b"x")), "no artifact"),
    }


def damage(cases):
    cases["empty file"][0].write_bytes(b"")
    whole = cases["cut"][0].read_bytes()
    cases["cut"][0].write_bytes(whole[: len(whole) // 2])
    cases["no archive"][0].write_bytes(b"PK\x03\x04" + b"\0" * 3000)
    return cases


def test_hostile_archives_are_refused_and_leave_nothing(tmp_path):
    tmp = own_tmp(tmp_path)
    for name, (archive, said) in damage(hostile(tmp_path)).items():
        before = set(tmp_path.iterdir())
        status, _, errors = run_program("inspect", archive, more_environment={"TMPDIR": str(tmp)})
        assert status == 1, name
        assert said in errors and len(errors.strip().splitlines()) == 1, (name, errors)
        assert "Sanitizer" not in errors
        assert list(tmp.iterdir()) == [] and set(tmp_path.iterdir()) == before, name
    assert not os.path.exists("/etc/tenon-was-here")


def test_the_server_says_the_same_and_ends(tmp_path):
    archive = tar_gz(tmp_path / "model.tar.gz", entry("../out", b"x"))
    status, _, errors = run_program("run", archive, "--port", "0")
    assert status == 1
    assert "The archive is not unpacked." in errors and "its entry 1, '../out'" in errors


def test_links_that_stay_inside_are_followed(tmp_path):
    archive = tar_gz(
        tmp_path / "model.tar.gz",
        entry("files/weights", MODEL),
        entry("model.json", b"", tarfile.SYMTYPE, "files/weights"),
    )
    with Server(str(archive)) as server:
        assert len(server.invoke([ROW]).json["predictions"]) == 1


@pytest.mark.skipif(not HAS_ONNX, reason="built without ONNX")
def test_weights_in_a_file_of_their_own_come_with_the_model(tmp_path):
    archive = tar_gz(
        tmp_path / "model.tar.gz",
        *(entry(f"m/external.{kind}", (ONNX / f"external.{kind}").read_bytes()) for kind in ("onnx", "weights")),
    )
    request = json.loads(run_program("inspect", ONNX / "external.onnx", "--example")[1])
    with Server(str(ONNX / "external.onnx")) as server:
        wanted = server.invoke(request).json
    with Server(str(archive)) as server:
        assert server.invoke(request).json == wanted


def test_names_that_do_not_exist(tmp_path):
    status, _, errors = run_program("run", tmp_path / "model.tar.gz", "--port", "0")
    assert status == 1 and "No such file" in errors
    status, _, errors = run_program("run", "model.tar.gz", "--port", "0", cwd=tmp_path)
    assert status == 1 and "No such file" in errors
    archive = pack(tmp_path / "m.tar.gz", model_folder(tmp_path / "m"))
    status, _, errors = run_program("inspect", archive, more_environment={"TMPDIR": str(tmp_path / "none")})
    assert status == 1 and "TMPDIR" in errors


def test_a_missing_library_is_named(tmp_path):
    """The plug-in is there, what it needs is not: a copy of the program without libarchive."""
    archive = pack(tmp_path / "m.tar.gz", model_folder(tmp_path / "m"))
    copy = tmp_path / "copy"
    for folder in ("bin", "lib/tenon/plugins", "lib/tenon/runtimes"):
        (copy / folder).mkdir(parents=True)
    subprocess.run(["cp", PROGRAM, copy / "bin"], check=True)
    subprocess.run(f"cp -P {BUILD}/lib/libtenon.so* {copy}/lib", shell=True, check=True)
    for path in (BUILD / "lib" / "tenon" / "runtimes").glob("xgboost.so"):
        subprocess.run(["cp", path, copy / "lib/tenon/runtimes"], check=True)
    words = [copy / "bin" / "tenon", "inspect", archive]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=20)
    assert done.returncode == 1
    assert "An archive needs the plug-in" in done.stderr and "libarchive13" in done.stderr
    (copy / "lib/tenon/plugins/archive.so").write_bytes(b"no library")
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=20)
    assert done.returncode == 1 and "cannot be opened" in done.stderr
