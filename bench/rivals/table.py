# SPDX-License-Identifier: Apache-2.0
"""The tables of what has been measured, each row with its date."""

import statistics

from sidebyside import plots
from sidebyside.load import medians, spread

HEADS = {
    "levels": ("connections | requests/s (least to most) | p50 ms | p99 ms | p99.9 ms | "
               "CPU s per 1,000 | errors"),
    "overload": ("peak/s | offered/s | good answers/s within 1 s | p50 ms of all | answered, by status | "
                 "CPU s per 1,000 good"),
    "leaving": ("left | CPU s per 1,000 that left | CPU s per 1,000 that stayed | "
                "next good answer after ms | memory grown MB"),
    "cold": "start to first answer s (least to most)",
}


def number(value, form):
    return "none" if value is None else format(value, form)


def levels_rows(good):
    for count in sorted({int(level) for e in good for level in e["levels"]}):
        samples = [e["levels"][str(count)] for e in good if str(count) in e["levels"]]
        row, (least, _, most) = medians(samples), spread(samples, "rps")
        yield (f"{count} | {row['rps']:,.0f} ({least:,.0f} to {most:,.0f}) | {row['p50']:.2f} | "
               f"{row['p99']:.2f} | {row['p999']:.2f} | {row['cpu']:.4f} | "
               f"{sum(s['errors'] for s in samples)}")


def overload_rows(good):
    for e in good[-1:]:
        o = e["overload"]
        if "why" in o:
            yield f"{o['peak']:,.0f} | {o['offered']:,.0f} | no figure: {o['why']} | | |"
            continue
        statuses = ", ".join(f"{s}: {n:,}" for s, n in o["statuses"]) or "none"
        yield (f"{o['peak']:,.0f} | {o['offered']:,.0f} | {o['good']:,.0f} | {number(o['p50'], '.1f')} | "
               f"{statuses} | {number(o['cpu'], '.3f')}")


def leaving_rows(good):
    row = medians([e["leaving"] for e in good])
    yield (f"{row['left']:,.0f} | {row['cpu']:.3f} | {row['cpu_stayed']:.3f} | {row['next_ms']:.1f} | "
           f"{row['grown_mb']:,.1f}")


def cold_rows(good):
    least, middle, most = spread(good, "start")
    yield f"{middle:.3f} ({least:.3f} to {most:.3f})"


ROWS = {"levels": levels_rows, "overload": overload_rows, "leaving": leaving_rows, "cold": cold_rows}


def dates(entries):
    found = sorted({e["date"] for e in entries})
    text = found[0] if len(found) == 1 else f"{found[0]} to {found[-1]}"
    return f"{text}, {len(entries)} x {min(e['seconds'] for e in entries)} s"


def of_workload(store, kinds, workload):
    """Lines; none where nothing has been measured."""
    if not any(store.find(kind.name, workload.key) for kind in kinds):
        return []
    head = HEADS[workload.kind]
    columns = head.count("|") + 3
    lines = [f"## {workload.title}", "", f"| | {head} | measured |", "|" + "---|" * columns]
    for kind in kinds:
        reason = kind.cannot.get(workload.key)
        entries = store.find(kind.name, workload.key)
        good = [e for e in entries if "fault" not in e]
        if reason:
            lines.append(f"| {kind.name} | n/a: {reason} |" + " |" * (columns - 2))
        elif good:
            lines += [f"| {kind.name} | {row} | {dates(good)} |" for row in ROWS[workload.kind](good)]
        elif entries:
            lines.append(f"| {kind.name} | failed: {entries[-1]['fault']} |" + " |" * (columns - 2))
    return [*lines, ""]


def of_starts(store, kinds):
    lines = ["## Start, memory, disk", "",
             "| | workload | start to first answer s | memory (PSS) idle MB | after the load MB | processes | "
             "on disk MB, without Python | measured |", "|---|---|---|---|---|---|---|---|"]
    for kind in kinds:
        for key in ("echo-100b", "mlp"):
            good = [e for e in store.find(kind.name, key) if "fault" not in e]
            if not good:
                continue
            each = {name: statistics.median(e[name] for e in good)
                    for name in ("start", "idle", "loaded", "processes", "disk")}
            lines.append(f"| {kind.name} | {key} | {each['start']:.3f} | {each['idle']:,.0f} | "
                         f"{each['loaded']:,.0f} | {each['processes']:.0f} | {each['disk']:,.1f} | "
                         f"{dates(good)} |")
    return [*lines, ""] if len(lines) > 4 else []


def picture(store, kinds, workload, folder, prefix):
    """A line that shows requests/s at the highest level that all have; none where there is nothing."""
    if workload.kind != "levels":
        return []
    count, rows = str(workload.levels[-1]), []
    for kind in kinds:
        samples = [e["levels"][count] for e in store.find(kind.name, workload.key)
                   if "fault" not in e and count in e["levels"]]
        if samples and all(s["rps"] > 0 for s in samples):
            rows.append((kind.name.replace("`", ""), *spread(samples, "rps")))
    if not rows:
        return []
    name = f"{prefix}-{workload.key}.svg"
    (folder / name).write_text(
        plots.bars(f"{workload.title}, {count} connections", "requests/s", rows))
    return [f"![{workload.title}]({name})", ""]
