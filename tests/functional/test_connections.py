# SPDX-License-Identifier: Apache-2.0
"""Many connections: what idle ones cost, and where busy ones end up."""

import resource
import socket
import time
from pathlib import Path

import pytest

from harness.server import Server

IDLE = 10_000
MOST_IDLE_MB = 20
REQUEST = (b"POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
           b"Content-Length: 12\r\n\r\n"
           b'{"text":"x"}')


@pytest.fixture
def many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < IDLE + 200:
        pytest.skip(f"a process may open {hard} files here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (IDLE + 200, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def ask(connection):
    connection.sendall(REQUEST)
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def test_ten_thousand_idle_connections_cost_little(many_files):
    connections = []
    try:
        with Server("hello:handle") as server:
            for _ in range(16):  # What the first requests need is not theirs.
                with connect(server.port) as warm_up:
                    ask(warm_up)
            before = server.memory_mb()
            for _ in range(IDLE):
                connections.append(connect(server.port))
                ask(connections[-1])
            assert server.memory_mb() - before <= MOST_IDLE_MB
            ask(connections[0])
            ask(connections[-1])
    finally:
        for connection in connections:
            connection.close()


def loop_cpu_ns(server):
    """CPU time of each event loop."""
    spent = []
    for task in sorted(Path(f"/proc/{server.pid}/task").iterdir(), key=lambda path: int(path.name)):
        if (task / "comm").read_text().startswith("tenon-loop"):
            spent.append(int((task / "schedstat").read_text().split()[0]))
    return spent


def test_few_connections_are_spread_evenly_over_the_loops():
    with Server("hello:handle", "--threads", "2") as server:
        connections = []
        for _ in range(12):
            connections.append(connect(server.port))
            ask(connections[-1])
            # A loop that the machine leaves waiting gets none meanwhile, and more of the next ones.
            time.sleep(0.01)
        before = loop_cpu_ns(server)
        for _ in range(200):
            for connection in connections:
                ask(connection)
        spent = [after - b for after, b in zip(loop_cpu_ns(server), before)]
        for connection in connections:
            connection.close()
    assert len(spent) == 2 and max(spent) < 2 * min(spent), spent
