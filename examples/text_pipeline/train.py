# SPDX-License-Identifier: Apache-2.0
"""Trains a scikit-learn pipeline on the sentences below and writes model/model.onnx
and expected.json.

    ./dev train text_pipeline

The sentences were written for this example. Which words there are and how often decides, so the same
sentences give the same model.
"""

import json
import pathlib
import sys

from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

SENTENCES = {
    "billing": [
        "I was charged twice for the same month",
        "Please send me an invoice with my company's name",
        "The amount on my bill is wrong",
        "Can I pay by bank transfer instead of card?",
        "My credit card was declined at the checkout",
        "When will I get my refund?",
        "There is a fee on the invoice that I do not know",
        "How do I change the card that you charge?",
        "The discount is missing from my bill",
        "I want my money back for the last payment",
        "Why did the price of my subscription go up?",
        "Please cancel my subscription and refund the rest",
    ],
    "delivery": [
        "My parcel has not arrived yet",
        "The tracking number does not work",
        "The box was damaged when the courier brought it",
        "Can you deliver to another address?",
        "My order was left with a neighbour I do not know",
        "When will the package be shipped?",
        "Half of the items were missing from the parcel",
        "The courier did not ring and left a card",
        "I ordered two weeks ago and nothing has come",
        "Please change the delivery address of my order",
        "The wrong item was in the package",
        "How long does shipping abroad take?",
    ],
    "account": [
        "I forgot my password and cannot log in",
        "How do I change my e-mail address?",
        "Please delete my account and all my data",
        "The link to reset the password has expired",
        "Somebody else has logged in to my account",
        "I cannot sign in with my new phone",
        "How do I turn on two-factor authentication?",
        "My user name is already taken",
        "The verification code never arrives by text message",
        "I would like to change the name of my profile",
        "My account has been locked after wrong passwords",
        "Can two people share one login?",
    ],
    "technical": [
        "The app crashes when I open the camera",
        "The page stays blank after the last update",
        "I get an error 500 when I upload a file",
        "Video does not play in my browser",
        "The app is very slow on my old tablet",
        "Notifications do not show up on my phone",
        "The search returns nothing although the file exists",
        "Export to PDF gives an empty file",
        "The button does nothing when I click it",
        "Synchronising stops with an unknown error",
        "The screen flickers since the update was installed",
        "Printing cuts off the right side of the page",
    ],
}
# Never trained on.
HELD_OUT = {
    "billing": ["You charged my card two times", "I need the invoice for the last payment"],
    "delivery": ["The parcel came with a broken box", "Where is my package? It has not arrived"],
    "account": ["I cannot log in, the password is wrong", "Please change my e-mail and user name"],
    "technical": ["The app shows an error after the update", "The page is blank in my browser"],
}


def flat(sentences):
    texts = [text for topic in sentences for text in sentences[topic]]
    return texts, [topic for topic in sentences for _ in sentences[topic]]


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "model")
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10, max_iter=1000))
    model.fit(*flat(SENTENCES))
    texts, topics = flat(HELD_OUT)
    print(f"held out: {(model.predict(texts) == topics).sum()} of {len(texts)} right")
    onnx = to_onnx(
        model,
        initial_types=[("text", StringTensorType([None, 1]))],
        # The default locale, en_US.UTF-8, would become part of the model, which then fails to load
        # where that locale is missing.
        options={id(model): {"zipmap": False}, TfidfVectorizer: {"locale": "C.UTF-8"}},
    )
    # Whoever trains, the file is the same.
    onnx.graph.name = "topics"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(onnx.SerializeToString(deterministic=True))
    # What scikit-learn itself says, for the test.
    answers = [
        {"label": label, "probabilities": [round(float(p), 6) for p in row]}
        for label, row in zip(model.predict(texts), model.predict_proba(texts))
    ]
    expected = {"instances": texts, "predictions": answers}
    (folder.parent / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
