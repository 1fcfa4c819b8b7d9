# SPDX-License-Identifier: Apache-2.0
"""That the questions of tests/live/ work, with the probe on this machine instead of on AWS."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from fake_aws import REGION, Reply, event_frame
from moto_server import free_port

LIVE = Path(__file__).resolve().parents[1] / "live"


@pytest.fixture
def probe():
    port = free_port()
    process = subprocess.Popen([sys.executable, LIVE / "probe.py", "serve"],
                               env={**os.environ, "SAGEMAKER_BIND_TO_PORT": str(port),
                                    "PROBE_ADDRESS": "127.0.0.1"}, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(url + "/ping", timeout=2).read()
            break
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield url
    process.kill()
    process.wait()


def platform(url):
    """What SageMaker does between the call and the container."""
    def forward(request):
        names = ("x-amzn-sagemaker-custom-attributes", "content-type", "accept",
                 "x-amzn-sagemaker-inference-id")
        call = urllib.request.Request(url + "/invocations", request.body or b" ", {
            name: value for name, value in request.headers if name.lower() in names})
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                session = answer.headers.get("X-Amzn-SageMaker-New-Session-Id")
                return Reply(200, answer.read(), {
                    "X-Amzn-SageMaker-New-Session-Id": session} if session else {})
        except urllib.error.HTTPError as problem:
            with problem:
                return Reply(424, {"OriginalStatusCode": problem.code,
                                   "OriginalMessage": problem.read().decode()})
    return forward


def test_the_questions_are_answered(tool, fake, probe, monkeypatch):
    monkeypatch.syspath_prepend(str(LIVE))
    from questions import Questions
    fake.handlers["InvokeEndpoint"] = platform(probe)
    fake.handlers["InvokeEndpointWithResponseStream"] = lambda request: Reply(200, chunks=[(
        0, event_frame({":message-type": "event", ":event-type": "PayloadPart"}, b"part 0 "))])
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, tool.environment[name])
    questions = Questions(tool, "any", REGION, probe)
    assert questions.surroundings()["argv"] == ["serve"]
    assert any("live-id" in line for line in questions.headers_that_arrive())
    assert questions.pings()["methods"] == ["GET"]
    assert questions.payload_sizes() == {6 << 20: "taken", (6 << 20) + 1: "taken",
                                         25 << 20: "taken"}
    assert "with status 429" in questions.statuses()[429]
    assert questions.streams()["whole"] == "part 0 "
    assert questions.session_headers() == {
        "X-Amzn-SageMaker-Session-Id": "",
        "X-Amzn-SageMaker-New-Session-Id": "live-session; Expires=2099-01-01T00:00:00Z"}
    # The probe stands for SageMaker's runtime here, so the path comes as it was sent.
    route = "/endpoints/any/openai/v1/chat/completions"
    assert questions.openai_route()["status"] == 200
    (method, path, headers), = questions.other_paths()
    assert (method, path) == ("POST", route) and "Content-Type: application/json" in headers
    assert "Authorization" in headers  # Without its value.
    json.dumps(questions.report())


def test_the_live_test_is_off_by_default():
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", str(LIVE), "-p",
                          "no:cacheprovider"], capture_output=True, text=True,
                         cwd=LIVE.parent, env={**os.environ, "TENON_LIVE": ""})
    assert run.returncode == 0 and run.stdout.startswith("s "), run.stdout
