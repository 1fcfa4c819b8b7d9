# SPDX-License-Identifier: Apache-2.0
"""The command line: help, exit statuses, what is refused before anything is called."""

import json
import os
import pty
import random
import re
import subprocess

import pytest
from conftest import PROGRAM
from fake_aws import FakeAws

ARN = FakeAws.arn("model-package/mine/1")
COMMANDS = ["register-model", "approve-model", "list-models", "deploy-model", "delete-endpoint",
            "status", "list", "logs", "invoke", "upload-model", "registry-login"]
DEPLOY = ["deploy-model", "--role", "MyRole"]
REGISTER = ["register-model", "--model-package-group", "g", "--model-data-uri",
            "s3://bucket/m.tar.gz", "--image-uri", "a.b/c:1"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(tool, command):
    outcome = tool.good(command, "--help")
    assert f"Usage: tenon sagemaker {command}" in outcome.out
    assert "Example:\n  " in outcome.out and "Exit status" in outcome.out
    assert command in tool.good("--help").out
    assert tool.bad(command, "--no-such-flag", status=2).err.startswith("tenon-sagemaker: ")


def test_is_a_subcommand_of_tenon(tool, tmp_path):
    tenon = PROGRAM.with_name("tenon")
    run = subprocess.run([tenon, "sagemaker", "--help"], capture_output=True, text=True)
    assert run.returncode == 0 and "Usage: tenon sagemaker COMMAND" in run.stdout
    alone = tmp_path / "tenon"
    alone.write_bytes(tenon.read_bytes())
    alone.chmod(0o755)
    environment = {**os.environ, "PATH": "/nowhere",
                   "LD_LIBRARY_PATH": str(PROGRAM.parents[1] / "lib")}
    run = subprocess.run([alone, "sagemaker", "list"], capture_output=True, text=True,
                         env=environment)
    assert run.returncode == 1 and "tenon-sagemaker" in run.stderr and "PATH" in run.stderr


@pytest.mark.parametrize(("words", "said"), [
    ([], "ARN of a model package is missing"),
    (["arn:wrong"], "ARN is 'arn:wrong'"),
    ([ARN, ARN], "is too much"),
    (["--endpoint-name", "a_b", ARN], "--endpoint-name is 'a_b'"),
    (["--endpoint-name", "x" * 64, ARN], "1 to 63"),
    (["--instance-type", "m5.large", ARN], "--instance-type is 'm5.large'"),
    (["--instance-count", "0", ARN], "--instance-count is '0'"),
    (["--instance-count", "two", ARN], "--instance-count is 'two'"),
    (["--serverless", "2000,5", ARN], "--serverless is '2000,5'"),
    (["--serverless", "2048", ARN], "--serverless is '2048'"),
    (["--serverless", "2048,5", "--instance-type", "ml.m5.large", ARN], "do not go together"),
    (["--serverless", "2048,5", "--async", "s3://bucket/", ARN], "do not go together"),
    (["--serverless", "2048,5", "--multi-model", "s3://bucket/", ARN], "do not go together"),
    (["--serverless", "2048,5", "--startup-timeout", "60", ARN], "do not go together"),
    (["--async", "https://bucket", ARN], "--async is"),
    (["--max-concurrent", "2", ARN], "with --async only"),
    (["--multi-model", "s3://bucket/x", ARN], "--multi-model is"),
    (["--container", "x", ARN], "--container is 'x'"),
    (["--container", f"a_b={ARN}", ARN], "--container is 'a_b'"),
    (["--container", f"main={ARN}", ARN], "two containers"),
    (["--container", f"one={ARN}"], "several containers"),
    (["--mode", "direct", ARN], "with --container only"),
    (["--container", f"x={ARN}", "--mode", "sideways", ARN], "--mode is 'sideways'"),
    (["--startup-timeout", "59", ARN], "from 60 to 3600"),
    (["--model-data-timeout", "3601", ARN], "from 60 to 3600"),
    (["--env", "A", ARN], "--env is 'A'"),
    (["--env", "A=" + "x" * 1025, ARN], "1,024"),
    (["--tag", "aws:x=1", ARN], "--tag is 'aws:x'"),
    (["--set", "model.Nothing=1", ARN], "CreateModel has no such member"),
    (["--set", "config.KmsKeyId=key", ARN], "no JSON"),
    (["--set", "config.ProductionVariants.5.X=1", ARN], "no such place"),
    (["--timeout", "soon", ARN], "--timeout is 'soon'"),
    (["--role", "no/role", ARN], "--role is 'no/role'"),
    (["--region", "Not A Region", ARN], "--region is"),
])
def test_bad_deployments_are_refused_before_any_call(tool, fake, words, said):
    assert said in tool.bad(*DEPLOY, *words, status=2).err
    assert fake.captured == []


@pytest.mark.parametrize(("words", "said"), [
    (["--model-package-group", "g_h"], "--model-package-group is 'g_h'"),
    (["--model-data-uri", "s3://bucket/m.zip"], "--model-data-uri is"),
    (["--image-uri", "no-tag.io/x"], "--image-uri is"),
    (["--env", "1A=x"], "--env is '1A'"),
    (["--description", "x" * 1025], "1024"),
    (["--instance-type", "large"], "--instance-type is"),
    (["--content-type", "ä"], "--content-type is"),
    (["word"], "is too much"),
])
def test_bad_registrations_are_refused_before_any_call(tool, fake, words, said):
    assert said in tool.bad(*REGISTER, *words, status=2).err
    assert fake.captured == []


@pytest.mark.parametrize("command", [REGISTER, [*DEPLOY, ARN]])
def test_the_limits_of_the_environment(tool, fake, command):
    def env(count, size):
        # Each key is four bytes long.
        return [word for i in range(count) for word in ("--env", f"K{i:03}={'x' * size}")]
    assert "--env is given 101 times" in tool.bad(*command, *env(101, 1), status=2).err
    assert "K000 has a value of 1025 bytes: it may have 1,024" in tool.bad(
        *command, *env(1, 1025), status=2).err
    assert "32769 bytes together: they may have 32 KB" in tool.bad(
        *command, *env(32, 1019), "--env", "K=", "--env", "L=" + "x" * 31, status=2).err
    assert "a variable's name may have 1,024 bytes" in tool.bad(
        *command, "--env", "K" * 1025 + "=x", status=2).err
    # At the limits all is well.
    for words in (env(100, 1), env(1, 1024), env(32, 1020)):
        tool.good(*command, *words, "--dry-run")
    assert fake.captured == []


def test_an_unknown_family_is_only_a_note(tool, fake):
    outcome = tool.good(*REGISTER, "--instance-type", "ml.zz9.large")
    assert "note: the instance family of ml.zz9.large is not known" in outcome.err


@pytest.mark.parametrize("missing", ["--model-package-group", "--model-data-uri", "--image-uri"])
def test_what_is_missing_is_named_with_its_variable(tool, fake, missing):
    words = list(REGISTER)
    at = words.index(missing)
    del words[at:at + 2]
    variable = "TENON_SAGEMAKER_" + missing[2:].upper().replace("-", "_")
    assert variable in tool.bad(*words, status=2).err


def test_registration_prints_the_arn_alone_and_waits(tool, fake):
    outcome = tool.good(*REGISTER)
    assert outcome.out == FakeAws.arn("model-package/g/1") + "\n" and outcome.err == ""
    assert fake.requests("CreateModelPackage")[0].json()["ModelApprovalStatus"] == \
        "PendingManualApproval"
    tool.good(*REGISTER, "--approve")
    assert fake.requests("CreateModelPackage")[1].json()["ModelApprovalStatus"] == "Approved"
    assert fake.operations().count("CreateModelPackageGroup") == 1


def test_every_choice_of_a_registration_reaches_the_call(tool, fake):
    tool.good(*REGISTER, "--env", "A=1", "--env", "B=x=y", "--description", "said of it",
              "--content-type", "text/csv", "--content-type", "application/json",
              "--response-type", "text/plain", "--instance-type", "ml.m5.large",
              "--instance-type", "ml.c5.large")
    body = fake.requests("CreateModelPackage")[0].json()
    assert body["ModelPackageGroupName"] == "g" and body["ModelPackageDescription"] == "said of it"
    specification = body["InferenceSpecification"]
    assert specification["Containers"] == [
        {"Image": "a.b/c:1", "ModelDataUrl": "s3://bucket/m.tar.gz",
         "Environment": {"A": "1", "B": "x=y"}}]
    assert specification["SupportedContentTypes"] == ["text/csv", "application/json"]
    assert specification["SupportedResponseMIMETypes"] == ["text/plain"]
    assert specification["SupportedRealtimeInferenceInstanceTypes"] == ["ml.m5.large",
                                                                       "ml.c5.large"]


def test_lists_every_page_of_versions(tool, fake):
    for version in range(1, 6):
        fake.add_package(version=version)
    lines = tool.good("list-models", "mine").out.splitlines()
    assert [line.split()[0] for line in lines] == ["VERSION", "5", "4", "3", "2", "1"]
    assert "Approved" in lines[1] and "1h 1m" in lines[1] and "s3://bucket/model.tar.gz" in lines[1]
    assert "123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1" in lines[1]
    assert "has no versions" in tool.good("list-models", "none").out


def test_registry_login(tool, fake):
    outcome = tool.good("registry-login")
    assert outcome.out == "password:with:colons\n"
    assert "123456789012.dkr.ecr.eu-central-1.amazonaws.com" in outcome.err


def on_a_terminal(tool, *words):
    """What stderr shows there. Elsewhere nothing is drawn: `Outcome` looks at every other call."""
    leader, terminal = pty.openpty()
    process = subprocess.Popen([PROGRAM, *words], env=tool.environment, stderr=terminal,
                               cwd=tool.home, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    os.close(terminal)
    drawn = b""
    try:
        while piece := os.read(leader, 10_000):
            drawn += piece
    except OSError:
        pass  # How a terminal ends whose other side is closed.
    os.close(leader)
    out = process.communicate(timeout=30)[0]
    assert process.returncode == 0 and b"\x1b" not in out
    assert drawn.endswith(b"\r\x1b[K")  # The line is wiped in the end.
    return drawn.decode().split("\r\x1b[K")


def test_a_deployment_shows_status_and_elapsed_time(tool, fake):
    fake.add_package()
    fake.states = ["Creating", "Creating", "InService"]
    assert "tenon-test-endpoint  Creating  0s" in on_a_terminal(tool, *DEPLOY, ARN)


def test_a_deletion_shows_what_it_waits_for(tool, fake):
    fake.add_package()
    tool.good(*DEPLOY, ARN)
    assert "Deleting tenon-test-endpoint (InService)  0s" in on_a_terminal(
        tool, "delete-endpoint", "--yes")


@pytest.mark.parametrize("size", [200_000, 20 << 20])
def test_an_upload_draws_a_bar(tool, fake, size):
    (tool.home / "folder").mkdir()
    for name in "ab":
        (tool.home / "folder" / name).write_bytes(random.Random(name).randbytes(size // 2))
    drawn = on_a_terminal(tool, "upload-model", "folder", "s3://bucket/m/")
    shares = [int(share) for line in drawn for share in re.findall(r"(\d+) % of [\d.]+ [kM]B packed",
                                                                  line)]
    assert shares == sorted(shares) and shares[-1] == 100 and len(set(shares)) > 1
    assert any(line.startswith("[" + "#" * 30 + "] 100 %") and " uploaded" in line for line in drawn)


def test_registration_waits_until_it_is_completed(tool, fake):
    def in_progress(request):
        answer = type(fake).CreateModelPackage(fake, request)
        fake.packages[answer["ModelPackageArn"]]["ModelPackageStatus"] = [
            "Pending", "InProgress", "Completed"]
        return answer
    fake.handlers["CreateModelPackage"] = in_progress
    tool.good(*REGISTER)
    assert fake.operations().count("DescribeModelPackage") == 3
    fake.handlers["CreateModelPackage"] = lambda request: {
        "ModelPackageArn": fake.add_package(version=9, status="InProgress")}
    outcome = tool.bad(*REGISTER, "--timeout", "0.2")
    assert "is still InProgress" in outcome.err and "/9" in outcome.err


def test_json_wherever_something_is_shown(tool, fake, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("x")
    fake.add_package()
    for words, key in (
            (REGISTER, "model_package_arn"), (["approve-model", ARN], "approval_status"),
            (["list-models", "mine"], "models"), ([*DEPLOY, ARN], "endpoint_arn"),
            (["status"], "variants"), (["list"], "endpoints"),
            (["invoke", "--body", "-"], "body"), (["delete-endpoint", "--yes"], "models_deleted"),
            (["upload-model", "folder", "s3://bucket/m/"], "bytes"),
            (["registry-login"], "password")):
        assert key in json.loads(tool.good(*words, "--json", stdin=b"1").out), words
