# SPDX-License-Identifier: Apache-2.0
"""A start that cannot be: one line that says what was looked for, what was found, what to do."""

import json
import shutil
import socket
import time

import pytest

from harness.polling import wait_until
from harness.problem import check_problem
from harness.server import APPS, MODULES, Server, free_port, run_program


def fails(*words, **more):
    """Runs what does not start and gives its line."""
    status, out, err = run_program("run", *words, "--port", "0", **more)
    assert status == 1, (status, out, err)
    assert out == ""
    assert err.count("\n") == 1 and err.startswith("tenon: "), err
    return err


def test_a_module_that_is_missing_names_the_places_and_the_nearest():
    line = fails("helo:handle", "--app-dir", APPS)
    assert "There is no module 'helo'" in line
    assert f"{APPS}/helo.so" in line
    assert "Did you mean 'hello'?" in line


def test_a_missing_folder_is_a_missing_module(tmp_path):
    line = fails("thing:handle", "--app-dir", tmp_path / "nowhere")
    assert "There is no module 'thing'" in line and "--app-dir" in line


def test_a_target_without_a_name():
    assert "write MODULE:NAME" in fails("hello")


@pytest.mark.parametrize("module", ["no_module", "text", "cut", "empty_file"])
def test_what_is_no_module(module, tmp_path):
    shutil.copy(MODULES / "no_module.so", tmp_path)
    (tmp_path / "text.so").write_text("not a library")
    (tmp_path / "cut.so").write_bytes((APPS / "hello.so").read_bytes()[:3000])
    (tmp_path / "empty_file.so").write_bytes(b"")
    line = fails(f"{module}:handle", "--app-dir", tmp_path)
    assert f"{module}.so" in line
    if module != "cut":
        assert "tenon_add_application" in line


def test_a_module_that_needs_what_is_not_there():
    line = fails("undefined:handle", "--app-dir", MODULES)
    assert "tenon::FunctionOfAnotherVersion" in line and "Rebuild" in line


def test_a_module_of_another_version():
    line = fails("other_version:handle", "--app-dir", MODULES)
    assert "was built for Tenon" in line and "Rebuild" in line


def test_a_module_of_another_compiler():
    line = fails("other_compiler:handle", "--app-dir", MODULES)
    assert "was built by gcc, and this program by clang" in line


def test_a_module_that_lacks_the_name_lists_what_it_has():
    line = fails("two_models:sentimental", "--app-dir", APPS)
    assert "has no application 'sentimental'; it has 'sentiment', 'area'" in line
    assert "Did you mean 'sentiment'?" in line


def test_a_module_without_any_application():
    line = fails("empty:handle", "--app-dir", MODULES)
    assert "empty.so" in line and "TENON_APPLICATION" in line


@pytest.mark.parametrize(
    "application, said",
    [
        ("throws", "the weights have 3 layers, and 4 are needed"),
        ("throws_number", "not a std::exception"),
        ("builder_throws", "no such vocabulary: 'klingon'"),
    ],
)
def test_a_constructor_that_throws(application, said):
    line = fails(f"construction:{application}", "--app-dir", MODULES)
    assert said in line


def test_the_line_of_a_constructor_names_the_deployment():
    assert "'Throws'" in fails("construction:throws", "--app-dir", MODULES)


def test_a_failed_start_in_the_json_log_is_one_json_line():
    status, out, err = run_program("run", "construction:throws", "--app-dir", MODULES,
                                   "--port", "0", "--log-format", "json")
    assert (status, out) == (1, "")
    lines = [json.loads(line) for line in err.splitlines()]
    assert "3 layers" in json.dumps(lines[-1])


def test_a_constructor_that_hangs_ends_at_the_timeout():
    began = time.monotonic()
    line = fails("construction:waits", "--app-dir", MODULES,
                 more_environment={"WAIT": "1h", "TENON_STARTUP_TIMEOUT_S": "0.3"})
    assert time.monotonic() - began < 5
    assert "'Waits'" in line and "0.3 s" in line and "TENON_STARTUP_TIMEOUT_S" in line


def test_a_module_whose_own_code_hangs_ends_at_the_timeout():
    began = time.monotonic()
    line = fails("construction:body_waits", "--app-dir", MODULES,
                 more_environment={"WAIT": "1h", "TENON_STARTUP_TIMEOUT_S": "0.3"})
    assert time.monotonic() - began < 5
    assert "0.3 s" in line and "TENON_STARTUP_TIMEOUT_S" in line


