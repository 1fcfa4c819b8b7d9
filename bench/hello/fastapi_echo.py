# SPDX-License-Identifier: Apache-2.0
"""The same application on FastAPI."""

from fastapi import FastAPI
from pydantic import BaseModel


class Request(BaseModel):
    text: str


class Response(BaseModel):
    text: str


app = FastAPI()


@app.get("/ping")
async def ping():
    return {}


@app.post("/invocations")
async def invocations(request: Request) -> Response:
    return Response(text=request.text)
