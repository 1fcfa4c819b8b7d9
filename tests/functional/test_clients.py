# SPDX-License-Identifier: Apache-2.0
"""Clients that were not written here: curl, Python's own, and boto3 as users of SageMaker have it."""

import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import boto3
import botocore.config
import botocore.exceptions
import pytest

from sagemaker_stand_in import StandIn


def curl(*words):
    done = subprocess.run(["curl", "-sS", "-m", "20", *words], capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl(hello, tmp_path):
    url = f"http://127.0.0.1:{hello.port}"
    as_json = ["-H", "Content-Type: application/json"]
    assert curl(f"{url}/invocations", *as_json, "-d", '{"text":"hi"}') == b'{"text":"hi"}'
    assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{url}/ping") == b"200"
    assert curl("-I", f"{url}/ping").startswith(b"HTTP/1.1 200")
    # Chunked, and large enough for `Expect: 100-continue`.
    large = tmp_path / "large.json"
    large.write_text(json.dumps({"text": "x" * 3_000_000}))
    answer = curl(f"{url}/invocations", *as_json, "-H", "Transfer-Encoding: chunked",
                  "--data-binary", f"@{large}")
    assert json.loads(answer) == json.loads(large.read_text())
    answer = curl(f"{url}/invocations", *as_json, "-H", "Expect: 100-continue", "--data-binary",
                  f"@{large}")
    assert json.loads(answer) == json.loads(large.read_text())
    # One connection for several, and HTTP/1.0.
    both = curl(f"{url}/ping", f"{url}/-/healthz", "-w", "%{num_connects} ")
    assert both.endswith(b"success0 ")
    assert curl("--http1.0", f"{url}/-/healthz") == b"success"
    # Without -H, curl says that it is a form.
    assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{url}/invocations", "-d", "{}") == b"415"


def test_pythons_own_client_in_many_threads(hello):
    def ask(worker):
        connection = HTTPConnection("127.0.0.1", hello.port, timeout=20)
        for i in range(50):
            text = f"{worker}/{i}"
            connection.request("POST", "/invocations", json.dumps({"text": text}),
                               {"Content-Type": "application/json"})
            assert json.loads(connection.getresponse().read()) == {"text": text}
        connection.close()
        return 50

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(16))) == 800


@pytest.fixture
def sagemaker(shared_servers):
    """A sagemaker-runtime client, and a stand-in for the platform in front of the model."""
    server = shared_servers("context:handle")
    with StandIn(server.port) as stand_in:
        yield boto3.client(
            "sagemaker-runtime",
            endpoint_url=f"http://127.0.0.1:{stand_in.port}",
            region_name="us-east-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )


def test_boto3_invoke_endpoint(sagemaker):
    answer = sagemaker.invoke_endpoint(
        EndpointName="model", ContentType="application/json", Accept="application/json",
        CustomAttributes="trace=7;tenon-timeout-ms=5000", InferenceId="order-66",
        SessionId="s-1", Body=b'{"header":"x-amzn-sagemaker-target-model"}')
    assert answer["ContentType"] == "application/json"
    assert json.loads(answer["Body"].read()) == {
        "id": "order-66", "custom_attributes": "trace=7;tenon-timeout-ms=5000",
        "session_id": "s-1", "header": None, "has_deadline": True}


def test_boto3_without_a_content_type(sagemaker):
    answer = json.loads(sagemaker.invoke_endpoint(EndpointName="model", Body=b"{}")["Body"].read())
    assert answer["id"] and not answer["has_deadline"]


def test_boto3_sees_our_problem_in_the_model_error(sagemaker):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        sagemaker.invoke_endpoint(EndpointName="model", ContentType="application/json",
                                  Body=b'{"header":7}')
    error = raised.value.response
    assert error["Error"]["Code"] == "ModelError"
    assert error["OriginalStatusCode"] == 422
    problem = json.loads(error["OriginalMessage"])  # Not cut: it fits.
    assert problem["errors"][0]["pointer"] == "/header"
    assert problem["request_id"]


def test_boto3_in_threads(sagemaker):
    lock = threading.Lock()
    ids = set()

    def ask(i):
        answer = sagemaker.invoke_endpoint(EndpointName="model", InferenceId=f"id-{i}", Body=b"{}")
        with lock:
            ids.add(json.loads(answer["Body"].read())["id"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(64)))
    assert ids == {f"id-{i}" for i in range(64)}
