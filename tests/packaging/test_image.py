# SPDX-License-Identifier: Apache-2.0
"""The serving image: what is in it, and what it does when SageMaker runs it."""

import datetime
import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness import http_client
from harness.server import BUILD, MODULES, PROGRAM, TREE, free_port

pytestmark = pytest.mark.timeout(3700)

SINGLE = {"TENON_RUN_ARGS": "example_serving.single:handle", "MODEL_PATH": "/opt/ml/model/a"}
MULTI = {"TENON_RUN_ARGS": "example_serving.multi:handle"}
READ_ONLY = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
LETTER = {"text": "Dear Ms Whitfield, please pay $1,250.00 before 3 March 2025."}
FRUIT = {"weight_g": 120, "length_mm": 180, "width_mm": 35, "hue_deg": 55}
FRUIT_MODEL = TREE / "examples" / "onnx_classifier" / "model"


@pytest.mark.parametrize("runtimes, floor, bar_mb", [
    ("none", "debian", 100), ("onnx", "debian", 120), ("none", "small", 30), ("onnx", "small", 70),
])
def test_the_size_holds(engine, build_image, runtimes, floor, bar_mb):
    tag, said = build_image(runtimes, floor)
    size = int(engine("image", "inspect", "-f", "{{.Size}}", tag).stdout)
    print(tag, size)
    assert size <= bar_mb * 1_000_000
    assert f"{size // 1_000_000} MB unpacked" in said


def test_all_runtimes_is_a_variant(build_image, engine):
    tag, _ = build_image("all")
    listed = engine("run", "--rm", "--entrypoint", "ls", tag, "/opt/tenon/lib/tenon/runtimes").stdout
    assert {"onnx.so", "xgboost.so", "lightgbm.so"} <= set(listed.split())


def test_labels_entry_point_user_and_port(engine, image):
    (about,) = json.loads(engine("image", "inspect", image).stdout)
    config = about["Config"]
    assert config["Labels"]["com.amazonaws.sagemaker.capabilities.accept-bind-to-port"] == "true"
    assert config["Entrypoint"] == ["tenon"] and config["Cmd"] == ["serve"]
    assert config["StopSignal"] == "SIGTERM" and "8080/tcp" in config["ExposedPorts"]
    assert config["User"] in ("", "0", "root")
    assert (about["Os"], about["Architecture"]) == ("linux", "amd64")


def test_nothing_of_the_toolchain_is_in_it(engine, image):
    script = ("for p in clang clang++-19 gcc g++ cc ld ld.lld-19 cmake ninja python3 git curl make; do "
              "command -v $p && exit 1; done; ls /source /opt/tenon/include && exit 1; "
              "find / -xdev \\( -name '*.a' -o -name '*.hpp' -o -name '*.o' \\) | grep . && exit 1; exit 0")
    done = engine("run", "--rm", "--entrypoint", "sh", image, "-c", script, check=False)
    assert done.returncode == 0, done.stdout


def test_licences_and_bill_of_materials(engine, image):
    def read(path):
        return engine("run", "--rm", "--entrypoint", "cat", image, "/opt/tenon/share/tenon/" + path).stdout

    bill = json.loads(read("sbom.spdx.json"))
    assert bill["spdxVersion"] == "SPDX-2.3"
    names = {package["name"]: package for package in bill["packages"]}
    for name in ["tenon", "boost", "fmt", "simdjson", "yaml-cpp", "libarchive", "onnxruntime", "debian-libc6"]:
        assert re.match(r"\d", names[name]["versionInfo"]), name
    ids = {package["SPDXID"] for package in bill["packages"]} | {"SPDXRef-DOCUMENT"}
    assert len(ids) == len(bill["packages"]) + 1
    assert all({r["spdxElementId"], r["relatedSpdxElement"]} <= ids for r in bill["relationships"])
    assert "ONNX Runtime" in read("THIRD_PARTY") and "simdjson" in read("licenses/simdjson").lower()


def test_a_build_of_a_copy_makes_the_same_layers(engine, image, tmp_path):
    copy = tmp_path / "copy"
    made_here = {"build", ".deps", ".git", "local"}
    shutil.copytree(TREE, copy, ignore=lambda folder, _: made_here if Path(folder) == TREE else ())
    (copy / "another-file").write_text("So that nothing comes from the engine's cache.")
    tag = "tenon-test-again:latest"
    done = subprocess.run(
        [copy / "packaging" / "build_image.sh", "--network", "host"], capture_output=True, text=True,
        env={**engine.environment, "IMAGE": tag, "RUNTIMES": "onnx"}, timeout=3600)
    assert done.returncode == 0, done.stderr[-3000:]

    def layers(of):
        return json.loads(engine("image", "inspect", "-f", "{{json .RootFS.Layers}}", of).stdout)

    assert layers(tag) == layers(image)


@pytest.mark.parametrize("user", ["0", "12345"])
@pytest.mark.parametrize("floor", ["debian", "small"])
@pytest.mark.parametrize("variables, kinds", [(SINGLE, None), (MULTI, {"name", "amount", "date"})])
def test_it_serves_read_only_as_any_user(container, build_image, user, floor, variables, kinds):
    one = container(of=build_image("onnx", floor)[0], variables=variables,
                    flags=[*READ_ONLY, "--user", user]).wait_ready()
    answer = one.invoke(LETTER)
    assert answer.status == 200 and answer.json["language"] == "en"
    if kinds:
        assert {field["kind"] for field in answer.json["fields"]} == kinds
    assert one.invoke({"txt": ""}).status == 422


