# SPDX-License-Identifier: Apache-2.0
"""python -m tenon_ray: `front --control-fd N` (for Tenon), `status`, `scale`, `shutdown`."""

import argparse
import asyncio
import json
import sys

import ray

from . import NAMESPACE, controller_name
from .front import connect, serve


def main():
    parser = argparse.ArgumentParser(prog="python -m tenon_ray")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("front").add_argument("--control-fd", type=int, required=True)
    for name in ("status", "scale", "shutdown"):
        command = commands.add_parser(name)
        command.add_argument("--ray-address", default="")
        command.add_argument("--name", default="default", help="of the application")
        if name == "scale":
            command.add_argument("deployment")
            command.add_argument("replicas", type=int)
    words = parser.parse_args()
    if words.command == "front":
        return asyncio.run(serve(words.control_fd))
    connect(words.ray_address)
    try:
        controller = ray.get_actor(controller_name(words.name), namespace=NAMESPACE)
    except ValueError:
        print(f"tenon: no application '{words.name}' runs on this cluster", file=sys.stderr)
        return 1
    if words.command == "status":
        print(json.dumps(ray.get(controller.status.remote(), timeout=30), indent=1))
    elif words.command == "scale":
        ray.get(controller.scale.remote(words.deployment, words.replicas), timeout=30)
    else:
        ray.get(controller.shutdown.remote(), timeout=60)
        ray.kill(controller)
    return 0


if __name__ == "__main__":
    sys.exit(main())
