# SPDX-License-Identifier: Apache-2.0
"""Sentences in many languages, from Debian's translated manual pages.

The packages come from the machine's own Debian mirror (`apt-get download`), are unpacked into a
cache folder and never installed. Their texts are not part of this project.
"""

import gzip
import hashlib
import pathlib
import re
import subprocess

# Debian 12. Norwegian and Serbian are left out: two pairs of languages so close that the pages,
# which share their technical words, do not tell them apart well enough.
PACKAGES = {
    "cs": ["manpages-cs=4.18.1-1"],
    "da": ["manpages-da=4.18.1-1"],
    "de": ["manpages-de=4.18.1-1"],
    "en": ["manpages=6.03-2", "manpages-dev=6.03-2"],
    "es": ["manpages-es=4.18.1-1"],
    "fi": ["manpages-fi=4.18.1-1"],
    "fr": ["manpages-fr=4.18.1-1"],
    "hu": ["manpages-hu=1:4.18.1-1"],
    "it": ["manpages-it=4.18.1-1"],
    "ja": ["manpages-ja=0.5.0.0.20221215+dfsg-1"],
    "nl": ["manpages-nl=4.18.1-1"],
    "pl": ["manpages-pl=1:4.18.1-1"],
    "pt": ["manpages-pt-br=4.18.1-1"],
    "ru": ["manpages-ru=4.18.1-1"],
    "sv": ["manpages-sv=4.18.1-1"],
    "tr": ["manpages-tr=2.0.6-2"],
    "uk": ["manpages-uk=4.18.1-1"],
    "vi": ["manpages-vi=4.18.1-1"],
    "zh": ["manpages-zh=1.6.4.0-1"],
}
ENGLISH = {"the", "of", "is", "and", "to", "this", "be", "with", "that", "for", "are", "from"}


def fetch(cache):
    """Downloads and unpacks what is missing."""
    cache.mkdir(parents=True, exist_ok=True)
    for package in sorted({p for packages in PACKAGES.values() for p in packages}):
        name = package.split("=")[0]
        if (cache / name).is_dir():
            continue
        subprocess.run(
            ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package],
            cwd=cache,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (archive,) = cache.glob(f"{name}_*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, cache / name], check=True)
        archive.unlink()


def pages(cache, language):
    """(page name, roff source) of every page in a language."""
    for package in PACKAGES[language]:
        folder = cache / package.split("=")[0] / "usr/share/man"
        for file in sorted(folder.rglob("man*/*.gz")):
            if "zh_TW" in file.parts or file.is_symlink():
                continue
            yield file.name.removesuffix(".gz"), gzip.open(file, "rt", errors="replace").read()


def paragraphs(source):
    """The running text of a page: no headings, macros, examples or tables."""
    lines, verbatim = [], False
    for line in source.split("\n"):
        if re.match(r"^[.'] *(nf|EX|TS|ig|de)\b", line):
            verbatim = True
        elif re.match(r"^[.'] *(fi|EE|TE|\.)", line) or line == "..":
            verbatim = False
        if verbatim or line.startswith((".", "'")) or not line.strip():
            if not re.match(r"^\.(B|I|BR|IR|BI|IB|RB|RI) ", line):
                yield " ".join(lines)
                lines = []
                continue
            line = line.split(" ", 1)[1].replace('"', "")
        lines.append(line)
    yield " ".join(lines)


def plain(text):
    text = re.sub(r"\\f(\(..|\[[^]]*\]|.)|\\[,/&|^:%]|\\s[-+]?\d", "", text)
    text = re.sub(r"\\\((..)|\\\[([^]]*)\]", "", text)
    text = text.replace("\\-", "-").replace("\\e", "").replace("\\ ", " ").replace("\\~", " ")
    return re.sub(r"\s+", " ", text).strip()


def sentences(cache, language):
    """(page name, sentence), each sentence once."""
    seen = set()
    for page, source in pages(cache, language):
        for paragraph in paragraphs(source):
            for sentence in re.split(r"(?<=[.!?:;]) +|(?<=[。！？])", plain(paragraph)):
                sentence = sentence.strip()
                letters = sum(c.isalpha() for c in sentence)
                shortest = 8 if language in ("ja", "zh") else 25
                if not shortest <= len(sentence) <= 300 or letters < 0.7 * len(
                    sentence.replace(" ", "")
                ):
                    continue
                if sentence.startswith("-") or "--" in sentence or "()" in sentence:
                    continue
                if "\\" in sentence or "�" in sentence or sentence in seen:
                    continue
                # A paragraph that nobody has translated yet is English in every language.
                words = sentence.lower().split()
                if language != "en" and sum(w in ENGLISH for w in words) > 0.12 * len(words):
                    continue
                if (
                    language in ("ja", "zh")
                    and sum(ord(c) > 0x3000 for c in sentence) < 0.4 * letters
                ):
                    continue
                seen.add(sentence)
                yield page, sentence


def is_held_out(page):
    """One page in eight, the same ones in every language: a page's translations stay together."""
    name = page.rsplit(".", 1)[0]
    return hashlib.sha256(name.encode()).digest()[0] < 32
