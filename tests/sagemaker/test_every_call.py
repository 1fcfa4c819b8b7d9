# SPDX-License-Identifier: Apache-2.0
"""Every command with a session token and odd characters: each request is signed as botocore signs it and
fits botocore's model (the fixture `fake` looks at both), and a dry run names the calls that are made."""

import json
import random
import re
from pathlib import Path

import pytest
from fake_aws import FakeAws, Reply, event_frame

ARN = FakeAws.arn("model-package/mine/1")
TOKEN = {"AWS_SESSION_TOKEN": "IQoJ+/b3JpZ2lu%20&~=="}
APP = Path(__file__).resolve().parents[2] / "apps/sagemaker"
DEPLOY = ["deploy-model", "--role", "My+Role=,.@-", "--env", "K=ü \"'\\ &<>", "--tag",
          "team: é=a/b + c", ARN]
HEADERS = ["--custom-attributes", "a=b;  c='d' (e)~%20", "--inference-id", "id + 1", "--accept",
           "text/plain; q=0.5"]


def small(tool):
    (tool.home / "small").mkdir(exist_ok=True)
    (tool.home / "small/file").write_text("x")
    return "small"


def large(tool):
    (tool.home / "large").mkdir()
    (tool.home / "large/file").write_bytes(random.Random(3).randbytes(17 << 20))
    return "large"


def deployed(tool, fake):
    tool.good(*DEPLOY)
    fake.captured.clear()


def answers(fake):
    fake.log_streams["/aws/sagemaker/Endpoints/tenon-test-endpoint"] = {"AllTraffic/i-1": []}
    fake.objects["bucket/odd key/&+.out"] = b"the answer"
    fake.handlers["InvokeEndpointAsync"] = lambda _: Reply(202, {}, {
        "X-Amzn-SageMaker-OutputLocation": "s3://bucket/odd key/&+.out"})
    fake.handlers["InvokeEndpointWithResponseStream"] = lambda _: Reply(200, event_frame(
        {":message-type": "event", ":event-type": "PayloadPart"}, b"part"))


# Command: its words, and whether an endpoint is there.
CASES = {
    "register-model": (lambda _: ["register-model", "--model-package-group", "g", "--description",
                                  "é \"'", "--model-data-uri", "s3://bucket/a b/ü+.tar.gz",
                                  "--image-uri", "a.b/c:1", "--env", "K=ü \"'\\"], False),
    "approve-model": (lambda _: ["approve-model", ARN], False),
    "list-models": (lambda _: ["list-models", "mine"], False),
    "deploy-model": (lambda _: DEPLOY, False),
    "deploy-model --update": (lambda _: [*DEPLOY, "--update"], True),
    "deploy-model --no-wait": (lambda _: [*DEPLOY, "--no-wait"], False),
    "delete-endpoint": (lambda _: ["delete-endpoint", "--yes"], True),
    "status": (lambda _: ["status"], True),
    "list": (lambda _: ["list"], True),
    "logs": (lambda _: ["logs"], False),
    "invoke": (lambda _: ["invoke", "--body", "-", *HEADERS, "--target-model", "odd/ m+.tar.gz",
                          "--session-id", "NEW_SESSION", "--target-variant", "blue",
                          "--target-container", "main"], False),
    "invoke --stream": (lambda _: ["invoke", "--stream", "--body", "-", *HEADERS], False),
    "invoke --async": (lambda _: ["invoke", "--async", "--body", "-", *HEADERS], False),
    "upload-model": (lambda tool: ["upload-model", small(tool), "s3://bucket/a b/ü+&=~'().tar.gz"],
                     False),
    "upload-model in parts": (lambda tool: ["upload-model", large(tool),
                                            "s3://bucket/a b/ü+&=~'()%20.tar.gz"], False),
    "registry-login": (lambda _: ["registry-login"], False),
}
PARTS = {"CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}


@pytest.fixture
def stage(tool, fake):
    fake.add_package()
    answers(fake)
    tool.environment.update(TOKEN)
    return tool


@pytest.mark.parametrize("case", sorted(CASES))
def test_is_signed_valid_and_foretold(stage, fake, case):
    words, has_endpoint = CASES[case]
    words = words(stage)
    if has_endpoint:
        deployed(stage, fake)
    plan = json.loads(stage.good(*words, "--dry-run", "--json", stdin=b"{}").out)["calls"]
    assert fake.captured == []
    # In words the same, and nothing is called for either.
    outcome = stage.good(*words, "--dry-run", stdin=b"{}")
    assert [call["operation"] for call in plan] == re.findall(r"^(\w+) at http://", outcome.out, re.M)
    assert "a dry run: no call was made" in outcome.err and fake.captured == []
    stage.good(*words, stdin=b"{}")
    expected = {call["operation"] for call in plan}
    if case.endswith("in parts"):
        expected = expected - {"PutObject"} | PARTS
    assert set(fake.operations()) == expected
    for request in fake.captured:
        assert request.header("X-Amz-Security-Token") == TOKEN["AWS_SESSION_TOKEN"]


# Operations that none of these commands makes when all goes well, and the test that makes them.
ELSEWHERE = {
    "DeleteModelPackageGroup": "test_a_group_made_for_nothing_is_taken_back",
    "DescribeLogStreams": "test_a_failure_shows_why_and_leaves_nothing",
    "GetLogEvents": "test_a_failure_shows_why_and_leaves_nothing",
    "AbortMultipartUpload": "test_a_failed_upload_leaves_no_parts",
    "AssumeRole": "test_a_chain_of_roles",
    "AssumeRoleWithWebIdentity": "test_web_identity",
    "GetRoleCredentials": "test_identity_center_with_a_cached_token",
    "CreateToken": "test_identity_center_renews_its_token",
}


def test_every_operation_of_the_program_is_called(stage):
    sources = "".join(path.read_text() for folder in ("services", "aws")
                      for path in (APP / folder).rglob("*.cpp")
                      if not path.name.endswith("_test.cpp"))
    named = set(re.findall(r'"((?:Create|Describe|Delete|Update|List|Get|Put|Head|Invoke|Upload(?!Id)|'
                           r'Complete|Abort|Assume|Filter|Batch)[A-Z]\w+)"', sources))
    planned = {call["operation"] for words, _ in CASES.values() for call in json.loads(stage.good(
        *words(stage), "--dry-run", "--json", stdin=b"{}").out)["calls"]}
    assert named == planned | PARTS | set(ELSEWHERE)
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in ELSEWHERE.values() if f"def {name}(" not in tests] == []
