# SPDX-License-Identifier: Apache-2.0
"""The command line: help, exit statuses, flags and variables, and what is said at the start."""

import json
import os
import pty
import re
import subprocess

import pytest

from harness.server import APPS, BUILD, MODULES, PROGRAM, Server, environment, run_program

COMMANDS = ["run", "schema", "version"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    status, out, err = run_program(command, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"Usage: tenon {command}")
    assert re.search(rf"^Example:\n  tenon {command}", out, re.MULTILINE)
    assert run_program("help", command) == (0, out, "")
    assert run_program(command, "-h") == (0, out, "")


@pytest.mark.parametrize("words", [["help"], ["--help"], ["-h"]])
def test_help_lists_every_command(words):
    status, out, err = run_program(*words)
    assert (status, err) == (0, "")
    for command in [*COMMANDS, "help"]:
        assert re.search(rf"^  {command} ", out, re.MULTILINE)
    assert "Example:" in out


def test_the_help_of_run_names_every_flag_and_exit_status():
    _, out, _ = run_program("run", "--help")
    for flag in ["--host", "--port", "--app-dir", "--name", "--log-format"]:
        assert flag in out
    assert re.search("Exit status: 0 .* 1 .* 2 ", out)


def test_version_names_the_version_and_what_modules_need():
    status, out, _ = run_program("version")
    assert status == 0
    assert re.fullmatch(r"tenon \d+\.\d+\.\d+ \(clang, sanitizer: \w+\)\n", out)
    assert run_program("--version")[1] == out


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "Usage: tenon COMMAND"),
        (["rum"], "There is no command 'rum'. Did you mean 'run'?"),
        (["help", "rum"], "There is no command 'rum'. Did you mean 'run'?"),
        (["run"], "Name what to run, as MODULE:NAME."),
        (["run", "hello:handle", "--prot", "80"], "There is no flag '--prot'. Did you mean '--port'?"),
        (["run", "hello:handle", "--port"], "'--port' needs a value"),
        (["run", "hello:handle", "--port", "70000"], "--port says '70000'; it takes a port from 0"),
        (["run", "hello:handle", "--port=x"], "--port says 'x'"),
        (["run", "hello:handle", "--log-format", "xml"], "it takes text or json"),
        (["run", "hello:handle", "word"], "'word' is not understood"),
        (["run", "hello:handle", "=5"], "'=5' is not understood"),
        (["schema"], "Name what to run"),
        (["schema", "hello:handle", "--port", "1"], "There is no flag '--port'"),
        (["version", "now"], "'version' takes no words, found 'now'"),
    ],
)
def test_wrong_usage_says_so_and_ends_with_2(words, said):
    status, out, err = run_program(*words)
    assert status == 2
    assert said in out + err
    if words:
        assert err.count("\n") == 1 and "--help'." in err


@pytest.mark.parametrize(
    "variable, value, said",
    [
        ("TENON_PORT", "many", "TENON_PORT says 'many'; it takes a port from 0 to 65535."),
        ("TENON_LOG_FORMAT", "xml", "TENON_LOG_FORMAT says 'xml'; it takes text or json."),
        ("TENON_MAX_REQUEST_BYTES", "0", "TENON_MAX_REQUEST_BYTES says '0'"),
        ("TENON_REQUEST_TIMEOUT_S", "-1", "TENON_REQUEST_TIMEOUT_S says '-1'"),
        ("TENON_DRAIN_DELAY_S", "soon", "TENON_DRAIN_DELAY_S says 'soon'"),
        ("TENON_STARTUP_TIMEOUT_S", "1e99", "TENON_STARTUP_TIMEOUT_S says '1e99'"),
        ("TENON_HEALTH_CHECK_PERIOD_S", "0", "TENON_HEALTH_CHECK_PERIOD_S says '0'"),
        ("TENON_HALF_CLOSE", "maybe", "it takes hangup or serve"),
        ("TENON_THREADS", "0", "TENON_THREADS says '0'"),
    ],
)
def test_a_wrong_variable_is_wrong_usage(variable, value, said):
    status, out, err = run_program("run", "hello:handle", more_environment={variable: value})
    assert (status, out) == (2, "")
    assert said in err and err.count("\n") == 1


def test_a_flag_wins_over_the_environment():
    wrong = {"TENON_PORT": "not looked at", "TENON_LOG_FORMAT": "nor this"}
    with Server("hello:handle", "--port", "0", more_environment=wrong) as server:
        assert server.ask("GET", "/ping").status == 200


def test_variables_do_what_flags_do():
    with Server("hello:handle", more_environment={"TENON_MAX_REQUEST_BYTES": "100"}) as server:
        answer = server.invoke({"text": "x" * 100})
        assert answer.status == 413
        assert "TENON_MAX_REQUEST_BYTES" in answer.json["detail"]
        assert server.invoke({"text": "x" * 50}).status == 200


