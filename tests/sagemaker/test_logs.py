# SPDX-License-Identifier: Apache-2.0
import json
import signal
import time

GROUP = "/aws/sagemaker/Endpoints/tenon-test-endpoint"


def test_merges_streams_and_pages(tool, fake):
    now = int(time.time() * 1000)
    fake.log_streams[GROUP] = {
        "AllTraffic/i-1": [(now - 5000 + 2 * i, f"a{i}") for i in range(5)] + [(1, "old")],
        "AllTraffic/i-2": [(now - 4999 + 2 * i, f"b{i}\n") for i in range(5)]}
    lines = tool.good("logs").out.splitlines()
    assert [line.split()[2:] for line in lines] == [
        [f"i-{1 + i % 2}", f"{'ab'[i % 2]}{i // 2}"] for i in range(10)]
    data = [json.loads(line) for line in tool.good("logs", "--json").out.splitlines()]
    assert data[0]["instance"] == "i-1" and data[0]["message"] == "a0"
    assert len(tool.good("logs", "--since", "1s").out.splitlines()) == 0


def test_shows_the_last_ten_minutes_unless_told_otherwise(tool, fake):
    now = int(time.time() * 1000)
    fake.log_streams[GROUP] = {"AllTraffic/i-1": [(now - 660_000, "11 minutes"),
                                                  (now - 540_000, "9 minutes")]}
    assert [line.split(" ", 3)[3] for line in tool.good("logs").out.splitlines()] == ["9 minutes"]
    assert len(tool.good("logs", "--since", "12m").out.splitlines()) == 2


def test_no_group_means_never_started(tool, fake):
    assert "the container never started" in tool.bad("logs").err


def test_follows_until_ctrl_c_and_shows_each_line_once(tool, fake):
    now = int(time.time() * 1000)
    fake.log_streams[GROUP] = {"AllTraffic/i-1": [(now, "first")]}
    process = tool.start("logs", "--follow")
    deadline = time.monotonic() + 20
    assert process.stdout.readline().endswith(b"i-1 first\n")
    fake.log_streams[GROUP]["AllTraffic/i-1"].append((now, "second"))
    assert process.stdout.readline().endswith(b"i-1 second\n")
    seen = len(fake.captured)
    while len(fake.captured) < seen + 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")
