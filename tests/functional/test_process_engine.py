# SPDX-License-Identifier: Apache-2.0
"""Each replica a process of its own: what dies there takes nothing with it."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from harness.http_client import Closed
from harness.polling import wait_until
from harness.problem import check_problem
from harness.server import Server, run_program, MODULES

FLAGS = ("--engine", "process")


def children(pid):
    """The processes that a process has started, however long ago."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += [int(word) for word in (task / "children").read_text().split()]
        except FileNotFoundError:
            pass
    return found


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def server():
    with Server("processes:single", *FLAGS) as server:
        yield server


def ask(server, **order):
    return server.invoke({"text": "hello", **order})


class Load:
    """Clients that ask without a pause, and count what they are told."""

    def __init__(self, server, clients=4, **order):
        self.server = server
        self.order = {"text": "load", "sleep_s": 0.002, **order}
        self.statuses = {}
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def _ask(self):
        with self.server.connect() as connection:
            while not self._ends.is_set():
                status = connection.ask("POST", "/invocations", self.order).status
                with self._lock:
                    self.statuses[status] = self.statuses.get(status, 0) + 1

    def count(self):
        with self._lock:
            return sum(self.statuses.values())

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        wait_until(lambda: self.count() > 20, "load flows")
        return self

    def __exit__(self, *_):
        self._ends.set()
        for thread in self._threads:
            thread.join()


def test_replicas_are_children_and_share_the_work(server):
    pids = {ask(server).json["pid"] for _ in range(100)}
    assert len(pids) == 2
    assert pids == set(children(server.pid))


def test_what_is_known_of_a_request_goes_along(server):
    answer = server.invoke({"text": "hello"}, {"X-Amzn-SageMaker-Inference-Id": "abc"})
    assert answer.status == 200
    assert answer.json["request_id"]
    assert answer.headers["x-amzn-sagemaker-custom-attributes"] == f"from={answer.json['pid']}"


def test_errors_come_back_as_they_were(server):
    answer = ask(server, fail=True)
    check_problem(answer, 422)
    assert "it was told to fail" in answer.json["detail"]


def test_settings_and_arguments_are_those_of_the_front():
    with Server("processes:one", *FLAGS, more_environment={"GREETING": "good day"}) as server:
        assert ask(server).json["setting"] == "good day"


def test_deployments_call_each_other_across_processes():
    with Server("processes:composed", *FLAGS) as server:
        reports = [ask(server).json for _ in range(60)]
        workers = {report["pid"] for report in reports}
        fronts = {report["front_pid"] for report in reports}
        assert len(workers) == 2 and len(fronts) == 1
        assert workers | fronts == set(children(server.pid))


def test_a_crash_fails_its_own_request_alone(server):
    before = set(children(server.pid))
    with Load(server) as load:
        check_problem(ask(server, crash=True), 503)
        wait_until(lambda: len(set(children(server.pid)) - before) == 1, "another one is started")
        wait_until(lambda: {ask(server).json["pid"] for _ in range(20)} == set(children(server.pid)),
                   "both serve")
    # The other clients: at most what was in flight there.
    assert set(load.statuses) <= {200, 503}
    assert load.statuses.get(503, 0) <= 4, load.statuses


def test_kill_9_under_load_costs_what_was_in_flight(server):
    victim = ask(server).json["pid"]
    with Load(server, clients=8) as load:
        started = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(children(server.pid)) == 2 and victim not in children(server.pid),
                   "it is replaced")
        replaced_s = time.monotonic() - started
        count = load.count()
        wait_until(lambda: load.count() > count + 100, "load flows on")
    assert set(load.statuses) <= {200, 503}
    assert load.statuses.get(503, 0) <= 8, load.statuses
    assert replaced_s < 2


def test_with_one_replica_calls_wait_for_the_next():
    with Server("processes:one", *FLAGS) as server:
        os.kill(ask(server).json["pid"], signal.SIGKILL)
        # Not begun anywhere: it waits, and is served by the new process.
        statuses = [ask(server).status for _ in range(5)]
        assert statuses.count(503) <= 1 and statuses[-1] == 200