def test_the_start_block_says_what_is_served_where():
    with Server("two_models:area", "unit=cm2", "scale=100", log_format="text") as server:
        assert server.invoke({"width": 2, "height": 3}).json == {"area": 60000.0, "unit": "cm2"}
        block = server.block
    assert f"serves two_models:area at http://127.0.0.1:{server.port} (ready after " in block
    assert re.search(r"Routes +(POST|GET) ", block)
    assert "/invocations" in block and "/openapi.json" in block
    assert re.search(r"Deployments +Area +function; 1 replica, \d+ at once, 1000 waiting", block)
    assert re.search(r"Threads +\d+ event loops?, \d+ for computing", block)
    assert re.search(r"Module +\S*two_models.so", block)
    assert "\x1b" not in block, "colours only belong on a terminal"


def test_the_start_block_shows_settings_with_their_source():
    with Server("two_models:area", "unit=cm2", "--max-request-bytes", "1000",
                more_environment={"TENON_REQUEST_TIMEOUT_S": "30"}) as server:
        settings = {setting["name"]: setting for setting in server.report["settings"]}
    assert settings["unit"]["value"] == "cm2"
    assert settings["--max-request-bytes"]["value"] == "1000"
    assert settings["TENON_REQUEST_TIMEOUT_S"]["value"] == "30"
    sources = {setting["source"] for setting in settings.values()}
    assert len(sources) >= 3, sources  # A word, a flag, a variable; defaults beside them.


def test_the_start_block_shows_batching():
    with Server("two_models:sentiment") as server:
        (deployment,) = server.report["deployments"]
    assert deployment["name"] == "Sentiment"
    assert deployment["batching"]["max_batch_size"] == 16


def test_the_curl_line_of_the_start_block_works():
    for target in ["hello:handle", "two_models:sentiment", "rich:handle"]:
        with Server(target, log_format="text") as server:
            line = next(line for line in server.block.splitlines() if "curl " in line)
            done = subprocess.run(
                ["bash", "-c", line.strip() + " -s -w '\\n%{http_code}'"],
                capture_output=True, text=True, timeout=10,
            )
            body, status = done.stdout.rsplit("\n", 1)
            assert status == "200", (line, body)
            json.loads(body)


def start_on_terminal(**more):
    """Both ends of a terminal's life: the block as written to it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "run", "hello:handle", "--port", "0", "--app-dir", APPS],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL, cwd=BUILD,
        env=environment(more),
    )
    os.close(theirs)
    try:
        text = b""
        while b"Module" not in text:
            text += os.read(ours, 65536)
        return text.decode()
    finally:
        process.terminate()
        process.wait(10)
        os.close(ours)


def test_a_terminal_gets_colours_and_no_color_takes_them_away():
    terminal = {"TERM": "xterm-256color", "NO_COLOR": ""}
    assert "\x1b[1m" in start_on_terminal(**terminal)
    assert "\x1b" not in start_on_terminal(**(terminal | {"NO_COLOR": "1"}))


def test_the_name_appears_in_routes_and_metrics():
    with Server("hello:handle", "--name", "shop") as server:
        assert server.ask("GET", "/-/routes").json["/invocations"] == "shop"
        assert 'application="shop"' in server.ask("GET", "/metrics").text


def test_json_logs_are_json_to_the_last_line():
    with Server("failing:coroutine", "--log-format", "json") as server:
        server.invoke({"how": "exception"})
        server.invoke({"how": "nothing"})
        server.signal(15)
        assert server.wait() == 0
        lines = server.log_lines()
    assert lines
    assert all({"level", "message"} <= set(line) or {"level", "msg"} <= set(line) for line in lines)


@pytest.mark.parametrize(
    "words, said",
    [
        (["color=red"], ["color", "unit", "scale"]),
        (["scale=much"], ["scale", "much"]),
        (["scale=1", "scale=2"], ["scale"]),
    ],
)
def test_a_wrong_argument_fails_the_start_in_one_line(words, said):
    status, out, err = run_program("run", "two_models:area", *words, "--port", "0")
    assert (status, out) == (1, "")
    assert err.count("\n") == 1 and err.startswith("tenon: ")
    for word in said:
        assert word in err


def test_an_application_without_arguments_refuses_them():
    status, _, err = run_program("run", "hello:handle", "k=5", "--port", "0")
    assert status == 1
    assert "k" in err and err.count("\n") == 1


def test_schema_prints_the_same_document_as_the_server(hello):
    status, out, err = run_program("schema", "hello:handle")
    assert (status, err) == (0, "")
    assert json.loads(out) == hello.ask("GET", "/openapi.json").json


def test_schema_constructs_nothing():
    status, out, _ = run_program("schema", "construction:throws", "--app-dir", MODULES)
    assert status == 0
    assert "/invocations" in json.loads(out)["paths"]
