# SPDX-License-Identifier: Apache-2.0
"""Trains the fields of a letter, a conditional random field, and writes its weights as JSON."""

import json
import pathlib
import tempfile

import pycrfsuite

from features import features, spans, tags


def fit(documents, iterations=120):
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.3, "c2": 0.01, "max_iterations": iterations, "feature.minfreq": 4})
    for text, truth, _ in documents:
        tokens, seen = features(text)
        if tokens:
            trainer.append(seen, tags(tokens, truth))
    file = pathlib.Path(tempfile.mkdtemp()) / "fields.crfsuite"
    trainer.train(str(file))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(file))
    return tagger


def export(tagger, path, languages):
    """The weights, rounded to four decimals: what is served, and what `Exported` reads."""
    info = tagger.info()
    labels = tagger.labels()
    weights = {}
    for (feature, label), weight in sorted(info.state_features.items()):
        if round(weight, 4):
            weights.setdefault(feature, {})[label] = round(weight, 4)
    content = {
        "labels": labels,
        "languages": languages,
        "transitions": [
            [round(info.transitions.get((a, b), 0.0), 4) for b in labels] for a in labels
        ],
        "features": weights,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


class Exported:
    """The exported weights, applied in Python: what ../crf.cpp must repeat."""

    def __init__(self, path):
        content = json.loads(path.read_text())
        self.labels = content["labels"]
        self.transitions = content["transitions"]
        index = {label: i for i, label in enumerate(self.labels)}
        self.weights = {
            f: [(index[label], w) for label, w in by.items()]
            for f, by in content["features"].items()
        }

    def tags(self, seen):
        count = len(self.labels)
        best, back = [], []
        for i, names in enumerate(seen):
            score = [0.0] * count
            for name in names:
                for label, weight in self.weights.get(name, ()):
                    score[label] += weight
            if i:
                came = []
                for to in range(count):
                    options = [best[k] + self.transitions[k][to] for k in range(count)]
                    top = max(range(count), key=options.__getitem__)
                    came.append(top)
                    score[to] += options[top]
                back.append(came)
            best = score
        if not best:
            return []
        path = [max(range(count), key=best.__getitem__)]
        for came in reversed(back):
            path.append(came[path[-1]])
        return [self.labels[i] for i in reversed(path)]

    def predict(self, text):
        tokens, seen = features(text)
        return spans(tokens, self.tags(seen))


def span_f1(predict, documents):
    """Exact spans: micro-averaged F1, and the F1 of each kind."""
    counts = {}
    for text, truth, _ in documents:
        found, wanted = {tuple(s) for s in predict(text)}, {tuple(s) for s in truth}
        for kind in {s[0] for s in found | wanted}:
            hit, extra, missed = counts.get(kind, (0, 0, 0))
            f, w = {s for s in found if s[0] == kind}, {s for s in wanted if s[0] == kind}
            counts[kind] = (hit + len(f & w), extra + len(f - w), missed + len(w - f))
    f1 = lambda h, e, m: 2 * h / max(2 * h + e + m, 1)
    total = tuple(map(sum, zip(*counts.values())))
    return f1(*total), {kind: f1(*c) for kind, c in sorted(counts.items())}
