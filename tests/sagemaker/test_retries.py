# SPDX-License-Identifier: Apache-2.0
"""Throttling, faults, lost connections, expired credentials, slow answers, no network."""

import time

import pytest
from fake_aws import Drop, Reply, error

THROTTLED = [
    error("ThrottlingException", "Rate exceeded"),
    Reply(429, {"message": "slow down"}),
    Reply(400, {"message": None}),  # As the hosting platform throttles.
    Reply(503, b"busy"),
    Reply(500, {"__type": "InternalFailure"}),
    Reply(530, {"__type": "InternalDependencyException"}),
    Drop,
]


@pytest.mark.parametrize("reply", THROTTLED)
def test_is_called_again(tool, fake, reply):
    fake.script("ListEndpoints", reply, reply)
    tool.good("list")
    assert len(fake.requests("ListEndpoints")) == 3
    # Each attempt is signed anew, over the same request.
    assert len({request.body for request in fake.requests("ListEndpoints")}) == 1


def test_at_most_five_times(tool, fake):
    fake.script("ListEndpoints", *[error("ThrottlingException", "Rate exceeded")] * 10)
    outcome = tool.bad("list")
    assert "ThrottlingException: Rate exceeded" in outcome.err
    assert len(fake.requests("ListEndpoints")) == 6


def test_within_the_deadline(tool, fake, package):
    fake.script("DescribeModelPackage", *[Drop] * 10)
    began = time.monotonic()
    tool.bad("deploy-model", "--role", "r", "--timeout", "0.2", package)
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("reply", [
    error("ValidationException", "wrong"), error("AccessDeniedException", "no", 403),
    Reply(404, {"__type": "UnknownOperationException"})])
def test_what_would_fail_again_is_not_repeated(tool, fake, reply):
    fake.script("ListEndpoints", reply)
    tool.bad("list")
    assert len(fake.requests("ListEndpoints")) == 1


def test_a_slow_answer_ends_with_the_time_that_was_given(tool, fake, package):
    fake.script("DescribeModelPackage", Reply(200, {}, pause=5))
    began = time.monotonic()
    outcome = tool.bad("deploy-model", "--role", "r", "--timeout", "0.5", package)
    assert time.monotonic() - began < 3 and "127.0.0.1" in outcome.err


def test_expired_credentials_are_renewed_once(tool, fake):
    (tool.home / ".aws").mkdir()
    (tool.home / "keys").write_text("1")
    (tool.home / ".aws/config").write_text(
        "[profile p]\ncredential_process = sh -c 'echo run >> runs; echo "
        "{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"AKIDEXAMPLE\\\","
        "\\\"SecretAccessKey\\\":\\\"'$(cat secret)'\\\"}'\n")
    (tool.home / "secret").write_text(fake.secrets["AKIDEXAMPLE"])
    fake.script("ListEndpoints", error("ExpiredTokenException", "The security token is expired"))
    tool.good("list", "--profile", "p")
    assert (tool.home / "runs").read_text() == "run\nrun\n"
    fake.script("ListEndpoints", *[error("ExpiredTokenException", "expired")] * 3)
    outcome = tool.bad("list", "--profile", "p")
    assert "The credentials of profile 'p' (credential_process) have expired" in outcome.err


def test_no_network_names_the_host_and_the_error(tool):
    tool.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"
    outcome = tool.bad("list")
    assert "No answer from 127.0.0.1:9" in outcome.err and "Couldn't connect" in outcome.err


def test_a_host_that_does_not_exist_is_named(tool):
    tool.environment["AWS_ENDPOINT_URL"] = "https://no-such-host.invalid"
    assert "no-such-host.invalid" in tool.bad("list").err


def test_an_answer_that_is_no_json_is_said_to_be_so(tool, fake):
    fake.script("ListEndpoints", Reply(200, b"<html>"))
    assert "The answer to ListEndpoints cannot be read" in tool.bad("list").err


def test_errors_in_xml_are_read(tool, fake):
    fake.script("ListEndpoints", Reply(403, b"<ErrorResponse><Error><Code>AccessDenied</Code>"
                                            b"<Message>not &lt;you&gt;</Message></Error>"
                                            b"</ErrorResponse>"))
    assert "AccessDenied: not <you>" in tool.bad("list").err
