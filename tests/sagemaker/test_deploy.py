# SPDX-License-Identifier: Apache-2.0
"""deploy-model and delete-endpoint where all goes well, and what is refused."""

import json
import re
from pathlib import Path

import pytest
from botocore.validate import ParamValidator
from fake_aws import FakeAws, Reply, error
from wire_checks import model as service_model

ROLE = ["--role", "MyRole"]


def nothing_left(fake):
    return not fake.endpoints and not fake.configs and not fake.models


def test_deploys_waits_and_says_what_to_do_next(tool, fake, package):
    fake.states = ["Creating", "Creating", "InService"]
    outcome = tool.good("deploy-model", *ROLE, package)
    assert "'tenon-test-endpoint' is InService" in outcome.out
    assert "https://eu-central-1.console.aws.amazon.com/sagemaker/home" in outcome.out
    assert "tenon sagemaker invoke --endpoint-name tenon-test-endpoint" in outcome.out
    assert "billed until deleted: tenon sagemaker delete-endpoint" in outcome.out
    assert outcome.err == ""  # Progress is for terminals.
    variant = list(fake.configs.values())[0]["ProductionVariants"][0]
    assert (variant["InstanceType"], variant["InitialInstanceCount"]) == ("ml.m5.large", 1)
    model = list(fake.models.values())[0]
    assert model["PrimaryContainer"] == {"ModelPackageName": package}
    assert model["ExecutionRoleArn"] == "arn:aws:iam::123456789012:role/MyRole"
    # Everything is checked before anything is created.
    operations = fake.operations()
    assert operations.index("DescribeModelPackage") < operations.index("CreateModel")
    assert operations.index("GetRole") < operations.index("CreateModel")
    assert operations.index("CreateModel") < operations.index("CreateEndpointConfig") \
        < operations.index("CreateEndpoint")


def test_deploys_and_deletes_with_nothing_left(tool, fake, package):
    for _ in range(2):
        tool.good("deploy-model", *ROLE, package)
        outcome = tool.good("delete-endpoint", "--yes")
        assert "Deleted the endpoint" in outcome.out
        assert "Deleted the config" in outcome.out and "Deleted the model" in outcome.out
        assert nothing_left(fake)
    assert "There is no endpoint" in tool.good("delete-endpoint").out


