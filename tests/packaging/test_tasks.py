# SPDX-License-Identifier: Apache-2.0
"""Taskfile.yaml and the scripts that it calls, run by `task` itself."""

import json
import re
import subprocess

import pytest

from harness import http_client
from harness.registry import Registry
from harness.server import TREE, free_port

pytestmark = pytest.mark.timeout(3700)

TASKS = ["docker:build", "docker:push", "run-docker-single", "run-docker-multi", "model", "logs", "stop"]


@pytest.fixture(scope="session")
def task():
    """`task`, from its package on PyPI."""
    subprocess.run(["tools/dev/python.sh", "packaging"], cwd=TREE, check=True, timeout=300)
    return TREE / ".deps" / "venv-packaging" / "bin" / "task"


@pytest.fixture
def run(task, engine, image, tmp_path):
    """Runs a task on this test's image, container, port and model folder."""
    port = free_port()
    variables = {
        "IMAGE": image, "PORT": str(port), "MODEL": str(tmp_path / "model"), "CONTAINER": f"tenon-task-{port}",
    }

    def run(name, *words, **more):
        return subprocess.run(
            [task, name, *words], cwd=TREE, capture_output=True, text=True, timeout=1800,
            env={**engine.environment, **variables, **more},
        )

    run.port = port
    yield run
    engine("rm", "-f", variables["CONTAINER"], check=False)


def test_task_lists_them(task):
    listed = subprocess.run([task, "--list"], cwd=TREE, capture_output=True, text=True).stdout
    for name in TASKS:
        assert f"* serving:{name}:" in listed, listed


def test_an_empty_model_folder_stops_the_run_with_the_hint(run):
    done = run("serving:run-docker-multi")
    assert done.returncode != 0 and "task serving:model" in done.stderr


@pytest.mark.parametrize("which", ["single", "multi"])
def test_the_model_is_filled_the_image_run_its_log_shown_and_stopped(run, which):
    assert run("serving:model").returncode == 0
    done = run(f"serving:run-docker-{which}")
    assert done.returncode == 0, done.stderr
    answer = http_client.ask(run.port, "POST", "/invocations", {"text": "Merci pour votre lettre du 3 mai."})
    assert answer.status == 200 and answer.json["language"] == "fr"
    assert ("fields" in answer.json) == (which == "multi")
    assert f"example_serving.{which}" in run("serving:logs").stdout
    done = run("serving:stop")
    assert done.returncode == 0 and "ended with status 0" in done.stdout


def test_run_arguments_come_from_the_environment(run):
    assert run("serving:model").returncode == 0
    assert run("serving:run-docker-multi", TENON_RUN_ARGS="example_serving.multi:pages").returncode == 0
    answer = http_client.ask(run.port, "POST", "/invocations", {"text": "Thank you.\fMerci."})
    assert len(answer.json["pages"]) == 2


def test_a_start_that_fails_is_shown_with_its_status(run):
    assert run("serving:model").returncode == 0
    done = run("serving:run-docker-multi", TENON_RUN_ARGS="no_such:handle")
    assert done.returncode != 0 and "no_such" in done.stderr and "ended with status 1" in done.stderr


def test_push_needs_a_registry(run):
    done = run("serving:docker:push", REGISTRY="")
    assert done.returncode != 0 and "REGISTRY" in done.stderr


def test_push_prints_the_digest_and_sends_what_sagemaker_takes(run, engine, image):
    registry = Registry()
    done = run("serving:docker:push", REGISTRY=registry.address)
    assert done.returncode == 0, done.stderr
    name = image.split(":")[0]
    digest = done.stdout.strip().splitlines()[-1]
    assert re.fullmatch(rf"{registry.address}/{name}@sha256:[0-9a-f]{{64}}", digest)
    ((kind, content),) = registry.manifests.values()
    # Neither an OCI manifest nor an index: SageMaker refuses both.
    assert kind == "application/vnd.docker.distribution.manifest.v2+json"
    manifest = json.loads(content)
    assert manifest["config"]["mediaType"] == "application/vnd.docker.container.image.v1+json"
    assert {layer["mediaType"] for layer in manifest["layers"]} == {
        "application/vnd.docker.image.rootfs.diff.tar.gzip"
    }
    engine("rmi", digest.split("@")[0] + ":latest", check=False)
