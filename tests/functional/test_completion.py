# SPDX-License-Identifier: Apache-2.0
"""Completion, by the shells themselves."""

import re
import shutil
import subprocess

import pytest

from harness.server import PROGRAM, run_program

# Loads the script, completes the words of its arguments, and prints what is offered.
ASK = """
source <("$1" completion bash)
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_tenon
printf '%s\\n' "${COMPREPLY[@]}"
"""

# Types the words into an interactive zsh, asks twice for completions, and prints what it showed.
TYPE_INTO_ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit; compinit -u -D; source <('"$1"' completion zsh); print -r on''ward'
zpty -r shell shown '*onward*'
zpty -n -w shell "$2"$'\t\t'
sleep 0.5
zpty -n -w shell $'\C-u'"print -r all''done"$'\n'
zpty -r shell shown '*alldone*'
print -r -- "$shown"
zpty -d shell
"""


def shown_by_zsh(text):
    done = subprocess.run(
        ["zsh", "-f", "-c", TYPE_INTO_ZSH, "zsh", PROGRAM, text],
        capture_output=True,
        text=True,
        timeout=20,
    )
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", done.stdout)


def offers(*words, cwd=None):
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, "bash", PROGRAM, "tenon", *words],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=cwd,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return sorted(line for line in done.stdout.splitlines() if line)


def commands():
    lines = run_program("help")[1].split("Commands:\n")[1].split("\n\n")[0].splitlines()
    return sorted(line.split()[0] for line in lines)


def test_commands_are_those_of_the_help():
    assert offers("") == commands()
    assert offers("com") == ["completion"]
    assert offers("zzz") == []


@pytest.mark.parametrize("command", ["run", "schema", "build"])
def test_flags_are_those_of_the_help(command):
    listed = [
        word
        for line in run_program(command, "--help")[1].splitlines()
        if line.startswith("  -")
        for word in [line.split()[0]]
    ]
    assert "--app-dir" in listed
    assert offers(command, "-") == sorted(listed)


def test_words_of_a_command():
    assert offers("completion", "") == ["bash", "zsh"]
    assert offers("completion", "z") == ["zsh"]
    assert offers("help", "sch") == ["schema"]


def test_values_are_files_folders_or_unknown(tmp_path):
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a file.yaml").touch()
    assert offers("run", "a", cwd=tmp_path) == ["a file.yaml", "a folder"]
    assert offers("run", "--app-dir", "a", cwd=tmp_path) == ["a folder"]
    assert offers("build", "-o", "a", cwd=tmp_path) == ["a file.yaml", "a folder"]
    assert offers("run", "--port", "", cwd=tmp_path) == []
    assert offers("run", "--reload", "a", cwd=tmp_path) == ["a file.yaml", "a folder"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_takes_the_script():
    script = 'autoload -U compinit; compinit -u -D; source <("$1" completion zsh); print $_comps[tenon]'
    done = subprocess.run(
        ["zsh", "-f", "-c", script, "zsh", PROGRAM], capture_output=True, text=True, timeout=20
    )
    assert (done.stdout, done.stderr, done.returncode) == ("_tenon\n", "", 0)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_offers_flags_with_what_they_do():
    shown = shown_by_zsh("tenon run --re")
    help_text = run_program("run", "--help")[1]
    flags = [word for word in re.findall(r"--re[a-z-]+", shown) if word in help_text]
    assert {"--reload", "--request-timeout-s"} <= set(flags)
    assert re.search(r"--reload +-- let a rebuilt module take over", shown), shown
    assert "tenon serve" in shown_by_zsh("tenon serv")


@pytest.mark.parametrize("words", [[], ["fish"], ["bash", "zsh"], ["--fast"]])
def test_other_words_are_wrong_usage(words):
    status, out, err = run_program("completion", *words)
    assert (status, out) == (2, "")
    assert "tenon completion --help" in err
