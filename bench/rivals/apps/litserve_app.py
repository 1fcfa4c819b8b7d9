# SPDX-License-Identifier: Apache-2.0
"""LitServe as its documentation shows it; batches of 32 without a wait, which is its default.

PROCESSES: so many workers and so many API servers.
"""

import os
import sys

import litserve
from pydantic import BaseModel

from work import WORKLOAD, Scorer, stream_items


class Text(BaseModel):
    text: str


class Row(BaseModel):
    features: list[float]


class Echo(litserve.LitAPI):
    def setup(self, device):
        pass

    def decode_request(self, request: Text):
        return request.text

    def predict(self, text):
        return text

    def encode_response(self, text):
        return {"text": text}


class Scores(litserve.LitAPI):
    def setup(self, device):
        self.scorer = Scorer()

    def decode_request(self, request: Row):
        return request.features

    def batch(self, rows):
        return rows

    def unbatch(self, scores):
        return scores

    def predict(self, rows):
        return self.scorer(rows)

    def encode_response(self, scores):
        return {"scores": scores}


class Count(BaseModel):
    count: int


class Pieces(litserve.LitAPI):
    def setup(self, device):
        pass

    def decode_request(self, request: Count):
        return request.count

    def predict(self, count):
        yield from stream_items(count)

    def encode_response(self, items):
        yield from items


def api():
    path = {"api_path": "/invocations"}
    if WORKLOAD == "echo":
        return Echo(**path)
    if WORKLOAD == "stream":
        return Pieces(stream=True, **path)
    return Scores(max_batch_size=32, **path)


if __name__ == "__main__":
    count = int(os.environ.get("PROCESSES", "1"))
    litserve.LitServer(api(), healthcheck_path="/ping", accelerator="cpu", workers_per_device=count).run(
        host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, num_api_servers=count,
        log_level="warning", access_log=False)