def test_sigterm_to_a_replica_loses_nothing(server):
    victim = ask(server).json["pid"]
    with Load(server, clients=8) as load:
        os.kill(victim, signal.SIGTERM)
        wait_until(lambda: not alive(victim), "it has ended")
        count = load.count()
        wait_until(lambda: load.count() > count + 100, "load flows on")
    assert set(load.statuses) == {200}, load.statuses


def test_a_stopped_replica_gets_no_new_calls(server):
    victim = ask(server).json["pid"]
    os.kill(victim, signal.SIGSTOP)
    try:
        time.sleep(2)  # Its silence is noticed in 1.3 s: that is what is measured here.
        started = time.monotonic()
        pids = {ask(server).json["pid"] for _ in range(50)}
        assert victim not in pids
        assert time.monotonic() - started < 2
    finally:
        os.kill(victim, signal.SIGCONT)
    wait_until(lambda: victim in {ask(server).json["pid"] for _ in range(20)}, "it is back")


def test_a_deadline_ends_a_call_to_a_stuck_replica():
    with Server("processes:one", *FLAGS, "--request-timeout-s", "0.3") as server:
        started = time.monotonic()
        check_problem(ask(server, sleep_s=1, block=True), 504)
        assert time.monotonic() - started < 0.9


def test_no_replica_outlives_its_front():
    server = Server("processes:single", *FLAGS)
    pids = children(server.pid)
    assert len(pids) == 2
    server.kill()
    wait_until(lambda: not any(map(alive, pids)), "they are gone")


def test_a_clean_end_leaves_nothing():
    server = Server("processes:composed", *FLAGS)
    pids = children(server.pid)
    assert server.stop() == 0
    assert not any(map(alive, pids))
    server.kill()


def test_streams_come_through():
    with Server("processes:counter", *FLAGS) as server:
        answer = server.invoke({"text": "", "items": 100})
        assert answer.status == 200
        assert len(answer.text.splitlines()) == 100
        # Nothing had come: the client is told. Behind the first item the connection is cut.
        check_problem(server.invoke({"text": "", "items": 5, "crash": True}), 503)
        with pytest.raises(Closed):
            server.invoke({"text": "", "items": 5, "crash": True, "sleep_s": 0.2})
        wait_until(lambda: server.invoke({"text": "", "items": 1}).status == 200, "it is back")


def test_a_replica_that_does_not_start_ends_the_start():
    status, _, stderr = run_program(
        "run", "processes:single", *FLAGS, "--port", "0", "--app-dir", MODULES,
        more_environment={"REFUSE_TO_START": "true"},
    )
    assert status == 1
    assert "The deployment 'Worker' did not start: it was told not to start" in stderr


def test_the_secret_is_nowhere_to_be_read(server):
    own = Path(f"/proc/{server.pid}/environ").read_bytes()
    for pid in children(server.pid):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        assert words[1:] == [b"replica", b"--control-fd", b"3", b""]
        assert Path(f"/proc/{pid}/environ").read_bytes() == own


def test_a_replica_inherits_nothing_but_what_it_needs(server):
    pids = children(server.pid)
    assert len(pids) == 2
    for pid in pids:
        # Standard streams, the control, the signals, the log; of each loop three; the listener, and
        # a connection from each loop of the front.
        links = sorted(os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir())
        kinds = {kind: sum(kind in link for link in links) for kind in ("socket", "eventpoll")}
        assert kinds["socket"] <= 2 + server.report["loops"], links
        assert kinds["eventpoll"] <= 2, links
        assert os.getpgid(pid) == pid  # What a terminal sends is for the front.


def test_it_says_how_replicas_are_started():
    status, _, stderr = run_program("replica")
    assert status == 2 and "started by engines" in stderr


def test_an_engine_that_does_not_exist_is_refused():
    status, _, stderr = run_program("run", "processes:single", "--engine", "elsewhere")
    assert status == 2 and "local (in this process), process (each in its own) or ray" in stderr
