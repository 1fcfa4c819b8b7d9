# SPDX-License-Identifier: Apache-2.0
"""Checks a captured request with botocore: its signature, byte for byte, and its body against the
service model."""

import hashlib
import json
import re
from urllib.parse import parse_qs, urlsplit

import botocore.session
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.validate import ParamValidator

_session = botocore.session.get_session()
_models = {}
_services = {"SageMaker": "sagemaker", "Logs_20140328": "logs",
             "AmazonEC2ContainerRegistry_V20150921": "ecr"}
UNSIGNED = {"AssumeRoleWithWebIdentity", "GetRoleCredentials", "CreateToken"}


def model(service):
    if service not in _models:
        _models[service] = _session.get_service_model(service)
    return _models[service]


def check_signature(request, secrets):
    """`secrets` maps access key ids to secret keys."""
    if request.operation in UNSIGNED:
        assert request.header("Authorization") is None
        return
    authorization = request.header("Authorization")
    match = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, "
        r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", authorization)
    assert match, authorization
    key_id, _, region, service, names, signature = match.groups()
    signed = names.split(";")
    assert signed == sorted(signed) and "host" in signed and "x-amz-date" in signed
    for name, _ in request.headers:  # Nothing that says something goes unsigned.
        if name.lower().startswith(("x-amz", "content-type")):
            assert name.lower() in signed, name
    signer_type = S3SigV4Auth if service == "s3" else SigV4Auth
    if service == "s3":
        digest = hashlib.sha256(request.body).hexdigest()
        assert request.header("x-amz-content-sha256") == digest
    headers = {name: value for name, value in request.headers
               if name.lower() in signed and name.lower() != "host"}
    url = f"http://{request.header('Host')}{request.target}"
    rebuilt = AWSRequest(method=request.method, url=url, headers=headers, data=request.body)
    rebuilt.context["timestamp"] = request.header("X-Amz-Date")
    signer = signer_type(
        Credentials(key_id, secrets[key_id], request.header("X-Amz-Security-Token")), service,
        region)
    canonical = signer.canonical_request(rebuilt)
    expected = signer.signature(signer.string_to_sign(rebuilt, canonical), rebuilt)
    assert expected == signature, f"{request.operation}\n{canonical}"


def check_body(request):
    """No unknown and no mistyped member, nothing required missing."""
    target = request.header("X-Amz-Target")
    if target:
        prefix, operation = target.rsplit(".", 1)
        shape = model(_services[prefix]).operation_model(operation).input_shape
        report = ParamValidator().validate(json.loads(request.body), shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"
    elif b"Action=" in request.body:
        parameters = parse_qs(request.body.decode())
        service = {"2010-05-08": "iam", "2011-06-15": "sts"}[parameters.pop("Version")[0]]
        shape = model(service).operation_model(parameters.pop("Action")[0]).input_shape
        assert set(parameters) <= set(shape.members)
        assert set(shape.required_members) <= set(parameters)
    elif request.operation.startswith("InvokeEndpoint"):
        shape = model("sagemaker-runtime").operation_model(request.operation).input_shape
        names = {member.serialization["name"].lower() for member in shape.members.values()
                 if member.serialization.get("location") == "header"}
        for name, _ in request.headers:
            assert not name.lower().startswith("x-amzn-sagemaker") or name.lower() in names, name
        if request.operation == "InvokeEndpoint":
            assert "x-amzn-sagemaker-accept" not in [name.lower() for name, _ in request.headers]
    else:
        assert urlsplit(request.target).path.startswith("/")
