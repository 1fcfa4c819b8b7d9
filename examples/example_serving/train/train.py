# SPDX-License-Identifier: Apache-2.0
"""Trains both components of the example and writes what is committed:

  ../model/a/model.onnx      the language of a text
  ../model/b/weights.json    the fields of a letter
  tests/example/data/*.jsonl held-out texts with their truth and what these two files answer

Run it as `./dev train`. Takes about three minutes on two cores. The same packages and versions give
the same data; the weights differ in the last digits from machine to machine.
"""

import json
import pathlib
import random
import sys
import time

import fields
import languages
import manpages
from letters import LANGUAGES, hand_written, letters
from messages import messages

TOP = pathlib.Path(__file__).resolve().parents[3]
MODEL = pathlib.Path(__file__).resolve().parents[1] / "model"
DATA = TOP / "tests" / "example" / "data"


def train_languages(cache):
    train, test = languages.gather(cache)
    began = time.time()
    path = MODEL / "a" / "model.onnx"
    languages.export(languages.fit(train), path)
    model = languages.Exported(path)
    print(
        f"languages: {len(train)} texts, {time.time() - began:.0f} s, {path.stat().st_size} bytes"
    )

    def report(name, pairs):
        right, f1 = languages.accuracy(model, pairs)
        print(f"  {name}: accuracy {right:.3f}, macro-F1 {f1:.3f}, n {len(pairs)}")

    report("held-out manual pages", test)
    report("the first 40 characters of those", [(t[:40], l) for t, l in test])
    report("messages of Django", [(t, l) for l in languages.LANGUAGES for t in messages(l, 60)])
    lines = (DATA / "handwritten_languages.tsv").read_text().splitlines()
    report("hand-written", [(t, l) for l, t in (line.split("\t") for line in lines)])
    return model


def train_fields(cache):
    filler = {
        l: [s for page, s in manpages.sentences(cache, l) if not manpages.is_held_out(page)][:3000]
        for l in LANGUAGES
    }
    train = list(letters(random.Random(1), 6000, filler))
    began = time.time()
    path = MODEL / "b" / "weights.json"
    fields.export(fields.fit(train), path, sorted(LANGUAGES))
    model = fields.Exported(path)
    print(f"fields: {len(train)} letters, {time.time() - began:.0f} s, {path.stat().st_size} bytes")

    def report(name, documents):
        total, kinds = fields.span_f1(model.predict, documents)
        print(
            f"  {name}: span F1 {total:.3f}, n {len(documents)}; "
            + ", ".join(f"{k} {v:.2f}" for k, v in kinds.items())
        )

    report("held-out letters", held_out_letters())
    written = list(hand_written(DATA / "handwritten_letters.txt"))
    report("hand-written, trained languages", [w for w in written if w[2] in LANGUAGES])
    report("hand-written, other languages", [w for w in written if w[2] not in LANGUAGES])
    return model


def held_out_letters():
    """Other draws of the same grammar; what is said between the fields are messages of Django."""
    filler = {l: messages(l, 400)[60:] for l in LANGUAGES}
    return list(letters(random.Random(2), 600, filler))


def as_objects(spans):
    return None if spans is None else [dict(zip(("kind", "begin", "end"), span)) for span in spans]


def write_held_out(language_model, field_model):
    texts = [(t, l, None) for l in languages.LANGUAGES for t in messages(l, 60)]
    texts += [(t, l, truth) for t, truth, l in held_out_letters()]
    answers = language_model.predict([t for t, _, _ in texts])
    with (DATA / "held_out.jsonl").open("w") as file:
        for (text, language, truth), (guess, score) in zip(texts, answers):
            row = {
                "text": text,
                "language": language,
                "fields": as_objects(truth),
                "answer": {
                    "language": guess,
                    "score": round(score, 5),
                    "fields": as_objects(field_model.predict(text)),
                },
            }
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def main():
    cache = pathlib.Path(sys.argv[1])
    manpages.fetch(cache)
    write_held_out(train_languages(cache), train_fields(cache))


if __name__ == "__main__":
    main()