def test_every_choice_reaches_the_calls(tool, fake, package):
    tool.good("deploy-model", *ROLE, "--endpoint-name", "all", "--instance-type", "ml.c5.xlarge",
              "--instance-count", "3", "--startup-timeout", "600", "--model-data-timeout", "900",
              "--env", "A=1", "--env", "B=x=y", "--tag", "team=ml", "--async", "s3://out/put/",
              "--max-concurrent", "4",
              "--set", 'model.VpcConfig={"Subnets":["subnet-1"],"SecurityGroupIds":["sg-1"]}',
              "--set", "model.EnableNetworkIsolation=true",
              "--set", 'config.KmsKeyId="key"',
              "--set", 'config.DataCaptureConfig={"InitialSamplingPercentage":50,'
                       '"DestinationS3Uri":"s3://cap/","CaptureOptions":[{"CaptureMode":"Input"}]}',
              "--set", "config.ProductionVariants.0.VolumeSizeInGB=100", package)
    model = list(fake.models.values())[0]
    config = list(fake.configs.values())[0]
    variant = config["ProductionVariants"][0]
    assert model["PrimaryContainer"]["Environment"] == {"A": "1", "B": "x=y"}
    assert model["VpcConfig"] == {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert model["EnableNetworkIsolation"] is True
    assert {"Key": "team", "Value": "ml"} in model["Tags"]
    assert config["KmsKeyId"] == "key"
    assert config["DataCaptureConfig"]["InitialSamplingPercentage"] == 50
    assert config["AsyncInferenceConfig"] == {
        "OutputConfig": {"S3OutputPath": "s3://out/put/"},
        "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4}}
    assert variant["ContainerStartupHealthCheckTimeoutInSeconds"] == 600
    assert variant["ModelDataDownloadTimeoutInSeconds"] == 900
    assert variant["VolumeSizeInGB"] == 100
    assert variant["InstanceType"] == "ml.c5.xlarge" and variant["InitialInstanceCount"] == 3
    assert {"Key": "team", "Value": "ml"} in fake.tags[fake.endpoints["all"]["EndpointArn"]]


def sample(shape):
    """A value that fits, every member of it, one item in a list."""
    if shape.type_name == "structure":
        return {name: sample(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member)]
    if shape.type_name == "map":
        return {"item": sample(shape.value)}
    if shape.type_name == "string":
        return (shape.enum or ["x" * max(1, shape.metadata.get("min", 1))])[0]
    return {"boolean": True, "float": 1.5, "double": 1.5}.get(shape.type_name,
                                                              shape.metadata.get("min", 1))


@pytest.mark.parametrize(("operation", "place", "name"), [
    ("CreateModel", "model", "ModelName"),
    ("CreateEndpointConfig", "config", "EndpointConfigName")])
def test_every_member_of_both_calls_can_be_set(tool, operation, place, name):
    shape = service_model("sagemaker").operation_model(operation).input_shape
    values = {member: sample(of) for member, of in shape.members.items() if member != name}
    settings = [word for member, value in values.items()
                for word in ("--set", f"{place}.{member}={json.dumps(value)}")]
    calls = json.loads(tool.good("deploy-model", *ROLE, "--dry-run", "--json", *settings,
                                 FakeAws.arn("model-package/mine/1")).out)["calls"]
    body = next(call["body"] for call in calls if call["operation"] == operation)
    assert {member: body[member] for member in values} == values
    assert not ParamValidator().validate(body, shape).has_errors()


def test_serverless_has_no_instances(tool, fake, package):
    tool.good("deploy-model", *ROLE, "--serverless", "2048,5", package)
    variant = list(fake.configs.values())[0]["ProductionVariants"][0]
    assert variant["ServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    assert "InstanceType" not in variant and "InitialInstanceCount" not in variant


def test_multi_model_takes_the_image_of_the_package(tool, fake, package):
    tool.good("deploy-model", *ROLE, "--multi-model", "s3://bucket/models/", package)
    container = list(fake.models.values())[0]["PrimaryContainer"]
    assert container == {"Image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1",
                         "Mode": "MultiModel", "ModelDataUrl": "s3://bucket/models/"}


@pytest.mark.parametrize("mode", ["direct", "serial"])
def test_several_containers(tool, fake, package, mode):
    second = fake.add_package(version=2)
    tool.good("deploy-model", *ROLE, "--container", f"next={second}", "--mode", mode, package)
    model = list(fake.models.values())[0]
    assert model["Containers"] == [
        {"ContainerHostname": "main", "ModelPackageName": package},
        {"ContainerHostname": "next", "ModelPackageName": second}]
    assert model["InferenceExecutionConfig"] == {"Mode": mode.capitalize()}


def test_every_flag_has_a_variable(tool, fake, package):
    tool.good("deploy-model", package, env={
        "TENON_SAGEMAKER_ROLE": "MyRole", "TENON_SAGEMAKER_ENDPOINT_NAME": "from-variable",
        "TENON_SAGEMAKER_INSTANCE_TYPE": "ml.c5.large", "TENON_SAGEMAKER_ENV": "A=1\nB=2",
        "TENON_SAGEMAKER_NO_WAIT": "1", "TENON_SAGEMAKER_JSON": "true"})
    assert "from-variable" in fake.endpoints
    assert list(fake.models.values())[0]["PrimaryContainer"]["Environment"] == {"A": "1", "B": "2"}
    # The flag wins.
    tool.good("deploy-model", "--role", "MyRole", "--endpoint-name", "from-flag", package,
              env={"TENON_SAGEMAKER_ENDPOINT_NAME": "from-variable"})
    assert "from-flag" in fake.endpoints


def test_an_existing_endpoint_is_refused_with_both_ways_on(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    before = fake.operations().count("CreateModel")
    outcome = tool.bad("deploy-model", *ROLE, package)
    assert "delete-endpoint" in outcome.err and "--update" in outcome.err
    assert fake.operations().count("CreateModel") == before


def test_what_is_not_approved_is_refused_before_anything_is_made(tool, fake):
    arn = fake.add_package(approval="PendingManualApproval")
    outcome = tool.bad("deploy-model", *ROLE, arn)
    assert f"approve-model {arn}" in outcome.err
    assert not any(name.startswith("Create") for name in fake.operations())
    tool.good("approve-model", arn)
    tool.good("deploy-model", *ROLE, arn)


def test_what_is_not_completed_or_not_there_is_refused(tool, fake):
    assert "is InProgress" in tool.bad("deploy-model", *ROLE,
                                       fake.add_package(status="InProgress")).err
    assert "There is no model package" in tool.bad(
        "deploy-model", *ROLE, FakeAws.arn("model-package/none/1")).err
    assert not any(name.startswith("Create") for name in fake.operations())


def test_a_missing_role_is_refused_and_a_hidden_one_is_a_note(tool, fake, package):
    outcome = tool.bad("deploy-model", "--role", "nobody", package)
    assert "There is no role 'nobody'" in outcome.err
    assert not any(name.startswith("Create") for name in fake.operations())
    denied = Reply(403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message>"
                        b"</Error></ErrorResponse>")
    fake.script("GetRole", denied)
    outcome = tool.good("deploy-model", *ROLE, package)
    assert "note: the caller may not look at roles" in outcome.err
    assert list(fake.models.values())[0]["ExecutionRoleArn"] == \
        "arn:aws:iam::123456789012:role/MyRole"


def test_a_role_can_be_an_arn(tool, fake, package):
    arn = "arn:aws:iam::123456789012:role/service-role/Deep"
    fake.handlers["GetRole"] = lambda _: Reply(200, f"<Arn>{arn}</Arn>".encode())
    tool.good("deploy-model", "--role", arn, package)
    assert list(fake.models.values())[0]["ExecutionRoleArn"] == arn


def test_no_wait_returns_while_it_is_created(tool, fake, package):
    fake.states = ["Creating"]
    outcome = tool.good("deploy-model", *ROLE, "--no-wait", "--json", package)
    assert json.loads(outcome.out)["status"] == "Creating"
    assert list(fake.endpoints) == ["tenon-test-endpoint"]


def test_dry_run_prints_the_calls_and_makes_none(tool, fake, package):
    words = ["deploy-model", *ROLE, "--env", "API_TOKEN=topsecret", "--env", "SIZE=7",
             "--dry-run", package]
    outcome = tool.good(*words, env={"AWS_ACCESS_KEY_ID": None})
    for operation in ("DescribeModelPackage", "GetRole", "CreateModel", "CreateEndpointConfig",
                      "CreateEndpoint"):
        assert operation in outcome.out
    assert "topsecret" not in outcome.out + outcome.err and '"API_TOKEN":"***"' in outcome.out
    assert '"SIZE":"7"' in outcome.out
    calls = json.loads(tool.good(*words, "--json").out)["calls"]
    assert calls[-1]["body"]["EndpointName"] == "tenon-test-endpoint"
    for words in (["delete-endpoint"], ["approve-model", package],
                  ["register-model", "--model-package-group", "g", "--model-data-uri",
                   "s3://bucket/m.tar.gz", "--image-uri", "a.b/c:1"]):
        assert tool.good(*words, "--dry-run").out
    assert fake.captured == []


def test_only_what_this_tool_made_is_deleted(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    # Another's config and model with a name like ours.
    fake.configs["tenon-test-endpoint-other"] = {
        "EndpointConfigName": "tenon-test-endpoint-other", "ProductionVariants": [],
        "EndpointConfigArn": FakeAws.arn("endpoint-config/tenon-test-endpoint-other")}
    fake.models["tenon-test-endpoint-other"] = {
        "ModelName": "tenon-test-endpoint-other",
        "ModelArn": FakeAws.arn("model/tenon-test-endpoint-other")}
    tool.good("delete-endpoint", "--yes")
    assert list(fake.configs) == list(fake.models) == ["tenon-test-endpoint-other"]
    assert fake.endpoints == {}
    # Another's endpoint.
    fake.endpoints["theirs"] = {
        "EndpointName": "theirs", "EndpointArn": FakeAws.arn("endpoint/theirs"),
        "EndpointConfigName": "tenon-test-endpoint-other", "CreationTime": 1,
        "LastModifiedTime": 1, "states": ["InService"]}
    outcome = tool.bad("delete-endpoint", "--endpoint-name", "theirs", "--yes")
    assert "was not made by this tool" in outcome.err and "theirs" in fake.endpoints


def in_pages_of_one(fake, operation, member):
    def page(request):
        items = getattr(type(fake), operation)(fake, request)[member]
        begin = int(request.json().get("NextToken", 0))
        return {member: items[begin:begin + 1],
                **({"NextToken": str(begin + 1)} if begin + 1 < len(items) else {})}
    fake.handlers[operation] = page


def test_every_page_of_every_list_is_read(tool, fake, package):
    for operation, member in (("ListEndpoints", "Endpoints"), ("ListTags", "Tags"),
                              ("ListEndpointConfigs", "EndpointConfigs"), ("ListModels", "Models")):
        in_pages_of_one(fake, operation, member)
    for name in ("one", "one-more"):
        tool.good("deploy-model", *ROLE, "--endpoint-name", name, package)
    listed = json.loads(tool.good("list", "--json").out)["endpoints"]
    assert [item["endpoint_name"] for item in listed] == ["one", "one-more"]
    # Another endpoint whose name only begins the same is left alone.
    tool.good("delete-endpoint", "--endpoint-name", "one", "--yes")
    assert list(fake.endpoints) == ["one-more"] and len(fake.configs) == len(fake.models) == 1
    tool.good("delete-endpoint", "--endpoint-name", "one-more", "--yes")
    assert nothing_left(fake)


def test_delete_waits_through_creating(tool, fake, package):
    fake.states = ["Creating", "Creating", "Creating", "InService"]
    tool.good("deploy-model", *ROLE, "--no-wait", package)
    tool.good("delete-endpoint", "--yes")
    assert nothing_left(fake)
    refused = len(fake.requests("DeleteEndpoint"))
    assert refused >= 2  # Asked, refused, asked again.


def test_delete_asks_and_does_nothing_without_an_answer(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    outcome = tool.bad("delete-endpoint")  # There is no terminal.
    assert "--yes" in outcome.err and "DeleteEndpoint" not in fake.operations()


def test_delete_finds_what_an_earlier_run_left(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    fake.endpoints.clear()
    outcome = tool.good("delete-endpoint", "--yes")
    assert "Deleted the config" in outcome.out and nothing_left(fake)


def test_a_package_of_another_region_is_refused(tool, fake, package):
    outcome = tool.bad("deploy-model", *ROLE, "--region", "us-east-1", package, status=2)
    assert "is not in the region us-east-1" in outcome.err and fake.captured == []


def test_status_and_list(tool, fake, package):
    tool.good("deploy-model", *ROLE, "--instance-count", "2", package)
    outcome = tool.good("status")
    assert "tenon-test-endpoint is InService" in outcome.out
    assert "AllTraffic" in outcome.out and "ml.m5.large" in outcome.out
    data = json.loads(tool.good("status", "--json").out)
    assert data["variants"] == [{"name": "AllTraffic", "current_weight": 1, "desired_weight": 1,
                                 "current_instance_count": 2, "desired_instance_count": 2}]
    fake.endpoints["theirs"] = dict(fake.endpoints["tenon-test-endpoint"], EndpointName="theirs",
                                    EndpointArn=FakeAws.arn("endpoint/theirs"))
    listed = json.loads(tool.good("list", "--json").out)["endpoints"]
    assert [(item["endpoint_name"], item["instance_type"], item["instance_count"])
            for item in listed] == [("tenon-test-endpoint", "ml.m5.large", "2")]
    fake.endpoints["tenon-test-endpoint"]["CreationTime"] -= 3 * 3600 + 60
    heading, line = tool.good("list").out.splitlines()
    assert heading.split() == ["ENDPOINT", "STATUS", "INSTANCE", "COUNT", "AGE"]
    assert line.split() == ["tenon-test-endpoint", "InService", "ml.m5.large", "2", "3h", "1m"]
    assert "There is no endpoint 'none'" in tool.bad("status", "--endpoint-name", "none").err


def test_status_explains_a_failure(tool, fake, package):
    fake.states = [{"EndpointStatus": "Failed",
                    "FailureReason": "The primary container for production variant AllTraffic did "
                                     "not pass the ping health check."}]
    tool.good("deploy-model", *ROLE, "--no-wait", package)
    outcome = tool.good("status")
    assert "Reason:  The primary container" in outcome.out and "--startup-timeout" in outcome.out


DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/sagemaker.md").read_text()
REASONS = [reason for row in re.findall(r"^\| ([^|]+) \| [^|]+ \|$", DOCUMENT.split(
    "## When it does not come alive")[1].split("\n## ")[0], re.M)[1:] for reason in row.split("; ")]


@pytest.mark.parametrize("reason", REASONS)
def test_what_each_documented_reason_usually_means(tool, fake, package, reason):
    fake.states = [{"EndpointStatus": "Failed", "FailureReason": f"It is that {reason}."}]
    tool.good("deploy-model", *ROLE, "--no-wait", package)
    assert "\nUsually: " in tool.good("status").out


def test_the_document_has_every_reason_of_the_program():
    source = (Path(__file__).resolve().parents[2] / "apps/sagemaker/deploy/judgement.cpp").read_text()
    causes = re.findall(r'^    \{"([^"]+)"', source.split("kCauses[] = {")[1].split("};")[0], re.M)
    assert len(causes) == len(REASONS) and all(
        any(cause in reason.lower() or reason.lower() in cause for reason in REASONS)
        for cause in causes)


def test_names_that_are_too_long_for_parts_are_cut(tool, fake, package):
    name = "n" * 63
    tool.good("deploy-model", *ROLE, "--endpoint-name", name, package)
    assert all(len(part) <= 63 for part in [*fake.models, *fake.configs])
    tool.good("delete-endpoint", "--endpoint-name", name, "--yes")
    assert nothing_left(fake)


def test_denied_calls_say_what_is_denied(tool, fake, package):
    fake.script("DescribeModelPackage", error("AccessDeniedException",
                "User: arn:aws:iam::1:user/x is not authorized to perform: "
                "sagemaker:DescribeModelPackage"))
    assert "sagemaker:DescribeModelPackage" in tool.bad("deploy-model", *ROLE, package).err
