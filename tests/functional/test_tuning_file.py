# SPDX-License-Identifier: Apache-2.0
"""--tuning-file: what was learned outlives the process; a file that does not fit is a warning."""

import json

from harness.polling import wait_until
from harness.server import Server

COST = "tenon_deployment_batch_item_cost_seconds"
TEXT = b'{"text":"abc"}'


def curve(server):
    return [line for line in server.ask("GET", "/metrics").body.decode().splitlines()
            if line.startswith(COST)]


def test_a_curve_is_remembered(tmp_path):
    file = tmp_path / "tuning.json"
    with Server("mixed:handle", "--tuning-file", file) as server:
        assert curve(server) == []
        for _ in range(10):
            assert server.ask("POST", "/batch", TEXT).status == 200
        assert len(curve(server)) == 2
        server.stop()
    learned = json.loads(file.read_text())
    assert [known["deployment"] for known in learned["deployments"]] == ["Batcher"]
    with Server("mixed:handle", "--tuning-file", file) as server:
        assert len(curve(server)) == 2
        assert "tuning file" not in server.log_text()


def test_a_file_that_does_not_fit_is_a_warning(tmp_path):
    file = tmp_path / "tuning.json"
    for text, why in (("{", "JSON"),
                      ('{"format":1,"machine":"another","deployments":[]}', "another")):
        file.write_text(text)
        with Server("mixed:handle", "--tuning-file", file) as server:
            assert curve(server) == []
            assert server.ask("POST", "/batch", TEXT).status == 200
            log = wait_until(server.log_text, "the log has been written")
            assert "the tuning file is not used" in log and why in log
