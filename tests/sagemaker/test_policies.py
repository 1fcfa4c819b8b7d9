# SPDX-License-Identifier: Apache-2.0
"""The policies of docs/sagemaker.md: enough, and no action too many, as far as moto checks them."""

import json
import re
import time
from pathlib import Path

import pytest
from moto_server import keys_environment

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/sagemaker.md").read_text()
POLICIES = {name: json.loads(text) for name, text in re.findall(
    r"^### `([a-z-]+)`\n(?:(?!```|#)[^\n]+\n)*```json\n(.*?)```", DOCUMENT, re.M | re.S)}
# moto has no such check (tags and roles that are passed), or the call is made after a failure, or
# by --update, which moto does not have.
NOT_SHOWN = {
    "register-model": {"sagemaker:AddTags", "sagemaker:DeleteModelPackageGroup"},
    "deploy-model": {"sagemaker:AddTags", "iam:PassRole", "logs:DescribeLogStreams",
                     "logs:GetLogEvents", "sagemaker:DeleteEndpoint",
                     "sagemaker:DeleteEndpointConfig", "sagemaker:DeleteModel",
                     "sagemaker:UpdateEndpoint", "sagemaker:DescribeEndpointConfig",
                     "sagemaker:DescribeModel", "sagemaker:ListTags",
                     "iam:GetRole"},  # Only a note, see below.
    # For keys that exist moto asks for no listing, and nothing is aborted.
    "upload-model": {"s3:ListBucket", "s3:AbortMultipartUpload"},
}
NOTHING = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}]}
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1"
REGISTER = ["register-model", "--model-data-uri", "s3://my-bucket/m.tar.gz", "--image-uri", IMAGE,
            "--approve", "--model-package-group"]


@pytest.fixture(scope="module")
def user(moto):
    return moto.user("caller", NOTHING)


@pytest.fixture
def admin(tool, moto):
    tool.environment.update(keys_environment(moto.url, moto.admin))
    return tool


def words_for(command, admin, moto):
    """Prepares as the administrator, and gives the words of one call."""
    name = f"p{time.monotonic_ns()}"
    if command == "register-model":
        return [*REGISTER, name]
    if command == "upload-model":
        moto.bucket("policies")
        (admin.home / "folder").mkdir(exist_ok=True)
        (admin.home / "folder/file").write_text("x")
        return ["upload-model", "folder", f"s3://policies/{name}/"]
    if command in ("registry-login", "invoke"):
        return [command] + (["--body", "-"] if command == "invoke" else [])
    if command == "logs":
        moto.client("logs").create_log_group(logGroupName="/aws/sagemaker/Endpoints/" + name)
        return ["logs", "--endpoint-name", name]
    arn = admin.good(*REGISTER, name).out.strip()
    if command == "list-models":
        return ["list-models", name]
    if command == "approve-model":
        return ["approve-model", arn]
    deploy = ["deploy-model", "--role", "MyRole", "--endpoint-name", name, arn]
    if command == "deploy-model":
        return deploy
    admin.good(*deploy)
    return {"delete-endpoint": ["delete-endpoint", "--yes", "--endpoint-name", name],
            "status": ["status", "--endpoint-name", name], "list": ["list"]}[command]


def without(policy, action):
    statement = policy["Statement"][0]
    actions = [other for other in statement["Action"] if other != action]
    return {"Version": "2012-10-17", "Statement": [dict(statement, Action=actions)]} if actions \
        else NOTHING


@pytest.fixture(autouse=True)
def tidy(admin, moto):
    yield
    for item in json.loads(admin.good("list", "--json").out)["endpoints"]:
        admin.good("delete-endpoint", "--yes", "--endpoint-name", item["endpoint_name"])
    sagemaker = moto.client("sagemaker")
    for item in sagemaker.list_endpoint_configs()["EndpointConfigs"]:
        sagemaker.delete_endpoint_config(EndpointConfigName=item["EndpointConfigName"])
    for item in sagemaker.list_models()["Models"]:
        sagemaker.delete_model(ModelName=item["ModelName"])


def test_every_command_has_a_policy():
    assert set(POLICIES) == {
        "register-model", "approve-model", "list-models", "deploy-model", "delete-endpoint",
        "status", "list", "logs", "invoke", "upload-model", "registry-login"}


@pytest.mark.parametrize("command", sorted(POLICIES))
def test_the_policy_is_enough_and_each_action_is_needed(admin, moto, user, command):
    as_user = keys_environment(moto.url, user)
    policy = POLICIES[command]
    moto.set_policy("caller", policy)
    admin.good(*words_for(command, admin, moto), env=as_user, stdin=b"{}")
    for action in policy["Statement"][0]["Action"]:
        if action in NOT_SHOWN.get(command, set()):
            continue
        words = words_for(command, admin, moto)
        moto.set_policy("caller", without(policy, action))
        outcome = admin.bad(*words, env=as_user, stdin=b"{}")
        assert "AccessDenied" in outcome.err or "403" in outcome.err, (action, outcome.err)


def test_a_role_that_may_not_be_looked_at_is_a_note(admin, moto, user):
    moto.set_policy("caller", without(POLICIES["deploy-model"], "iam:GetRole"))
    outcome = admin.good(*words_for("deploy-model", admin, moto),
                         env=keys_environment(moto.url, user))
    assert "iam:GetRole" in outcome.err


def test_the_execution_role_is_a_role(moto):
    """moto takes both documents, and lets the role do what they name and nothing else."""
    trust, policy = (json.loads(text) for text in re.findall(
        r"```json\n(.*?)```", DOCUMENT.split("## The smallest execution role")[1], re.S))
    iam = moto.client("iam")
    iam.create_role(RoleName="Execution", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="Execution", PolicyName="p", PolicyDocument=json.dumps(policy))
    # The same rights for a user, for nobody but SageMaker becomes the role. moto knows the resources
    # of S3 calls only.
    for statement in policy["Statement"]:
        if not statement["Action"][0].startswith("s3:"):
            statement["Resource"] = "*"
    keys = moto.user("execution", policy)
    import boto3
    from botocore.exceptions import ClientError
    from fake_aws import REGION

    def client(service):
        return boto3.client(service, endpoint_url=moto.url, region_name=REGION,
                            aws_access_key_id=keys["AccessKeyId"],
                            aws_secret_access_key=keys["SecretAccessKey"])

    moto.bucket("my-bucket").put_object(Bucket="my-bucket", Key="role/x", Body=b"data")
    assert client("s3").get_object(Bucket="my-bucket", Key="role/x")["Body"].read() == b"data"
    client("ecr").get_authorization_token()
    client("logs").create_log_group(logGroupName="/aws/sagemaker/Endpoints/role")
    for refused in (lambda: client("s3").put_object(Bucket="my-bucket", Key="y", Body=b""),
                    lambda: client("sagemaker").list_models()):
        with pytest.raises(ClientError, match="AccessDenied|not authorized"):
            refused()
