# SPDX-License-Identifier: Apache-2.0
"""MLServer's custom runtime: V2 JSON in and out, which is what it takes."""

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceResponse

from work import WORKLOAD, Scorer, stream_items


class Model(MLModel):
    async def load(self):
        self.scorer = Scorer() if WORKLOAD == "scores" else None
        return True

    async def predict(self, payload):
        if self.scorer is None:
            texts = StringCodec.decode_input(payload.inputs[0])
            output = StringCodec.encode_output("text", texts)
        else:
            rows = NumpyCodec.decode_input(payload.inputs[0])
            output = NumpyCodec.encode_output("scores", np.asarray(self.scorer(rows), np.float32))
        return InferenceResponse(model_name=self.name, outputs=[output])

    async def predict_stream(self, payloads):
        async for payload in payloads:
            for item in stream_items(int(payload.inputs[0].data[0])):
                output = StringCodec.encode_output("item", [item])
                yield InferenceResponse(model_name=self.name, outputs=[output])
