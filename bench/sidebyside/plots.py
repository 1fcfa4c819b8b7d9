# SPDX-License-Identifier: Apache-2.0
"""Pictures of tables: SVG by hand, nothing to install."""

import math
from xml.sax.saxutils import escape

WIDTH, ROW, LEFT, RIGHT, TOP, BOTTOM = 780, 26, 245, 90, 44, 34


def bars(title, unit, rows):
    """Horizontal bars on a logarithmic scale; `rows` are (name, least, median, most).

    The bar ends at the median; the thin line over its end goes from the least to the most.
    """
    low = 10 ** math.floor(math.log10(max(min(row[1] for row in rows), 1e-3)))
    high = 10 ** math.ceil(math.log10(max(row[3] for row in rows)) + 1e-9)
    decades = max(round(math.log10(high / low)), 1)
    plot = WIDTH - LEFT - RIGHT

    def x(value):
        share = math.log10(max(value, low) / low) / decades
        return round(LEFT + plot * min(share, 1), 1)

    height = TOP + ROW * len(rows) + BOTTOM
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(decades + 1):
        value, at = low * 10**power, x(low * 10**power)
        out += [
            f'<line x1="{at}" y1="{TOP - 6}" x2="{at}" y2="{height - BOTTOM}" stroke="#ddd"/>',
            f'<text x="{at}" y="{height - 14}" text-anchor="middle" fill="#666">{value:,.0f}</text>',
        ]
    for i, (name, least, median, most) in enumerate(rows):
        y = TOP + ROW * i
        colour = "#1b6ac9" if name.startswith("Tenon") else "#9aa7b5"
        middle = y + ROW / 2 - 2
        out += [
            f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y + 2}" width="{max(x(median) - LEFT, 1):.1f}" height="{ROW - 8}" '
            f'fill="{colour}"/>',
            f'<line x1="{x(least)}" y1="{middle}" x2="{x(most)}" y2="{middle}" stroke="#222" '
            'stroke-width="2"/>',
            f'<text x="{x(most) + 6}" y="{y + 15}">{median:,.0f}</text>',
        ]
    out += [f'<text x="{WIDTH - 8}" y="24" text-anchor="end" fill="#666">{escape(unit)}, logarithmic; '
            'line: least to most</text>', "</svg>"]
    return "\n".join(out) + "\n"
