# SPDX-License-Identifier: Apache-2.0
"""A real Ray of two nodes on one machine, each with its own address."""

import os
import signal
import subprocess
from pathlib import Path

from harness.polling import wait_until
from harness.server import TREE, Server, environment

RAY_ENVIRONMENT = Path(os.environ.get("TENON_RAY_VENV", TREE / ".deps" / "venv-rivals" / "ray"))
PYTHON = RAY_ENVIRONMENT / "bin" / "python"
PORT = 26390
HEAD, OTHER = "127.0.0.2", "127.0.0.3"
ADDRESS = f"{HEAD}:{PORT}"
VARIABLES = {
    "PYTHONPATH": str(TREE / "engines" / "ray"),
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",  # Whatever token the user's home holds.
    "RAY_worker_niceness": "0",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
    "RAY_health_check_initial_delay_ms": "1000",
}


def children(pid):
    found = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    except FileNotFoundError:
        pass
    return found


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


class Node:
    def __init__(self, folder, *flags, ports):
        self.log = open(folder / f"{ports}.log", "w")
        self.process = subprocess.Popen(
            [RAY_ENVIRONMENT / "bin" / "ray", "start", "--block", "--num-cpus", "4",
             "--disable-usage-stats", "--min-worker-port", str(ports),
             "--max-worker-port", str(ports + 900), *flags],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            env=environment(VARIABLES), start_new_session=True,
        )

    def find(self, word):
        return [pid for pid in descendants(self.process.pid) if word in command(pid)]

    def kill(self):
        pids = descendants(self.process.pid)
        for pid in [self.process.pid, *pids]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.log.close()


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        self.head = Node(folder, "--head", "--port", str(PORT), "--node-ip-address", HEAD,
                         "--temp-dir", str(folder / "r"), "--include-dashboard", "false",
                         "--dashboard-agent-listen-port", "26391", ports=26400)
        self.other = None
        try:
            wait_until(lambda: self._answers(1), "the head is up", 90, 0.5)
            self.other = self.add_node()
        except BaseException:
            self.end()
            raise

    def add_node(self):
        node = Node(self.folder, "--address", ADDRESS, "--node-ip-address", OTHER,
                    "--dashboard-agent-listen-port", "26392", ports=27400)
        wait_until(lambda: self._answers(2), "both nodes are up", 60, 0.5)
        return node

    def _answers(self, nodes):
        done = subprocess.run(
            [PYTHON, "-c",
             f"import ray; ray.init('{ADDRESS}', log_to_driver=False, configure_logging=False); "
             "print(sum(node['Alive'] for node in ray.nodes()))"],
            capture_output=True, text=True, env=environment(VARIABLES), timeout=60)
        return done.returncode == 0 and int(done.stdout.split()[-1]) >= nodes

    def find(self, word):
        return self.head.find(word) + self.other.find(word)

    def serve(self, target, *words):
        return Server(target, "--engine", "ray", "--ray-address", ADDRESS, *words,
                      more_environment={**VARIABLES, "TENON_PYTHON": str(PYTHON)})

    def tenon_ray(self, *words):
        done = subprocess.run(
            [PYTHON, "-m", "tenon_ray", words[0], "--ray-address", ADDRESS, *map(str, words[1:])],
            capture_output=True, text=True, env=environment(VARIABLES), timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self):
        if self.other is not None:
            self.other.kill()
        self.head.kill()
