# SPDX-License-Identifier: Apache-2.0
"""The actor beside each replica: starts its process, keeps it, and says where it is."""

import asyncio
import os
import socket
import subprocess
import time

import ray

from . import NAMESPACE, controller_name
from .lines import Lines

# Without a word from the controller for so long the node may be cut off, and another replica in
# this one's place.
LEASE_S = 60.0
STABLE_S = 10.0


def restart_pause_s(failures):
    """50 ms, doubling, at most ten seconds."""
    return min(10.0, 0.05 * 2 ** min(failures - 1, 20))


def child_environment(spec, threads):
    """The worker's, without what is Ray's own business or would mislead the replica."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAY_AUTH")}
    environment["OMP_NUM_THREADS"] = str(threads)
    # Ray leaves it unset where no GPU was asked for, and then every GPU is seen.
    environment.setdefault("CUDA_VISIBLE_DEVICES", "")
    return environment


class Launcher:
    def __init__(self, application, deployment, index):
        self._application = application
        self._deployment = deployment
        self._index = index
        self._host = ray.util.get_node_ip_address()
        self._stopping = False
        self._process = None
        self._lines = None
        self._tables = {}
        self._address = None
        self._life = None
        self._heard = time.monotonic()

    async def run(self, spec, resources):
        """As long as the replica should live; a restarted controller joins what runs."""
        if self._life is None:
            self._life = asyncio.ensure_future(self._run(spec, resources))
        await asyncio.shield(self._life)

    async def _run(self, spec, resources):
        self._spec = spec
        self._threads = max(1, int(resources.get("num_cpus") or 1))
        poll = asyncio.ensure_future(self._follow())
        failures = 0
        try:
            while not self._stopping:
                began = time.monotonic()
                await self._serve_once()
                failures = 1 if time.monotonic() - began > STABLE_S else failures + 1
                if not self._stopping:
                    await self._report(None, None)
                    await asyncio.sleep(restart_pause_s(failures))
        finally:
            poll.cancel()

    async def _serve_once(self):
        ours, theirs = socket.socketpair()
        # Popen forks on this thread, which lives as long as the actor: the child is killed with it.
        self._process = subprocess.Popen(
            [self._spec["program"], "replica", "--control-fd", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
            env=child_environment(self._spec, self._threads),
        )
        theirs.close()
        try:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, 0)  # Ray's workers are at 15.
        except PermissionError:
            pass
        self._lines = Lines(asyncio.get_running_loop(), ours)
        try:
            await self._lines.say({
                "application": self._spec["application"],
                "deployment": self._deployment,
                "replica": f"{self._deployment}#{self._index}",
                "listen": f"{self._host}:0",
                "secret": self._spec["secret"],
                "max_payload": self._spec["max_payload"],
                "threads": self._threads,
                "log_format": self._spec["log_format"],
                "log_level": self._spec["log_level"],
                "peers": self._peers(),
            })
            while (line := await self._lines.hear()) is not None:
                await self._report(line.get("ready"), line.get("failed"))
        except OSError:
            pass  # It has ended while it was spoken to.
        finally:
            self._lines.close()
            await self._reap()

    def _get_controller(self):
        return ray.get_actor(controller_name(self._application), namespace=NAMESPACE)

    async def _reap(self):
        """The process has closed its end: it ends by itself, or is helped."""
        for _ in range(100):
            if self._process.poll() is not None:
                return
            await asyncio.sleep(0.02)
        self._process.kill()
        self._process.wait()

    async def _report(self, address, failure):
        self._address = address
        try:
            wanted = await asyncio.wait_for(
                self._get_controller().report.remote(
                    self._deployment, self._index, address, self._host, failure), 10)
            if not wanted:
                await self.stop()
        except Exception:
            pass  # The controller is away; the next poll that succeeds tells it again.

    async def _follow(self):
        """Keeps the tables of the other deployments, and the lease."""
        seen = None
        while not self._stopping:
            try:
                news = await asyncio.wait_for(self._get_controller().poll.remote(seen), 15)
            except Exception:
                if time.monotonic() - self._heard > LEASE_S:
                    await self.stop()
                await asyncio.sleep(0.2)
                if self._address:
                    await self._report(self._address, None)  # A new one has forgotten.
                continue
            self._heard = time.monotonic()
            if (news["epoch"], news["version"]) == seen:
                continue
            seen = news["epoch"], news["version"]
            self._tables = news["tables"]
            if self._lines is not None and self._process.poll() is None:
                try:
                    await self._lines.say({"peers": self._peers(), "stop": False})
                except OSError:
                    pass

    def _peers(self):
        return [
            {"deployment": name,
             "replicas": [{"address": a, "is_local": h == self._host} for a, h in replicas]}
            for name, replicas in self._tables.items() if name != self._deployment
        ]

    async def stop(self):
        self._stopping = True
        if self._process is None or self._process.poll() is not None:
            return
        try:
            await self._lines.say({"peers": [], "stop": True})
        except OSError:
            pass
        for _ in range(1250):
            if self._process.poll() is not None:
                return
            await asyncio.sleep(0.02)
        self._process.kill()

    async def pids(self):
        """For tests: of the actor and of the replica."""
        return {"launcher": os.getpid(), "replica": self._process.pid if self._process else None}
