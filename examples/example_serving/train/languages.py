# SPDX-License-Identifier: Apache-2.0
"""Trains the language of a text and writes it as an ONNX model that takes strings."""

import random

import numpy as np
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline

from characters import clean
from graph import simplified
from letters import LANGUAGES as LETTERS
from letters import letters
from manpages import PACKAGES, is_held_out, sentences
from values import faker

LANGUAGES = sorted(PACKAGES)
MOST_TRAINED = 3000  # Sentences of a language.
MOST_TESTED = 300


def gather(cache):
    draw = random.Random(7)
    train, test = [], []
    for language in LANGUAGES:
        found = list(sentences(cache, language))
        draw.shuffle(found)
        kept = [(s, language) for page, s in found if not is_held_out(page)][:MOST_TRAINED]
        # Letters come in pieces of every length, and have names in them, which are of any language.
        train += kept + [(s[: draw.randint(15, 50)], language) for s, _ in kept[::3]]
        train += [(with_name(draw, s), language) for s, _ in kept[1::3]]
        test += [(s, language) for page, s in found if is_held_out(page)][:MOST_TESTED]
    # What manual pages do not say, in the languages that there are phrases of letters in.
    nothing = dict.fromkeys(LETTERS)
    train += [(text, language) for text, _, language in letters(draw, 2000, nothing)]
    draw.shuffle(train)
    return train, test


def with_name(draw, sentence):
    words = sentence.split(" ")
    names = faker(
        draw.choice(
            [
                "cs_CZ",
                "de_DE",
                "en_US",
                "es_ES",
                "fi_FI",
                "fr_FR",
                "it_IT",
                "nl_NL",
                "pl_PL",
                "tr_TR",
            ]
        )
    )
    names.seed_instance(draw.getrandbits(32))
    words.insert(draw.randint(0, min(len(words), 6)), f"{names.first_name()} {names.last_name()}")
    return " ".join(words)


def closed_vocabulary(texts, size):
    """The most frequent 1- to 3-grams whose every character is itself one of them.

    The ONNX operator splits into characters first and knows only those that stand in its pool.
    """
    counts = (
        TfidfVectorizer(
            analyzer="char",
            ngram_range=(1, 3),
            lowercase=False,
            min_df=5,
            max_features=size,
            use_idf=False,
        )
        .fit(texts)
        .vocabulary_
    )
    characters = {g for g in counts if len(g) == 1}
    return sorted(g for g in counts if set(g) <= characters)


def fit(train):
    texts, truth = [clean(t) for t, _ in train], [label for _, label in train]
    # Every language gets its share of n-grams, or those with many characters would take them all.
    vocabulary = set()
    for language in LANGUAGES:
        vocabulary |= set(
            closed_vocabulary([t for t, l in zip(texts, truth) if l == language], 1300)
        )
    return Pipeline(
        [
            (
                "ngrams",
                TfidfVectorizer(
                    analyzer="char",
                    ngram_range=(1, 3),
                    lowercase=False,
                    vocabulary=sorted(vocabulary),
                ),
            ),
            ("classifier", LogisticRegression(C=30, max_iter=300)),
        ]
    ).fit(texts, truth)


def export(model, path):
    onnx = convert_sklearn(
        model,
        "language",
        [("text", StringTensorType([None, 1]))],
        target_opset={"": 17, "ai.onnx.ml": 3},
        # The default locale, en_US.UTF-8, would become part of the model, which then fails to load
        # on machines without it.
        options={id(model): {"zipmap": False}, TfidfVectorizer: {"locale": "C.UTF-8"}},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(simplified(onnx).SerializeToString())


class Exported:
    """The exported model: what is served."""

    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def predict(self, texts):
        """(language, score) of each text."""
        if not texts:
            return []
        given = np.array([[clean(t)] for t in texts], dtype=object)
        labels, scores = self.session.run(None, {"text": given})
        return list(zip(labels.tolist(), scores.max(axis=1).tolist()))


def accuracy(model, pairs):
    guesses = [label for label, _ in model.predict([t for t, _ in pairs])]
    truth = [label for _, label in pairs]
    right = sum(g == t for g, t in zip(guesses, truth)) / len(pairs)
    return right, f1_score(truth, guesses, average="macro")
