# SPDX-License-Identifier: Apache-2.0
"""Values for the letters: names and streets from Faker, everything else made here."""

import functools
import re
import unicodedata

from faker import Faker


@functools.cache
def faker(locale):
    return Faker(locale)


def shuffled_digits(draw, pattern):
    """`#` is a digit."""
    return "".join(draw.choice("0123456789") if c == "#" else c for c in pattern)


class Values:
    """Draws values for one letter in one country."""

    def __init__(self, draw, language, phrases):
        self.draw, self.language, self.phrases = draw, language, phrases
        self.locale = draw.choice(phrases["locales"])
        self.fake = faker(self.locale)
        self.fake.seed_instance(draw.getrandbits(32))
        # One e-mail, phone and name style a letter would be too easy: each value is drawn anew.
        self.one_line = draw.random() < 0.5

    def first(self):
        return self.fake.first_name()

    def surname(self):
        name = self.fake.last_name()
        if self.draw.random() < 0.15:
            name += "-" + self.fake.last_name()
        return name

    def name(self):
        r = self.draw.random()
        first, last = self.first(), self.surname()
        if r < 0.08:
            return f"{first[0]}. {last}"
        if r < 0.14:
            return f"{first} {self.draw.choice('ABCDEFGHJKLMNPRSTVW')}. {last}"
        if r < 0.2:
            return f"{first} {self.first()} {last}"
        if r < 0.23:
            return f"{first} {last}".upper()
        return f"{first} {last}"

    def city(self):
        return self.fake.city()

    def organisation(self):
        pick = self.draw.choice
        trade, form = pick(self.phrases["trades"]), pick(self.phrases["forms"])
        stem = pick(
            [
                self.surname(),
                self.city(),
                self.made_up(),
                f"{self.surname()} & {self.surname()}",
                f"{self.made_up()} {self.made_up()}",
            ]
        )
        r = self.draw.random()
        if r < 0.12:
            return self.fake.company()
        if r < 0.5:
            words = [stem, trade, form]
        elif r < 0.7:
            words = [trade, stem, form]
        elif r < 0.85:
            words = [stem, form]
        else:
            words = [stem, trade]
        return " ".join(w for w in words if w)

    def made_up(self):
        pick = self.draw.choice
        return "".join(
            pick(
                [
                    "no",
                    "ver",
                    "al",
                    "ta",
                    "mi",
                    "lor",
                    "san",
                    "bel",
                    "kon",
                    "ri",
                    "tra",
                    "vel",
                    "dor",
                    "hel",
                    "win",
                ]
            )
            for _ in range(self.draw.randint(2, 3))
        ).capitalize()

    def address(self):
        street = self.fake.street_address().replace("\n", ", ")
        text = self.draw.choice(self.phrases["lines"])
        state = (
            ""
            if "{state}" not in text
            else (self.fake.state_abbr() if self.locale in ("en_US", "it_IT") else self.city())
        )
        text = (
            text.replace("{street}", street)
            .replace("{city}", self.city())
            .replace("{zip}", self.fake.postcode())
            .replace("{state}", state)
        )
        if self.language == "de" and self.draw.random() < 0.4:
            text = re.sub(
                r"[^\n]+?(?= \d+[a-z]?\n)",
                self.draw.choice(["Am ", "An der ", "Im ", "Auf dem ", "Zum "])
                + self.surname()
                + self.draw.choice(["platz", "hof", "weg", " Tor", " Markt"]),
                text,
                count=1,
            )
        return text

    def email(self):
        pick = self.draw.choice
        if self.draw.random() < 0.3:
            return self.fake.email()
        ascii_only = lambda s: re.sub(
            r"[^a-z0-9]",
            "",
            unicodedata.normalize("NFKD", s.lower()).encode("ascii", "ignore").decode(),
        )
        user = pick(
            [
                ascii_only(self.first()),
                ascii_only(self.first()) + pick([".", "_", "-"]) + ascii_only(self.surname()),
                ascii_only(self.first())[:1] + "." + ascii_only(self.surname()),
                pick(
                    ["info", "office", "billing", "kontakt", "service", "ventas", "amministrazione"]
                ),
                ascii_only(self.surname()) + str(self.draw.randint(1, 99)),
            ]
        )
        host = pick(
            [
                ascii_only(self.made_up()),
                ascii_only(self.surname()) + "-" + ascii_only(self.made_up()),
                "mail",
                "post",
            ]
        )
        return f"{user}@{host}.{pick(['com', 'de', 'fr', 'es', 'it', 'co.uk', 'org', 'net', 'example', 'eu'])}"

    def phone(self):
        if self.draw.random() < 0.35:
            return re.sub(r" *x\d+$", "", self.fake.phone_number()).strip()
        country = {
            "en": self.draw.choice(["1", "44"]),
            "de": "49",
            "fr": "33",
            "es": "34",
            "it": "39",
        }[self.language]
        pattern = self.draw.choice(
            [
                f"+{country} ### ### ####",
                f"+{country} ## ### ## ##",
                f"+{country} ### ####",
                f"00{country} ## #######",
                "0### ######",
                "0## ## ## ##",
                "0# ## ## ## ##",
                "0### / ## ## ##",
                "(0##) ### ####",
                "(###) ###-####",
                "###-###-####",
                "### ## ## ##",
                "### ### ###",
                "0#### ######",
                "0##/#######",
                f"+{country}-##-####-####",
                f"+{country}#########",
            ]
        )
        return shuffled_digits(self.draw, pattern)

    def invoice(self):
        letters = "".join(
            self.draw.choice("ABCDEFGHIJKLMNPRSTUVX") for _ in range(self.draw.randint(1, 3))
        )
        year = str(self.draw.randint(2015, 2027))
        prefix = self.draw.choice(["INV", "RE", "R", "F", "FA", "RG", letters, letters, letters])
        pattern = self.draw.choice(
            [
                "{p}-{y}-####",
                "{p}{y}/###",
                "{p}-####",
                "{p}-#####",
                "{p} #####",
                "{p}#####",
                "####",
                "#####",
                "######",
                "{y}-###",
                "{y}-####",
                "{y}/##",
                "##/{y}",
                "###/{y}",
                "{p}/{y}/###",
                "{p}{y}-####",
                "##-#####",
                "{p}-###/##",
                "{y}#####",
            ]
        )
        return shuffled_digits(self.draw, pattern.replace("{p}", prefix).replace("{y}", year))

    def date(self):
        day, month, year = (
            self.draw.randint(1, 28),
            self.draw.randint(1, 12),
            self.draw.randint(2014, 2027),
        )
        name = self.phrases["months"][month - 1]
        short = name[:3]
        if self.language == "en" and self.draw.random() < 0.3:
            short += "."
        if self.language in ("es", "fr", "it") and self.draw.random() < 0.05:
            name = name.capitalize()
        text = self.draw.choice(self.phrases["dates"])
        for key, value in {
            "{d}": str(day),
            "{dd}": f"{day:02}",
            "{m}": str(month),
            "{mm}": f"{month:02}",
            "{M}": name,
            "{m3}": short,
            "{y}": str(year),
            "{yy}": f"{year % 100:02}",
        }.items():
            text = text.replace(key, value)
        return expand(self.draw, text)

    def amount(self):
        size = self.draw.choice([9, 99, 999, 9999, 99999])
        whole, cents = self.draw.randint(1, size), self.draw.randint(0, 99)
        decimal = self.phrases["decimal"][0]
        group = self.draw.choice(
            [
                "",
                "," if decimal == "." else ".",
                "," if decimal == "." else self.draw.choice([".", " ", "\u00a0", "'"]),
            ]
        )
        number = f"{whole:,}".replace(",", group) if whole > 999 else str(whole)
        if self.draw.random() < 0.6:
            number += f"{decimal}{cents:02}"
        elif self.draw.random() < 0.1:
            number += f"{decimal}-" if self.language == "de" else ""
        return expand(self.draw, self.draw.choice(self.phrases["money"]).replace("{a}", number))


def expand(draw, text):
    """One of each `(a|b)`; parentheses without a bar stay as they are."""
    while match := re.search(r"\(([^()]*\|[^()]*)\)", text):
        text = text[: match.start()] + draw.choice(match[1].split("|")) + text[match.end() :]
    return text
