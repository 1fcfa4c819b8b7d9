# SPDX-License-Identifier: Apache-2.0
"""Images and packages, really built and really run. Where no engine can run, the reason is said."""

import subprocess

import pytest

from harness.container import Container
from harness.container_engine import BASE, Engine, NoEngine
from harness.server import TREE

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
