# SPDX-License-Identifier: Apache-2.0
"""What Ray's own calls cost: 64 bytes to an actor, and to a Ray Serve deployment by its handle.

ray_calls.py SECONDS: starts a Ray of its own, on this machine only. One line of JSON each.
"""

import asyncio
import json
import sys
import time

import ray
from ray import serve

PAYLOAD = b"x" * 64
SECONDS = float(sys.argv[1])


@ray.remote
class Actor:
    async def echo(self, payload):
        return payload


@serve.deployment(max_ongoing_requests=100, ray_actor_options={"num_cpus": 0.5})
class Deployment:
    async def __call__(self, payload):
        return payload


async def measure(what, call, at_once):
    times = []

    async def client(begin, end):
        while (asked := time.perf_counter()) < end:
            await call()
            if asked >= begin:
                times.append(time.perf_counter() - asked)

    begin = time.perf_counter() + 1
    await asyncio.gather(*(client(begin, begin + SECONDS) for _ in range(at_once)))
    times.sort()
    print(json.dumps({"what": what, "at_once": at_once, "calls_per_s": round(len(times) / SECONDS),
                      "p50_us": round(1e6 * times[len(times) // 2], 1),
                      "p99_us": round(1e6 * times[len(times) * 99 // 100], 1)}), flush=True)


async def main():
    actor = Actor.options(max_concurrency=100).remote()
    handle = serve.run(Deployment.bind(), route_prefix=None)

    async def call_actor():
        await actor.echo.remote(PAYLOAD)

    async def call_handle():
        await handle.remote(PAYLOAD)

    for what, call in (("Ray actor", call_actor), ("Ray Serve handle", call_handle)):
        for at_once in (1, 32):
            await measure(what, call, at_once)


ray.init(num_cpus=4, include_dashboard=False, _node_ip_address="127.0.0.1", log_to_driver=False)
asyncio.run(main())
serve.shutdown()
ray.shutdown()
