# SPDX-License-Identifier: Apache-2.0
"""Images and packages, really built and really run. Where no engine can run, the reason is said."""

import subprocess
import time
import uuid
from pathlib import Path

import pytest

from harness import http_client
from harness.server import TREE, free_port
from packaging.engines import BASE, Engine, NoEngine

EXAMPLE_MODEL = TREE / "examples" / "example_serving" / "model"
# Building the first image compiles everything.
BUILD_PATIENCE_S = 3600


@pytest.fixture(scope="session")
def engine():
    try:
        engine = Engine()
    except NoEngine as reason:
        pytest.skip(str(reason))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def base(engine):
    """debian:bookworm-slim, from a registry or made here."""
    if not engine.has(BASE) and engine("pull", BASE, check=False, patience_s=300).returncode != 0:
        made = engine.script("base_image.sh", check=False)
        if made.returncode != 0:
            pytest.skip(f"there is no {BASE}: {made.stderr.strip()[-200:]}")
    return BASE


@pytest.fixture(scope="session")
def build_image(engine, base):
    """Builds a variant once, by the project's script; (tag, what the script said)."""
    built = {}

    def build(runtimes="onnx", floor="debian", target="serving", tag=None):
        tag = tag or f"tenon-test-{runtimes}-{floor}:latest"
        if tag not in built:
            done = engine.script(
                "build_image.sh", "--target", target, "--network", "host",
                IMAGE=tag, RUNTIMES=runtimes, FLOOR=floor, patience_s=BUILD_PATIENCE_S,
            )
            built[tag] = done.stdout.strip()
        return tag, built[tag]

    return build


@pytest.fixture(scope="session")
def image(build_image):
    return build_image()[0]


class Container:
    """One `docker run -d`, asked over a loopback port."""

    def __init__(self, engine, image, *words, flags=(), variables=None, model=EXAMPLE_MODEL, port=8080):
        self.engine, self.port = engine, free_port()
        self.name = "tenon-test-" + uuid.uuid4().hex[:12]
        more = list(flags)
        for name, value in (variables or {}).items():
            more += ["-e", f"{name}={value}"]
        if model is not None:
            more += ["-v", f"{Path(model)}:/opt/ml/model:ro"]
        engine("run", "-d", "--name", self.name, "-p", f"127.0.0.1:{self.port}:{port}", *more, image,
               *(words or ("serve",)))

    def wait_ready(self, patience_s=20):
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            try:
                if self.ask("GET", "/ping").status == 200:
                    return self
            except (OSError, http_client.Closed):
                pass
            assert self.state("Running") == "true", self.logs()
            time.sleep(0.05)
        raise AssertionError("never ready: " + self.logs())

    def ask(self, method, target, body=None, **more):
        return http_client.ask(self.port, method, target, body, **more)

    def invoke(self, body, **more):
        return self.ask("POST", "/invocations", body, **more)

    def state(self, what):
        return self.engine("inspect", "-f", "{{.State.%s}}" % what, self.name).stdout.strip()

    def wait(self, patience_s=60):
        return int(self.engine("wait", self.name, patience_s=patience_s).stdout)

    def logs(self):
        done = self.engine("logs", self.name, check=False)
        return done.stdout + done.stderr

    def execute(self, *words):
        return self.engine("exec", self.name, *words).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.engine("rm", "-f", self.name, check=False)


@pytest.fixture
def container(engine, image):
    """Starts containers of the default image, and removes them."""
    started = []

    def start(*words, of=None, **more):
        started.append(Container(engine, of or image, *words, **more))
        return started[-1]

    yield start
    for one in started:
        one.__exit__()


@pytest.fixture(scope="session")
def packages():
    """build/packages, made by ./dev package."""
    done = subprocess.run(
        ["./dev", "package"], cwd=TREE, capture_output=True, text=True, timeout=BUILD_PATIENCE_S
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return TREE / "build" / "packages"


@pytest.fixture(scope="session")
def installed(packages, tmp_path_factory):
    """The tarball, unpacked somewhere else: its folder."""
    folder = tmp_path_factory.mktemp("unpacked")
    (archive,) = packages.glob("tenon-*.tar.gz")
    subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
    (tree,) = folder.iterdir()
    return tree
