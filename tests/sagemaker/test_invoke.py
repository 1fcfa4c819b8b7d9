# SPDX-License-Identifier: Apache-2.0
import json
import time

import pytest
from fake_aws import Drop, Reply, event_frame


def part(payload):
    return event_frame({":message-type": "event", ":event-type": "PayloadPart"}, payload)


def stream(*chunks):
    return Reply(200, headers={"Content-Type": "application/vnd.amazon.eventstream"},
                 chunks=list(chunks))


def test_sends_the_body_as_it_is_and_prints_the_answer(tool, fake, tmp_path):
    body = bytes(range(256))
    (tmp_path / "body.bin").write_bytes(body)
    fake.handlers["InvokeEndpoint"] = lambda request: Reply(200, request.body[::-1])
    outcome = tool.good(
        "invoke", "--body", "body.bin", "--content-type", "application/octet-stream", "--accept",
        "application/x-npy", "--custom-attributes", "a=b;  c='d' (e)~", "--inference-id", "id 1",
        "--target-model", "m.tar.gz", "--target-variant", "blue", "--target-container", "main",
        "--session-id", "NEW_SESSION", "--endpoint-name", "other")
    assert outcome.bytes == body[::-1]
    request = fake.captured[0]
    assert request.body == body and request.target == "/endpoints/other/invocations"
    assert {name.lower(): value for name, value in request.headers}.items() >= {
        "content-type": "application/octet-stream", "accept": "application/x-npy",
        "x-amzn-sagemaker-custom-attributes": "a=b;  c='d' (e)~",
        "x-amzn-sagemaker-inference-id": "id 1", "x-amzn-sagemaker-target-model": "m.tar.gz",
        "x-amzn-sagemaker-target-variant": "blue",
        "x-amzn-sagemaker-target-container-hostname": "main",
        "x-amzn-sagemaker-session-id": "NEW_SESSION"}.items()


def test_json_shows_what_comes_with_the_answer(tool, fake):
    data = json.loads(tool.good("invoke", "--body", "-", "--json", stdin=b"1").out)
    assert data["body"] == {"echo": 1} and data["variant"] == "AllTraffic"


def test_a_model_error_prints_the_original_status_and_message(tool, fake):
    fake.script("InvokeEndpoint", Reply(424, {
        "Message": "Received client error (422) from primary",
        "OriginalStatusCode": 422, "OriginalMessage": '{"detail":"no text"}',
        "LogStreamArn": "arn:aws:logs:x"}, {"x-amzn-ErrorType": "ModelError"}))
    outcome = tool.bad("invoke", "--body", "-")
    assert 'with status 422: {"detail":"no text"}' in outcome.err
    assert "arn:aws:logs:x" in outcome.err and len(fake.captured) == 1
    fake.script("InvokeEndpoint", Reply(424, {"OriginalStatusCode": 0, "OriginalMessage": "t"}))
    assert "did not answer within 60 s" in tool.bad("invoke", "--body", "-").err


def test_streams_as_it_arrives(tool, fake):
    whole = part(b"first ") + part("ü".encode()[:1]) + part("ü".encode()[1:] + b" last\n")
    fake.script("InvokeEndpointWithResponseStream",
                stream((0, whole[:40]), (0, whole[40:70]), (3, whole[70:])))
    process = tool.start("invoke", "--body", "/dev/null", "--accept", "text/plain", "--stream")
    began = time.monotonic()
    assert process.stdout.read(6) == b"first "
    assert time.monotonic() - began < 2.5  # Before the rest has been sent.
    assert process.communicate(timeout=20)[0] == "ü last\n".encode() and process.returncode == 0
    request = fake.captured[0]
    assert request.header("X-Amzn-SageMaker-Accept") == "text/plain"
    assert request.header("Content-Type") == "application/json"


@pytest.mark.parametrize(("frames", "said"), [
    ([part(b"some"), event_frame({":message-type": "exception",
                                  ":exception-type": "ModelStreamError",
                                  ":content-type": "application/json"},
                                 b'{"Message":"gone","ErrorCode":"StreamBroken"}')],
     "ModelStreamError (StreamBroken): gone"),
    ([part(b"some"), event_frame({":message-type": "error", ":error-code": "Internal",
                                  ":error-message": "oops"}, b"")], "Internal: oops"),
    ([part(b"some"), part(b"cut")[:-3]], "inside a message"),
    ([part(b"some"), b"\0\0\0\x10garbage----"], "a frame makes no sense"),
])
def test_a_stream_that_breaks_off_fails_after_what_came(tool, fake, frames, said):
    fake.script("InvokeEndpointWithResponseStream", stream(*[(0, frame) for frame in frames]))
    outcome = tool.bad("invoke", "--body", "-", "--stream")
    assert outcome.bytes == b"some" and said in outcome.err
    assert len(fake.captured) == 1  # What has begun to be shown is not asked for again.


