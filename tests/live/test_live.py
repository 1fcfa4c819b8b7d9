# SPDX-License-Identifier: Apache-2.0
"""One endpoint on the account of whoever asks for it: README.md beside this."""

import json
import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from questions import Questions

pytestmark = [
    pytest.mark.skipif(os.environ.get("TENON_LIVE") != "1", reason="costs money: TENON_LIVE=1"),
    pytest.mark.timeout(5400)]
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("TENON_BUILD", "build/release") / "bin" / "tenon-sagemaker"
ENDPOINT = "tenon-live"


class Tool:
    """The program, with the environment and so the account of the caller."""

    def __call__(self, *words, stdin=b"", timeout=3600):
        run = subprocess.run([PROGRAM, *words], input=stdin, capture_output=True, timeout=timeout)
        return SimpleNamespace(status=run.returncode, out=run.stdout.decode(errors="replace"),
                               err=run.stderr.decode(errors="replace"))

    def good(self, *words):
        outcome = self(*words)
        assert outcome.status == 0, outcome.err
        return outcome.out.strip()

    @staticmethod
    def start(*words):
        return subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def tool():
    tool = Tool()
    yield tool
    tool("delete-endpoint", "--endpoint-name", ENDPOINT, "--yes")


def until_replaced(questions):
    """How the platform takes failing health checks: lines of the log until a new start."""
    questions.invoke("fail-pings")
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        lines = questions.tool("logs", "--endpoint-name", ENDPOINT, "--since", "15m").out
        if lines.count('"event": "start"') > 1:
            break
        time.sleep(15)
    return [line for line in lines.splitlines() if '"event"' in line][-100:]


def write(answers):
    text = json.dumps(answers, indent=1)
    print(text)
    Path(os.environ.get("TENON_LIVE_ANSWERS", "live-answers.json")).write_text(text)


def test_the_whole_way_and_what_is_open(tool, tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "probe.txt").write_text("nothing")
    data = tool.good("upload-model", "--force", str(folder),
                     f"s3://{os.environ['TENON_LIVE_BUCKET']}/tenon-live/")
    package = tool.good("register-model", "--model-package-group", "tenon-live", "--approve",
                        "--model-data-uri", data, "--image-uri", os.environ["TENON_LIVE_IMAGE"])
    delay = os.environ.get("TENON_LIVE_START_DELAY", "0")
    began = time.monotonic()
    deployed = tool("deploy-model", "--endpoint-name", ENDPOINT, "--role",
                    os.environ["TENON_LIVE_ROLE"], "--instance-type",
                    os.environ.get("TENON_LIVE_INSTANCE_TYPE", "ml.m5.large"), "--env",
                    f"PROBE_START_DELAY={delay}", "--json", package)
    answers = {"start_delay_s": delay, "deployed_after_s": round(time.monotonic() - began)}
    if deployed.status != 0:  # With a delay that too is an answer.
        write({**answers, "failed": deployed.err})
        assert delay != "0", deployed.err
        return
    region = json.loads(deployed.out)["endpoint_arn"].split(":")[3]
    questions = Questions(tool, ENDPOINT, region)
    answers.update(questions.all())
    if os.environ.get("TENON_LIVE_FAIL_PINGS") == "1":
        answers["failing_pings"] = until_replaced(questions)
    tool.good("delete-endpoint", "--endpoint-name", ENDPOINT, "--yes")
    time.sleep(60)  # The last lines arrive late.
    answers["end"] = tool.good("logs", "--endpoint-name", ENDPOINT, "--since", "20m").splitlines()[-20:]
    write(answers)
    listed = json.loads(tool.good("list", "--json"))["endpoints"]
    assert ENDPOINT not in [item["endpoint_name"] for item in listed]
