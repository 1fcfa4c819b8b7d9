# SPDX-License-Identifier: Apache-2.0
"""Deployments that throw, answer wrongly or are overloaded: only their own request fails."""

import threading

import pytest

from harness.http_client import Connection, request_bytes
from harness.polling import wait_until
from harness.problem import check_problem
from harness.server import Server

KINDS = ["coroutine", "function", "batch"]


def hows(server):
    return server.ask("GET", "/openapi.json").json["components"]["schemas"]["How"]["enum"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "how, status, said",
    [("exception", 500, None), ("number", 500, None), ("memory", 507, None),
     ("error", 422, "The text is in no language that is known.")],
)
def test_a_handler_that_throws(shared_servers, kind, how, status, said):
    server = shared_servers(f"failing:{kind}")
    names = {name.removeprefix("k").lower(): name for name in hows(server)}
    with server.connect() as connection:
        problem = check_problem(
            connection.ask("POST", "/invocations", {"how": names[how]}), status)
        if said:
            assert problem["detail"] == said
        # The connection and the next request are as good as before.
        assert connection.ask("POST", "/invocations", {"how": names["not"]}).json == {"text": kind}
    if status == 500:
        wait_until(lambda: problem["request_id"] in server.log_text(), "the log has the id")
        lines = [line for line in server.log_lines() if problem["request_id"] in str(line)]
        assert len(lines) == 1, "one line for a failed request"
        wanted = "weights.bin" if how == "exception" else "not a std::exception"
        assert wanted in str(lines[0])


def test_a_batch_with_the_wrong_number_of_answers(shared_servers):
    server = shared_servers("failing:wrong_count")
    check_problem(server.invoke({"right": False}), 500)
    assert server.invoke({"right": True}).json == {"text": "counted"}


def test_a_failing_batch_under_load_leaves_others_alone(shared_servers):
    server = shared_servers("failing:wrong_count")
    results = {True: [], False: []}

    def ask(right):
        with server.connect() as connection:
            for _ in range(30):
                results[right].append(
                    connection.ask("POST", "/invocations", {"right": right}).status)

    threads = [threading.Thread(target=ask, args=(right,)) for right in (True, False) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results[True] == [200] * 120
    assert results[False] == [500] * 120


def test_overload_is_429_with_a_pause_and_health_stays_200():
    with Server("slow:narrow") as server:
        connections = []
        for i in range(2):  # One runs, one waits.
            connections.append(Connection(server.port))
            connections[i].send(request_bytes("POST", "/invocations", {"wait_s": 0.5}))
            if i == 0:
                wait_until(lambda: server.ask("GET", "/counts").json["begun"] == 1, "it runs")
        queued = 'tenon_deployment_queued_requests{application="default",deployment="Sleeper"}'
        wait_until(lambda: server.metrics()[queued] == 1, "one waits")
        for _ in range(50):
            refused = server.invoke({"wait_s": 0})
            check_problem(refused, 429)
            assert int(refused.headers["retry-after"]) >= 1
        assert server.ask("GET", "/ping").status == 200
        assert server.ask("GET", "/-/healthz").status == 200
        for connection in connections:
            assert connection.receive().json == {"text": "slept"}
            connection.close()
        total = 'tenon_deployment_refused_requests_total{application="default",deployment="Sleeper"}'
        assert server.metrics()[total] == 50
        assert server.invoke({"wait_s": 0}).status == 200


@pytest.mark.parametrize("headers", [
    {"X-Tenon-Timeout-Ms": "50"},
    {"X-Amzn-SageMaker-Custom-Attributes": "tenon-timeout-ms=50"},
])
@pytest.mark.parametrize("application", ["sleeper", "worker"])
def test_a_deadline_is_504_although_the_work_goes_on(shared_servers, application, headers):
    server = shared_servers(f"slow:{application}")
    check_problem(server.invoke({"wait_s": 0.4}, headers), 504)
    assert server.invoke({"wait_s": 0}).status == 200


def test_the_setting_limits_requests_that_name_no_deadline():
    with Server("slow:sleeper", "--request-timeout-s", "0.05") as server:
        check_problem(server.invoke({"wait_s": 5}), 504)
        check_problem(server.invoke({"wait_s": 5}, {"X-Tenon-Timeout-Ms": "9000"}), 504)
        assert server.invoke({"wait_s": 0}).status == 200
