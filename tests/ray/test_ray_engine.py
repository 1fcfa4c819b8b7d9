# SPDX-License-Identifier: Apache-2.0
"""Replicas on a Ray cluster: where they are, what happens when something dies, what is left."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from ray_cluster import command, parent
from harness.polling import wait_until


pytestmark = pytest.mark.timeout(300)


class Load:
    """Clients that ask without a pause, and count what they are told."""

    def __init__(self, server, clients=6):
        self.server = server
        self.statuses = {}
        self.pids = set()
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def _ask(self):
        with self.server.connect() as connection:
            while not self._ends.is_set():
                answer = connection.ask("POST", "/invocations", {"text": "x", "sleep_s": 0.002})
                with self._lock:
                    self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
                    if answer.status == 200:
                        self.pids.add(answer.json["pid"])

    def count(self):
        with self._lock:
            return sum(self.statuses.values())

    def flows(self, more=100):
        count = self.count()
        wait_until(lambda: self.count() > count + more, "load flows")

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.flows(20)
        return self

    def __exit__(self, *_):
        self._ends.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="module")
def server(cluster):
    with cluster.serve("processes:single") as server:
        yield server
    wait_until(lambda: not cluster.find("tenon replica"), "no replica is left", 10)
    wait_until(lambda: not cluster.find("ray::Controller"), "no controller is left", 10)
    assert not cluster.find("ray::Launcher")


def pids_of(server, count=40):
    return {server.invoke({"text": "x"}).json["pid"] for _ in range(count)}


def replicas(cluster):
    return {int(pid) for pid in cluster.find("tenon replica")}


def ready(cluster):
    # Ray may have something to say behind it, such as that a node has died.
    entries, _ = json.JSONDecoder().raw_decode(cluster.tenon_ray("status"))
    return [entry for entry in entries if entry["state"] == "ready"]


def test_replicas_are_spread_and_reached_directly(cluster, server):
    entries = ready(cluster)
    assert {entry["node"] for entry in entries} == {"127.0.0.2", "127.0.0.3"}
    assert len(replicas(cluster)) == 2
    # The front has connections to both replicas and none of them goes through Ray.
    assert pids_of(server) <= replicas(cluster)


def test_the_process_is_as_it_should_be(cluster, server):
    for pid in replicas(cluster):
        assert os.getpriority(os.PRIO_PROCESS, pid) == 0
        variables = dict(entry.split("=", 1) for entry in
                         Path(f"/proc/{pid}/environ").read_text().split("\0") if "=" in entry)
        assert variables["CUDA_VISIBLE_DEVICES"] == ""
        assert variables["OMP_NUM_THREADS"] == "1"
        assert not any(name.startswith("RAY_AUTH") for name in variables)
        assert len(list(Path(f"/proc/{pid}/fd").iterdir())) < 25


def test_kill_9_of_a_replica_under_load(cluster, server):
    before = replicas(cluster)
    victim = next(iter(pids_of(server)))
    with Load(server) as load:
        started = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(replicas(cluster)) == 2 and victim not in replicas(cluster), "back")
        back_s = time.monotonic() - started
        wait_until(lambda: len(ready(cluster)) == 2, "both are ready", 10)
        load.flows()
    assert set(load.statuses) <= {200, 503} and load.statuses.get(503, 0) <= 6, load.statuses
    assert back_s < 2 and len(replicas(cluster) & before) == 1


def test_kill_9_of_a_launcher_under_load(cluster, server):
    before = replicas(cluster)
    victim = next(iter(pids_of(server)))
    launcher = parent(victim)
    assert "Launcher" in command(launcher)
    with Load(server) as load:
        started = time.monotonic()
        os.kill(launcher, signal.SIGKILL)
        wait_until(lambda: victim not in replicas(cluster), "its child is gone with it", 2)
        assert time.monotonic() - started < 1
        wait_until(lambda: len(ready(cluster)) == 2 and len(replicas(cluster)) == 2,
                   "another one is there", 30, 0.2)
        load.flows()
    assert set(load.statuses) <= {200, 503} and load.statuses.get(503, 0) <= 6, load.statuses
    assert len(replicas(cluster) & before) == 1


def test_without_a_controller_traffic_goes_on(cluster, server):
    before = replicas(cluster)
    controller, = cluster.find("ray::Controller")
    with Load(server) as load:
        os.kill(controller, signal.SIGKILL)
        load.flows(300)
        wait_until(lambda: cluster.find("ray::Controller") not in ([], [controller]),
                   "Ray has restarted it", 30, 0.2)
        wait_until(lambda: len(ready(cluster)) == 2, "it knows the replicas", 30, 0.2)
        load.flows(300)
    assert set(load.statuses) == {200}, load.statuses
    assert replicas(cluster) == before


def test_scaling_under_load_loses_nothing(cluster, server):
    with Load(server) as load:
        cluster.tenon_ray("scale", "Worker", 4)
        wait_until(lambda: len(ready(cluster)) == 4, "four are ready", 40, 0.2)
        load.flows(400)
        cluster.tenon_ray("scale", "Worker", 1)
        wait_until(lambda: len(replicas(cluster)) == 1, "one is left", 40, 0.2)
        load.flows()
        cluster.tenon_ray("scale", "Worker", 2)
        wait_until(lambda: len(ready(cluster)) == 2, "two are ready", 40, 0.2)
    assert set(load.statuses) == {200}, load.statuses


def test_a_node_that_goes_takes_only_its_own(cluster, server):
    # Spreading is best effort: of four, one at least is elsewhere.
    cluster.tenon_ray("scale", "Worker", 4)
    wait_until(lambda: len(ready(cluster)) == 4, "four are ready", 40, 0.2)
    assert {entry["node"] for entry in ready(cluster)} == {"127.0.0.2", "127.0.0.3"}
    with Load(server) as load:
        cluster.other.kill()
        load.flows(300)
        wait_until(lambda: len(ready(cluster)) == 4 and
                   {entry["node"] for entry in ready(cluster)} == {"127.0.0.2"},
                   "what it had is on the other one", 60, 0.5)
        load.flows()
    assert set(load.statuses) <= {200, 503} and load.statuses.get(503, 0) <= 6, load.statuses
    cluster.other = cluster.add_node()
