# SPDX-License-Identifier: Apache-2.0
"""compute_weight in a configuration: one deployment's overload does not starve another."""

import threading
import time

import pytest

from harness.server import MODULES, Server, run_program

CONFIG = """
applications:
  - name: heavy
    route_prefix: /heavy
    import_path: slow:worker
    deployments:
      - {{name: Worker, max_ongoing_requests: 64, compute_weight: {heavy}}}
  - name: light
    route_prefix: /light
    import_path: slow:worker
    deployments:
      - {{name: Worker, max_ongoing_requests: 64, compute_weight: {light}}}
"""


def served(folder, heavy, light):
    """How many calls of each got their answer while both wanted the only thread."""
    file = folder / "config.yaml"
    file.write_text(CONFIG.format(heavy=heavy, light=light))
    with Server(str(file), "--app-dir", MODULES, "--threads", "1") as server:
        until = time.monotonic() + 3
        counts = {"heavy": 0, "light": 0}
        lock = threading.Lock()

        def ask(prefix):
            while time.monotonic() < until:
                assert server.ask("POST", f"/{prefix}/invocations", {"wait_s": 0.01}).status == 200
                with lock:
                    counts[prefix] += 1

        # The heavy one has many more clients.
        threads = [threading.Thread(target=ask, args=(prefix,))
                   for prefix, clients in (("heavy", 12), ("light", 4)) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return counts


def test_the_pools_time_is_shared_by_weight(tmp_path):
    even = served(tmp_path, 1, 1)
    assert 0.7 < even["light"] / even["heavy"] < 1.4, even
    skewed = served(tmp_path, 3, 1)
    assert 2.0 < skewed["heavy"] / skewed["light"] < 4.5, skewed


@pytest.mark.parametrize("weight", ["0", "-1", "much"])
def test_a_weight_that_is_none_is_refused(tmp_path, weight):
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG.format(heavy=weight, light=1))
    status, _, err = run_program("run", file, "--app-dir", MODULES, "--port", "0")
    assert status in (1, 2) and "compute_weight" in err and "config.yaml:7" in err, err
