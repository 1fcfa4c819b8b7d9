# SPDX-License-Identifier: Apache-2.0
"""SIGTERM while clients ask all the time: whoever was let in is answered, and what cannot end in time ends
as an error that says so."""

import json
import os
import signal
import threading
import time

import pytest

from harness.http_client import Closed, Connection, request_bytes
from harness.polling import wait_until
from harness.problem import check_problem
from harness.serving import ServedContainer

full = pytest.mark.skipif(os.environ.get("TENON_FULL") != "1", reason="takes half a minute; with --full")

SERVED = "served"
REFUSED = "refused"


class Load:
    """Clients that each ask again as soon as they are answered, on a connection of their own that they keep
    as long as the server does, until nobody takes connections any more."""

    def __init__(self, port, clients, wait_s, patience_s):
        self.port, self.wait_s, self.patience_s = port, wait_s, patience_s
        self.outcomes, self.after_signal, self.signalled = [], 0, False
        self.threads = [threading.Thread(target=self.ask_on, args=(i,)) for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def ask_on(self, number):
        while self.one_connection(number):
            pass

    def one_connection(self, number):
        """False: the server takes no more."""
        try:
            connection = Connection(self.port)
        except (ConnectionRefusedError, ConnectionResetError):  # Reset: the port closed under the handshake.
            self.outcomes.append(REFUSED)
            return False
        with connection:
            connection.socket.settimeout(self.patience_s)
            keeps = True
            while keeps:
                late = self.signalled
                try:
                    answer = connection.ask("POST", "/invocations", {"wait_s": self.wait_s(number)})
                except (Closed, OSError) as error:
                    self.outcomes.append(f"{error!r}, asked {'after' if late else 'before'} the signal")
                    return True
                self.outcomes.append(SERVED if answer.status == 200 else f"{answer.status}")
                self.after_signal += late and answer.status == 200
                keeps = answer.headers.get("connection") != "close"
        return True

    def finish(self):
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()
        return self.outcomes


def check_all_were_served(load):
    outcomes = load.finish()
    assert set(outcomes) == {SERVED, REFUSED}, [o for o in outcomes if o not in (SERVED, REFUSED)][:5]
    assert outcomes.count(REFUSED) == len(load.threads)


def test_no_accepted_request_fails():
    """Fifty clients with work of up to a second each; it goes on during the delay."""
    with ServedContainer("slow:sleeper", {"TENON_DRAIN_DELAY_S": "1.5"}) as server:
        load = Load(server.port, 50, lambda number: number % 10 / 10, patience_s=10)
        wait_until(lambda: load.outcomes.count(SERVED) > 100, "they are being served")
        load.signalled = True
        server.signal(signal.SIGTERM)
        check_all_were_served(load)
        assert server.wait() == 0
    assert load.after_signal > 100


@pytest.mark.parametrize("attempt", range(5))
def test_who_connects_as_the_listener_closes_is_answered_or_refused(attempt):
    """Quick work, so that at each moment somebody has just connected."""
    with ServedContainer("slow:sleeper", {"TENON_DRAIN_DELAY_S": "0.2"}) as server:
        load = Load(server.port, 16, lambda _: 0, patience_s=10)
        wait_until(lambda: load.outcomes.count(SERVED) > 200, "they are being served")
        load.signalled = True
        server.signal(signal.SIGTERM)
        check_all_were_served(load)
        assert server.wait() == 0


@full
@pytest.mark.timeout(90)
def test_work_of_twenty_seconds_is_finished_and_longer_work_ends_as_an_error():
    with (ServedContainer("slow:sleeper") as sleeper, ServedContainer("slow:worker") as worker,
          ServedContainer("streaming:handle") as streamer):
        asked = []

        def ask(server, body):
            connection = server.connect()
            connection.socket.settimeout(60)
            connection.send(request_bytes("POST", "/invocations", body))
            asked.append(connection)
            return connection

        too_long = [ask(sleeper, {"wait_s": 60}), ask(worker, {"wait_s": 60})]
        stream = ask(streamer, {"count": 600, "pause_s": 0.1})
        assert stream.receive_head().status == 200
        wait_until(lambda: worker.ask("GET", "/counts").json["begun"] == 1, "the thread is held")

        # Some come before the signal, the others while the port is still open after it.
        in_time = [ask(sleeper, {"wait_s": 20}) for _ in range(100)]
        began = time.monotonic()
        for server in (sleeper, worker, streamer):
            server.signal(signal.SIGTERM)
        last = began
        while True:
            try:
                in_time.append(ask(sleeper, {"wait_s": 20}))
            except ConnectionRefusedError:
                break
            last = time.monotonic()
            time.sleep(0.02)
        assert 4.9 < last - began < 5.5
        assert len(in_time) > 250

        answers = [connection.receive() for connection in in_time]
        assert {answer.status for answer in answers} == {200}, sorted(
            (answer.status, index) for index, answer in enumerate(answers))[-1]
        for connection in too_long:
            problem = check_problem(connection.receive(), 503)
            assert problem["detail"] == "The server is shutting down."
        with pytest.raises(Closed):
            while size := int(stream._line(), 16):
                item = json.loads(stream._exactly(size))
                assert stream._line() == b""
        assert item["error"]["status"] == 503
        assert 25 < time.monotonic() - began < 27
        for server in (sleeper, worker, streamer):
            assert server.wait(5) == 0
        assert time.monotonic() - began < 28
        for connection in asked:
            connection.close()
