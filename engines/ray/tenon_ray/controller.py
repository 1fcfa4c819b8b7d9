# SPDX-License-Identifier: Apache-2.0
"""The one actor of an application that knows what should run and where it does."""

import asyncio
import json
import os
import uuid

import ray
from ray.experimental import internal_kv

from . import NAMESPACE, replica_name
from .launcher import Launcher

RECONCILE_S = 0.5
POLL_S = 10.0
# After its own restart: so long launchers have to say where their replicas are, before an ingress
# hears a table with fewer.
SETTLE_S = 5.0


def pause_s(failures):
    """Before a launcher that has died is started again: doubles from 0.2 s to 10 s."""
    return min(10.0, 0.2 * 2 ** min(failures, 10))


class Replica:
    def __init__(self, deployment, index):
        self.deployment = deployment
        self.index = index
        self.launcher = None
        self.run = None  # The future of its life.
        self.address = None
        self.host = None
        self.failures = 0
        self.start_at = 0.0


class Controller:
    def __init__(self, application):
        self._application = application
        self._spec = None
        self._replicas = {}
        self._version = 1
        self._changed = asyncio.Condition()
        self._failure = None
        self._stopping = False
        self._epoch = uuid.uuid4().hex
        self._key = f"tenon:{application}".encode()
        self._settles_at = 0.0
        self._restore()
        self._task = asyncio.get_event_loop().create_task(self._reconcile())

    def _restore(self):
        """What ran before this actor was restarted."""
        text = internal_kv._internal_kv_get(self._key)
        if not text:
            return
        self._spec = json.loads(text)
        for deployment in self._spec["deployments"]:
            for index in range(deployment["num_replicas"]):
                self._replicas[deployment["name"], index] = Replica(deployment["name"], index)
        self._settles_at = asyncio.get_event_loop().time() + SETTLE_S

    def _is_settled(self):
        return (all(replica.address for replica in self._replicas.values())
                or asyncio.get_event_loop().time() >= self._settles_at)

    async def deploy(self, spec):
        """Makes what runs be what the spec says."""
        self._spec = spec
        internal_kv._internal_kv_put(self._key, json.dumps(spec).encode(), overwrite=True)
        self._failure = None
        wanted = {
            (deployment["name"], index)
            for deployment in spec["deployments"]
            for index in range(deployment["num_replicas"])
        }
        for key in wanted - set(self._replicas):
            self._replicas[key] = Replica(*key)
        for key in set(self._replicas) - wanted:
            await self._remove(key)
        await self._note()

    async def scale(self, deployment, count):
        known = [entry["name"] for entry in self._spec["deployments"]]
        if deployment not in known:
            raise ValueError(f"there is no deployment '{deployment}'; there are {', '.join(known)}")
        for entry in self._spec["deployments"]:
            if entry["name"] == deployment:
                entry["num_replicas"] = count
        await self.deploy(self._spec)

    async def _remove(self, key):
        replica = self._replicas.pop(key)
        await self._note()
        if replica.launcher is None:
            return
        # One that is still pending never answers: it is killed, not asked.
        if replica.address is None:
            ray.kill(replica.launcher)
        else:
            asyncio.ensure_future(self._end(replica.launcher))

    @staticmethod
    async def _end(launcher):
        try:
            await asyncio.wait_for(launcher.stop.remote(), 30)
        except Exception:
            pass  # It is gone already, or must be.
        try:
            ray.kill(launcher)
        except Exception:
            pass

    async def report(self, deployment, index, address, host, failure):
        """From launchers: where the replica is now (None: nowhere), and why it did not start."""
        replica = self._replicas.get((deployment, index))
        if replica is None:
            return False  # It is not wanted any more.
        replica.address, replica.host = address, host
        if address:
            replica.failures = 0
        if failure:
            self._failure = failure
        await self._note()
        return True

    async def poll(self, seen):
        """The tables, as soon as they differ from that version; the same ones after a while."""
        while not self._is_settled():
            await asyncio.sleep(0.05)
        async with self._changed:
            try:
                await asyncio.wait_for(
                    self._changed.wait_for(lambda: (self._epoch, self._version) != tuple(seen or ())), POLL_S
                )
            except asyncio.TimeoutError:
                pass
        tables = {}
        for deployment in self._spec["deployments"] if self._spec else []:
            tables[deployment["name"]] = [
                (replica.address, replica.host)
                for replica in self._replicas.values()
                if replica.deployment == deployment["name"] and replica.address
            ]
        ready = bool(self._spec) and all(replica.address for replica in self._replicas.values())
        return {"version": self._version, "epoch": self._epoch, "tables": tables, "ready": ready,
                "failure": self._failure, "stopping": self._stopping}

    async def status(self):
        return [
            {"replica": replica_name(self._application, replica.deployment, replica.index),
             "state": "ready" if replica.address else "starting",
             "address": replica.address, "node": replica.host, "failures": replica.failures}
            for replica in self._replicas.values()
        ]

    async def shutdown(self):
        self._stopping = True
        self._task.cancel()
        internal_kv._internal_kv_del(self._key)
        launchers = [r.launcher for r in self._replicas.values() if r.launcher is not None]
        self._replicas = {}
        await self._note()
        await asyncio.gather(*(self._end(launcher) for launcher in launchers))

    async def pid(self):
        return os.getpid()

    async def _note(self):
        async with self._changed:
            self._version += 1
            self._changed.notify_all()

    async def _reconcile(self):
        while True:
            now = asyncio.get_event_loop().time()
            for replica in list(self._replicas.values()):
                if replica.run is not None and replica.run.done():
                    # The launcher has died with its replica; retrieving keeps asyncio quiet.
                    replica.run.exception()
                    replica.launcher = replica.run = replica.address = None
                    replica.failures += 1
                    replica.start_at = now + pause_s(replica.failures)
                    await self._note()
                if replica.launcher is None and now >= replica.start_at:
                    self._launch(replica)
            await asyncio.sleep(RECONCILE_S if self._replicas else 0.05)

    def _launch(self, replica):
        name = replica_name(self._application, replica.deployment, replica.index)
        options = next(d for d in self._spec["deployments"] if d["name"] == replica.deployment)
        resources = dict(options.get("ray_actor_options") or {"num_cpus": 1})
        replica.launcher = ray.remote(Launcher).options(
            name=name, namespace=NAMESPACE, lifetime="detached", max_restarts=0, max_concurrency=16,
            get_if_exists=True, scheduling_strategy="SPREAD", **resources,
        ).remote(self._application, replica.deployment, replica.index)
        replica.run = asyncio.ensure_future(
            _await(replica.launcher.run.remote(self._spec, resources))
        )


async def _await(reference):
    return await reference
