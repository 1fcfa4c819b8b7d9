# SPDX-License-Identifier: Apache-2.0
"""Mosec as its documentation shows it: msgspec for the types, batches of 32 that wait at most 1 ms."""

import msgspec
from mosec import Runtime, Server, Worker

from work import WORKLOAD, Scorer


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


if __name__ == "__main__":
    model = (Runtime(Echo) if WORKLOAD == "echo" else
             Runtime(Scores, max_batch_size=32, max_wait_time=1))
    server = Server()
    server.register_runtime({"/invocations": [model]})
    server.run()
