# SPDX-License-Identifier: Apache-2.0
"""Runs the cases of `cases/*.json`: what SageMaker's contract asks of a container, as data.

A file is `{"subject", "target", "cases": [...]}`; a case is

    {"name": ..., "because": ...,                  why the contract asks for it
     "request": {"method", "target", "headers": {}, "body": text or JSON, "chunked": true},
     "expect": {"status", "headers": {name: value or null for none}, "json", "text", "json_has": {}}}
"""

import json
from pathlib import Path

import pytest

from harness.http_client import request_bytes
from harness.problem import check_problem

FILES = sorted((Path(__file__).parent / "cases").glob("*.json"))


def cases():
    for path in FILES:
        table = json.loads(path.read_text())
        for case in table["cases"]:
            yield pytest.param(table["target"], case, id=f"{path.stem}: {case['name']}")


def encode(request):
    method, target = request["method"], request.get("target", "/invocations")
    headers = request.get("headers", {})
    body = request.get("body")
    if body is not None:
        body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    if not request.get("chunked"):
        return request_bytes(method, target, body, headers, content_type=None)
    head = request_bytes(method, target, None, headers | {"Transfer-Encoding": "chunked"})
    return head + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"


@pytest.mark.parametrize("target, case", list(cases()))
def test_case(shared_servers, target, case):
    request, expect = case["request"], case["expect"]
    server = shared_servers(target)
    with server.connect() as connection:
        connection.send(encode(request))
        answer = connection.receive(request["method"])
    assert answer.status == expect["status"], answer
    for name, value in expect.get("headers", {}).items():
        assert answer.headers.get(name.lower()) == value
    if answer.status >= 400 and request["method"] != "HEAD":
        check_problem(answer, answer.status)
    if "text" in expect:
        assert answer.text == expect["text"]
    if "json" in expect:
        assert answer.json == expect["json"]
    for key, value in expect.get("json_has", {}).items():
        assert answer.json[key] == value, answer.json
