# SPDX-License-Identifier: Apache-2.0
"""Deployments that do not come alive, break half-way, or are interrupted."""

import signal
import time

import pytest
from fake_aws import Drop, Reply, error

ROLE = ["--role", "MyRole"]
GROUP = "/aws/sagemaker/Endpoints/tenon-test-endpoint"
PING = ("The primary container for production variant AllTraffic did not pass the ping health "
        "check. Please check CloudWatch logs for this endpoint.")


def failing(fake, reason=PING):
    fake.states = ["Creating", "Creating", {"EndpointStatus": "Failed", "FailureReason": reason}]


def nothing_left(fake):
    return not fake.endpoints and not fake.configs and not fake.models


def wait_for(fake, operation, count=1):
    deadline = time.monotonic() + 20
    while fake.operations().count(operation) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_failure_shows_why_and_leaves_nothing(tool, fake, package):
    failing(fake)
    later = int(time.time() * 1000) + 60_000
    fake.log_streams[GROUP] = {
        "AllTraffic/i-1": [(1000, "of an older endpoint")] +
                          [(later + i, f"line {i}") for i in range(80)],
        "AllTraffic/i-2": [(later + 79, "the other instance\x1b[31m")]}
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert "did not come alive" in outcome.err and PING in outcome.err
    assert "Usually: The container ran, but GET /ping" in outcome.err
    lines = [line for line in outcome.err.splitlines() if " i-" in line]
    assert len(lines) == 50  # The newest fifty of all instances, and none of an earlier endpoint.
    assert lines[-2].endswith("i-1 line 79") and "i-2 the other instance?[31m" in lines[-1]
    assert "older endpoint" not in outcome.err
    assert f"Log group: {GROUP}" in outcome.err and "#logsV2:log-groups" in outcome.err
    assert outcome.out == ""
    assert nothing_left(fake) and "were deleted" in outcome.err
    operations = fake.operations()
    assert operations.index("DescribeLogStreams") < operations.index("DeleteEndpoint")


def test_keep_keeps_everything(tool, fake, package):
    failing(fake)
    outcome = tool.bad("deploy-model", *ROLE, "--keep", package)
    assert "delete-endpoint --endpoint-name tenon-test-endpoint" in outcome.err
    assert len(fake.endpoints) == len(fake.configs) == len(fake.models) == 1
    tool.good("delete-endpoint", "--yes")
    assert nothing_left(fake)


def test_no_log_group_means_never_started(tool, fake, package):
    failing(fake, "Unable to provision requested ML compute capacity")
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert "the container never started" in outcome.err and "no such instance free" in outcome.err


def test_logs_that_may_not_be_read_do_not_hide_the_reason(tool, fake, package):
    failing(fake)
    fake.script("DescribeLogStreams", error("AccessDeniedException", "not yours"))
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert PING in outcome.err and "The logs cannot be read" in outcome.err and nothing_left(fake)


@pytest.mark.parametrize("operation", ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])
def test_a_half_way_failure_leaves_nothing(tool, fake, package, operation):
    fake.script(operation, error("ResourceLimitExceeded", "The account-level service limit is 0"))
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert "service limit" in outcome.err and nothing_left(fake)


@pytest.mark.parametrize("operation", ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])
def test_a_lost_answer_is_asked_for_again_and_meets_its_own_object(tool, fake, package, operation):
    fake.script(operation, "lose")
    tool.good("deploy-model", *ROLE, package)
    assert len(fake.requests(operation)) == 2
    assert len(fake.models) == len(fake.configs) == len(fake.endpoints) == 1


def test_a_duplicate_that_is_not_ours_is_refused(tool, fake, package):
    """Somebody creates the endpoint between the look and the call."""
    fake.script("CreateEndpoint", error("ValidationException",
                                        "Cannot create already existing endpoint"))
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert "already existing" in outcome.err and nothing_left(fake)


def test_a_config_that_is_not_seen_at_once_is_waited_for(tool, fake, package):
    late = error("ValidationException", "Could not find endpoint configuration \"x\".")
    fake.script("CreateEndpoint", late, late)
    tool.good("deploy-model", *ROLE, package)


def test_what_cannot_be_taken_back_is_said(tool, fake, package):
    fake.script("CreateEndpoint", error("AccessDeniedException", "no"))
    fake.script("DeleteModel", error("AccessDeniedException", "no deleting either"))
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert "the model 'tenon-test-endpoint-" in outcome.err and "no deleting either" in outcome.err
    assert not fake.configs


