# SPDX-License-Identifier: Apache-2.0
"""The scripts of packaging/ with podman instead of Docker: built, run, asked, stopped."""

import os
import shutil
import subprocess

import pytest

from harness import http_client
from harness.server import TREE, free_port

pytestmark = pytest.mark.timeout(3700)

HOME = TREE / "build" / "podman"
STORAGE = """[storage]
driver = "overlay"
graphroot = "{home}/store"
runroot = "{home}/run"
"""
# Private, and for machines without systemd and with few rights.
SETTINGS = """[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{home}/libpod"
[network]
network_backend = "netavark"
network_config_dir = "{home}/networks"
"""
LETTER = {"text": "Merci pour votre lettre du 3 mai."}


@pytest.fixture
def script(tmp_path):
    """Runs a script of packaging/ with podman."""
    podman = shutil.which("podman")
    if podman is None or os.geteuid() != 0:
        pytest.skip("podman is not installed, or this is not root: ./dev setup containers")
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "storage.conf").write_text(STORAGE.format(home=HOME))
    (HOME / "containers.conf").write_text(SETTINGS.format(home=HOME))
    port = free_port()
    environment = {
        **os.environ, "ENGINE": podman, "CONTAINERS_STORAGE_CONF": str(HOME / "storage.conf"),
        "CONTAINERS_CONF": str(HOME / "containers.conf"), "IMAGE": "tenon-podman:latest",
        "CONTAINER": f"tenon-podman-{port}", "PORT": str(port), "MODEL": str(tmp_path / "model")}
    if os.path.exists("/etc/ssl/certs/ca-certificates.crt"):
        environment["CA"] = "/etc/ssl/certs/ca-certificates.crt"

    def run(name, *words):
        done = subprocess.run([TREE / "packaging" / name, *words], capture_output=True, text=True,
                              env=environment, timeout=3600)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
        return done.stdout

    run.port = port
    yield run
    subprocess.run([podman, "rm", "-f", environment["CONTAINER"]], env=environment, capture_output=True)


def test_podman_builds_runs_and_stops_the_image(script):
    script("base_image.sh")
    assert "MB unpacked" in script("build_image.sh", "--network", "host", "--pull=never")
    script("fill_model.sh")
    assert f":{script.port}" in script("run_image.sh", "multi")
    answer = http_client.ask(script.port, "POST", "/invocations", LETTER)
    assert answer.status == 200 and answer.json["language"] == "fr"
    assert "example_serving.multi:handle" in script("logs.sh")
    assert "status 0" in script("stop.sh")
