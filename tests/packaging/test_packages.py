# SPDX-License-Identifier: Apache-2.0
"""What `./dev package` makes, installed and used on a clean root: a bare Debian container."""

import re
import subprocess
import zipfile

import pytest

from harness.server import APPS, MODULES, TREE

pytestmark = pytest.mark.timeout(3700)

# Serves, asks with a bare socket (the root has no curl), and stops. $1: what to run.
USE = r"""
set -eu
TENON_PORT=8090 tenon run "$@" >/tmp/out 2>&1 & server=$!
ask() { exec 3<>/dev/tcp/127.0.0.1/8090; printf "$1" >&3; cat <&3; exec 3>&-; }
ready() { ask "GET /ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" | grep -q '1.1 200'; }
for i in $(seq 200); do (ready) 2>/dev/null && break; sleep 0.1; done
body='{"instances":[{"temperature":30,"humidity":70}]}'
[ -z "${BODY:-}" ] || body=$BODY
ask "POST /invocations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${#body}\r\n\r\n$body"
kill -TERM $server; wait $server
echo "status $?"
"""
FRUIT = '{"instances":[[120,180,35,55]]}'


@pytest.fixture
def clean_root(engine, base, packages, tmp_path):
    """Runs a bash script in a bare container that sees build/packages, the tree's models, and USE."""
    (tmp_path / "use.sh").write_text(USE)

    def run(script, *flags, check=True):
        return engine(
            "run", "--rm", "--network", "host", "-v", f"{packages}:/packages:ro", "-v", f"{tmp_path}:/test:ro",
            "-v", f"{TREE}/packaging/templates/artifact/model:/trees:ro",
            "-v", f"{TREE}/examples/onnx_classifier/model:/fruit:ro",
            "-v", f"{APPS}:/apps:ro", "-v", f"{MODULES}:/modules:ro", *flags,
            base, "bash", "-euc", script, check=check, patience_s=600,
        )

    return run


def test_the_oldest_glibc_is_what_is_promised(packages):
    needs = (packages / "needs").read_text()
    glibc = tuple(map(int, re.search(r"glibc (\d+)\.(\d+)", needs).groups()))
    assert (2, 17) <= glibc <= (2, 35), needs
    (wheel,) = packages.glob("*.whl")
    assert f"manylinux_{glibc[0]}_{glibc[1]}_x86_64" in wheel.name


def test_nothing_but_glibc_and_libstdcxx_is_needed(packages):
    allowed = re.compile(r"(libtenon\.so|libstdc\+\+|libc|libm|libgcc_s|libdl|libpthread|librt|ld-linux)[.\w+-]*")
    tree = packages / "tree"
    for file in [*tree.glob("bin/*"), *tree.glob("lib/*.so.*"), *tree.glob("lib/tenon/*/*.so*")]:
        if file.name == "tenon-sagemaker":
            continue  # Needs the machine's curl and OpenSSL, which get their security updates there.
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", subprocess.run(
            ["readelf", "-d", file], capture_output=True, text=True).stdout)
        assert [name for name in needed if not allowed.fullmatch(name)] == [], file


def test_the_tarball_runs_where_it_is_unpacked(clean_root):
    done = clean_root(
        "mkdir '/opt/some where'; tar -xf /packages/tenon-*.tar.gz -C '/opt/some where' --strip-components=1;"
        "PATH=\"/opt/some where/bin:$PATH\"; tenon version; bash /test/use.sh /trees/;"
        f"BODY='{FRUIT}' bash /test/use.sh /fruit/"
    )
    assert '"predictions":[4.25]' in done.stdout and "banana" not in done.stdout
    assert done.stdout.count("status 0") == 2 and done.stdout.count("HTTP/1.1 200") == 2, done.stdout


def test_the_debs_install_run_and_go(clean_root):
    done = clean_root(
        "dpkg -i /packages/tenon_*.deb >/dev/null; tenon version; bash /test/use.sh /trees/;"
        "tenon check --help | head -1; tenon bench --help | head -1;"
        "apt-get update -q >/dev/null; apt-get install -q -y --no-install-recommends /packages/tenon-dev_*.deb "
        "/packages/tenon-sagemaker_*.deb >/dev/null 2>&1;"
        "tenon new /tmp/mine; tenon sagemaker --help | head -1;"
        "ls /usr/include/tenon/tenon.hpp /usr/lib/cmake/tenon/tenon-config.cmake;"
        "dpkg -r tenon-dev tenon-sagemaker tenon >/dev/null; hash -r; ! command -v tenon;"
        "test -z \"$(find /usr -path '*tenon*' -type f)\""
    )
    assert '"predictions":[4.25]' in done.stdout and "status 0" in done.stdout, done.stdout
    for line in ("Usage: tenon check", "Usage: tenon bench", "Usage: tenon sagemaker"):
        assert line in done.stdout
    assert "/usr/include/tenon/tenon.hpp" in done.stdout


def test_a_module_of_the_stated_compiler_loads_another_is_refused_in_words(clean_root):
    done = clean_root(
        "tar -xf /packages/tenon-*.tar.gz -C /opt --strip-components=1; PATH=/opt/bin:$PATH;"
        "BODY='{\"text\":\"hi\"}' bash /test/use.sh hello:handle --app-dir /apps;"
        "tenon run other_compiler:handle --app-dir /modules --port 0 || echo refused $?;"
        "tenon run other_version:handle --app-dir /modules --port 0 || echo refused $?"
    )
    assert '{"text":"hi"}' in done.stdout
    assert done.stdout.count("refused 1") == 2
    assert "compiler" in done.stderr and "Rebuild" in done.stderr, done.stderr


def test_the_wheel_gives_the_command_and_its_extra_the_runtime(engine, clean_root):
    flags = []
    if "CA" in engine.environment:
        flags = ["-v", f"{engine.environment['CA']}:/ca:ro", "-e", "PIP_CERT=/ca"]
    done = clean_root(
        "apt-get update -q >/dev/null; apt-get install -q -y --no-install-recommends python3-venv >/dev/null 2>&1;"
        "python3 -m venv /venv; PATH=/venv/bin:$PATH; cd /tmp;"
        "pip install -q --no-index --no-deps /packages/tenon-*.whl; file=$(command -v tenon);"
        "head -c4 $file | tail -c3; echo; tenon version; bash /test/use.sh /trees/;"
        "tenon run /fruit/ --port 0 2>&1 | tail -1 || true;"
        "pip install -q \"$(ls /packages/tenon-*.whl)[onnx]\";"
        f"BODY='{FRUIT}' bash /test/use.sh /fruit/; tenon new mine; ls mine;"
        "pip uninstall -q -y tenon; test -z \"$(find /venv -path '*tenon*' -type f)\"",
        *flags,
    )
    assert "ELF" in done.stdout and '"predictions":[4.25]' in done.stdout, done.stdout
    assert "ONNX Runtime library is not installed" in done.stdout
    assert done.stdout.count("status 0") == 2, done.stdout + done.stderr


def test_the_wheel_is_well_formed(packages):
    (path,) = packages.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        record = wheel.read(next(n for n in names if n.endswith("RECORD"))).decode()
        assert {line.split(",")[0] for line in record.splitlines()} == names
        assert not any("libonnxruntime" in name for name in names)
