# SPDX-License-Identifier: Apache-2.0
"""The execution role of docs/sagemaker.md: what SageMaker does with it is allowed, and each action is needed."""

import copy
import json
import re
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from fake_aws import REGION

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/sagemaker.md").read_text()
TRUST, POLICY = (json.loads(text) for text in re.findall(
    r"```json\n(.*?)```", DOCUMENT.split("## The smallest execution role")[1], re.S))
LAYER = "sha256:" + "0" * 64
GROUP = {"logGroupName": "/aws/sagemaker/Endpoints/role"}
STREAM = {**GROUP, "logStreamName": "AllTraffic/i-1"}
# What is called for each action.
CALLS = {
    "ecr:GetAuthorizationToken": ("get_authorization_token", {}),
    "ecr:BatchCheckLayerAvailability": (
        "batch_check_layer_availability", {"repositoryName": "tenon", "layerDigests": [LAYER]}),
    "ecr:BatchGetImage": ("batch_get_image", {"repositoryName": "tenon",
                                              "imageIds": [{"imageTag": "1"}]}),
    "ecr:GetDownloadUrlForLayer": ("get_download_url_for_layer",
                                   {"repositoryName": "tenon", "layerDigest": LAYER}),
    "cloudwatch:PutMetricData": ("put_metric_data", {
        "Namespace": "sagemaker", "MetricData": [{"MetricName": "x", "Value": 1}]}),
    "s3:GetObject": ("get_object", {"Bucket": "my-bucket", "Key": "role/x"}),
    "s3:ListBucket": ("list_objects_v2", {"Bucket": "my-bucket"}),
    "logs:CreateLogGroup": ("create_log_group", GROUP),
    "logs:CreateLogStream": ("create_log_stream", STREAM),
    "logs:DescribeLogStreams": ("describe_log_streams", GROUP),
    "logs:PutLogEvents": ("put_log_events", {**STREAM, "logEvents": [
        {"timestamp": int(time.time() * 1000), "message": "x"}]}),
}
ACTIONS = [action for statement in POLICY["Statement"] for action in statement["Action"]]


@pytest.fixture(scope="module")
def role(moto):
    """A user with the rights of the role, for nobody but SageMaker becomes it."""
    iam = moto.client("iam")
    iam.create_role(RoleName="Execution", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="Execution", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    moto.bucket("my-bucket").put_object(Bucket="my-bucket", Key="role/x", Body=b"data")
    keys = moto.user("execution", as_moto_reads_it(POLICY))

    def client(service):
        return boto3.client(service, endpoint_url=moto.url, region_name=REGION,
                            aws_access_key_id=keys["AccessKeyId"],
                            aws_secret_access_key=keys["SecretAccessKey"],
                            config=Config(retries={"total_max_attempts": 1}))
    return client


def as_moto_reads_it(policy):
    """moto knows the resources of S3's calls only, and CloudWatch by the name that its calls are signed for."""
    policy = copy.deepcopy(policy)
    for statement in policy["Statement"]:
        statement["Action"] = [action.replace("cloudwatch:", "monitoring:")
                               for action in statement["Action"]]
        if not statement["Action"][0].startswith("s3:"):
            statement["Resource"] = "*"
    return policy


def is_denied(client, action):
    method, parameters = CALLS[action]
    try:
        getattr(client(action.split(":")[0]), method)(**parameters)
    except ClientError as problem:
        # Another error comes behind the check: there is no such image, moto cannot do this.
        return re.search("AccessDenied|not authorized", str(problem)) is not None
    return False


def test_each_action_is_called():
    assert sorted(ACTIONS) == sorted(CALLS)


def test_the_policy_is_enough(moto, role):
    moto.set_policy("execution", as_moto_reads_it(POLICY))
    assert [action for action in CALLS if is_denied(role, action)] == []


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_is_needed(moto, role, action):
    policy = copy.deepcopy(POLICY)
    for statement in policy["Statement"]:
        statement["Action"] = [other for other in statement["Action"] if other != action]
    moto.set_policy("execution", as_moto_reads_it(policy))
    assert [other for other in CALLS if is_denied(role, other)] == [action]


def test_nothing_else_is_allowed(moto, role):
    moto.set_policy("execution", as_moto_reads_it(POLICY))
    for refused in (lambda: role("s3").put_object(Bucket="my-bucket", Key="y", Body=b""),
                    lambda: role("s3").get_object(Bucket="other-bucket", Key="y"),
                    lambda: role("sagemaker").list_models()):
        with pytest.raises(ClientError, match="AccessDenied|not authorized"):
            refused()
