# SPDX-License-Identifier: Apache-2.0
"""Code that holds event loops: health is still answered, and the log names who does it."""

import signal
import time

import pytest

from harness.http_client import Connection, request_bytes
from harness.polling import wait_until
from harness.server import Server

THREADS = 2
MINUTE = {"hold_s": 60}


def hold(server, count, body=MINUTE):
    connections = []
    for _ in range(count):
        connections.append(Connection(server.port))
        connections[-1].send(request_bytes("POST", "/invocations", body))
    return connections


def ping_ms(server):
    began = time.monotonic()
    answer = server.ask("GET", "/ping")
    assert answer.status == 200
    return (time.monotonic() - began) * 1000


def fresh_server():
    return Server("blocking:handle", "--threads", THREADS)


def end_at_once(server):
    """Two signals end a server whose loops will not come back."""
    server.signal(signal.SIGINT)
    time.sleep(0.05)
    server.signal(signal.SIGINT)
    assert server.wait(5) == 0


@pytest.mark.parametrize("held", [1, THREADS, 4 * THREADS])
def test_ping_answers_within_100_ms_whatever_is_held(held):
    with fresh_server() as server:
        connections = hold(server, held)
        # Until the loops are really held: a request to one of them stays without an answer.
        time.sleep(0.2)
        times = [ping_ms(server) for _ in range(20)]
        assert max(times) < 100, times
        end_at_once(server)
        for connection in connections:
            connection.close()


def test_one_held_loop_does_not_hold_the_others():
    with fresh_server() as server:
        connections = hold(server, 1)
        time.sleep(0.1)
        began = time.monotonic()
        for _ in range(10):
            assert server.invoke({"hold_s": 0}).json == {"held": False}
        assert time.monotonic() - began < 5
        end_at_once(server)
        for connection in connections:
            connection.close()


def test_the_watchdog_names_the_deployment_and_the_metric_counts():
    with fresh_server() as server:
        assert server.invoke({"hold_s": 0.3}).json == {"held": True}
        wait_until(lambda: "Blocker" in server.log_text(), "the log names the deployment")
        lines = [line for line in server.log_lines() if "Blocker" in str(line)]
        assert any("loop" in str(line) for line in lines), lines
        assert server.metrics()['tenon_loop_holds_total{activity="Blocker"}'] >= 1
        assert server.invoke({"hold_s": 0}).json == {"held": False}


def test_requests_behind_a_held_loop_are_served_afterwards():
    with fresh_server() as server:
        connections = hold(server, 8, {"hold_s": 0.1})
        for connection in connections:
            assert connection.receive().json == {"held": True}
            connection.close()
