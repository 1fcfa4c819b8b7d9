# SPDX-License-Identifier: Apache-2.0
"""`tenon run CONFIG.yaml` and `tenon build`, with the real YAML."""

import pytest

from harness.server import APPS, MODULES, Server, run_program

TWO = """
http_options:
  host: 127.0.0.1
  port: 1   # Never listened on: the flag wins.
applications:
  - name: one
    route_prefix: /one
    import_path: first:handle
    deployments:
      - name: Model
        num_replicas: 2
        max_ongoing_requests: 11
        max_queued_requests: 5
  - name: two
    route_prefix: /deep/two
    import_path: second:handle
"""


def write(folder, text):
    file = folder / "config.yaml"
    file.write_text(text)
    return file


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    with Server(str(write(tmp_path_factory.mktemp("config"), TWO)), "--app-dir", MODULES) as server:
        yield server


def test_each_application_answers_under_its_prefix(two):
    assert two.ask("POST", "/one/invocations", {"text": "x"}).json == {"first": "first x"}
    assert two.ask("POST", "/deep/two/invocations", {"number": 1, "other": 2}).json == {"second": 3}
    for path in ["/invocations", "/one", "/two/invocations"]:
        assert two.ask("POST", path, {"text": "x"}).status == 404


def test_the_servers_own_routes_are_at_the_root(two):
    assert two.ask("GET", "/ping").status == 200
    routes = two.ask("GET", "/-/routes").json
    assert routes["/one/invocations"] == "one" and routes["/deep/two/invocations"] == "two"
    paths = two.ask("GET", "/openapi.json").json["paths"]
    assert {"/one/invocations", "/deep/two/invocations"} <= set(paths)


def test_options_replace_those_of_bind_by_name(two):
    one, other = two.report["deployments"]
    assert (one["name"], one["num_replicas"]) == ("Model", 2)
    metrics = two.metrics()
    labels = 'application="one",deployment="Model"'
    # Replicas of a const deployment share one object and multiply its permits.
    assert metrics[f"tenon_deployment_max_ongoing_requests{{{labels}}}"] == 22
    assert metrics[f"tenon_deployment_max_queued_requests{{{labels}}}"] == 5
    assert other["num_replicas"] == 1
    assert 'tenon_deployment_replicas{application="two",deployment="Model"}' in metrics
    text = two.ask("GET", "/metrics").text
    assert text.count("# TYPE tenon_deployment_replicas gauge") == 1


def test_a_variable_wins_over_the_file_and_a_flag_over_both(tmp_path):
    file = write(tmp_path, "applications: [{import_path: 'hello:handle'}]\n"
                           "http_options: {port: 1, request_timeout_s: 30}\n")
    with Server(str(file), more_environment={"TENON_PORT": "2"}) as server:  # And --port 0.
        sources = {setting["name"]: setting["source"] for setting in server.report["settings"]}
        assert sources["--port"] == "flag"
        assert "TENON_PORT" not in sources and "http_options.port" not in sources
        assert sources["http_options.request_timeout_s"] == "configuration"
        assert server.invoke({"text": "x"}).json == {"text": "x"}


def test_arguments_and_user_config_reach_the_application(tmp_path):
    file = write(tmp_path, "applications:\n- import_path: construction:configured\n"
                           "  args: {config: '{\"name\": \"a\"}'}\n")
    status, out, err = run_program("schema", file, "--app-dir", MODULES)
    assert status == 0, err
    file.write_text("applications:\n- import_path: construction:configured\n"
                    "  args: {confg: x}\n")
    status, out, err = run_program("schema", file, "--app-dir", MODULES)
    assert status == 1 and f"{file}:2: " in err and "'config'" in err


@pytest.mark.parametrize(
    "text, parts",
    [
        ("aplications: []", [":1: ", "'aplications'", "Did you mean 'applications'?"]),
        (TWO.replace("num_replicas", "num_replica"), [":11: ", "Did you mean 'num_replicas'?"]),
        (TWO.replace("name: Model", "name: Modell"), [":10: ", "'Modell'", "it has Model"]),
        (TWO.replace("/deep/two", "/one"), [":14: ", "route_prefix '/one'", ":6"]),
        (TWO.replace("second:handle", "second:handel"), [":14: ", "Did you mean 'handle'?"]),
        (TWO.replace("first:handle", "frist:handle"), [":6: ", "Did you mean 'first'?"]),
        ("a: [1, 2", ["This is no YAML"]),
        ("a: 1\n---\nb: 2\n", ["a second document begins"]),
        ("", [":1: ", "names no application"]),
        ("&a [*a]", ["too deep"]),
        ("applications: &a [*a]", ["too deep"]),
        ("[" * 3000, ["c"]),
        ("x: \xff\x00", [":1: "]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, parts, tmp_path):
    file = write(tmp_path, text)
    status, out, err = run_program("run", file, "--app-dir", MODULES, "--port", "0")
    assert (status, out) == (1, ""), err
    assert err.count("\n") == 1 and f"{file}" in err, err
    for part in parts:
        assert part in err, err


def test_aliases_that_explode_are_refused(tmp_path):
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    status, _, err = run_program("run", write(tmp_path, "\n".join(levels)), "--port", "0")
    assert status == 1 and "too large" in err


def test_a_file_that_is_not_there(tmp_path):
    status, _, err = run_program("run", tmp_path / "no.yaml", "--port", "0")
    assert status == 1 and "no.yaml" in err and "No such file" in err


def test_words_that_the_file_has_keys_for(tmp_path):
    file = write(tmp_path, TWO)
    for words in [["k=1"], ["--name", "x"]]:
        status, _, err = run_program("run", file, *words, "--port", "0")
        assert status == 1 and "leave them out" in err


def test_build_writes_what_run_serves(tmp_path):
    file = tmp_path / "built.yaml"
    targets = ["first:handle", "second:handle"]
    status, out, err = run_program("build", *targets, "-o", file, "--app-dir", MODULES)
    assert (status, out, err) == (0, "", "")
    assert run_program("build", *targets, "--app-dir", MODULES)[1] == file.read_text()
    with Server(str(file), "--app-dir", MODULES) as server:
        assert server.ask("POST", "/app1/invocations", {"text": "x"}).json == {"first": "first x"}
        answer = server.ask("POST", "/app2/invocations", {"number": 1, "other": 2})
        assert answer.json == {"second": 3}


def test_build_of_one_application_serves_it_at_the_root(tmp_path):
    file = tmp_path / "built.yml"
    assert run_program("build", "hello:handle", "--output", file, "--app-dir", APPS)[0] == 0
    with Server(str(file)) as server:
        assert server.invoke({"text": "x"}).json == {"text": "x"}


def test_build_says_what_is_wrong(tmp_path):
    assert run_program("build")[0] == 2
    status, _, err = run_program("build", "hello:handel", "--app-dir", APPS)
    assert status == 1 and "Did you mean 'handle'?" in err
    status, _, err = run_program("build", "hello:handle", "-o", tmp_path / "no" / "f.yaml",
                                 "--app-dir", APPS)
    assert status == 1 and "cannot be written" in err
