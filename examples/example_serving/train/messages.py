# SPDX-License-Identifier: Apache-2.0
"""Short texts of another kind in the same languages: the messages of Django's translations.

BSD-3-Clause, so some of them can lie in this repository. Never trained on.
"""

import gettext
import pathlib
import random

FOLDERS = {"pt": "pt_BR", "zh": "zh_Hans"}


def messages(language, count):
    import django

    root = pathlib.Path(django.__file__).parent
    found = set()
    for file in root.rglob(f"locale/{FOLDERS.get(language, language)}/LC_MESSAGES/django.mo"):
        catalogue = gettext.GNUTranslations(file.open("rb"))._catalog
        for original, text in catalogue.items():
            if isinstance(original, tuple):
                original = original[0]
            text = " ".join(text.split())
            if original == "" or text == original or any(c in text for c in "%{<\\@"):
                continue
            if len(text) >= (10 if language in ("ja", "zh") else 25):
                found.add(text)
    if language == "en":  # Its catalogue is empty: the originals are what the others translate.
        for file in root.rglob("locale/de/LC_MESSAGES/django.mo"):
            for original in gettext.GNUTranslations(file.open("rb"))._catalog:
                original = original[0] if isinstance(original, tuple) else original
                text = " ".join(original.split("\x04")[-1].split())
                if (
                    len(text) >= 25
                    and not any(c in text for c in "%{<\\@:")
                    or len(text) > 60
                    and "%" not in text
                ):
                    found.add(text)
    chosen = sorted(t for t in found if len(t) <= 200)
    random.Random(19).shuffle(chosen)
    return chosen[:count]
