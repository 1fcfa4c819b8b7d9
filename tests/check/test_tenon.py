# SPDX-License-Identifier: Apache-2.0
"""`tenon serve` against `tenon check`: everything that a single-model container must and should do."""

import json
import shutil
import subprocess

import pytest

from conftest import CHECK
from harness.server import MODULES, PROGRAM, environment

# `tenon serve` listens on all interfaces: in a network of its own, nobody else is there.
ALONE = ["unshare", "--user", "--map-root-user", "--net"]
needs_network = pytest.mark.skipif(
    shutil.which("ip") is None
    or shutil.which("unshare") is None
    or subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0,
    reason="no network namespace can be made here",
)

RUNS = {
    "plain": ("slow:sleeper", {"wait_s": 0}, {"wait_s": 1.0}, []),
    "openai": ("protocol:mirror", {"text": "a"}, None, ["--openai"]),
    "streaming": ("streaming:handle", {"count": 20, "pause_s": 0.01}, None, ["--streaming"]),
}
# One user is mapped into the namespace, so nobody can become another one.
UNSHOWN = {"user-arbitrary"}


@needs_network
@pytest.mark.parametrize("name", RUNS)
def test_tenon_follows_the_contract(tmp_path, name):
    target, payload, slow, flags = RUNS[name]
    (tmp_path / "payload.json").write_text(json.dumps(payload))
    flags = [*flags, "--payload", tmp_path / "payload.json"]
    if slow:
        (tmp_path / "slow.json").write_text(json.dumps(slow))
        flags += ["--slow-payload", tmp_path / "slow.json"]
    (tmp_path / "model").mkdir()
    report = tmp_path / "report.json"
    done = subprocess.run(
        [*ALONE, "sh", "-c", 'ip link set lo up && exec "$@"', "sh",
         CHECK, *flags, "--model-dir", tmp_path / "model", "--json", report, "--", PROGRAM],
        capture_output=True, text=True, timeout=55,
        env=environment({"TENON_RUN_ARGS": f"{target} --app-dir '{MODULES}'"}),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cases = {case["id"]: case for case in json.loads(report.read_text())["cases"]}
    wrong = [case for case in cases.values()
             if case["verdict"] in ("fail", "warn") and case["id"] not in UNSHOWN]
    assert not wrong, done.stdout
    # What is left out is only what another kind of container has.
    skipped = {case["detail"] for case in cases.values()
               if case["verdict"] == "skipped" and case["level"] == "must"}
    assert all(detail.startswith("without --") or detail == "the payload is answered by a stream"
               for detail in skipped), skipped


def test_is_found_as_a_subcommand():
    done = subprocess.run([PROGRAM, "check", "--list"], capture_output=True, text=True)
    assert done.returncode == 0 and "ping-get-200" in done.stdout
