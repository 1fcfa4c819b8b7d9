# SPDX-License-Identifier: Apache-2.0
"""Between a Tenon front and the cluster: takes the application, says where its replicas are."""

import asyncio
import os
import socket

import ray

from . import NAMESPACE, controller_name
from .controller import Controller
from .lines import Lines

CONNECT_S = 60.0


def connect(address):
    """A driver of the cluster; says so where there is none."""
    os.environ.setdefault("RAY_raylet_start_wait_time_s", str(int(CONNECT_S)))
    ray.init(address=address or "auto", namespace=NAMESPACE, log_to_driver=False,
             configure_logging=False)


def controller_of(application):
    return ray.remote(Controller).options(
        name=controller_name(application), namespace=NAMESPACE, lifetime="detached",
        max_restarts=-1, num_cpus=0, max_concurrency=1000, get_if_exists=True,
        resources={"node:__internal_head__": 0.001},
    ).remote(application)


async def serve(control):
    lines = Lines(asyncio.get_running_loop(), socket.socket(fileno=control))
    spec = await lines.hear()
    if spec is None:
        return 1
    try:
        connect(spec["address"])
        controller = controller_of(spec["application"]["application_name"])
        await controller.deploy.remote(spec)
    except Exception as error:
        await lines.say({"failed": f"The Ray cluster does not take the application: {error}"})
        return 1
    follower = asyncio.ensure_future(follow(lines, controller))
    # Until the front says stop, or is gone.
    while (order := await lines.hear()) is not None and not order.get("stop"):
        pass
    follower.cancel()
    try:
        await asyncio.wait_for(controller.shutdown.remote(), 30)
    finally:
        ray.kill(controller)
    return 0


async def follow(lines, controller):
    here = ray.util.get_node_ip_address()
    seen, was_ready = None, False
    while True:
        try:
            news = await asyncio.wait_for(controller.poll.remote(seen), 15)
        except Exception:
            # Without a controller the last table holds.
            await asyncio.sleep(0.5)
            continue
        if news["failure"] and not was_ready:
            await lines.say({"failed": news["failure"]})
        if (news["epoch"], news["version"]) == seen:
            continue
        seen = news["epoch"], news["version"]
        await lines.say({"peers": [
            {"deployment": name,
             "replicas": [{"address": a, "is_local": h == here} for a, h in replicas]}
            for name, replicas in news["tables"].items()
        ]})
        if news["ready"] and not was_ready:
            was_ready = True
            await lines.say({"ready": "yes"})
