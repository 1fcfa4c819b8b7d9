# SPDX-License-Identifier: Apache-2.0
"""Servers that are measured: each in a process tree of its own, one at a time."""

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.request

from sidebyside import process_tree


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def ask(port, path, body=None, content_type="application/json", timeout_s=60, accept="*/*"):
    """The answer's bytes. Errors: OSError, also for a status that is no 2xx."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", body, {"Content-Type": content_type, "Accept": accept})
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:
        return answer.read()


class Server:
    """Starts in the constructor and waits for the first good answer to `probe`.

    A kind of server overrides `start`, which calls `run`, and names itself. `start_s` is the time
    from the first command to the answer. Only one runs at a time: its processes are those that this
    one has started, daemons included, and that were not there before.
    """

    name = ""
    patience_s = 180
    cores = None  # As taskset writes them; None: all.

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.environment = dict(os.environ)
        self.log = open(folder / "server.log", "ab")
        self.before = set(process_tree.descendants(os.getpid()))
        began = time.perf_counter()
        self.start()
        while not self._answers():
            ended = self.process.poll() is not None
            if ended or time.perf_counter() - began > self.patience_s:
                tail = (folder / "server.log").read_text(errors="replace")[-2000:]
                self.end()
                sys.exit(f"bench: {self.name} does not answer; its log ends with\n{tail}")
            time.sleep(0.0003)
        self.start_s = time.perf_counter() - began

    def start(self):
        raise NotImplementedError

    def probe(self):
        ask(self.port, "/ping", timeout_s=30)

    def _answers(self):
        try:
            self.probe()
            return True
        except (OSError, ValueError, http.client.HTTPException):
            return False

    def run(self, *words, wait=False, **environment):
        pinned = ["taskset", "-c", self.cores] if self.cores else []
        self.process = subprocess.Popen(
            [*pinned, *(str(word) for word in words)], stdout=self.log, stderr=self.log,
            stdin=subprocess.DEVNULL, cwd=self.folder, env={**self.environment, **environment})
        if wait and self.process.wait():
            sys.exit(f"bench: {words} failed; see {self.log.name}")

    def pids(self):
        return [p for p in process_tree.descendants(os.getpid()) if p not in self.before]

    def cpu_s(self):
        return process_tree.cpu_s(self.pids())

    def memory_mb(self):
        return process_tree.memory_mb(self.pids())

    def end(self):
        process_tree.end_all(self.pids())
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
