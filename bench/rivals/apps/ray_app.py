# SPDX-License-Identifier: Apache-2.0
"""Ray Serve as its documentation shows it: FastAPI as ingress, a batched method for the model."""

import os

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from ray import serve

from work import WORKLOAD, Scorer, stream_items

api = FastAPI()


class Text(BaseModel):
    text: str


class Row(BaseModel):
    features: list[float]


class Scores(BaseModel):
    scores: list[float]


class Count(BaseModel):
    count: int


async def pieces(count):
    for item in stream_items(count):
        yield item


@serve.deployment
@serve.ingress(api)
class Model:
    def __init__(self):
        self.scorer = Scorer() if WORKLOAD in ("scores", "tensor") else None

    @api.get("/ping")
    def ping(self):
        return {}

    if WORKLOAD == "echo":

        @api.post("/invocations")
        async def invocations(self, request: Text) -> Text:
            return request

    elif WORKLOAD == "tensor":

        @api.post("/invocations")
        async def invocations(self, request: Request):
            answer = self.scorer.bare(await request.body())
            return Response(answer, media_type="application/octet-stream")

    elif WORKLOAD == "stream":

        @api.post("/invocations")
        async def invocations(self, request: Count):
            return StreamingResponse(pieces(request.count), media_type="application/x-ndjson")

    else:

        @serve.batch(max_batch_size=32,
                     batch_wait_timeout_s=float(os.environ.get("BATCH_WAIT_S", "0.01")))
        async def score(self, rows):
            return self.scorer(rows)

        @api.post("/invocations")
        async def invocations(self, row: Row) -> Scores:
            return Scores(scores=await self.score(row.features))


handle = Model.bind()
