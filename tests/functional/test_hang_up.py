# SPDX-License-Identifier: Apache-2.0
"""Clients that leave at each stage of a request."""

import time
from pathlib import Path

import pytest

from harness.http_client import Connection, request_bytes
from harness.polling import wait_until
from harness.server import Server

REQUEST = request_bytes("POST", "/invocations", {"text": "a"})
HEAD_END = REQUEST.index(b"\r\n\r\n") + 4

STAGES = {
    "at once": 0,
    "in the first line": 5,
    "in a header": 30,
    "before the end of the head": HEAD_END - 1,
    "after the head": HEAD_END,
    "in the body": HEAD_END + 4,
    "after the request": len(REQUEST),
}


@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_client_that_leaves(hello, stage, how):
    before = open_connections(hello)
    connections = [Connection(hello.port) for _ in range(20)]
    for connection in connections:
        connection.send(REQUEST[: STAGES[stage]])
    for connection in connections:
        connection.close() if how == "fin" else connection.reset()
    assert hello.invoke({"text": "next"}).json == {"text": "next"}
    wait_until(lambda: open_connections(hello) <= before, "their connections are gone")


def open_connections(server):
    return sum(1 for entry in Path(f"/proc/{server.pid}/fd").iterdir() if is_socket(entry))


def is_socket(entry):
    try:
        return entry.readlink().name.startswith("socket:")
    except FileNotFoundError:
        return False


@pytest.fixture
def sleeper():
    with Server("slow:sleeper") as server:
        yield server
        assert server.invoke({"wait_s": 0}).json == {"text": "slept"}


LONG = {"wait_s": 30}


def counts(server):
    return server.ask("GET", "/counts").json


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_work_for_a_client_that_left_is_stopped(sleeper, how):
    connections = [sleeper.connect() for _ in range(10)]
    for connection in connections:
        connection.send(request_bytes("POST", "/invocations", LONG))
    wait_until(lambda: counts(sleeper)["begun"] == 10, "all have begun")
    began = time.monotonic()
    for connection in connections:
        connection.close() if how == "fin" else connection.reset()
    wait_until(lambda: counts(sleeper)["stopped"] == 10, "all are stopped")
    assert time.monotonic() - began < 5
    assert counts(sleeper)["ended"] == 0


def test_half_close_is_a_hang_up(sleeper):
    with sleeper.connect() as connection:
        connection.send(request_bytes("POST", "/invocations", LONG))
        wait_until(lambda: counts(sleeper)["begun"] == 1, "it has begun")
        connection.half_close()
        assert connection.wait_closed()
    wait_until(lambda: counts(sleeper)["stopped"] == 1, "it is stopped")


def test_half_close_is_served_where_that_is_asked_for():
    with Server("slow:sleeper", "--half-close", "serve") as server:
        with server.connect() as connection:
            connection.send(request_bytes("POST", "/invocations", {"wait_s": 0.2}))
            connection.half_close()
            assert connection.receive().json == {"text": "slept"}
            assert connection.wait_closed()
        with server.connect() as connection:
            connection.send(request_bytes("POST", "/invocations", LONG))
            wait_until(lambda: counts(server)["begun"] == 2, "it has begun")
            connection.reset()
        wait_until(lambda: counts(server)["stopped"] == 1, "it is stopped")


def test_calls_that_wait_leave_the_queue_and_never_run():
    with Server("slow:narrow") as server:
        with server.connect() as runs:
            runs.send(request_bytes("POST", "/invocations", {"wait_s": 0.5}))
            wait_until(lambda: counts(server)["begun"] == 1, "the first runs")
            waits = server.connect()
            waits.send(request_bytes("POST", "/invocations", {"wait_s": 0}))
            name = 'tenon_deployment_queued_requests{application="default",deployment="Sleeper"}'
            wait_until(lambda: server.metrics()[name] == 1, "the second waits")
            waits.close()
            wait_until(lambda: server.metrics()[name] == 0, "it has left")
            assert runs.receive().json == {"text": "slept"}
        assert counts(server) == {"begun": 1, "ended": 1, "stopped": 0}


def test_a_client_that_reads_nothing_holds_nobody_up(hello):
    text = "x" * 1_000_000
    with hello.connect(receive_buffer=4096) as connection:
        connection.socket.settimeout(0.2)
        try:
            for _ in range(20):
                connection.send(request_bytes("POST", "/invocations", {"text": text}))
        except TimeoutError:
            pass  # The server stops reading what it cannot answer.
        for i in range(20):
            assert hello.invoke({"text": str(i)}).json == {"text": str(i)}
    assert hello.ask("GET", "/ping").status == 200


def test_a_slow_head_is_cut_off():
    with Server("hello:handle") as server:
        with server.connect() as connection:
            connection.send(b"GET /ping HT")
            began = time.monotonic()
            assert connection.wait_closed(15)
            assert 8 < time.monotonic() - began < 14
        assert server.ask("GET", "/ping").status == 200