def test_the_timeout_leaves_it_running_and_says_how_to_delete(tool, fake, package):
    fake.states = ["Creating"]
    outcome = tool.bad("deploy-model", *ROLE, "--timeout", "0.3", package)
    assert "Still Creating" in outcome.err and "billed" in outcome.err
    assert "delete-endpoint --endpoint-name tenon-test-endpoint --yes" in outcome.err
    assert len(fake.endpoints) == 1


def test_ctrl_c_while_it_is_created_says_what_is_left(tool, fake, package):
    fake.states = ["Creating"]
    process = tool.start("deploy-model", *ROLE, package)
    wait_for(fake, "DescribeEndpoint", 3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1 and out == b""
    assert b"Interrupted. Left running, and billed: the endpoint 'tenon-test-endpoint'" in err
    assert b"delete-endpoint" in err and len(fake.endpoints) == 1


def test_ctrl_c_before_the_endpoint_leaves_nothing(tool, fake, package):
    fake.script("CreateEndpointConfig", Reply(200, {"EndpointConfigArn": "x"}, pause=5))
    process = tool.start("deploy-model", *ROLE, package)
    wait_for(fake, "CreateEndpointConfig")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 1 and nothing_left(fake)
    assert time.monotonic() - began < 4  # The call is broken off.


def test_a_deletion_that_takes_too_long_or_is_interrupted_says_so(tool, fake, package):
    fake.states = ["Creating"]
    tool.good("deploy-model", *ROLE, "--no-wait", package)
    outcome = tool.bad("delete-endpoint", "--yes", "--timeout", "0.5")
    assert "is still Creating" in outcome.err and "billed until it is" in outcome.err
    before = fake.operations().count("DeleteEndpoint")
    process = tool.start("delete-endpoint", "--yes")
    wait_for(fake, "DeleteEndpoint", before + 2)
    process.send_signal(signal.SIGTERM)
    err = process.communicate(timeout=20)[1]
    assert process.returncode == 1 and b"delete-endpoint --endpoint-name" in err


def test_an_endpoint_that_vanishes_is_a_failure(tool, fake, package):
    fake.states = ["Creating", "gone"]
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert "is gone" in outcome.err and nothing_left(fake)


def test_a_failed_registration_shows_the_reasons(tool, fake):
    def failed(request):
        answer = type(fake).CreateModelPackage(fake, request)
        fake.packages[answer["ModelPackageArn"]].update(
            ModelPackageStatus=["InProgress", "Failed"],
            ModelPackageStatusDetails={"ValidationStatuses": [
                {"Name": "image-scan", "Status": "Failed", "FailureReason": "no such image"}]})
        return answer
    fake.handlers["CreateModelPackage"] = failed
    outcome = tool.bad("register-model", "--model-package-group", "g", "--model-data-uri",
                       "s3://bucket/m.tar.gz", "--image-uri", "a.b/c:1")
    assert "image-scan: no such image" in outcome.err and outcome.out == ""


def test_a_group_made_for_nothing_is_taken_back(tool, fake):
    words = ["register-model", "--model-package-group", "g", "--model-data-uri",
             "s3://bucket/m/", "--image-uri", "a.b/c@sha256:12", "--description", "Ü",
             "--content-type", "text/csv", "--response-type", "text/plain",
             "--instance-type", "ml.m5.large"]
    fake.script("CreateModelPackage", error("ValidationException", "no"))
    tool.bad(*words)
    assert fake.groups == {}
    # A lost answer registers one version, not two.
    fake.script("CreateModelPackage", "lose")
    tool.good(*words)
    assert len(fake.packages) == 1 and list(fake.groups) == ["g"]
    specification = list(fake.packages.values())[0]["InferenceSpecification"]
    assert specification["SupportedContentTypes"] == ["text/csv"]
    assert specification["Containers"][0]["ModelDataSource"]["S3DataSource"]["S3Uri"] == \
        "s3://bucket/m/"


def test_no_answer_at_all_when_creating_deletes_what_may_be(tool, fake, package):
    """Every attempt is carried out, no answer arrives."""
    fake.script("CreateEndpoint", "lose", *[Drop] * 9)
    fake.states = ["Creating", "Creating", "InService"]
    tool.bad("deploy-model", *ROLE, package)
    assert nothing_left(fake)
