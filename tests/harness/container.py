# SPDX-License-Identifier: Apache-2.0
"""A container that serves, and what a test asks it."""

import time
import uuid
from pathlib import Path

from . import http_client
from .server import TREE, free_port

EXAMPLE_MODEL = TREE / "examples" / "example_serving" / "model"


class Container:
    """One `docker run -d`, asked over a loopback port."""

    def __init__(self, engine, image, *words, flags=(), variables=None, model=EXAMPLE_MODEL, port=8080):
        self.engine, self.port = engine, free_port()
        self.name = "tenon-test-" + uuid.uuid4().hex[:12]
        more = list(flags)
        for name, value in (variables or {}).items():
            more += ["-e", f"{name}={value}"]
        if model is not None:
            more += ["-v", f"{Path(model)}:/opt/ml/model:ro"]
        engine("run", "-d", "--name", self.name, "-p", f"127.0.0.1:{self.port}:{port}", *more, image,
               *(words or ("serve",)))

    def wait_ready(self, patience_s=20):
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            try:
                if self.ask("GET", "/ping").status == 200:
                    return self
            except (OSError, http_client.Closed):
                pass
            assert self.state("Running") == "true", self.logs()
            time.sleep(0.05)
        raise AssertionError("never ready: " + self.logs())

    def ask(self, method, target, body=None, **more):
        return http_client.ask(self.port, method, target, body, **more)

    def invoke(self, body, **more):
        return self.ask("POST", "/invocations", body, **more)

    def state(self, what):
        return self.engine("inspect", "-f", "{{.State.%s}}" % what, self.name).stdout.strip()

    def wait(self, patience_s=60):
        return int(self.engine("wait", self.name, patience_s=patience_s).stdout)

    def logs(self):
        done = self.engine("logs", self.name, check=False)
        return done.stdout + done.stderr

    def execute(self, *words):
        return self.engine("exec", self.name, *words).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.engine("rm", "-f", self.name, check=False)
