# SPDX-License-Identifier: Apache-2.0
"""`tenon new`: each template, outside the source tree, against an installed Tenon: built, tested,
served, and made into an image."""

import os
import re
import shutil
import subprocess

import pytest

from harness import http_client
from harness.container import Container
from harness.server import PROGRAM, free_port, run_program

pytestmark = pytest.mark.timeout(3700)

ASK = {
    "single": ({"text": "Great, thank you!"}, "good"),
    "multi": ({"text": "Order 4711 arrived broken."}, "bad"),
    "artifact": ({"instances": [{"temperature": 30, "humidity": 70}]}, [4.25]),
}
CXX = os.environ.get("CXX", "clang++-19")


def answered(template, answer):
    assert answer.status == 200, answer.text
    return answer.json["predictions" if template == "artifact" else "label"] == ASK[template][1]


@pytest.fixture(params=sorted(ASK))
def project(request, installed, tmp_path):
    template = request.param
    folder = tmp_path / "my-shiny.model"
    done = subprocess.run(
        [installed / "bin" / "tenon", "new", folder, "--template", template], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return template, folder


def run(*words, cwd, environment):
    done = subprocess.run(
        [str(w) for w in words], cwd=cwd, capture_output=True, text=True, env=environment, timeout=900
    )
    assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def test_it_builds_passes_its_test_and_serves(installed, project):
    template, folder = project
    environment = {**os.environ, "PATH": f"{installed}/bin:{os.environ['PATH']}"}
    run("cmake", "-B", "build", "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={CXX}", f"-DCMAKE_PREFIX_PATH={installed}",
        cwd=folder, environment=environment)
    run("cmake", "--build", "build", cwd=folder, environment=environment)
    assert "100% tests passed" in run("ctest", "--test-dir", "build", cwd=folder, environment=environment)

    port = free_port()
    target = "model/" if template == "artifact" else "my_shiny_model:handle"
    server = subprocess.Popen(
        [installed / "bin" / "tenon", "run", target, "--app-dir", "build/apps", "--port", str(port)],
        cwd=folder, env={**environment, "MODEL_PATH": "model"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    try:
        server.stdout.readline()
        assert answered(template, http_client.ask(port, "POST", "/invocations", ASK[template][0]))
    finally:
        server.terminate()
        assert server.wait(40) == 0
        server.stdout.close()


@pytest.mark.parametrize("template", ["single", "multi"])
def test_one_program_is_server_and_application(installed, template, tmp_path):
    folder = tmp_path / "project"
    done = subprocess.run([installed / "bin" / "tenon", "new", folder, "--template", template],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    recipe = folder / "CMakeLists.txt"
    (sources,) = re.findall(r"tenon_add_application\(\S+ ([^)]+)\)", recipe.read_text())
    recipe.write_text(recipe.read_text() + f"tenon_add_executable(server {sources})\n")
    run("cmake", "-B", "build", "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={CXX}", f"-DCMAKE_PREFIX_PATH={installed}",
        "-DBUILD_TESTING=OFF", cwd=folder, environment=os.environ)
    run("cmake", "--build", "build", "--target", "server", cwd=folder, environment=os.environ)
    # Nothing of Tenon is beside it, nor of others but what each Linux has.
    program = shutil.move(folder / "build" / "server", tmp_path / "server")
    needed = re.findall(r"NEEDED.*\[(.+?)\.so", run("readelf", "-d", program, cwd=tmp_path, environment=os.environ))
    assert set(needed) <= {"libstdc++", "libgcc_s", "libm", "libc", "ld-linux-x86-64"}
    port = free_port()
    server = subprocess.Popen([program, "--port", str(port)], env={**os.environ, "MODEL_PATH": f"{folder}/model"},
                              cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        server.stdout.readline()
        assert answered(template, http_client.ask(port, "POST", "/invocations", ASK[template][0]))
    finally:
        server.terminate()
        assert server.wait(40) == 0
        server.stdout.close()


def test_its_image_serves(engine, build_image, packages, installed, project, tmp_path):
    template, _ = project
    (package,) = packages.glob("tenon-*.tar.gz")
    folder = tmp_path / "vendored"
    done = subprocess.run(
        [installed / "bin" / "tenon", "new", folder, "--template", template, "--vendor", package],
        capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    # The toolchain that is there already, so that this test does not install it once more.
    tools, _ = build_image(target="build-environment", tag="tenon-test-tools:latest")
    tag = f"tenon-test-new-{template}:latest"
    flags = [] if template == "artifact" else ["--build-arg", f"BUILD_IMAGE={tools}"]
    engine("build", "--network", "host", "-t", tag, *flags, folder, patience_s=1800,
           input=None)
    with Container(engine, tag, model=folder / "model", flags=["--read-only", "--user", "12345"]) as one:
        assert answered(template, one.wait_ready().invoke(ASK[template][0]))


@pytest.mark.parametrize("words, status, said", [
    ([], 2, "Name the folder"),
    (["a", "b"], 2, "Name the folder"),
    (["x", "--template", "triple"], 2, "single, multi and artifact"),
    (["9lives"], 2, "a letter first"),
    (["bad name"], 2, "letters, digits"),
    (["ok", "--vendor", "no-such.deb"], 1, "no-such.deb"),
])
def test_wrong_words_are_refused(tmp_path, words, status, said):
    done = run_program("new", *words, cwd=tmp_path)
    assert done[0] == status and said in done[2]
    assert not any(tmp_path.iterdir())


def test_it_never_writes_over_a_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    status, _, said = run_program("new", "mine", cwd=tmp_path)
    assert status == 1 and "is there already" in said
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["file"]


def test_the_templates_are_found_from_the_source_tree(tmp_path):
    assert PROGRAM.exists()
    status, out, _ = run_program("new", "mine/", cwd=tmp_path)
    assert status == 0 and "mine" in out
    assert "mine" in (tmp_path / "mine" / "CMakeLists.txt").read_text()
