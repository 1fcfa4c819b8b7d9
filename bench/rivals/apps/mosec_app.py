# SPDX-License-Identifier: Apache-2.0
"""Mosec as its documentation shows it: msgspec for the types, batches of 32.

They wait at most MAX_WAIT_MS; without it as long as Mosec's default says.
"""

import os

import msgspec
from mosec import Runtime, Server, SSEWorker, Worker

from work import WORKLOAD, Scorer, stream_items


class Text(msgspec.Struct):
    text: str


class Row(msgspec.Struct):
    features: list[float]


class Json(Worker):
    kind: type

    def deserialize(self, data):
        return msgspec.json.decode(data, type=self.kind)

    def serialize(self, data):
        return msgspec.json.encode(data)


class Echo(Json):
    kind = Text

    def forward(self, data):
        return data


class Scores(Json):
    kind = Row

    def __init__(self):
        self.scorer = Scorer()

    def forward(self, data):
        return [{"scores": scores} for scores in self.scorer([row.features for row in data])]


class Tensor(Worker):
    resp_mime_type = "application/octet-stream"

    def __init__(self):
        self.scorer = Scorer()

    def deserialize(self, data):
        return bytes(data)

    def serialize(self, data):
        return data

    def forward(self, data):
        return self.scorer.bare(data)


class Count(msgspec.Struct):
    count: int


class Pieces(SSEWorker):
    def deserialize(self, data):
        return msgspec.json.decode(data, type=Count)

    def forward(self, data):
        for item in stream_items(data.count):
            self.send_stream_event(item.rstrip())
        return {}


def runtime():
    if WORKLOAD != "scores":
        return Runtime({"echo": Echo, "tensor": Tensor, "stream": Pieces}[WORKLOAD])
    wait = {"max_wait_time": int(os.environ["MAX_WAIT_MS"])} if "MAX_WAIT_MS" in os.environ else {}
    return Runtime(Scores, max_batch_size=32, **wait)


if __name__ == "__main__":
    server = Server()
    server.register_runtime({"/invocations": [runtime()]})
    server.run()
