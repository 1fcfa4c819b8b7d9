# SPDX-License-Identifier: Apache-2.0
"""What every rival in Python does with a request: the same work, whatever carries it.

WORKLOAD is echo, scores, tensor or stream; for scores and tensor MODEL names the ONNX file.
"""

import os

WORKLOAD = os.environ["WORKLOAD"]


def stream_items(count):
    """What a stream consists of: a line of JSON for each number."""
    return (f'{{"number":{i}}}\n' for i in range(count))


class Scorer:
    """Rows of numbers to rows of scores; one thread, as on Tenon's side."""

    def __init__(self):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            os.environ["MODEL"], options, providers=["CPUExecutionProvider"])

    def __call__(self, rows):
        import numpy as np

        return self.session.run(["scores"], {"features": np.asarray(rows, np.float32)})[0].tolist()

    def bare(self, data):
        """Bytes of one row of floats to bytes of its scores."""
        import numpy as np

        row = np.frombuffer(data, np.float32).reshape(1, -1)
        return self.session.run(["scores"], {"features": row})[0].tobytes()
