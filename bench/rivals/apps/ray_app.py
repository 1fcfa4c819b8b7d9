# SPDX-License-Identifier: Apache-2.0
"""Ray Serve as its documentation shows it: FastAPI as ingress, a batched method for the model."""

import os

from fastapi import FastAPI
from pydantic import BaseModel
from ray import serve

from work import WORKLOAD, Scorer

api = FastAPI()


class Text(BaseModel):
    text: str


class Row(BaseModel):
    features: list[float]


class Scores(BaseModel):
    scores: list[float]


@serve.deployment
@serve.ingress(api)
class Model:
    def __init__(self):
        self.scorer = Scorer() if WORKLOAD == "scores" else None

    @api.get("/ping")
    def ping(self):
        return {}

    if WORKLOAD == "echo":

        @api.post("/invocations")
        async def invocations(self, request: Text) -> Text:
            return request

    else:

        @serve.batch(max_batch_size=32,
                     batch_wait_timeout_s=float(os.environ.get("BATCH_WAIT_S", "0.01")))
        async def score(self, rows):
            return self.scorer(rows)

        @api.post("/invocations")
        async def invocations(self, row: Row) -> Scores:
            return Scores(scores=await self.score(row.features))


handle = Model.bind()
