# SPDX-License-Identifier: Apache-2.0
"""The shape that AWS shows for Ray Serve on SageMaker: an adapter on the port that SageMaker asks."""

import os

import httpx
from fastapi import FastAPI, Request, Response

app = FastAPI()
client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{os.environ['RAY_PORT']}", timeout=60)


@app.get("/ping")
async def ping():
    return Response(status_code=(await client.get("/ping")).status_code)


@app.post("/invocations")
async def invocations(request: Request):
    answer = await client.post("/invocations", content=await request.body(),
                               headers={"Content-Type": "application/json"})
    return Response(answer.content, answer.status_code, media_type="application/json")
