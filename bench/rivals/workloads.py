# SPDX-License-Identifier: Apache-2.0
"""What is asked of every rival, and how it is loaded."""

import array
import json
import random
from dataclasses import dataclass

LEVELS = (1, 8, 32, 64)
FEW_LEVELS = (1, 32)
ITEMS = 100


@dataclass(frozen=True)
class Workload:
    key: str
    title: str
    serves: str  # What the application does: echo, scores, tensor or stream.
    model: str | None = None  # Below the folder of models.
    width: int = 0  # Numbers in a row of it.
    kind: str = "levels"  # levels, overload, leaving or cold: how it is loaded.
    levels: tuple = FEW_LEVELS
    content_type: str = "application/json"
    accept: str = "*/*"

    def request(self):
        """{"text"}, {"features"} or {"count"}; bytes for a bare tensor."""
        if self.serves == "echo":
            return {"text": "x" * (10_229 if self.key == "echo-10kb" else 89)}
        if self.serves == "stream":
            return {"count": ITEMS}
        draw = random.Random(3)
        if self.serves == "tensor":
            return array.array("f", (draw.random() for _ in range(self.width))).tobytes()
        return {"features": [round(draw.gauss(0, 1), 4) for _ in range(self.width)]}


ALL = (
    Workload("echo-100b", "echo 100 B", "echo", levels=LEVELS),
    Workload("echo-10kb", "echo 10 KB", "echo", levels=LEVELS),
    Workload("mlp", "MLP, one row", "scores", "mlp", 256, levels=LEVELS),
    Workload("trees", "trees, 30 features", "scores", "trees", 30, levels=LEVELS),
    Workload("convolution", "convolutional model, 3 x 32 x 32", "scores", "convolution", 3072),
    Workload("transformer", "transformer model, 32 x 64", "scores", "transformer", 2048),
    Workload("tensor", "binary tensor, 1 MiB in and out", "tensor", "tensor", 262_144,
             content_type="application/octet-stream", accept="application/octet-stream"),
    Workload("stream", f"streaming, {ITEMS} chunks an answer", "stream"),
    Workload("overload", "overload: transformer model at three times its peak", "scores", "transformer", 2048,
             "overload"),
    Workload("leaving", "clients that leave: transformer model", "scores", "transformer", 2048, "leaving"),
    Workload("cold", "cold start: MLP, its files not in memory", "scores", "mlp", 256, "cold"),
)
BY_KEY = {workload.key: workload for workload in ALL}


def is_right(workload, answer, expected):
    """Whether an answer, as `Rival.read` gives it, is that of the first server that was asked."""
    request = workload.request()
    if workload.serves == "echo":
        return answer == request
    if workload.serves == "stream":
        return answer == {"items": ITEMS}
    if workload.serves == "tensor":
        sent, got = array.array("f", request), array.array("f", answer)
        return len(got) == len(sent) and all(b == 2 * a for a, b in zip(sent, got))
    scores = answer["scores"]
    return len(scores) == len(expected) and all(abs(a - b) < 1e-3 for a, b in zip(scores, expected))


def stream_answer(body):
    """Lines of JSON, or events that each carry one."""
    lines = [line.removeprefix("data:").strip() for line in body.decode().splitlines()]
    numbers = [json.loads(line) for line in lines if line.startswith("{")]
    return {"items": len([one for one in numbers if "number" in one or "outputs" in one])}
