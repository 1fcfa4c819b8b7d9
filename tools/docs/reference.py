#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/reference/ from the code: commands and flags as the built program prints them; settings,
options, metrics and error codes from the tables that the library itself reads.

    reference.py [--build FOLDER] [--out FOLDER]     default: build/release, docs/reference
"""

import argparse
import pathlib
import re
import subprocess

TREE = pathlib.Path(__file__).resolve().parents[2]
ORIGIN = "<!-- Written by tools/docs/reference.py; change the code and run './dev docs'. -->\n"
LITERALS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'


class Unreadable(Exception):
    """The code no longer looks as this program expects; says where."""


def text_of(literals):
    """Adjacent string literals, as the compiler joins them."""
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')


def cell(text):
    return " ".join(text.split()).replace("|", "\\|")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows]) + "\n"


def help_of(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=20)
    if done.returncode != 0:
        raise Unreadable(f"tenon {' '.join(words)} ends with {done.returncode}: {done.stderr}")
    return done.stdout


def commands_in(text):
    section = text.split("Commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in section.splitlines()]


def commands(program):
    page = "# Commands\n\n" + ORIGIN + "\nAs `tenon COMMAND --help` prints it.\n"
    for name in commands_in(help_of(program, "help")):
        if name == "help":
            continue
        text = help_of(program, name, "--help")
        page += f"\n## tenon {name}\n\n```text\n{text.strip()}\n```\n"
        for inner in commands_in(text) if "\nCommands:\n" in text else []:
            page += f"\n### tenon {name} {inner}\n\n```text\n{help_of(program, name, inner, '--help').strip()}\n```\n"
    return page


def run_settings():
    source = (TREE / "src/app/options.cpp").read_text()
    found = re.findall(
        r"Option\{\s*\{" + LITERALS + ",\\s*" + LITERALS + ",\\s*" + LITERALS + r'\},\s*(nullptr|"\w+")', source
    )
    if len(found) != source.count(" Option{"):
        raise Unreadable("src/app/options.cpp: not every row of the table was understood")
    for flag, value, meaning, variable in found:
        variable = "" if variable == "nullptr" else f"`{text_of(variable)}`"
        yield f"`{(text_of(flag) + ' ' + text_of(value)).strip()}`", variable, text_of(meaning)


def fields_of(header, struct):
    """The fields of a struct with their comments: (name, type, default, comment)."""
    text = (TREE / header).read_text()
    body = re.search(rf"^struct {struct} \{{\n(.*?)^\}};", text, re.MULTILINE | re.DOTALL)
    if not body:
        raise Unreadable(f"{header}: there is no struct {struct}")
    comment, rows = [], []
    for line in body[1].splitlines():
        line = line.strip()
        if line.startswith("//"):
            comment.append(line.removeprefix("//").strip())
        elif field := re.match(r"([\w:<>, ]+?) (\w+) = (.*?);(?:\s*// (.*))?$", line):
            heading = ("Affects behaviour.", "Affects performance.")
            words = " ".join(part for part in comment + [field[4] or ""] if part not in heading)
            rows.append((f"`{field[2]}`", f"`{field[1]}`", f"`{field[3]}`" if field[3] != "{}" else "", words))
            comment = []
        elif not line:
            comment = []
    return rows


def settings():
    page = "# Settings\n\n" + ORIGIN
    page += """
## `tenon run`, `tenon serve`

A flag wins over the environment, that over a configuration file, that over `Bind`. Defaults stand in
parentheses. `tenon serve` reads the variables, and SageMaker's own: [protocol.md](../protocol.md#1-tenon-serve).

"""
    page += table(("flag", "variable", "meaning"), run_settings())
    page += """
## A deployment

`Bind<D>(tenon::DeploymentOptions{...})`; the keys of a configuration file are in
[config.md](../config.md).

"""
    head = ("option", "type", "default", "meaning")
    page += table(head, fields_of("include/tenon/serving/deployment_options.hpp", "DeploymentOptions"))
    page += "\n## Batching\n\n`tenon::BatchOptions`, of a deployment or of one `Batched` member.\n\n"
    page += table(head, fields_of("include/tenon/serving/batch_policy.hpp", "BatchOptions"))
    return page


def metrics():
    rows = {}
    pattern = re.compile(
        r'(?:Add(Counter|Gauge|Histogram)\(\s*)?"(tenon_\w+)",\s*(?:"(counter|gauge|histogram)",\s*)?' + LITERALS
    )
    names = set()
    for source in sorted((TREE / "src").rglob("*.cpp")):
        if source.name.endswith(("_test.cpp", "_fuzz.cpp")):
            continue
        text = source.read_text()
        names |= set(re.findall(r'"(tenon_(?:deployment|http|loop|process|model)\w*)"', text))
        for method, name, kind, meaning in pattern.findall(text):
            rows[name] = (f"`{name}`", kind or method.lower(), text_of(meaning))
    if missing := names - rows.keys():
        raise Unreadable(f"no kind and help was found for {sorted(missing)}")
    page = "# Metrics\n\n" + ORIGIN + "\nAt `GET /metrics` on the serving port, in Prometheus' text form.\n\n"
    return page + table(("metric", "kind", "meaning"), [rows[name] for name in sorted(rows)])


def errors():
    header = (TREE / "include/tenon/base/error.hpp").read_text()
    advice = dict(re.findall(r"^  (k\w+),\s*// (.*)$", header, re.MULTILINE))
    source = (TREE / "src/base/error.cpp").read_text()
    rows = re.findall(r'\{ErrorCode::(k\w+), (\d+), "(\w+)", "([^"]+)"\}', source)
    if not rows or {row[0] for row in rows} != advice.keys():
        raise Unreadable("include/tenon/base/error.hpp and src/base/error.cpp do not have the same codes")
    page = "# Error codes\n\n" + ORIGIN
    page += """
Every failure has one of these. The body is `application/problem+json`: `title`, `status`, `code`, `detail`,
`request_id`, and `errors` with a JSON pointer each where values are wrong.

"""
    return page + table(
        ("`code`", "status", "in C++", "what the caller should do"),
        [(f"`{name}`", status, f"`ErrorCode::{code}`", advice[code]) for code, status, name, _ in rows],
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=TREE / "build/release")
    parser.add_argument("--out", type=pathlib.Path, default=TREE / "docs/reference")
    arguments = parser.parse_args()
    pages = {
        "commands.md": commands(arguments.build / "bin" / "tenon"),
        "settings.md": settings(),
        "metrics.md": metrics(),
        "errors.md": errors(),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (arguments.out / name).write_text(page)


if __name__ == "__main__":
    main()
