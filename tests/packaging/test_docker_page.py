# SPDX-License-Identifier: Apache-2.0
"""docs/docker.md: its commands work, and every script, task and variable that it names exists."""

import re
import subprocess

import pytest

from docs.blocks import blocks
from harness.server import TREE, free_port

pytestmark = pytest.mark.timeout(3700)

PAGE = TREE / "docs" / "docker.md"
SESSIONS = [block for block in blocks(PAGE) if block.language == "sh" and "run" in block.words]


@pytest.mark.parametrize("session", SESSIONS, ids=lambda block: f"line-{block.line}")
def test_the_sessions_work(engine, build_image, image, session, tmp_path):
    # The page's build is the one that the other tests have made: same tag, everything cached.
    port = free_port()
    text = session.text.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], cwd=TREE, capture_output=True, text=True, timeout=3600,
        env={**engine.environment, "IMAGE": image, "PORT": str(port), "CONTAINER": f"tenon-page-{port}",
             "MODEL": str(tmp_path / "model")},
    )
    engine("rm", "-f", f"tenon-page-{port}", check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "ended with status 0" in done.stdout


def test_what_the_page_names_exists():
    text = PAGE.read_text()
    for script in set(re.findall(r"packaging/\w+\.sh", text)):
        assert (TREE / script).exists(), script
    tasks = (TREE / "tasks" / "serving.yaml").read_text()
    for task in set(re.findall(r"task serving:([\w:-]+)", text)):
        assert f"  {task}:\n" in tasks, task
    scripts = "".join(path.read_text() for path in (TREE / "packaging").glob("*.sh"))
    for variable in set(re.findall(r"^\| `([A-Z_]+)`", text, re.MULTILINE)):
        assert re.search(rf"\${{?{variable}\b", scripts), variable