def test_a_stream_whose_connection_breaks_is_not_repeated(tool, fake):
    fake.script("InvokeEndpointWithResponseStream", stream((0, part(b"some")), (0, None)))
    outcome = tool.bad("invoke", "--body", "-", "--stream")
    assert outcome.bytes == b"some" and len(fake.captured) == 1


def test_an_error_before_the_stream_is_a_model_error(tool, fake):
    fake.script("InvokeEndpointWithResponseStream",
                Reply(424, {"OriginalStatusCode": 500, "OriginalMessage": "early"}))
    assert "with status 500: early" in tool.bad("invoke", "--body", "-", "--stream").err


def async_answer(fake, key="out/1.out", failure="out/1-error.out"):
    fake.handlers["InvokeEndpointAsync"] = lambda _: Reply(202, {"InferenceId": "i"}, {
        "X-Amzn-SageMaker-OutputLocation": f"s3://bucket/{key}",
        "X-Amzn-SageMaker-FailureLocation": f"s3://bucket/{failure}"})


def test_async_waits_for_the_output(tool, fake):
    async_answer(fake)
    fake.script("GetObject", *[Reply(404, b"<Error><Code>NoSuchKey</Code></Error>")] * 2,
                Reply(403, b"<Error><Code>AccessDenied</Code></Error>"),
                Reply(404, b"<Error><Code>NoSuchKey</Code></Error>"), Reply(200, b"the answer"))
    outcome = tool.good("invoke", "--async", "--body", "-", "--accept", "a/b", stdin=b"{}")
    assert outcome.out == "the answer"
    request = fake.requests("InvokeEndpointAsync")[0]
    assert request.body == b"{}" and request.header("X-Amzn-SageMaker-InputLocation") is None
    assert request.header("X-Amzn-SageMaker-Accept") == "a/b"


def test_async_takes_an_object(tool, fake):
    async_answer(fake, key="odd key/&+1.out")
    fake.objects["bucket/odd key/&+1.out"] = b'{"x":1}'
    outcome = tool.good("invoke", "--async", "--json", "--body", "s3://bucket/in.json")
    assert json.loads(outcome.out)["body"] == {"x": 1}
    request = fake.requests("InvokeEndpointAsync")[0]
    assert request.body == b""
    assert request.header("X-Amzn-SageMaker-InputLocation") == "s3://bucket/in.json"


def test_async_fails_with_the_failure_object(tool, fake):
    async_answer(fake)
    fake.objects["bucket/out/1-error.out"] = b"the model said no"
    assert "the model said no" in tool.bad("invoke", "--async", "--body", "-", stdin=b"{}").err


def test_async_gives_up_in_time(tool, fake):
    async_answer(fake)
    outcome = tool.bad("invoke", "--async", "--timeout", "0.2", "--body", "-", stdin=b"{}")
    assert "s3://bucket/out/1.out" in outcome.err


def test_async_takes_128000_bytes_and_no_more(tool, fake):
    async_answer(fake)
    fake.objects["bucket/out/1.out"] = b"ok"
    tool.good("invoke", "--async", "--body", "-", stdin=b"x" * 128_000)
    count = len(fake.captured)
    outcome = tool.bad("invoke", "--async", "--body", "-", stdin=b"x" * 128_001, status=2)
    assert "128,000" in outcome.err and len(fake.captured) == count


def test_invocations_are_repeated_where_nothing_came(tool, fake):
    fake.script("InvokeEndpoint", Drop, Reply(503, b""))
    tool.good("invoke", "--body", "-")
    assert len(fake.captured) == 3


@pytest.mark.parametrize("words", [
    ["--stream", "--async"], ["--stream", "--target-model", "m"], ["--stream", "--json"],
    ["--stream", "--session-id", "NEW_SESSION"], ["--async", "--target-model", "m"],
    ["--async", "--session-id", "s"], ["--async", "--target-variant", "v"],
    ["--async", "--target-container", "c"], ["--timeout", "5"], ["--body", "s3://bucket/x"],
    ["--body", "no-such-file"], ["--custom-attributes", "a\nb"], ["--inference-id", "x" * 65],
])
def test_impossible_calls_are_refused(tool, fake, words):
    outcome = tool.bad("invoke", "--body", "-", *words, status=2)
    assert words[0] in outcome.err and fake.captured == []
