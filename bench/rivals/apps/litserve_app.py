# SPDX-License-Identifier: Apache-2.0
"""LitServe as its documentation shows it; batches of 32 without a wait, which is its default."""

import sys

import litserve
from pydantic import BaseModel

from work import WORKLOAD, Scorer


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


if __name__ == "__main__":
    path = {"api_path": "/invocations"}
    api = Echo(**path) if WORKLOAD == "echo" else Scores(max_batch_size=32, **path)
    litserve.LitServer(api, healthcheck_path="/ping", accelerator="cpu").run(
        host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, num_api_servers=1,
        log_level="warning", access_log=False)
