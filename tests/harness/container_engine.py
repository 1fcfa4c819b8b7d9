# SPDX-License-Identifier: Apache-2.0
"""A Docker engine for the tests: the one that answers here, else a private one started by hand."""

import os
import shutil
import subprocess
import time

from .server import TREE

HOME = TREE / "build" / "docker"
BASE = "debian:bookworm-slim"


class NoEngine(Exception):
    """Why there is none."""


def _answers(program, environment):
    done = subprocess.run([program, "info"], capture_output=True, env=environment)
    return done.returncode == 0


def _programs():
    """Debian's own first: it has BuildKit in itself."""
    places = [os.path.join(folder, "docker") for folder in ["/usr/bin", *os.get_exec_path()]]
    return [place for place in dict.fromkeys(places) if os.access(place, os.X_OK)]


class Engine:
    """`docker` of this engine; `environment` is for scripts and programs that call it themselves."""

    def __init__(self):
        self.environment = {**os.environ}
        self._daemon = None
        self.programs = _programs()
        if not self.programs:
            raise NoEngine("docker is not installed")
        self.program = self.programs[0]
        if not _answers(self.program, self.environment):
            self._start_private()
        self.environment["ENGINE"] = self.program
        # What calls `docker` by name finds the same one.
        self.environment["PATH"] = os.path.dirname(self.program) + ":" + self.environment["PATH"]
        if os.path.exists("/etc/ssl/certs/ca-certificates.crt"):
            self.environment["CA"] = "/etc/ssl/certs/ca-certificates.crt"

    def _start_private(self):
        dockerd = shutil.which("dockerd", path=os.environ["PATH"] + ":/usr/sbin")
        if dockerd is None or os.geteuid() != 0:
            raise NoEngine("no Docker daemon answers, and none can be started (dockerd, root)")
        # A socket's path must be short, and two runs must not share one.
        self._runtime = HOME / f"run-{os.getpid()}"
        self._runtime.mkdir(parents=True)
        self._bridge_was_there = os.path.exists("/sys/class/net/docker0")
        socket = self._runtime / "docker.sock"
        self.environment["DOCKER_HOST"] = f"unix://{socket}"
        # The computer's firewall stays as it is; ports are passed on by docker's own proxy.
        with open(HOME / "dockerd.log", "w") as log:
            self._daemon = subprocess.Popen(
                [dockerd, "--host", f"unix://{socket}", "--data-root", HOME / "data",
                 "--exec-root", self._runtime / "exec", "--pidfile", self._runtime / "pid",
                 "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"],
                stdout=subprocess.DEVNULL, stderr=log,
            )
        for _ in range(200):
            if _answers(self.program, self.environment):
                return
            if self._daemon.poll() is not None:
                break
            time.sleep(0.1)
        self.close()
        raise NoEngine("a private dockerd does not start: " + (HOME / "dockerd.log").read_text()[-300:])

    def __call__(self, *words, check=True, patience_s=120, **more):
        done = subprocess.run(
            [self.program, *map(str, words)],
            capture_output=True, text=True, env=self.environment, timeout=patience_s, **more,
        )
        assert not check or done.returncode == 0, f"docker {words}\n{done.stdout}\n{done.stderr}"
        return done

    def script(self, name, *words, patience_s=1800, check=True, **variables):
        """Runs a script of packaging/."""
        done = subprocess.run(
            [TREE / "packaging" / name, *map(str, words)],
            capture_output=True, text=True, timeout=patience_s, cwd=TREE,
            env={**self.environment, **variables},
        )
        assert not check or done.returncode == 0, f"{name} {words}\n{done.stdout}\n{done.stderr[-4000:]}"
        return done

    def has(self, image):
        return self("image", "inspect", image, check=False).returncode == 0

    def close(self):
        if self._daemon is None:
            return
        self._daemon.terminate()
        self._daemon.wait(30)
        subprocess.run(["umount", self._runtime / "exec/netns/default"], capture_output=True)
        if not self._bridge_was_there:
            subprocess.run(["ip", "link", "del", "docker0"], capture_output=True)
        shutil.rmtree(self._runtime, ignore_errors=True)
