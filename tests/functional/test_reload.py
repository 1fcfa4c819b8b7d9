# SPDX-License-Identifier: Apache-2.0
"""`--reload` under load: no request fails, whatever becomes of the module."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from harness import http_client
from harness.polling import wait_until
from harness.server import MODULES, Server

BODY = {"text": "x", "number": 1, "other": 2}  # Both modules take it.


def place(module, folder):
    """As a linker does: a new file takes the name."""
    made = folder / "live.new"
    shutil.copy(MODULES / f"{module}.so", made)
    os.utime(made)
    made.rename(folder / "live.so")


class Load:
    """Clients that ask all the time: on connections that stay open, and on new ones."""

    def __init__(self, port):
        self.port = port
        self.answers = []  # (when, key of the answer)
        self.failures = []
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self.run, args=(kind,))
            for kind in [self.ask_staying, self.ask_anew, self.ask_health]
        ]

    def run(self, ask):
        while not self.over.is_set():
            try:
                ask()
            except Exception as failure:  # Whatever it is: a client saw it.
                self.failures.append(f"{ask.__name__}: {failure!r}")
            time.sleep(0.002)

    def note(self, answer):
        assert answer.status == 200, answer
        self.answers.append((time.monotonic(), next(iter(answer.json))))
        return answer

    def ask_staying(self):
        with http_client.Connection(self.port) as connection:
            while not self.over.is_set():
                connection.send(http_client.request_bytes("POST", "/invocations", BODY))
                if self.note(connection.receive("POST")).headers.get("connection") == "close":
                    return

    def ask_anew(self):
        self.note(http_client.ask(self.port, "POST", "/invocations", BODY))

    def ask_health(self):
        assert http_client.ask(self.port, "GET", "/ping").status == 200

    def first_after(self, key, since):
        return next((when for when, found in self.answers if found == key and when > since), None)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def start(folder, *words):
    place("first", folder)
    return Server("live:handle", "--app-dir", folder, "--reload", *words)


def test_a_rebuilt_module_takes_over_within_a_second_and_no_request_fails(tmp_path):
    with start(tmp_path) as server, Load(server.port) as load:
        wait_until(lambda: len(load.answers) > 20, "answers come")
        for module in ["second", "first", "second"]:
            began = time.monotonic()
            place(module, tmp_path)
            when = wait_until(lambda: load.first_after(module, began), f"{module} answers")
            assert when - began < 1.0
            # The one before is gone from every connection soon.
            wait_until(lambda: {key for _, key in load.answers[-8:]} == {module}, "only it answers")
    assert load.failures == []


@pytest.mark.parametrize("fault", ["text", "no_application"])
def test_a_module_that_does_not_start_leaves_the_old_one_and_says_why(fault, tmp_path):
    with start(tmp_path) as server, Load(server.port) as load:
        if fault == "text":
            (tmp_path / "new").write_text("not a library")
            (tmp_path / "new").rename(tmp_path / "live.so")
        else:
            place("construction", tmp_path)
        wait_until(lambda: "served on" in server.log_text(), "the log says so")
        lines = [line for line in server.log_lines() if "served on" in line["message"]]
        assert len(lines) == 1 and "live.so" in lines[0]["message"]
        since = time.monotonic()
        wait_until(lambda: load.first_after("first", since), "the old one answers")
        place("second", tmp_path)
        wait_until(lambda: load.first_after("second", since), "the next one takes over")
    assert load.failures == []


def test_a_first_start_that_fails_ends_the_program(tmp_path):
    (tmp_path / "live.so").write_text("not a library")
    server = Server("live:handle", "--app-dir", tmp_path, "--reload", "--port", "0",
                    await_ready=False)
    try:
        assert server.wait() == 1
        assert "is not a shared library" in server.log_text()
    finally:
        server.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_its_processes(number, tmp_path):
    with start(tmp_path) as server:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        assert len(children) == 1
        server.signal(number)
        assert server.wait() == 0
        wait_until(lambda: not Path(f"/proc/{children[0]}").exists(), "its child is gone")


def test_a_serving_process_that_dies_ends_the_program(tmp_path):
    server = start(tmp_path)
    try:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        assert server.wait() == 1
        assert "signal 9" in server.log_text()
    finally:
        server.kill()
