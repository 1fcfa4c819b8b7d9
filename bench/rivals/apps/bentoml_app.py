# SPDX-License-Identifier: Apache-2.0
"""BentoML as its documentation shows it; its batching is adaptive."""

from collections.abc import AsyncGenerator

import bentoml

from work import WORKLOAD, Scorer, stream_items

if WORKLOAD == "echo":

    @bentoml.service
    class Service:
        @bentoml.api(route="/invocations")
        async def echo(self, text: str) -> dict:
            return {"text": text}

elif WORKLOAD == "stream":

    @bentoml.service
    class Service:
        @bentoml.api(route="/invocations")
        async def pieces(self, count: int) -> AsyncGenerator[str, None]:
            for item in stream_items(count):
                yield item

else:

    @bentoml.service
    class Model:
        def __init__(self):
            self.scorer = Scorer()

        @bentoml.api(batchable=True, max_batch_size=32)
        def score(self, rows: list[list[float]]) -> list[list[float]]:
            return self.scorer(rows)

    @bentoml.service
    class Service:
        model = bentoml.depends(Model)

        @bentoml.api(route="/invocations")
        async def invocations(self, features: list[float]) -> dict:
            return {"scores": (await self.model.to_async.score([features]))[0]}
