# SPDX-License-Identifier: Apache-2.0
"""`tenon bench`: what it sends, and what it shows meanwhile. Its figures are tested in tests/bench."""

import json
import os
import pty
import re
import socket
import subprocess
import threading

import pytest

from harness.server import PROGRAM, environment, run_program


class Recorder:
    """Answers each request with 200 and keeps (content type, body)."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.requests, self.threads = [], []
        self.thread = threading.Thread(target=self._accept)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self.threads[-1].start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            while line := stream.readline():
                headers = {}
                while (line := stream.readline().strip()):
                    name, value = line.decode().split(": ", 1)
                    headers[name.lower()] = value
                body = stream.read(int(headers.get("content-length", 0)))
                self.requests.append((headers.get("content-type"), body))
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                except OSError:
                    return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in (self.thread, *self.threads):
            thread.join(10)


SHORT = ("--rate", "100", "--arrivals", "constant", "--duration", "300ms", "--warmup", "0s",
         "--connections", "1")


def test_lines_of_a_csv_file_are_sent_by_turns(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("1,2,3\n4,5,6\n7,8,9\n")
    with Recorder() as recorder:
        status, out, err = run_program("bench", recorder.url, "--csv", file, *SHORT)
    # On a busy machine it says that it was late itself, and gives no figures: status 1.
    assert status in (0, 1) and err == "", out
    assert len(recorder.requests) >= 20
    for i, (content_type, body) in enumerate(recorder.requests):
        assert content_type == "text/csv"
        assert body.strip() == (b"1,2,3", b"4,5,6", b"7,8,9")[i % 3]


def test_files_of_a_folder_are_sent_by_turns(tmp_path):
    for name in "cab":
        (tmp_path / name).write_text(json.dumps({"file": name}))
    with Recorder() as recorder:
        status, out, err = run_program("bench", recorder.url, "--bodies", tmp_path, *SHORT)
    assert status in (0, 1) and err == "", out
    assert len(recorder.requests) >= 20
    for i, (content_type, body) in enumerate(recorder.requests):
        assert content_type == "application/json"
        assert json.loads(body) == {"file": "abc"[i % 3]}


@pytest.mark.parametrize("flags, why", [
    (("--csv", "MISSING"), "MISSING"),
    (("--bodies", "MISSING"), "MISSING"),
    (("--csv", "EMPTY"), "EMPTY"),
    (("--csv", "EMPTY", "--body", "EMPTY"), "Give one of --body, --bodies and --csv."),
])
def test_what_cannot_be_sent_is_refused(tmp_path, flags, why):
    (tmp_path / "EMPTY").write_text("")
    words = [word if word.startswith("-") else tmp_path / word for word in flags]
    status, out, err = run_program("bench", "http://127.0.0.1:1/", *words)
    assert (status, out) == (2, "") and why in err


def test_a_terminal_sees_how_far_it_is(hello, tmp_path):
    body = tmp_path / "body.json"
    body.write_text('{"text":"x"}')
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "bench", f"http://127.0.0.1:{hello.port}/invocations", "--body", body, "--rate", "50",
         "--duration", "1s", "--warmup", "400ms"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, env=environment())
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # The other end is gone.
        pass
    out = process.communicate(timeout=20)[0].decode()
    os.close(ours)
    lines = shown.decode().split("\r\x1b[K")
    assert process.returncode in (0, 1) and "requests" in out
    assert any(re.match(r"\d of 1 s \(warm-up\): \d+ answered, 0 failed", line) for line in lines), lines
    counts = [int(found.group(1)) for line in lines
              if (found := re.match(r"\d of 1 s: (\d+) answered", line))]
    assert len(counts) >= 2 and counts == sorted(counts) and counts[-1] > counts[0], lines
    assert lines[-1] == "", "the line is cleared at the end"
    assert "\x1b" not in out and "answered," not in out
