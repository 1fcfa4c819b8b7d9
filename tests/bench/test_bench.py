# SPDX-License-Identifier: Apache-2.0
"""`tenon bench` against servers whose delays are known: what it says is the truth."""

import json
import re
import shutil
import socket
import subprocess
import threading

import pytest

from harness.server import free_port, run_program

WRK = shutil.which("wrk")


def bench(folder, server, body, *flags, status=0):
    """Runs it and gives the result of --json; again where this machine was too busy to measure."""
    path, result_path = folder / "body.json", folder / "result.json"
    path.write_text(json.dumps(body))
    for _ in range(3):
        found, out, err = run_program("bench", f"http://127.0.0.1:{server.port}/invocations", "--body",
                                      path, "--json", result_path, *flags, patience_s=50)
        result = json.loads(result_path.read_text())
        if found == status and (status == 1 or not result["generator"]["was_bottleneck"]):
            break
    assert (found, err) == (status, ""), (out, err)
    return result


@pytest.fixture
def sleeper(shared_servers):
    return shared_servers("slow:sleeper")


def test_percentiles_of_known_delays_are_within_two_percent(tmp_path, sleeper):
    bodies = tmp_path / "bodies"
    bodies.mkdir()
    delays_ms = [50 + 50 * i for i in range(10)]  # 50 to 500 ms, by turns.
    for i, delay in enumerate(delays_ms):
        (bodies / f"{i}.json").write_text(json.dumps({"wait_s": delay / 1000}))
    result_path = tmp_path / "result.json"
    status, out, err = run_program(
        "bench", f"http://127.0.0.1:{sleeper.port}/invocations", "--bodies", bodies, "--rate", "200",
        "--duration", "4s", "--warmup", "600ms", "--json", result_path, patience_s=30)
    assert (status, err) == (0, ""), (out, err)
    latency = json.loads(result_path.read_text())["latency"]
    # Of ten equal shares. A percentile on the edge between two would be a matter of luck, so the
    # checked ones are p99 and the mean, and p50 lies between its neighbours.
    assert latency["p99_ms"] == pytest.approx(500, rel=0.02)
    assert latency["mean_ms"] == pytest.approx(sum(delays_ms) / len(delays_ms), rel=0.02)
    assert 250 <= latency["p50_ms"] <= 300 * 1.02


STALL_S = 0.8  # Of each second.


def test_a_stall_counts_for_all_who_came_meanwhile(tmp_path, shared_servers):
    server = shared_servers("stalling:handle")
    result = bench(tmp_path, server, {"stall_s": STALL_S}, "--rate", "500", "--arrivals", "constant",
                   "--duration", "5s", "--warmup", "500ms")
    # Whoever comes within a stall waits for its end: P(more than x) is (stall - x) of each second.
    assert result["latency"]["p90_ms"] == pytest.approx(700, rel=0.02)
    assert result["latency"]["p99_ms"] == pytest.approx(790, rel=0.02)
    assert result["failed"] == 0


