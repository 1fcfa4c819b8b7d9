# SPDX-License-Identifier: Apache-2.0
"""The whole way against moto, which checks every signature."""

import json

import pytest
from moto_server import keys_environment

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1"


@pytest.fixture
def on_moto(tool, moto):
    tool.environment.update(keys_environment(moto.url, moto.admin))
    return tool


def register(tool, *words):
    outcome = tool.good("register-model", "--model-package-group", "mine", "--model-data-uri",
                        "s3://my-bucket/mine/model.tar.gz", "--image-uri", IMAGE, *words)
    arn = outcome.out
    assert arn.startswith("arn:aws:sagemaker:") and arn.count("\n") == 1  # The ARN alone.
    return arn.strip()


def assert_nothing_left(moto):
    sagemaker = moto.client("sagemaker")
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert sagemaker.list_models()["Models"] == []


def test_from_registration_to_nothing_left_twice(on_moto, moto):
    for turn in range(2):
        arn = register(on_moto, "--env", f"TURN={turn}")
        assert "approve-model" in on_moto.bad("deploy-model", "--role", "MyRole", arn).err
        on_moto.good("approve-model", arn)
        outcome = on_moto.good("deploy-model", "--role", "MyRole", arn)
        assert "is InService" in outcome.out
        assert json.loads(on_moto.good("status", "--json").out)["status"] == "InService"
        assert "tenon-test-endpoint" in on_moto.good("list").out
        moto.queue_answer(f"answer {turn}")
        assert on_moto.good("invoke", "--body", "-", stdin=b"{}%d" % turn).out == f"answer {turn}"
        on_moto.good("delete-endpoint", "--yes")
        assert_nothing_left(moto)
    assert "nothing is left" in on_moto.good("delete-endpoint").out


def test_two_packages_with_one_image_and_other_environment(on_moto, moto):
    arns = [register(on_moto, "--approve", "--env", f"MODEL_NAME={name}") for name in "AB"]
    sagemaker = moto.client("sagemaker")
    containers = [sagemaker.describe_model_package(ModelPackageName=arn)
                  ["InferenceSpecification"]["Containers"][0] for arn in arns]
    assert [container["Image"] for container in containers] == [IMAGE, IMAGE]
    assert [container["Environment"] for container in containers] == [
        {"MODEL_NAME": "A"}, {"MODEL_NAME": "B"}]
    listed = json.loads(on_moto.good("list-models", "mine", "--json").out)["models"]
    assert {item["model_package_arn"] for item in listed} >= set(arns)
    assert all(item["image"] == IMAGE for item in listed)
    for arn, name in zip(arns, ("one", "two")):
        on_moto.good("deploy-model", "--role", "MyRole", "--endpoint-name", name, arn)
    assert len(json.loads(on_moto.good("list", "--json").out)["endpoints"]) == 2
    for name in ("one", "two"):
        on_moto.good("delete-endpoint", "--endpoint-name", name, "--yes")
    assert_nothing_left(moto)


def test_a_wrong_secret_is_refused(on_moto):
    """So the green tests above say something about signatures."""
    outcome = on_moto.bad("list", env={"AWS_SECRET_ACCESS_KEY": "wrong"})
    assert "are refused" in outcome.err and "SignatureDoesNotMatch" in outcome.err
    outcome = on_moto.bad("list", env={"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN"})
    assert "are refused" in outcome.err


def test_uploads_to_s3_whole_and_in_parts(on_moto, moto, tmp_path):
    s3 = moto.bucket("my-bucket")
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "weights.bin").write_bytes(bytes(range(256)) * 100)
    uri = "s3://my-bucket/odd key+ü&=/~model.tar.gz"
    assert on_moto.good("upload-model", str(folder), uri).out.strip() == uri
    first = s3.get_object(Bucket="my-bucket", Key="odd key+ü&=/~model.tar.gz")["Body"].read()
    assert "--force" in on_moto.bad("upload-model", str(folder), uri).err
    on_moto.good("upload-model", "--force", str(folder), uri)
    assert s3.get_object(Bucket="my-bucket", Key="odd key+ü&=/~model.tar.gz")["Body"].read() == first
    import random
    (folder / "large.bin").write_bytes(random.Random(1).randbytes(20 << 20))
    on_moto.good("upload-model", str(folder), "s3://my-bucket/large/")
    head = s3.head_object(Bucket="my-bucket", Key="large/model.tar.gz")
    assert head["ETag"].endswith('-2"')  # Two parts.
    assert s3.list_multipart_uploads(Bucket="my-bucket").get("Uploads", []) == []


def test_reads_logs(on_moto, moto):
    logs = moto.client("logs")
    group = "/aws/sagemaker/Endpoints/with-logs"
    assert "never started" in on_moto.bad("logs", "--endpoint-name", "with-logs").err
    logs.create_log_group(logGroupName=group)
    import time
    now = int(time.time() * 1000)
    for i, stream in enumerate(("AllTraffic/i-1", "AllTraffic/i-2")):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[
            {"timestamp": now - 3000 + i * 100, "message": f"first of {i}"},
            {"timestamp": now - 2000 + i * 100, "message": f"second of {i}"}])
    lines = on_moto.good("logs", "--endpoint-name", "with-logs").out.splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == [
        "i-1 first of 0", "i-2 first of 1", "i-1 second of 0", "i-2 second of 1"]


def test_prints_the_registry_password(on_moto):
    outcome = on_moto.good("registry-login")
    assert outcome.out.count("\n") == 1 and len(outcome.out) > 5
    assert "docker login --username AWS --password-stdin" in outcome.err
