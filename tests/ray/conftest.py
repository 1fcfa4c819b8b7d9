# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import time
from pathlib import Path

import pytest

from ray_cluster import PYTHON, Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    if not PYTHON.exists():
        pytest.skip(f"{PYTHON} does not exist: TENON_RAY_VENV names an environment with Ray")
    # Short: the paths of sockets have a limit.
    folder = Path(f"/tmp/tenon-ray-{os.getpid()}")
    folder.mkdir()
    cluster = Cluster(folder)
    yield cluster
    cluster.end()
    time.sleep(0.5)
    subprocess.run(["rm", "-rf", str(folder)], check=True)
