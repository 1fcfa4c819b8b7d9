# SPDX-License-Identifier: Apache-2.0
"""Tokens of a text and what the tagger sees of each: the twin of ../features.cpp."""

from characters import is_digit, is_ideograph, is_letter, is_space, is_upper, lower


def tokenize(text):
    """(begin, end) of each token, in characters: words and numbers, else one character each."""
    tokens, i = [], 0
    codes = list(map(ord, text))
    while i < len(codes):
        begin = i
        if is_space(codes[i]):
            i += 1
            continue
        while i < len(codes) and (
            is_digit(codes[i]) or is_letter(codes[i]) and not is_ideograph(codes[i])
        ):
            i += 1
        i = max(i, begin + 1)
        tokens.append((begin, i))
    return tokens


def word(codes):
    """In small letters, every digit as 0: numbers are known by their length."""
    return "".join("0" if is_digit(c) else chr(lower(c)) for c in codes)


def shape(codes):
    """Kinds of character, repetitions left out: Berlin -> Aa, EX27 -> A0, a comma is a comma."""
    out = []
    for c in codes:
        kind = "0" if is_digit(c) else "x" if is_ideograph(c) else chr(c)
        if is_letter(c) and not is_ideograph(c):
            kind = "A" if is_upper(c) else "a"
        if not out or out[-1] != kind:
            out.append(kind)
    return "".join(out)


def lines_of(codes, tokens):
    """The line of each token, counted without blank ones, and whether a blank line is before it."""
    lines, after_blank, line, end = [], [], 0, 0
    blank = True
    for begin, next_end in tokens:
        breaks = codes[end:begin].count(0x0A)
        if breaks > 0 and end > 0:
            line += 1
        if breaks > 0 or end == 0:
            blank = breaks > 1 or end == 0
        lines.append(line)
        after_blank.append(blank)
        end = next_end
    return lines, after_blank


def features(text):
    """(tokens, the names of the features that each token has)."""
    codes = list(map(ord, text))
    tokens = tokenize(text)
    words = [word(codes[b:e]) for b, e in tokens]
    shapes = [shape(codes[b:e]) for b, e in tokens]
    lines, after_blank = lines_of(codes, tokens)
    count, last_line = len(tokens), lines[-1] if lines else 0
    out = []
    for i in range(count):
        first = i
        while first > 0 and lines[first - 1] == lines[i]:
            first -= 1
        last = i
        while last + 1 < count and lines[last + 1] == lines[i]:
            last += 1
        at = lambda values, k: values[k] if 0 <= k < count else "^" if k < 0 else "$"
        glued = lambda k: 0 < k < count and tokens[k - 1][1] == tokens[k][0]
        seen = ["bias"]
        for d in (-2, -1, 0, 1, 2):
            seen.append(f"w{d}={at(words, i + d)}")
            seen.append(f"s{d}={at(shapes, i + d)}")
        seen.append(f"ww={at(words, i - 1)}|{words[i]}")
        seen.append(f"ss={at(shapes, i - 1)}|{shapes[i]}|{at(shapes, i + 1)}")
        seen.append(f"pre={words[i][:3]}")
        seen.append(f"suf={words[i][-3:]}")
        seen.append(f"gl={int(glued(i))}{int(glued(i + 1))}")
        seen.append(f"gs={int(glued(i))}{int(glued(i + 1))}{shapes[i]}")
        seen.append(f"top={min(lines[i], 5)}")
        seen.append(f"bottom={min(last_line - lines[i], 4)}")
        seen.append(f"blank={int(after_blank[i])}{shapes[i]}")
        seen.append(f"col={min(i - first, 4)}{shapes[i]}")
        seen.append(f"size={min(last - first, 7)}{shapes[i]}")
        if i == last:
            seen.append(f"eol={shapes[i]}")
        seen.append(f"fw={words[first]}")
        colon = i - 1
        while colon > first and words[colon] != ":":
            colon -= 1
        if colon > first:
            seen.append(f"key={words[colon - 1]}")
        b, e = i, i  # The piece between spaces that the token is in.
        while glued(b):
            b -= 1
        while glued(e + 1):
            e += 1
        if "@" in words[b : e + 1]:
            seen.append("at")
        seen.append(f"piece={min(e - b, 5)}{shapes[b][:2]}{shapes[e][:2]}")
        out.append(seen)
    return tokens, out


def spans(tokens, tags):
    """[kind, begin, end] in characters from tags B-kind, I-kind and O."""
    found = []
    for (begin, end), tag in zip(tokens, tags):
        kind = tag[2:]
        if tag != "O" and tag[0] == "I" and found and found[-1][0] == kind and found[-1][3]:
            found[-1][2] = end
        elif tag != "O":
            found.append([kind, begin, end, True])
        if tag == "O" and found:
            found[-1][3] = False
    return [f[:3] for f in found]


def tags(tokens, truth):
    """The tags of tokens from spans."""
    out = ["O"] * len(tokens)
    for kind, begin, end in truth:
        inside = [i for i, (b, e) in enumerate(tokens) if b >= begin and e <= end]
        for i in inside:
            out[i] = ("B-" if i == inside[0] else "I-") + kind
    return out
