# SPDX-License-Identifier: Apache-2.0
import os
from pathlib import Path

import pytest

from harness.server import PROGRAM, Server


def pytest_sessionstart(session):
    if not PROGRAM.exists():
        pytest.exit(f"{PROGRAM} does not exist: build it, or name a build folder in TENON_BUILD", 2)


def pytest_sessionfinish(session):
    """The names of the tests that failed, for a second try by tools/dev/test.sh."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    listing = os.environ.get("TENON_FAILED_LIST")
    if listing and reporter:
        broken = reporter.stats.get("failed", []) + reporter.stats.get("error", [])
        Path(listing).write_text("".join(f"{name}\n" for name in {report.nodeid: 0 for report in broken}))


@pytest.fixture(scope="session")
def shared_servers():
    """One server per target for tests that leave nothing behind: call it with MODULE:NAME."""
    servers = {}

    def get(target, *words):
        if target not in servers:
            servers[target] = Server(target, *words)
        return servers[target]

    yield get
    statuses = {target: (server.stop(), server.log_text()) for target, server in servers.items()}
    for server in servers.values():
        server.kill()
    assert all(status == 0 for status, _ in statuses.values()), statuses


@pytest.fixture(scope="session")
def hello(shared_servers):
    return shared_servers("hello:handle")
