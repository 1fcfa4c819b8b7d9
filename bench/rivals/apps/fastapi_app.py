# SPDX-License-Identifier: Apache-2.0
"""FastAPI as its documentation shows it; the model runs in its thread pool, one row a run."""

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from work import WORKLOAD, Scorer, stream_items

app = FastAPI()


class Text(BaseModel):
    text: str


class Row(BaseModel):
    features: list[float]


class Scores(BaseModel):
    scores: list[float]


class Count(BaseModel):
    count: int


@app.get("/ping")
async def ping():
    return {}


if WORKLOAD == "echo":

    @app.post("/invocations")
    async def invocations(request: Text) -> Text:
        return request

elif WORKLOAD == "scores":
    scorer = Scorer()

    @app.post("/invocations")
    def invocations(row: Row) -> Scores:
        return Scores(scores=scorer([row.features])[0])

elif WORKLOAD == "tensor":
    scorer = Scorer()

    @app.post("/invocations")
    async def invocations(request: Request):
        answer = await run_in_threadpool(scorer.bare, await request.body())
        return Response(answer, media_type="application/octet-stream")

else:

    async def pieces(count):
        for item in stream_items(count):
            yield item

    @app.post("/invocations")
    async def invocations(request: Count):
        return StreamingResponse(pieces(request.count), media_type="application/x-ndjson")
