# SPDX-License-Identifier: Apache-2.0
"""The command line of `tenon check`, its reports, and that it ends what it has started."""

import json
import signal
import subprocess
import sys
import xml.etree.ElementTree as xml

import pytest

from conftest import CHECK, CONTAINER
from harness.polling import wait_until
from harness.server import free_port


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Name what to check"),
        (["http://127.0.0.1:1/path"], "is not understood; write http://HOST:PORT"),
        (["http://127.0.0.1:1", "more"], "is too much"),
        (["--image", "x", "--", "sh"], "not both"),
        (["--payload", "/nowhere", "http://127.0.0.1:1"], "cannot be read"),
        (["--port", "0", "--", "sh"], "--port says '0'"),
        (["--only", "no-such-case", "http://127.0.0.1:1"], "does not exist; see --list"),
        (["--multi-model", "http://127.0.0.1:1"], "needs at least one --artifact"),
        (["--strict", "http://127.0.0.1:1"], "--strict"),
    ],
)
def test_wrong_usage_is_2_with_a_sentence(check, words, says):
    status, _, output = check(*words)
    assert status == 2 and says in output


def test_nobody_there_is_1_with_a_sentence(check):
    status, cases, output = check(f"http://127.0.0.1:{free_port()}")
    assert status == 1 and not cases and "Nothing answers at" in output


def test_a_command_that_ends_at_once_fails_with_what_it_said(check):
    status, cases, _ = check("--port", free_port(), "--", sys.executable, "-c",
                             "import sys; sys.exit('no model here')")
    assert status == 1
    assert cases["start-within-budget"]["verdict"] == "fail"
    assert "no model here" in cases["start-within-budget"]["detail"]
    assert cases["ping-get-200"]["verdict"] == "skipped"


def test_a_container_that_dies_fails_the_case_and_is_started_again(check):
    status, cases, _ = check(
        "--port", free_port(), "--only", "ping-after-garbage,ping-get-200", "--",
        sys.executable, CONTAINER, "--fault", "dies-on-garbage")
    assert status == 1
    assert "ended with status 1" in cases["ping-after-garbage"]["detail"]
    assert cases["ping-get-200"]["verdict"] == "pass"


def test_the_reports_agree(container, tmp_path):
    junit, report = tmp_path / "junit.xml", tmp_path / "report.json"
    done = subprocess.run([CHECK, container("ping-500").url, "--junit", junit, "--json", report],
                          capture_output=True, text=True, timeout=50)
    assert done.returncode == 1
    document = json.loads(report.read_text())
    suite = xml.parse(junit).getroot()
    assert int(suite.get("tests")) == len(document["cases"])
    assert int(suite.get("failures")) == document["failed"] > 0
    assert int(suite.get("skipped")) == document["skipped"] > 0
    failed = {case["id"] for case in document["cases"] if case["verdict"] == "fail"}
    assert {test.get("name") for test in suite if test.find("failure") is not None} == failed
    assert "ping-get-200" in failed
    assert done.stdout.splitlines()[-1].startswith(f"{document['passed']} passed, ")
    for case in document["cases"]:
        assert case["why"] and case["source"] and case["level"] in ("must", "should", "may")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_it_has_started_ends_with_it(tmp_path, number):
    port = free_port()
    script = tmp_path / "sleeper.sh"
    # A child that ignores every polite request, and a grandchild.
    script.write_text("trap '' TERM INT HUP\n"
                      f"sleep 300 & echo $! > {tmp_path}/grandchild\n"
                      f"echo $$ > {tmp_path}/child\nwait\n")
    # Jobs that a shell has put into the background inherit that SIGINT is ignored.
    tool = subprocess.Popen([CHECK, "--port", str(port), "--", "sh", script],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    started = tmp_path / "child"
    wait_until(lambda: started.exists() and started.read_text(), "it has started")
    tool.send_signal(number)
    tool.wait(10)

    def all_gone():
        return not any(is_alive(int((tmp_path / name).read_text()))
                       for name in ("child", "grandchild"))

    wait_until(all_gone, "nothing is left")


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_fault_of_a_should_only_warns(check, container):
    status, cases, _ = check(container("fixed-200").url, "--only", "unknown-path-404")
    assert status == 0 and cases["unknown-path-404"]["verdict"] == "warn"
