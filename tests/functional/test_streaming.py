# SPDX-License-Identifier: Apache-2.0
"""Answers in chunks."""

import json

import pytest

from harness.http_client import Closed, request_bytes
from harness.polling import wait_until
from harness.problem import check_problem


@pytest.fixture
def server(shared_servers):
    server = shared_servers("streaming:handle")
    yield server
    assert server.ask("GET", "/ping").status == 200


def lines(answer):
    return [json.loads(line)["number"] for line in answer.text.splitlines()]


@pytest.mark.parametrize("count", [0, 1, 100, 5000])
def test_a_stream_is_json_lines(server, count):
    with server.connect() as connection:
        answer = connection.ask("POST", "/invocations", {"count": count})
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/jsonlines"
        assert lines(answer) == list(range(count))
        assert connection.ask("GET", "/ping").status == 200  # The connection goes on.


def test_items_arrive_when_they_are_made(server):
    with server.connect() as connection:
        connection.send(request_bytes("POST", "/invocations", {"count": 3, "pause_s": 0.1}))
        answer = connection.receive()
    assert len(answer.chunks) == 3


def test_a_fault_before_the_first_item_is_an_error_answer(server):
    check_problem(server.invoke({"count": 3, "fail_at": 0}), 500)


def test_a_fault_behind_the_first_item_cuts_the_connection(server):
    with server.connect() as connection:
        connection.send(request_bytes("POST", "/invocations", {"count": 9, "fail_at": 3}))
        with pytest.raises(Closed):
            connection.receive()
        assert b"secret" not in connection.pending


def test_a_client_that_leaves_a_stream_ends_it(server):
    ongoing = 'tenon_deployment_ongoing_requests{application="default",deployment="Counter"}'
    with server.connect() as connection:
        connection.send(request_bytes("POST", "/invocations", {"count": 10**9, "pause_s": 0.01}))
        connection.receive_head()
        assert server.metrics()[ongoing] == 1
    wait_until(lambda: server.metrics()[ongoing] == 0, "the stream has ended")


def test_a_client_that_reads_slowly_holds_the_stream_back(server):
    with server.connect(receive_buffer=4096) as connection:
        connection.send(request_bytes("POST", "/invocations", {"count": 10**9}))
        connection.receive_head()
        before = server.memory_mb()
        for _ in range(20):
            assert server.invoke({"count": 2}).status == 200
        assert server.memory_mb() - before < 30


def test_http_1_0_gets_a_stream_without_chunks(server):
    body = b'{"count":3}'
    with server.connect() as connection:
        connection.send(b"POST /invocations HTTP/1.0\r\nContent-Type: application/json\r\n"
                        b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        answer = connection.receive_head()
        assert "transfer-encoding" not in answer.headers
        assert connection.wait_closed()
        assert connection.pending.count(b"\n") == 3