@pytest.mark.parametrize("application", ["waits", "body_waits"])
def test_while_the_start_hangs_the_port_listens_and_says_why(application):
    port = free_port()
    with Server(f"construction:{application}", "--port", port, await_ready=False,
                more_environment={"WAIT": "1h"}) as server:
        ping = server.ask("GET", "/ping")
        assert ping.status == 503
        assert "load" in ping.text
        check_problem(server.invoke({"text": "early"}), 503)
        server.signal(15)
        assert server.wait(5) == 0  # Ctrl-C and SIGTERM work before anything is ready.


def test_a_module_whose_own_code_is_slow_is_served_when_it_is_done():
    port = free_port()
    with Server("construction:body_waits", "--port", port, await_ready=False,
                more_environment={"WAIT": "400ms"}) as server:
        assert server.ask("GET", "/ping").status == 503
        wait_until(lambda: server.ask("GET", "/ping").status == 200, "ready")
        assert server.invoke({"text": "late"}).json == {"text": "late"}


def test_a_slow_constructor_delays_ready_and_nothing_else():
    port = free_port()
    with Server("construction:waits", "--port", port, await_ready=False,
                more_environment={"WAIT": "400ms"}) as server:
        assert server.ask("GET", "/ping").status == 503
        wait_until(lambda: server.ask("GET", "/metrics").status == 200, "loaded")
        assert server.ask("GET", "/openapi.json").status == 200
        assert server.ask("GET", "/-/healthz").status == 503
        wait_until(lambda: server.ask("GET", "/ping").status == 200, "ready")
        assert server.invoke({"text": "late"}).json == {"text": "late"}


@pytest.mark.parametrize(
    "variables, said",
    [
        ({}, ["STRICT_LABEL"]),
        ({"STRICT_LABEL": "x", "STRICT_LAYERS": "many"}, ["STRICT_LAYERS", "many"]),
        ({"STRICT_LABEL": "x", "STRICT_LAYERS": "11"}, ["STRICT_LAYERS", "11", "10"]),
    ],
)
def test_a_wrong_setting_names_the_variable(variables, said):
    variables = variables | {"STRICT_TOKEN": "hunter2"}
    line = fails("construction:strict", "--app-dir", MODULES, more_environment=variables)
    for word in said:
        assert word in line
    assert "hunter2" not in line


def test_a_user_config_is_checked_at_the_start():
    line = fails("construction:configured", 'config={"prefx":"a"}', "--app-dir", MODULES)
    assert "'Configured'" in line and "/prefx" in line
    line = fails("construction:configured", "config={", "--app-dir", MODULES)
    assert "'Configured'" in line
    with Server("construction:configured", 'config={"prefix":"well, "}') as server:
        assert server.invoke({"text": "hi"}).json == {"text": "well, hi"}


@pytest.mark.parametrize("where", ["missing", "empty"])
def test_a_model_directory_that_is_missing_or_empty(where, tmp_path):
    folder = tmp_path / "model"
    if where == "empty":
        folder.mkdir()
    line = fails("construction:model", "--app-dir", MODULES,
                 more_environment={"MODEL_PATH": str(folder)})
    assert str(folder) in line and "'NeedsModel'" in line


def test_a_port_in_use_names_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, out, err = run_program("run", "hello:handle", "--port", port)
    assert (status, out) == (1, "")
    assert str(port) in err and err.count("\n") == 1
    assert "in use" in err


def test_an_address_that_is_not_ours():
    status, _, err = run_program("run", "hello:handle", "--host", "203.0.113.1", "--port", "0")
    assert status == 1
    assert "203.0.113.1" in err and err.count("\n") == 1


def test_two_modules_whose_types_differ_live_in_one_process():
    with Server("both:handle", f"folder={MODULES}") as server:
        first = server.ask("POST", "/first", {"text": "x"})
        second = server.ask("POST", "/second", {"number": 2, "other": 3})
        assert (first.json, second.json) == ({"first": "first x"}, {"second": 5})
        assert server.ask("POST", "/first", {"number": 2, "other": 3}).status == 422
        assert server.ask("POST", "/second", {"text": "x"}).status == 422
        schemas = server.ask("GET", "/openapi.json").text
        assert '"number"' in schemas and '"text"' in schemas
