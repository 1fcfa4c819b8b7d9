# SPDX-License-Identifier: Apache-2.0
"""What every server answers beside its model."""

import re

import pytest

from harness.problem import check_problem


def test_ping_by_get_and_post(hello):
    for method in ("GET", "POST", "HEAD"):
        answer = hello.ask(method, "/ping")
        assert answer.status == 200


def test_healthz(hello):
    answer = hello.ask("GET", "/-/healthz")
    assert (answer.status, answer.text) == (200, "success")
    assert answer.headers["content-type"].startswith("text/plain")


def test_routes(hello):
    answer = hello.ask("GET", "/-/routes")
    assert answer.json == {"/invocations": "default"}


def test_the_root_leads_people_to_the_page_and_tells_programs(hello):
    page = hello.ask("GET", "/", headers={"Accept": "text/html,*/*"})
    assert (page.status, page.headers["location"]) == (302, "docs")
    assert hello.ask("GET", "/").json["see"]["docs"] == "/docs"


def test_openapi_describes_the_request(hello):
    document = hello.ask("GET", "/openapi.json").json
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/invocations"]["post"]
    assert "200" in operation["responses"] and "422" in operation["responses"]
    schemas = document["components"]["schemas"]
    assert schemas["Request"]["properties"]["text"]["type"] == "string"
    assert schemas["Request"]["required"] == ["text"]


def test_docs_are_one_page_that_works_offline(hello):
    answer = hello.ask("GET", "/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = answer.text
    assert page.lstrip().lower().startswith("<!doctype html>")
    # Neither a script, style, image nor font from somewhere else.
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page)
    assert not re.search(r"""(@import|url\()\s*["']?(https?:)?//""", page)
    assert not re.search(r"""(fetch|import)\(["'](https?:)?//""", page)
    assert "openapi.json" in page


SAMPLE = re.compile(
    r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*",?)*\})? '
    r"([-+]?[0-9.]+([eE][-+]?[0-9]+)?|\+Inf|NaN)"
)


def test_metrics_are_what_prometheus_reads(hello):
    hello.invoke({"text": "a"})
    hello.invoke(b"{")
    answer = hello.ask("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    types, seen, finished = {}, set(), set()
    current = None
    for line in answer.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} is typed twice"
            assert kind in ("counter", "gauge", "histogram", "summary")
            types[name] = kind
        elif line.startswith("# HELP "):
            assert len(line.split(" ", 3)) == 4
        else:
            assert SAMPLE.fullmatch(line), line
            key = line.rsplit(" ", 1)[0]
            assert key not in seen, f"{key} is there twice"
            seen.add(key)
            name = key.split("{")[0]
            family = name if name in types else re.sub("_(bucket|sum|count)$", "", name)
            assert family in types, f"{name} has no type"
            if family != current:
                assert family not in finished, f"the samples of {family} do not stand together"
                finished.add(current)
                current = family
            if types[family] == "counter":
                assert name.endswith("_total"), name
    assert answer.text.endswith("\n")
    for name, kind in types.items():
        if kind == "histogram":
            check_histogram(name, answer.text)


def check_histogram(name, text):
    """Buckets grow, and the last one is the count."""
    series = {}
    for line in text.splitlines():
        if line.startswith(f"{name}_bucket{{"):
            key, value = line.rsplit(" ", 1)
            bound = re.search(r'le="([^"]+)"', key).group(1)
            labels = re.sub(r',?le="[^"]+"', "", key).removeprefix(f"{name}_bucket")
            series.setdefault(labels.replace("{,", "{"), []).append((float(bound), float(value)))
    assert series
    for labels, buckets in series.items():
        values = [value for _, value in sorted(buckets)]
        assert buckets[-1][0] == float("inf")
        assert values == sorted(values), (name, labels)


def test_metrics_count_requests_by_status(shared_servers):
    server = shared_servers("context:handle")

    def total(status):
        return sum(value for key, value in server.metrics().items()
                   if "requests_total" in key and f'"{status}"' in key)

    before = {status: total(status) for status in (200, 400, 422)}
    server.invoke({})
    server.invoke(b"{")
    server.invoke({"header": 1})
    for status in (200, 400, 422):
        assert total(status) >= before[status] + 1, status


def test_custom_routes_stand_beside_the_model(shared_servers):
    server = shared_servers("custom_routes:handle")
    assert server.ask("GET", "/version").json == {"model": "greeter", "version": "1.2.0"}
    assert server.ask("POST", "/words", {"text": "one two"}).json == {"words": 2}
    assert server.invoke({"text": "Ada"}).json == {"greeting": "Hello, Ada!"}
    routes = server.ask("GET", "/-/routes").json
    assert {"/invocations", "/version", "/words"} <= set(routes)
    paths = server.ask("GET", "/openapi.json").json["paths"]
    assert {"/invocations", "/words"} <= set(paths)
    wrong = server.ask("PUT", "/version", {"x": 1})
    check_problem(wrong, 405)
    assert "GET" in wrong.headers["allow"]
    check_problem(server.ask("POST", "/words", {"text": 1}), 422)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/metrics", "/-/healthz", "/-/routes", "/"])
def test_built_in_routes_refuse_other_methods(hello, path):
    answer = hello.ask("DELETE", path)
    check_problem(answer, 405)
    assert "GET" in answer.headers["allow"]
