# SPDX-License-Identifier: Apache-2.0
"""The way down: one sequence, by SIGTERM or Ctrl-C, with work in progress or without."""

import signal
import socket
import time

import pytest

from harness.http_client import Connection, request_bytes
from harness.polling import wait_until
from harness.problem import check_problem
from harness.server import Server


ONGOING = 'tenon_deployment_ongoing_requests{application="default",deployment="Counter"}'


def begun(server, count):
    wait_until(lambda: server.ask("GET", "/counts").json["begun"] == count, "it has begun")


def refuses(server):
    try:
        Connection(server.port).close()
        return False
    except ConnectionRefusedError:
        return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once_with_0(number):
    with Server("hello:handle") as server:
        assert server.invoke({"text": "a"}).status == 200
        idle = server.connect()
        assert idle.ask("GET", "/ping").status == 200
        began = time.monotonic()
        server.signal(number)
        assert server.wait(5) == 0
        assert time.monotonic() - began < 2
        assert idle.wait_closed()
        idle.close()
        assert refuses(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("application", ["sleeper", "worker"])
def test_what_is_in_flight_is_finished(application, number):
    with Server(f"slow:{application}") as server:
        with server.connect() as connection:
            connection.send(request_bytes("POST", "/invocations", {"wait_s": 0.5}))
            begun(server, 1)
            server.signal(number)
            wait_until(lambda: refuses(server), "the listener is closed")
            answer = connection.receive()
            assert answer.status == 200
            assert answer.headers["connection"] == "close"
            assert connection.wait_closed()
        assert server.wait(5) == 0


def test_a_request_half_sent_at_the_signal_is_served():
    with Server("hello:handle") as server:
        request = request_bytes("POST", "/invocations", {"text": "a"})
        with server.connect() as connection:
            connection.send(request[:-3])
            assert server.ask("GET", "/ping").status == 200
            time.sleep(0.05)
            server.signal(signal.SIGTERM)
            wait_until(lambda: refuses(server), "the listener is closed")
            connection.send(request[-3:])
            assert connection.receive().json == {"text": "a"}
        assert server.wait(5) == 0


def test_the_drain_delay_serves_on_while_ping_says_503():
    with Server("slow:sleeper", more_environment={"TENON_DRAIN_DELAY_S": "1"}) as server:
        old = server.connect()
        assert old.ask("GET", "/ping").status == 200
        began = time.monotonic()
        server.signal(signal.SIGTERM)
        wait_until(lambda: server.ask("GET", "/ping").status == 503, "/ping says 503")
        assert time.monotonic() - began < 0.5
        answer = server.invoke({"wait_s": 0.1})
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        answer = old.ask("POST", "/invocations", {"wait_s": 0})
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        old.close()
        assert server.wait(5) == 0
        assert 0.9 < time.monotonic() - began < 3


def test_sigint_does_not_wait_for_the_drain_delay():
    with Server("hello:handle", "--drain-delay-s", "20") as server:
        server.signal(signal.SIGINT)
        assert server.wait(3) == 0


def test_sigint_ends_a_drain_delay():
    with Server("hello:handle", "--drain-delay-s", "20") as server:
        server.signal(signal.SIGTERM)
        wait_until(lambda: server.ask("GET", "/ping").status == 503, "/ping says 503")
        server.signal(signal.SIGINT)
        assert server.wait(3) == 0


def test_a_second_sigint_stops_what_is_in_flight():
    with Server("slow:sleeper") as server:
        with server.connect() as connection:
            connection.send(request_bytes("POST", "/invocations", {"wait_s": 30}))
            begun(server, 1)
            server.signal(signal.SIGINT)
            wait_until(lambda: refuses(server), "the listener is closed")
            assert server.process.poll() is None
            server.signal(signal.SIGINT)
            began = time.monotonic()
            assert server.wait(5) == 0
            assert time.monotonic() - began < 3


def test_a_second_sigint_does_not_wait_for_a_thread_that_is_held():
    with Server("slow:worker") as server:
        with server.connect() as connection:
            connection.send(request_bytes("POST", "/invocations", {"wait_s": 30}))
            begun(server, 1)
            server.signal(signal.SIGINT)
            wait_until(lambda: refuses(server), "the listener is closed")
            server.signal(signal.SIGINT)
            assert server.wait(5) == 0


def test_new_connections_are_refused_and_no_request_is_lost():
    """Clients that ask all the time see only answers, refusals, and closed idle connections."""
    with Server("slow:sleeper") as server:
        connections = [server.connect() for _ in range(50)]
        for connection in connections:
            connection.send(request_bytes("POST", "/invocations", {"wait_s": 0.3}))
        begun(server, 50)
        server.signal(signal.SIGTERM)
        for connection in connections:
            assert connection.receive().json == {"text": "slept"}
            connection.close()
        assert server.wait(5) == 0


def test_a_stream_in_flight_is_finished():
    with Server("streaming:handle") as server:
        with server.connect() as connection:
            connection.send(request_bytes("POST", "/invocations", {"count": 5, "pause_s": 0.1}))
            wait_until(lambda: server.metrics()[ONGOING] == 1, "the stream has begun")
            server.signal(signal.SIGTERM)
            assert len(connection.receive().chunks) == 5
        assert server.wait(5) == 0


def test_three_failed_health_checks_make_unready_and_one_good_makes_ready():
    with Server("health:handle", "--health-check-period-s", "0.05") as server:
        assert server.invoke({"healthy": False}).status == 200
        wait_until(lambda: server.ask("GET", "/ping").status == 503, "/ping says 503")
        problem = check_problem(server.invoke({"healthy": True}), 503)
        assert "The accelerator does not answer." in problem["detail"]
        assert server.ask("GET", "/-/healthz").status == 503
        assert server.ask("POST", "/heal", {}).status == 200
        wait_until(lambda: server.ask("GET", "/ping").status == 200, "/ping says 200 again")
        assert server.invoke({"healthy": True}).json["checks"] >= 4


def test_the_port_can_be_taken_again_at_once():
    with Server("hello:handle") as server:
        port = server.port
        server.invoke({"text": "a"}, {"Connection": "close"})
    with Server("hello:handle", "--port", port) as server:
        assert server.invoke({"text": "b"}).json == {"text": "b"}


def test_sigpipe_ends_nothing():
    with Server("hello:handle") as server:
        server.signal(signal.SIGPIPE)
        assert server.ask("GET", "/ping").status == 200


def test_ipv6_loopback():
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 loopback here")
    server = Server("hello:handle", "--host", "::1", "--port", "0", await_ready=False)
    try:
        assert server._read_block()
    finally:
        server.stop()
        server.kill()
