# SPDX-License-Identifier: Apache-2.0
"""Starts the real program, learns where it listens, and always ends it."""

import json
import os
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from . import http_client
from .polling import wait_until

TREE = Path(__file__).resolve().parents[2]
BUILD = (TREE / os.environ.get("TENON_BUILD", "build/release")).resolve()
PROGRAM = BUILD / "bin" / "tenon"
MODULES = BUILD / "test_modules"
APPS = BUILD / "apps"

START_PATIENCE_S = 20.0


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def environment(more=None):
    """The test's environment without what would change the program, and more."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TENON_")}
    clean.update(more or {})
    return clean


def run_program(*words, more_environment=None, cwd=None, patience_s=START_PATIENCE_S):
    """Runs the program to its end: (status, stdout, stderr)."""
    done = subprocess.run(
        [PROGRAM, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd or BUILD,
        env=environment(more_environment),
        timeout=patience_s,
    )
    return done.returncode, done.stdout, done.stderr


def folder_of(target):
    """The folder where the module of a target lies: examples or test modules."""
    module = target.split(":")[0]
    return MODULES if (MODULES / f"{module}.so").exists() else APPS


class Server:
    """One `tenon run`. With `await_ready=False` name a port in the flags."""

    def __init__(self, target, *words, more_environment=None, log_format="json", await_ready=True):
        words = [str(word) for word in words]
        self.log_format = log_format
        self._log = tempfile.TemporaryFile()
        flags = ["--log-format", log_format, "--app-dir", str(folder_of(target))]
        if "--port" not in words:
            flags += ["--port", "0"]
        self.process = subprocess.Popen(
            [PROGRAM, *self.command(target, [*flags, *words])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=BUILD,
            env=environment(more_environment),
        )
        self.block = ""
        self.port = int(words[words.index("--port") + 1]) if "--port" in words else 0
        try:
            if await_ready:
                self.wait_ready()
            elif self.port:
                self.wait_listening()
        except BaseException:
            self.kill()
            raise

    def command(self, target, words):
        return ["run", target, *words]

    def wait_listening(self):
        def connects():
            assert self.process.poll() is None, f"ended at the start: {self.log_text()}"
            try:
                http_client.Connection(self.port).close()
                return True
            except ConnectionRefusedError:
                return False

        wait_until(connects, "the port is listened on", START_PATIENCE_S)

    def wait_ready(self):
        """Until the start block is there and `/ping` says 200."""
        self.block = self._read_block()
        if self.log_format == "json":
            self.report = json.loads(self.block)
            self.port = int(self.report["url"].rsplit(":", 1)[1])
        elif not self.port:
            self.port = int(self.block.split(" at http://")[1].split()[0].rsplit(":", 1)[1])
        wait_until(lambda: self.ask("GET", "/ping").status == 200, "/ping says 200")

    def _read_block(self):
        # The block leaves in one write; a text block ends with the line of the module.
        descriptor = self.process.stdout.fileno()
        os.set_blocking(descriptor, False)
        deadline = time.monotonic() + START_PATIENCE_S
        data = b""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while not (data.endswith(b"\n") and (self.log_format == "json" or b"Module" in data)):
                left = deadline - time.monotonic()
                ready = selector.select(left) if left > 0 else None
                assert ready, f"no start block; stdout {data!r}, stderr {self.log_text()}"
                part = os.read(descriptor, 65536)
                assert part, f"ended at the start: {self.log_text()}"
                data += part
        return data.decode()

    @property
    def pid(self):
        return self.process.pid

    def connect(self, **more):
        return http_client.Connection(self.port, **more)

    def ask(self, method, target, body=None, headers=None, **more):
        return http_client.ask(self.port, method, target, body, headers, **more)

    def invoke(self, body, headers=None, **more):
        return self.ask("POST", "/invocations", body, headers, **more)

    def metrics(self):
        """The samples of /metrics: {(name, labels as written): value}."""
        samples = {}
        for line in self.ask("GET", "/metrics").text.splitlines():
            if line and not line.startswith("#"):
                key, value = line.rsplit(" ", 1)
                samples[key] = float(value)
        return samples

    def log_text(self):
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def log_lines(self):
        """The log, each line as its document. Only with the JSON format."""
        return [json.loads(line) for line in self.log_text().splitlines() if line]

    def memory_mb(self):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, patience_s=10.0):
        """The exit status."""
        return self.process.wait(patience_s)

    def stop(self):
        """SIGINT, and a second one where that was not enough. The exit status."""
        if self.process.poll() is None:
            self.signal(signal.SIGINT)
            try:
                self.wait(3)
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGINT)
        return self.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if self.process.poll() is None:
                status = self.stop()
                if kind is None:
                    assert status == 0, f"ended with {status}: {self.log_text()}"
            text = self.log_text()
            if kind is None:
                assert "Sanitizer" not in text, text
        finally:
            self.kill()
