# SPDX-License-Identifier: Apache-2.0
"""`tenon check --image`: a container engine really starts the image, and nothing of it is left. The images hold
the built program, what it links, and two modules: they need no base and no registry. With --full only."""

import json
import os
import re
import shutil
import signal
import subprocess
import tarfile

import pytest

from conftest import CHECK
from harness.container_engine import Engine, NoEngine
from harness.polling import wait_until
from harness.server import BUILD, MODULES, PROGRAM, environment, free_port

pytestmark = [
    pytest.mark.skipif(os.environ.get("TENON_FULL") != "1", reason="starts a container engine; with --full"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="module")
def engine():
    try:
        engine = Engine()
    except NoEngine as reason:
        pytest.skip(str(reason))
    yield engine
    engine.close()


def linked_by(program):
    """The libraries that the loader finds, by the name that it asks for."""
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        if found := re.search(r"(\S+) => (/\S+)", line) or re.search(r"\s(/\S*/(ld-\S+))", line):
            yield found


@pytest.fixture(scope="module")
def root_file_system(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    root = folder / "root"
    for name in ("bin", "lib64", "lib", "modules", "tmp"):
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    shutil.copy(PROGRAM, root / "bin/tenon")
    for program in (PROGRAM, MODULES / "slow.so"):
        for found in linked_by(program):
            if found.group(1).startswith("/"):
                shutil.copy(found.group(1), root / "lib64")
            else:
                shutil.copy(found.group(2), root / "lib" / found.group(1))
    shutil.copy(MODULES / "slow.so", root / "modules")
    if (BUILD / "lib/tenon").is_dir():
        shutil.copytree(BUILD / "lib/tenon", root / "lib/tenon")
    archive = folder / "root.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(root, arcname=".")
    return archive


@pytest.fixture(scope="module")
def image(engine, root_file_system):
    """Makes an image with this entry point and these variables; gives its tag."""
    made = []

    def make(name, entry_point, **variables):
        changes = [f"ENTRYPOINT {json.dumps(entry_point)}", "ENV LD_LIBRARY_PATH=/lib"]
        changes += [f"ENV {name}={value}" for name, value in variables.items()]
        made.append(f"tenon-check-test:{name}")
        engine("import", *(word for change in changes for word in ("-c", change)), root_file_system, made[-1])
        return made[-1]

    yield make
    for tag in made:
        engine("rmi", "-f", tag, check=False)


@pytest.fixture
def payloads(tmp_path):
    (tmp_path / "payload.json").write_text('{"wait_s":0}')
    (tmp_path / "slow.json").write_text('{"wait_s":1.0}')
    (tmp_path / "model").mkdir()
    return ["--payload", "payload.json", "--slow-payload", "slow.json", "--model-dir", "model"]


@pytest.fixture
def check_image(engine, tmp_path, payloads):
    """Gives (status, report by case id, output); the folder of the model is named relatively."""

    def run(tag, *words):
        report = tmp_path / "report.json"
        done = subprocess.run(
            [CHECK, "--image", tag, "--port", str(free_port()), "--json", report, *payloads, *words],
            capture_output=True, text=True, cwd=tmp_path, timeout=170,
            env={**environment(), **engine.environment})
        cases = {case["id"]: case for case in json.loads(report.read_text())["cases"]}
        return done.returncode, cases, done.stdout + done.stderr

    return run


def left_over(engine):
    return engine("ps", "-aq", "--filter", "name=tenon-check-").stdout.split()


def test_tenon_in_an_image_follows_the_contract(engine, image, check_image):
    tag = image("good", ["/bin/tenon"], TENON_RUN_ARGS="'slow:sleeper --app-dir /modules'")
    status, cases, output = check_image(tag)
    wrong = {name for name, case in cases.items() if case["verdict"] in ("fail", "warn")}
    assert (status, wrong) == (0, set()), output
    for name in ("start-argument-serve", "port-bind-to-port", "stop-ends-in-30s", "stop-exit-status-0",
                 "stop-finishes-work", "user-arbitrary", "ping-not-logged"):
        assert cases[name]["verdict"] == "pass", cases[name]
    assert cases["port-all-interfaces"]["detail"] == "the processes of the container cannot be seen from here"
    assert not left_over(engine)


def test_an_image_that_listens_on_its_loopback_only_is_not_reached(engine, image, check_image):
    tag = image("loopback", ["/bin/tenon"], TENON_RUN_ARGS="'slow:sleeper --app-dir /modules'",
                TENON_HOST="127.0.0.1")
    status, cases, output = check_image(tag, "--startup-timeout-s", "4")
    assert status == 1 and cases["start-within-budget"]["verdict"] == "fail", output
    assert not left_over(engine)


def test_an_image_that_does_not_know_serve_says_so(engine, image, check_image):
    tag = image("no-serve", ["/bin/tenon", "run", "--app-dir", "/modules", "slow:sleeper"])
    status, cases, output = check_image(tag, "--startup-timeout-s", "4")
    assert status == 1
    assert "'serve'" in cases["start-within-budget"]["detail"], output
    assert not left_over(engine)


def test_no_such_image_is_a_sentence(engine, check_image):
    status, cases, output = check_image("tenon-check-test:never-made")
    assert status == 1
    assert "tenon-check-test:never-made" in cases["start-within-budget"]["detail"], output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_container_ends_with_the_tool(engine, image, tmp_path, payloads, number):
    tag = image(f"left-{number}", ["/bin/tenon"], TENON_RUN_ARGS="'slow:sleeper --app-dir /modules'")
    tool = subprocess.Popen([CHECK, "--image", tag, "--port", str(free_port()), *payloads], cwd=tmp_path,
                            env={**environment(), **engine.environment},
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: left_over(engine), "it has started")
    tool.send_signal(number)
    tool.wait(10)
    wait_until(lambda: not left_over(engine), "nothing is left", patience_s=30)