@pytest.mark.skipif(WRK is None, reason="wrk is not installed")
def test_a_closed_loop_tells_another_story(tmp_path, shared_servers):
    server = shared_servers("stalling:handle")
    script = tmp_path / "post.lua"
    script.write_text('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
                      f"wrk.body = '{{\"stall_s\":{STALL_S}}}'\n")
    out = subprocess.run([WRK, "-t1", "-c4", "-d3", "--latency", "-s", script,
                          f"http://127.0.0.1:{server.port}/invocations"],
                         capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in out
    # It corrects itself, by a guess at when requests would have come; that is not when they do.
    truth_ms = {75: 550, 90: 700}
    for percent in truth_ms:
        number, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", out).groups()
        said_ms = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
        if abs(said_ms / truth_ms[percent] - 1) > 0.02:
            break
    else:
        pytest.fail(f"wrk says the truth:\n{out}")
    # Nor does this one see the stall, when it is told to be one.
    result = bench(tmp_path, server, {"stall_s": STALL_S}, "--connections", "4", "--duration", "2s",
                   "--warmup", "0s")
    assert result["loop"] == "closed"
    assert result["latency"]["p99_ms"] < 100


def test_failures_are_counted_by_status_and_cause_and_are_slower_than_any(tmp_path, sleeper):
    refused = bench(tmp_path, sleeper, {"wait_s": "x"}, "--rate", "50", "--duration", "1s", "--warmup",
                    "0s", status=1)
    assert [one["status"] for one in refused["statuses"]] == [422]
    assert refused["errors"] == [{"cause": "status", "count": refused["requests"]}]
    assert refused["latency"] is None or refused["latency"]["p50_ms"] is None
    late = bench(tmp_path, sleeper, {"wait_s": 3}, "--rate", "20", "--duration", "1s", "--warmup", "0s",
                 "--timeout", "300ms", status=1)
    assert late["errors"] == [{"cause": "timeout", "count": late["requests"]}]
    wrong = bench(tmp_path, sleeper, {"wait_s": 0}, "--rate", "50", "--duration", "1s", "--warmup", "0s",
                  "--expect", "not there", status=1)
    assert wrong["errors"] == [{"cause": "unexpected_body", "count": wrong["requests"]}]
    good = bench(tmp_path, sleeper, {"wait_s": 0.3}, "--rate", "50", "--duration", "1s", "--warmup", "0s",
                 "--expect", "slept")
    assert good["errors"] == []


def serve_once_each(listener, reply):
    """Answers one request per connection with these bytes, and closes."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            if connection.recv(65536):
                connection.sendall(reply)


@pytest.mark.parametrize("reply, cause", [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "closed"),
    (b"220 smtp.example\r\n\r\n", "malformed"),
    (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", None),
])
def test_servers_that_close(tmp_path, reply, cause):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_once_each, args=(listener, reply))
        thread.start()
        result_path = tmp_path / "result.json"
        status, out, err = run_program(
            "bench", f"http://127.0.0.1:{listener.getsockname()[1]}/", "--rate", "50", "--duration",
            "1s", "--warmup", "0s", "--timeout", "2s", "--json", result_path)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert err == "" and status == 1 or cause is None, (out, err)
    causes = [one["cause"] for one in json.loads(result_path.read_text())["errors"]]
    assert causes == ([] if cause is None else [cause])


def test_a_rate_that_no_generator_reaches_has_no_figures(tmp_path, hello):
    result = bench(tmp_path, hello, {"text": "x"}, "--rate", "5000000", "--arrivals", "constant",
                   "--duration", "500ms", "--warmup", "0s", "--timeout", "1s", status=1)
    assert result["generator"]["was_bottleneck"]
    assert result["latency"] is None and result["rate"] is None and result["batches"] == []


def test_the_capacity_is_found(tmp_path, shared_servers):
    # As many at once as there are CPUs, 20 ms each.
    server = shared_servers("slow:worker")
    threads = server.report["compute_threads"]
    truth = threads / 0.020
    result = bench(tmp_path, server, {"wait_s": 0.02}, "--find-capacity", "--slo", "p90=300ms", "--rate",
                   truth / 3, "--arrivals", "constant", "--duration", "2s", "--warmup", "100ms",
                   "--timeout", "1s")
    assert 0.8 * truth <= result["capacity"]["rate"] <= 1.2 * truth, result["capacity"]


def test_streams_are_timed_by_their_pieces(tmp_path, shared_servers):
    server = shared_servers("streaming:handle")
    result = bench(tmp_path, server, {"count": 5, "pause_s": 0.05}, "--rate", "20", "--duration", "2s",
                   "--warmup", "100ms", "--streaming")
    assert result["streaming"]["first_byte"]["p50_ms"] == pytest.approx(50, rel=0.1)
    assert result["streaming"]["gap"]["p50_ms"] == pytest.approx(50, rel=0.1)
    assert result["latency"]["p50_ms"] == pytest.approx(250, rel=0.04)


def test_two_results_are_compared(tmp_path, sleeper):
    slow, fast = tmp_path / "slow.json", tmp_path / "fast.json"
    for path, wait_s in ((slow, 0.6), (fast, 0.5)):
        result = bench(tmp_path, sleeper, {"wait_s": wait_s}, "--rate", "200", "--duration", "2s",
                       "--warmup", "100ms")
        path.write_text(json.dumps(result))
    status, out, err = run_program("bench", "--compare", slow, fast)
    assert (status, err) == (0, "")
    ratio, low, high = map(float, re.search(r"^p50 ms +\S+ +\S+ +(\S+) +(\S+) to (\S+) +differs$", out,
                                            re.MULTILINE).groups())
    assert low <= ratio <= high < 1
    assert ratio == pytest.approx(50 / 60, rel=0.03)
    status, out, err = run_program("bench", "--compare", slow, slow)
    assert "differs" not in out
    status, out, err = run_program("bench", "--compare", slow, tmp_path / "body.json")
    assert status == 1 and "is no result of --json" in err


def test_the_page_needs_nothing_else(tmp_path, sleeper):
    page = tmp_path / "page.html"
    bench(tmp_path, sleeper, {"wait_s": 0.3}, "--rate", "200", "--duration", "1s", "--warmup", "0s", "--html",
          page)
    text = page.read_text()
    assert text.count("<svg") == 3 and text.count("</svg>") == 3
    assert not re.search(r"<script|<link|src=|href=|nan|inf\b", text)


def test_a_server_that_is_not_there_is_named():
    status, out, err = run_program("bench", f"http://127.0.0.1:{free_port()}/")
    assert (status, out) == (1, "")
    assert err == "tenon: The server cannot be reached: Connection refused\n"


def test_help_and_wrong_usage():
    status, out, _ = run_program("bench", "--help")
    assert status == 0 and out.startswith("Usage: tenon bench") and "Example:" in out
    status, _, err = run_program("bench", "http://127.0.0.1:1/", "--rate", "no")
    assert status == 2 and "--rate says 'no'" in err
