# SPDX-License-Identifier: Apache-2.0
"""Every flag of every command: its variable does what the flag does, and what is wrong is refused before
any call, naming the flag and the value."""

import json
import re

import pytest
from fake_aws import FakeAws

ARN = FakeAws.arn("model-package/mine/1")
# A call of each command that is right, flags apart from words.
CALLS = {
    "register-model": ({"--model-package-group": "g", "--model-data-uri": "s3://bucket/m.tar.gz",
                        "--image-uri": "a.b/c:1"}, []),
    "approve-model": ({}, [ARN]),
    "list-models": ({}, ["mine"]),
    "deploy-model": ({"--role": "MyRole"}, [ARN]),
    "delete-endpoint": ({}, []),
    "status": ({}, []),
    "list": ({}, []),
    "logs": ({}, []),
    "invoke": ({"--body": "/dev/null"}, []),
    "upload-model": ({}, ["folder", "s3://bucket/m/"]),
    "registry-login": ({}, []),
}
# A value that is right, and one that is wrong; of a flag without value any but 1, true, 0 and false is.
VALUES = {
    "--model-package-group": ("other", "g_h"),
    "--model-data-uri": ("s3://other/m.tar.gz", "https://bucket/m.tar.gz"),
    "--image-uri": ("a.b/c@sha256:12", "no-tag"),
    "--env": ("A=1", "1A=x"),
    "--description": ("said of it", "x" * 1025),
    "--content-type": ("text/csv", "ä"),
    "--response-type": ("text/csv", "ä"),
    "--instance-type": ("ml.c5.xlarge", "m5.large"),
    "--timeout": ("100", "soon"),
    "--poll-interval": ("1", "-1"),
    "--region": ("us-west-2", "Not a region"),
    "--profile": ("other", "no-such-profile"),
    "--role": ("arn:aws:iam::123456789012:role/Deep", "no/role"),
    "--endpoint-name": ("other", "a_b"),
    "--instance-count": ("3", "0"),
    "--serverless": ("2048,5", "2000,5"),
    "--async": ("s3://out/put/", "https://out"),
    "--max-concurrent": ("4", "none"),
    "--multi-model": ("s3://bucket/models/", "s3://bucket/models"),
    "--container": (f"other={ARN}", "other"),
    "--mode": ("direct", "sideways"),
    "--startup-timeout": ("600", "59"),
    "--model-data-timeout": ("900", "3601"),
    "--tag": ("team=ml", "aws:x=1"),
    "--set": ("model.EnableNetworkIsolation=true", "model.Nothing=1"),
    "--since": ("1h", "yesterday"),
    "--body": ("body", "no-such-file"),
    "--accept": ("text/csv", "ä"),
    "--custom-attributes": ("a=b", "ä"),
    "--inference-id": ("id", "x" * 65),
    "--target-model": ("m.tar.gz", "ä"),
    "--target-variant": ("blue", "a_b"),
    "--target-container": ("main", "a_b"),
    "--session-id": ("NEW_SESSION", "ä"),
}
# What goes with a flag that makes no sense alone.
WITH = {"--max-concurrent": {"--async": "s3://out/put/"}, "--mode": {"--container": f"other={ARN}"}}
WITH_IN = {("invoke", "--timeout"): ["--async"]}
# What a dry run of the command shows nothing of: how long, how often, what then.
NO_TRACE = {"--timeout", "--poll-interval", "--yes", "--keep", "--follow", "--profile", "--since"}


def flags_of(tool, command):
    return dict(re.findall(r"^  (--[a-z-]+)(?: ([A-Z0-9,=]+))?  ", tool.good(command, "--help").out,
                           re.M))


def variable(flag):
    return "TENON_SAGEMAKER_" + flag[2:].upper().replace("-", "_")


@pytest.fixture
def files(tool):
    (tool.home / "folder").mkdir()
    (tool.home / "folder/file").write_text("x")
    (tool.home / "body").write_text("not empty")
    (tool.home / ".aws").mkdir()
    (tool.home / ".aws/config").write_text("[profile other]\nregion = eu-west-1\n")


def words_without(command, flag):
    given, words = CALLS[command]
    given = {**given, **WITH.get(flag, {})}
    return [command, *words, *WITH_IN.get((command, flag), []), *(
        word for name, value in given.items() if name != flag for word in (name, value))]


@pytest.mark.parametrize("command", sorted(CALLS))
def test_a_variable_is_what_its_flag_is(tool, fake, files, command):
    flags = flags_of(tool, command)
    assert {"--region", "--profile", "--help"} <= set(flags)

    def planned(*words, env=None):
        # Without an address that is given, so that the region shows in the hosts.
        env = {"AWS_ENDPOINT_URL": None, **(env or {})}
        out = json.loads(tool.good(*words, "--dry-run", "--json", env=env).out)
        for call in out["calls"]:
            call["body"].pop("startTime", None)  # It depends on when.
        return out

    for flag, value in flags.items():
        if flag in ("--help", "--json", "--dry-run"):
            continue
        words = words_without(command, flag)
        given = VALUES[flag][0] if value else "1"
        by_flag = planned(*words, *([flag, given] if value else [flag]))
        assert planned(*words, env={variable(flag): given}) == by_flag, flag
        if flag in NO_TRACE or flag in CALLS[command][0]:
            continue
        assert by_flag != planned(*words), flag
    assert fake.captured == []
    words = words_without(command, "")
    dry = tool.good(*words, "--dry-run").out
    assert tool.good(*words, env={variable("--dry-run"): "true"}).out.split("startTime")[0] == \
        dry.split("startTime")[0]
    json.loads(tool.good(*words, "--dry-run", env={variable("--json"): "1"}).out)


@pytest.mark.parametrize("command", sorted(CALLS))
def test_what_is_wrong_is_named_before_any_call(tool, fake, files, command):
    for flag, value in flags_of(tool, command).items():
        if flag == "--help":
            continue
        words = words_without(command, flag)
        wrong = VALUES[flag][1] if value else "maybe"
        status = 1 if flag == "--profile" else 2
        outcome = tool.bad(*words, env={variable(flag): wrong}, status=status)
        named = variable(flag) if not value else "profile" if flag == "--profile" else flag
        # The rule stands behind the value; a value that is too long is shortened.
        assert named in outcome.err and wrong.split("=")[0][:40] in outcome.err, outcome.err
        if value and flag != "--profile":
            assert tool.bad(*words, flag, wrong, status=2).err == outcome.err
    assert fake.captured == []
