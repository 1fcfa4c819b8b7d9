# SPDX-License-Identifier: Apache-2.0
"""A random grammar of business letters and mails, with the place of every field."""

import re

from phrases import LANGUAGES
from values import Values, expand

KINDS = ["address", "amount", "date", "email", "invoice", "name", "organisation", "phone"]
# Small siblings: what stands in the text, and what it counts as (None: nothing).
SLOTS = {**{k: k for k in KINDS}, "first": "name", "surname": "name", "city": None}


class Letter:
    """Text under construction."""

    def __init__(self, draw, language, filler):
        self.draw, self.phrases = draw, LANGUAGES[language]
        self.values = Values(draw, language, self.phrases)
        self.filler, self.text, self.spans = filler, "", []

    def chance(self, probability):
        return self.draw.random() < probability

    def add(self, phrase):
        """A phrase with its values filled in."""
        for part in re.split(r"(\{\w+\})", expand(self.draw, phrase)):
            if part[:1] != "{":
                self.text += part
                continue
            slot = part[1:-1]
            value = getattr(self.values, slot)()
            if slot == "address" and self.text and self.text[-1] != "\n":
                value = value.replace("\n", ", ")
            elif slot == "address" and self.chance(0.3):
                value = value.replace("\n", self.draw.choice([", ", " - "]))
            if kind := SLOTS[slot]:
                self.spans.append([kind, len(self.text), len(self.text) + len(value)])
            self.text += value

    def pick(self, key):
        return self.draw.choice(self.phrases[key])

    def contact_lines(self, kinds):
        for kind in kinds:
            label = self.draw.choice(self.phrases["labels"][kind])
            colon = (
                self.draw.choice([":", ":", ""])
                if label[-1] != "."
                else self.draw.choice([":", ""])
            )
            if kind in ("address", "organisation", "name") and self.chance(0.5):
                self.add("{" + kind + "}\n")
            elif kind in ("email", "phone") and self.chance(0.2):
                self.add("{" + kind + "}\n")
            else:
                self.add(f"{label}{colon} {{{kind}}}\n")

    def block(self):
        """Who sends or receives."""
        kinds = [
            k
            for k, p in [
                ("name", 0.6),
                ("organisation", 0.5),
                ("address", 0.75),
                ("phone", 0.3),
                ("email", 0.3),
            ]
            if self.chance(p)
        ]
        if self.chance(0.4):
            kinds = kinds[1:2] + kinds[:1] + kinds[2:]
        if self.chance(0.2) and len(kinds) > 1:
            self.add(
                self.draw.choice([" · ", " | ", ", "]).join("{" + k + "}" for k in kinds) + "\n"
            )
        else:
            self.contact_lines(kinds)
        self.text += "\n" * self.draw.randint(0, 2)

    def body(self, count):
        for i in range(count):
            if i:
                self.text += self.draw.choice([" ", " ", " ", "\n", "\n\n"])
            if self.chance(0.25) and self.filler:
                self.text += self.draw.choice(self.filler)
            else:
                self.add(self.pick("sentences"))
        self.text += "\n" * self.draw.randint(1, 2)

    def closing(self):
        if self.chance(0.9):
            self.add(self.pick("closings") + "\n" * self.draw.choice([1, 1, 2, 3]))
        self.add(
            self.draw.choice(
                [
                    "{name}",
                    "{name}",
                    "{name}",
                    "{first}",
                    "{organisation}",
                    "{name}\n{organisation}",
                    "{organisation}\n{name}",
                ]
            )
            + "\n"
        )
        if self.chance(0.35):
            self.contact_lines(
                self.draw.sample(
                    ["phone", "email", "address", "organisation"], self.draw.randint(1, 2)
                )
            )

    def headers(self):
        sender, to, date, subject = self.phrases["from_to"]
        self.add(
            f"{sender}: "
            + self.draw.choice(
                [
                    "{email}",
                    "{name} <{email}>",
                    "{name}",
                    "{organisation}",
                    "{organisation} <{email}>",
                ]
            )
            + "\n"
        )
        if self.chance(0.7):
            self.add(f"{to}: " + self.draw.choice(["{email}", "{name} <{email}>", "{name}"]) + "\n")
        if self.chance(0.5):
            self.add(f"{date}: {{date}}\n")
        if self.chance(0.6):
            self.add(self.pick("subjects") + "\n")
        self.text += "\n"

    def table(self):
        kinds = ["invoice", "date", "amount", "name", "address", "phone", "email", "organisation"]
        self.contact_lines(self.draw.sample(kinds, self.draw.randint(2, 6)))

    def letter(self):
        if self.chance(0.8):
            self.block()
        if self.chance(0.5):
            self.block()
        if self.chance(0.6):
            self.add(self.pick("place_date") + "\n" * self.draw.randint(1, 2))
        if self.chance(0.6):
            self.add(self.pick("subjects") + "\n" * self.draw.randint(1, 2))
        self.mail()

    def mail(self):
        if self.chance(0.9):
            self.add(self.pick("greetings") + "\n" * self.draw.choice([1, 2, 2]))
        self.body(self.draw.randint(1, 5))
        if self.chance(0.85):
            self.closing()
        if self.chance(0.1):
            self.table()

    def wrap(self):
        """As a mail program would: some spaces become line breaks."""
        width, column, out = self.draw.randint(50, 80), 0, []
        for c in self.text:
            column = 0 if c == "\n" else column + 1
            if c == " " and column > width:
                c, column = "\n", 0
            out.append(c)
        self.text = "".join(out)

    def finished(self):
        kind = self.draw.random()
        if kind < 0.5:
            self.letter()
        elif kind < 0.75:
            self.mail()
        elif kind < 0.85:
            self.headers()
            self.mail()
        elif kind < 0.93:
            self.body(self.draw.randint(1, 3))
        else:
            self.table()
            if self.chance(0.5):
                self.body(2)
        if self.chance(0.15):
            self.wrap()
        return self.text.rstrip(), self.spans


def letters(draw, count, filler):
    """(text, [[kind, begin, end]...], language) with offsets in characters.

    `filler` gives sentences without fields by language.
    """
    for _ in range(count):
        language = draw.choice(sorted(LANGUAGES))
        yield *Letter(draw, language, filler[language]).finished(), language


def hand_written(path):
    """Letters marked as [[kind|text]], each after a line `=== language`."""
    for part in re.split(r"^=== ", path.read_text(), flags=re.M)[1:]:
        language, marked = part.split("\n", 1)
        text, spans = "", []
        for piece in re.split(r"(\[\[\w+\|[^]]*\]\])", marked.rstrip()):
            if piece.startswith("[["):
                kind, value = piece[2:-2].split("|", 1)
                spans.append([kind, len(text), len(text) + len(value)])
                piece = value
            text += piece
        yield text, spans, language
