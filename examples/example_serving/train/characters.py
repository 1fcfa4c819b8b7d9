# SPDX-License-Identifier: Apache-2.0
"""What a character is: the same rules, written once more, as in ../characters.cpp.

Python's own `str.lower` and `str.isalpha` follow the Unicode version that Python was built with; a
model must see in service exactly what it saw in training, so both sides follow these few ranges.
"""

SPACES = {
    0x20,
    0x09,
    0x0A,
    0x0B,
    0x0C,
    0x0D,
    0x85,
    0xA0,
    0x1680,
    0x2028,
    0x2029,
    0x202F,
    0x205F,
    0x3000,
} | set(range(0x2000, 0x200B))


def is_space(c):
    return c in SPACES


def is_digit(c):
    return 0x30 <= c <= 0x39


def is_ideograph(c):
    """Scripts that put no space between words: Han, kana, Hangul."""
    return 0x3041 <= c <= 0x30FF or 0x3400 <= c <= 0x9FFF or 0xAC00 <= c <= 0xD7A3 or c == 0x3005


def lower(c):
    if 0x41 <= c <= 0x5A or 0xC0 <= c <= 0xDE and c != 0xD7 or 0x410 <= c <= 0x42F:
        return c + 32
    if 0x391 <= c <= 0x3A9 and c != 0x3A2:
        return c + 32
    if 0x400 <= c <= 0x40F:
        return c + 80
    if (
        0x100 <= c <= 0x137
        or 0x14A <= c <= 0x177
        or 0x460 <= c <= 0x481
        or 0x48A <= c <= 0x4BF
        or 0x1E00 <= c <= 0x1E95
        or 0x1EA0 <= c <= 0x1EFF
    ):
        return 0x69 if c == 0x130 else c | 1
    if 0x139 <= c <= 0x148 or 0x179 <= c <= 0x17E:
        return c + 1 if c % 2 == 1 else c
    return {0x178: 0xFF, 0x1A0: 0x1A1, 0x1AF: 0x1B0, 0x490: 0x491}.get(c, c)


def is_upper(c):
    return lower(c) != c


def is_letter(c):
    """Everything from U+00AA on that is neither space, nor punctuation, nor a symbol."""
    if 0x41 <= c <= 0x5A or 0x61 <= c <= 0x7A or c in (0xAA, 0xB5, 0xBA):
        return True
    if c < 0xC0 or c in (0xD7, 0xF7) or is_space(c):
        return False
    return not (
        0x2000 <= c <= 0x2BFF
        or 0x2E00 <= c <= 0x303F
        and c != 0x3005
        or 0xFE10 <= c <= 0xFE6F
        or 0xFF00 <= c <= 0xFF20
        or 0xFF3B <= c <= 0xFF40
        or 0xFF5B <= c <= 0xFF65
        or 0xFFE0 <= c <= 0xFFFF
        or c >= 0x1F000
        and c < 0x20000
    )


def clean(text, longest=400):
    """What the language model sees: small letters, single spaces, no digits, the beginning only."""
    out = []
    pending = False
    for c in map(ord, text):
        if is_space(c) or is_digit(c) or c < 0x20 or c == 0x7F:
            pending = True
            continue
        if pending and out:
            out.append(" ")
        pending = False
        if len(out) >= longest:
            break
        out.append(chr(lower(c)))
    return "".join(out[:longest])
