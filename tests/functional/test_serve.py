# SPDX-License-Identifier: Apache-2.0
"""`tenon serve`: what the environment says, and the parts of SageMaker's protocol that need it."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from harness.http_client import Closed, request_bytes
from harness.polling import wait_until
from harness.problem import check_problem
from harness.server import MODULES, PROGRAM, Server, free_port, run_program
from harness.serving import ServedContainer

ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"


@pytest.fixture(scope="module")
def mirror():
    with ServedContainer("protocol:mirror") as server:
        yield server


@pytest.fixture(scope="module")
def speaker():
    with ServedContainer("protocol:speaker") as server:
        yield server


def say(text, **more):
    return {"text": text, **more}


@pytest.mark.parametrize("name", ["TENON_RUN_ARGS", "RAY_SERVE_RUN_ARGS"])
def test_the_arguments_come_from_a_variable(name):
    with ServedContainer("hello:handle", run_arguments=name) as server:
        assert server.invoke({"text": "a"}).json == {"text": "a"}


def test_a_registration_for_ray_moves_over(tmp_path):
    """A nested module, and flags that only Ray has."""
    folder = tmp_path / "project" / "example_serving"
    folder.mkdir(parents=True)
    (folder / "single.so").symlink_to(PROGRAM.parents[1] / "apps" / "hello.so")
    arguments = (f"project.example_serving.single:handle --address auto --runtime-env-json '{{}}' "
                 f"--blocking -d {tmp_path}")
    with ServedContainer("hello:handle", {"TENON_RUN_ARGS": None, "RAY_SERVE_RUN_ARGS": arguments}
                         ) as server:
        assert server.invoke({"text": "a"}).json == {"text": "a"}
        server.stop()
        log = server.log_text()
    for flag in ("--address", "--runtime-env-json", "--blocking"):
        assert f"RAY_SERVE_RUN_ARGS: {flag} is Ray's" in log
    assert all(json.loads(line) for line in log.splitlines())


def test_the_port_is_the_platforms():
    port = free_port()
    with ServedContainer("hello:handle", {"TENON_PORT": None, "SAGEMAKER_BIND_TO_PORT": str(port)}
                         ) as server:
        assert server.port == port


@pytest.mark.parametrize(
    ("variables", "status", "says"),
    [
        ({"TENON_RUN_ARGS": "hello:handle --prot 1"}, 2, "TENON_RUN_ARGS: "),
        ({"TENON_RUN_ARGS": "hello:handle", "SAGEMAKER_BIND_TO_PORT": "http"}, 2,
         "SAGEMAKER_BIND_TO_PORT says 'http'; it takes a port from 1 to 65535."),
        ({}, 1, "neither TENON_RUN_ARGS nor RAY_SERVE_RUN_ARGS is set, and there is no model "
                "directory /opt/ml/model"),
    ],
)
def test_a_wrong_environment_ends_the_start(variables, status, says):
    got, _, errors = run_program("serve", more_environment=variables)
    assert got == status
    assert says in errors


def test_words_are_refused():
    status, _, errors = run_program("serve", "hello:handle")
    assert status == 2 and "TENON_RUN_ARGS says what is served" in errors


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"TENON_MAX_REQUEST_BYTES": "1048576", "SAGEMAKER_MAX_REQUEST_SIZE": "9"},
         "TENON_MAX_REQUEST_BYTES"),
        ({"SAGEMAKER_MAX_REQUEST_SIZE": "1048576", "SAGEMAKER_MAX_PAYLOAD_IN_MB": "9"},
         "SAGEMAKER_MAX_REQUEST_SIZE"),
        ({"SAGEMAKER_MAX_PAYLOAD_IN_MB": "1"}, "SAGEMAKER_MAX_PAYLOAD_IN_MB"),
    ],
)
def test_a_413_names_the_variable_that_sets_the_limit(variables, named):
    with ServedContainer("hello:handle", variables) as server:
        assert server.invoke({"text": "a" * 1_000_000}).status == 200
        problem = check_problem(server.invoke({"text": "a" * 1_100_000}), 413)
        assert named in problem["detail"]


def test_no_limit_is_no_limit():
    with ServedContainer("hello:handle", {"SAGEMAKER_MAX_PAYLOAD_IN_MB": "0"}) as server:
        text = "a" * (30 << 20)
        assert len(server.invoke({"text": text}).json["text"]) == len(text)


@pytest.mark.parametrize(
    ("variables", "least", "most"),
    [
        ({}, 56, 57),
        ({"SAGEMAKER_BATCH": "true"}, 3599, 3600),
        ({"TENON_REQUEST_TIMEOUT_S": "9", "SAGEMAKER_BATCH": "true"}, 8, 9),
        ({"SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS": "20"}, 19, 20),
        ({"SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS": "20", "TENON_REQUEST_TIMEOUT_S": "9"}, 8, 9),
    ],
)
def test_a_request_has_a_deadline_before_the_platforms(variables, least, most):
    with ServedContainer("protocol:mirror", variables) as server:
        assert least <= server.invoke(say("a")).json["remaining_s"] <= most


def test_without_serve_a_request_has_no_deadline():
    with Server("protocol:mirror") as server:
        assert server.invoke(say("a")).json.get("remaining_s") is None


def threads_of(server):
    names = [file.read_text().strip() for file in Path(f"/proc/{server.pid}/task").glob("*/comm")]
    return sum(name.startswith("tenon-pool-") for name in names)


@pytest.mark.parametrize(
    ("variables", "threads"),
    [
        ({"SAGEMAKER_MODEL_SERVER_WORKERS": "3"}, 3),
        ({"SAGEMAKER_NUM_MODEL_WORKERS": "5", "SAGEMAKER_MODEL_SERVER_WORKERS": "3"}, 5),
        ({"TENON_THREADS": "4", "SAGEMAKER_NUM_MODEL_WORKERS": "5"}, 4),
    ],
)
def test_the_toolkits_workers_are_threads(variables, threads):
    with ServedContainer("hello:handle", variables) as server:
        # A thread names itself.
        wait_until(lambda: threads_of(server) == threads, f"{threads} threads of the pool")


def test_the_toolkits_start_up_timeout():
    began = time.monotonic()
    status, _, errors = run_program("serve", more_environment={
        "TENON_RUN_ARGS": f"construction:waits --app-dir '{MODULES}'", "TENON_HOST": "127.0.0.1",
        "TENON_PORT": "0", "WAIT": "1h", "SAGEMAKER_STARTUP_TIMEOUT": "1"})
    assert status == 1 and time.monotonic() - began < 6
    assert "'Waits'" in errors and "1 s" in errors


def test_metrics_are_on_the_serving_port(mirror):
    assert mirror.invoke(say("a")).status == 200
    answer = mirror.ask("GET", "/metrics")
    assert answer.status == 200 and "tenon_http_requests_total" in answer.text


def test_a_clients_deadline_is_read_from_header_and_attributes(mirror):
    for headers in ({"X-Tenon-Timeout-Ms": "900"}, {ATTRIBUTES: "tenon-timeout-ms=900"}):
        assert mirror.invoke(say("a"), headers).json["remaining_s"] <= 0.9


def items_of_broken_stream(connection):
    """What a stream sends until its connection ends without the last chunk."""
    answer = connection.receive_head()
    assert (answer.status, answer.headers["transfer-encoding"]) == (200, "chunked")
    items = []
    with pytest.raises(Closed):
        while size := int(connection._line(), 16):
            items.append(connection._exactly(size))
            assert connection._line() == b""
    return items


def problem_in(item):
    document = json.loads(item.strip().removeprefix(b"event: error\ndata: "))
    return document.get("error", document)


def test_a_reply_that_takes_too_long_is_504():
    with ServedContainer("slow:sleeper", {"TENON_REQUEST_TIMEOUT_S": "0.3"}) as server:
        began = time.monotonic()
        problem = check_problem(server.invoke({"wait_s": 30}), 504)
        assert 0.3 <= time.monotonic() - began < 2
        assert problem["code"] == "deadline_exceeded"
        assert server.invoke({"wait_s": 0.1}).status == 200


@pytest.mark.parametrize("accept", ["application/jsonlines", "text/event-stream"])
def test_a_stream_that_takes_too_long_ends_with_an_event(accept):
    with ServedContainer("streaming:handle", {"TENON_REQUEST_TIMEOUT_S": "0.35"}) as server:
        with server.connect() as connection:
            connection.send(request_bytes("POST", "/invocations", {"count": 99, "pause_s": 0.1},
                                          {"Accept": accept}))
            items = items_of_broken_stream(connection)
    assert 1 <= len(items) - 1 <= 3
    assert problem_in(items[-1])["status"] == 504


@pytest.mark.skipif(os.environ.get("TENON_FULL") != "1", reason="takes a minute; with --full")
@pytest.mark.timeout(120)
def test_without_a_setting_a_reply_has_57_seconds_and_a_stream_more():
    with ServedContainer("slow:sleeper") as single, ServedContainer("streaming:handle") as streamer:
        with single.connect() as late, streamer.connect() as stream:
            late.socket.settimeout(90)
            stream.socket.settimeout(90)
            began = time.monotonic()
            late.send(request_bytes("POST", "/invocations", {"wait_s": 80}))
            stream.send(request_bytes("POST", "/invocations", {"count": 60, "pause_s": 1}))
            check_problem(late.receive(), 504)
            assert 57 <= time.monotonic() - began < 58
            assert len(stream.receive().chunks) == 60
            assert time.monotonic() - began > 59


def test_ids_attributes_and_sessions_reach_the_model(mirror):
    answer = mirror.invoke(say("a"), {
        ATTRIBUTES: "trace=7;k=v", "X-Amzn-SageMaker-Inference-Id": "abc-1",
        "X-Amzn-SageMaker-Session-Id": "s-1", "X-Amzn-SageMaker-Unheard-Of": "1"}).json
    assert (answer["id"], answer["attributes"], answer["session"]) == ("abc-1", "trace=7;k=v", "s-1")


def test_attributes_come_back_only_when_the_model_sets_them(mirror):
    assert ATTRIBUTES.lower() not in mirror.invoke(say("a"), {ATTRIBUTES: "k=v"}).headers
    answer = mirror.invoke(say("a", reply_attributes="route=/v1/x"))
    assert answer.headers[ATTRIBUTES.lower()] == "route=/v1/x"


def test_attributes_do_not_come_back_with_an_error(mirror):
    answer = mirror.invoke(say("a", reply_attributes="k=v", fail=True))
    check_problem(answer, 422)
    assert ATTRIBUTES.lower() not in answer.headers


@pytest.mark.parametrize("text", ["a" * 1025, "a\r\nX-Evil: 1", "\u00e9"])
def test_attributes_that_cannot_be_sent_are_an_error(mirror, text):
    answer = mirror.invoke(say("a", reply_attributes=text))
    check_problem(answer, 500)
    assert "x-evil" not in answer.headers


def test_execution_parameters_tell_the_capacity():
    with ServedContainer("slow:narrow") as server:
        answer = server.ask("GET", "/execution-parameters")
        assert answer.json == {
            "MaxConcurrentTransforms": 1, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 6}
    with ServedContainer("hello:handle", {"SAGEMAKER_MAX_PAYLOAD_IN_MB": "2"}) as server:
        assert server.ask("GET", "/execution-parameters").json["MaxConcurrentTransforms"] == 50


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/openai/v1/chat/completions"])
@pytest.mark.parametrize("model", ["", "m"])
def test_the_openai_path(mirror, path, model):
    chat = {"model": model, "messages": [{"role": "user", "content": "hi"}], "temperature": 1}
    assert mirror.ask("POST", path, chat).json == {"model": model, "content": "hi"}


def test_the_openai_path_stands_in_the_document(mirror):
    paths = mirror.ask("GET", "/openapi.json").json["paths"]
    assert {"/invocations", "/v1/chat/completions", "/openai/v1/chat/completions"} <= set(paths)


def test_the_log_is_json_and_says_nothing_of_pings(mirror):
    before = len(mirror.log_text().splitlines())
    for _ in range(20):
        assert mirror.ask("GET", "/ping").status == 200
    mirror.ask("GET", "/nowhere")
    deadline = time.monotonic() + 5
    while "/nowhere" not in mirror.log_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    lines = [json.loads(line) for line in mirror.log_text().splitlines()[before:]]
    assert len(lines) == 1 and lines[0]["path"] == "/nowhere"


@pytest.mark.parametrize(
    ("variables", "says_404"),
    [({}, True), ({"SAGEMAKER_CONTAINER_LOG_LEVEL": "INFO"}, True),
     ({"SAGEMAKER_CONTAINER_LOG_LEVEL": "40"}, False),
     ({"SAGEMAKER_CONTAINER_LOG_LEVEL": "40", "TENON_LOG_LEVEL": "info"}, True)])
def test_the_level_of_the_log(variables, says_404):
    with ServedContainer("hello:handle", variables) as server:
        server.ask("GET", "/nowhere")
        server.stop()
        assert ("/nowhere" in server.log_text()) == says_404


def test_after_sigterm_it_serves_on_for_five_seconds():
    with ServedContainer("hello:handle") as server:
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        while server.ask("GET", "/ping").status == 200:
            assert time.monotonic() - began < 1
        answer = server.invoke({"text": "late"})
        assert answer.json == {"text": "late"} and answer.headers["connection"] == "close"
        assert server.process.wait(20) == 0
        assert 4.5 <= time.monotonic() - began <= 12


STREAMS = [
    ({"Accept": "application/jsonlines"}, "application/jsonlines", b'"one"\n"two\\nlines"\n'),
    ({}, "application/jsonlines", b'"one"\n"two\\nlines"\n'),
    ({"Accept": "text/event-stream"}, "text/event-stream",
     b"data: one\n\ndata: two\ndata: lines\n\n"),
    ({"Accept": "text/plain"}, "application/octet-stream", b"onetwo\nlines"),
]


@pytest.mark.parametrize(("headers", "content_type", "body"), STREAMS)
def test_a_stream_of_texts_in_the_form_that_is_accepted(speaker, headers, content_type, body):
    answer = speaker.invoke({"words": ["one", "two\nlines"]}, headers)
    assert answer.headers["content-type"] == content_type
    assert answer.body == body
    assert answer.headers[ATTRIBUTES.lower()] == "spoken=yes"


def test_a_stream_of_documents_as_events():
    with ServedContainer("streaming:handle") as server:
        answer = server.invoke({"count": 2}, {"Accept": "text/event-stream, */*;q=0.1"})
        assert answer.body == b'data: {"number":0}\n\ndata: {"number":1}\n\n'
        check_problem(server.invoke({"count": 2}, {"Accept": "text/plain"}), 406)


@pytest.mark.parametrize(
    ("accept", "begin"),
    [("text/event-stream", b"event: error\ndata: "), ("application/jsonlines", b'{"error":')])
def test_a_stream_that_fails_ends_with_an_event_and_without_its_last_chunk(speaker, accept, begin):
    with speaker.connect() as connection:
        connection.send(request_bytes(
            "POST", "/invocations", {"words": ["a", "b", "c"], "fail_at": 2}, {"Accept": accept}))
        items = items_of_broken_stream(connection)
    assert len(items) == 3
    assert items[2].startswith(begin)
    assert problem_in(items[2])["detail"] == "Lost the thread."


def test_a_stream_that_fails_at_once_is_an_error(speaker):
    check_problem(speaker.invoke({"words": ["a"], "fail_at": 0}), 500)