def test_run_arguments_are_the_environments(container):
    pages = container(variables={"TENON_RUN_ARGS": "example_serving.multi:pages"}).wait_ready()
    assert pages.invoke({"text": "Thank you.\fMerci."}).json["pages"][1]["begin"] == 11
    named = container(variables={**MULTI, "TENON_MAX_REQUEST_BYTES": "100"}).wait_ready()
    refused = named.invoke({"text": "a" * 200})
    assert refused.status == 413 and "TENON_MAX_REQUEST_BYTES" in refused.text


def test_it_listens_where_sagemaker_says(container):
    one = container(variables={**MULTI, "SAGEMAKER_BIND_TO_PORT": "8123"}, port=8123).wait_ready()
    assert one.invoke(LETTER).status == 200


def test_it_serves_a_bare_model_directory(container):
    one = container(model=FRUIT_MODEL).wait_ready()
    answer = one.invoke({"instances": [list(FRUIT.values())]})
    assert answer.status == 200 and answer.json["predictions"]


def test_the_script_entry_point_becomes_the_program(container):
    one = container("serve", variables=MULTI, flags=["--entrypoint", "serving_entrypoint.sh"]).wait_ready()
    assert one.execute("cat", "/proc/1/comm").strip() == "tenon"


def test_it_is_process_1(container):
    one = container(variables=MULTI).wait_ready()
    assert one.execute("cat", "/proc/1/comm").strip() == "tenon"


@pytest.mark.parametrize("flags, loops", [
    (["--cpuset-cpus", "0"], 1), (["--cpus", "1"], 1), (["--cpu-shares", "2"], None),
])
def test_cpus_are_counted_by_affinity_and_quota(container, flags, loops):
    one = container(variables=MULTI, flags=flags).wait_ready()
    report = json.loads(one.logs().splitlines()[0])
    assert report["loops"] == (loops or len(os.sched_getaffinity(0)))


def seconds_of(one):
    """How long the container's program ran."""
    def moment(name):
        text = re.sub(r"(\.\d{6})\d*Z$", r"\1+00:00", one.state(name))
        return datetime.datetime.fromisoformat(text)

    return (moment("FinishedAt") - moment("StartedAt")).total_seconds()


@pytest.mark.parametrize("variables, model, status, said", [
    ({}, None, 1, "model"),
    (MULTI, None, 1, "/opt/ml/model/a"),
    ({"TENON_RUN_ARGS": "example_serving.multi:handle --prot 1"}, None, 2, "--prot"),
    ({"TENON_RUN_ARGS": "example_serving.multi"}, None, 1, "example_serving.multi"),
    ({"TENON_RUN_ARGS": "hello:handle", "TENON_PORT": "x"}, None, 2, "TENON_PORT"),
    ({}, "truncated", 1, "model.onnx"),
])
def test_a_start_that_cannot_succeed_ends_at_once(container, tmp_path, variables, model, status, said):
    if model:
        model = tmp_path
        (tmp_path / "model.onnx").write_bytes((FRUIT_MODEL / "model.onnx").read_bytes()[:200])
    one = container(variables=variables, model=model)
    assert one.wait() == status, one.logs()
    faults = [line for line in one.logs().splitlines() if "tenon:" in line or '"error"' in line]
    assert len(faults) == 1 and said in faults[0], one.logs()
    assert seconds_of(one) < 1


def test_sigterm_under_load_loses_nothing(engine, container):
    # On the machine's own network: the engine's proxy would accept connections for a closed listener.
    port = free_port()
    one = container(
        model=None, flags=["-v", f"{MODULES}:/modules:ro", "--network", "host"],
        variables={"TENON_RUN_ARGS": "slow:sleeper --app-dir /modules", "SAGEMAKER_BIND_TO_PORT": port},
    )
    one.port = port
    one.wait_ready()
    outcomes, stopping = [], threading.Event()

    def ask_for(wait_s):
        while not stopping.is_set():
            try:
                outcomes.append(one.invoke({"wait_s": wait_s}, patience_s=30).status)
            except ConnectionRefusedError:
                return  # The listener is closed: nothing was accepted.
            except (OSError, http_client.Closed) as error:
                outcomes.append(repr(error))

    threads = [threading.Thread(target=ask_for, args=(w,)) for w in [0.01] * 8 + [1.0] * 4 + [18.0]]
    for thread in threads:
        thread.start()
    time.sleep(2)
    began = time.monotonic()
    engine("stop", "-t", "30", one.name)
    took = time.monotonic() - began
    stopping.set()
    for thread in threads:
        thread.join(40)
    assert one.state("ExitCode") == "0" and took < 29, (took, one.logs()[-500:])
    assert len(outcomes) > 100 and set(outcomes) == {200}, [o for o in outcomes if o != 200][:5]


def test_tenon_check_passes(engine, image):
    done = subprocess.run(
        [PROGRAM, "check", "--image", image, "--model-dir", FRUIT_MODEL],
        capture_output=True, text=True, env=engine.environment, cwd=BUILD, timeout=900,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
