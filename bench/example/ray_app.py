# SPDX-License-Identifier: Apache-2.0
"""The example on Ray Serve: the same ONNX file, the same weights, the same requests and answers.

The weights of the extractor are applied with numpy. Preprocessing runs in parallel remote tasks, which
is how Ray does things in parallel; with INLINE=1 it happens in the deployment, which suits short texts.
"""

import asyncio
import json
import os
import pathlib
from typing import List

import numpy as np
import onnxruntime
import ray
from characters import clean, is_letter  # Of ../../examples/example_serving/train, on PYTHONPATH.
from fastapi import FastAPI
from features import features, spans
from pydantic import BaseModel, Field
from ray import serve

EXAMPLE = pathlib.Path(os.environ["EXAMPLE"])
INLINE = os.environ.get("INLINE") == "1"
app = FastAPI()


def count_letters(text):
    return sum(is_letter(ord(c)) for c in text)


PREPROCESSING = ray.remote(num_cpus=0.2)
remote_clean, remote_count = PREPROCESSING(clean), PREPROCESSING(count_letters)


class Text(BaseModel):
    text: str = Field(min_length=1, max_length=50_000)


@serve.deployment
class TextClassifier:
    def __init__(self, path: str):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"]
        )

    @serve.batch(max_batch_size=32, batch_wait_timeout_s=0.0)
    async def classify(self, texts: List[str]):
        labels, scores = self.session.run(
            None, {"text": np.array([[t] for t in texts], dtype=object)}
        )
        return [{"language": str(l), "score": float(s)} for l, s in zip(labels, scores.max(axis=1))]

    async def __call__(self, text: str):
        if INLINE:
            cleaned, letters = clean(text), count_letters(text)
        else:
            cleaned, letters = await asyncio.gather(
                remote_clean.remote(text), remote_count.remote(text)
            )
        return await self.classify(cleaned) if letters else {"language": "und", "score": 0.0}


@serve.deployment
class FieldExtractor:
    def __init__(self, path: str):
        content = json.loads(pathlib.Path(path).read_text())
        self.labels = content["labels"]
        self.transitions = np.array(content["transitions"])
        index = {label: i for i, label in enumerate(self.labels)}
        self.row = {feature: i for i, feature in enumerate(content["features"])}
        self.weights = np.zeros((len(self.row), len(self.labels)))
        for feature, by_label in content["features"].items():
            for label, weight in by_label.items():
                self.weights[self.row[feature], index[label]] = weight

    def tags(self, seen):
        best, back = None, []
        for names in seen:
            score = self.weights[[self.row[n] for n in names if n in self.row]].sum(axis=0)
            if best is not None:
                options = best[:, None] + self.transitions
                came = options.argmax(axis=0)
                back.append(came)
                score += options[came, np.arange(len(came))]
            best = score
        if best is None:
            return []
        path = [int(best.argmax())]
        for came in reversed(back):
            path.append(int(came[path[-1]]))
        return [self.labels[i] for i in reversed(path)]

    def __call__(self, text: str):
        tokens, seen = features(text)
        found = spans(tokens, self.tags(seen))
        return [{"kind": k, "text": text[b:e], "begin": b, "end": e} for k, b, e in found]


@serve.deployment
@serve.ingress(app)
class Front:
    """The driver, and the orchestrator where there is a second component."""

    def __init__(self, classifier, extractor=None):
        self.classifier, self.extractor = classifier, extractor

    @app.get("/ping")
    def ping(self):
        return {}

    @app.post("/invocations")
    async def invocations(self, request: Text):
        if self.extractor is None:
            return await self.classifier.remote(request.text)
        language, fields = await asyncio.gather(
            self.classifier.remote(request.text), self.extractor.remote(request.text)
        )
        return {**language, "fields": fields}


_classifier = TextClassifier.bind(str(EXAMPLE / "model" / "a" / "model.onnx"))
single = Front.bind(_classifier)
multi = Front.bind(_classifier, FieldExtractor.bind(str(EXAMPLE / "model" / "b" / "weights.json")))
