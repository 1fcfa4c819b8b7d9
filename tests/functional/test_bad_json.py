# SPDX-License-Identifier: Apache-2.0
"""Bodies that are no JSON, or JSON that does not fit: the answer, and that the next is served."""

import json

import pytest

from harness.problem import check_problem


@pytest.fixture
def server(hello):
    yield hello
    assert hello.invoke({"text": "next"}).json == {"text": "next"}


@pytest.fixture
def rich(shared_servers):
    server = shared_servers("rich:handle")
    yield server
    assert server.ask("GET", "/ping").status == 200


RICH = {
    "flag": True, "tiny": -128, "big": -(2**63), "huge": 2**64 - 1, "single": 1.5,
    "number": 0.1, "text": "t", "note": None,
    "place": {"x": 1, "y": 2, "label": "here"}, "path": [], "numbers": [1, 2],
    "triple": [1, 2, 3], "counts": {"a": 1}, "places": {}, "blob": "aGVsbG8=", "wait": 1.5,
    "matrix": [[1, 2], [3, 4]], "ids": [1, 2, 3], "extra": {"any": [1, "x", None]},
    "tree": {"name": "a", "children": [{"name": "b", "children": []}]}, "k": 7,
}


def colours(rich):
    document = rich.ask("GET", "/openapi.json").json
    return document["components"]["schemas"]["Colour"]["enum"]


def fitting(rich, **changes):
    """A request that fits, but for the changes."""
    names = colours(rich)
    return RICH | {"colour": names[1], "background": names[0]} | changes


NOT_JSON = {
    "nothing": b"",
    "blank": b" \n",
    "a word": b"hello",
    "no end": b'{"text":"a"',
    "no end of a string": b'{"text":"a',
    "something after it": b'{"text":"a"} x',
    "two of them": b'{"text":"a"}{"text":"b"}',
    "a comma too many": b'{"text":"a",}',
    "single quotes": b"{'text':'a'}",
    "no quotes": b'{text:"a"}',
    "a comment": b'{"text":"a"}//',
    "a control character": b'{"text":"a\nb"}',
    "not UTF-8": b'{"text":"\xff"}',
    "half a surrogate": b'{"text":"\\ud800"}',
    "an overlong form": b'{"text":"\xc0\xaf"}',
    "an unknown escape": b'{"text":"\\x41"}',
    "NUL": b'{"text":"a"}\0',
    "a byte order mark and nothing": b"\xef\xbb\xbf",
    "UTF-16": '{"text":"a"}'.encode("utf-16"),
    "too deep": b'{"text":' + b"[" * 300 + b"]" * 300 + b"}",
    "much too deep": b"[" * 1_000_000,
    "too deep in what is skipped": b'{"text":"a","x":' + b'{"a":' * 300 + b"1" + b"}" * 301,
    "broken in what is skipped": b'{"x":{"a":tru},"text":"a"}',
    "NaN": b'{"text":NaN}',
    "a leading zero": b'{"text":"a","n":01}',
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_no_json_is_400(server, name):
    problem = check_problem(server.invoke(NOT_JSON[name]), 400)
    assert problem["title"] == "Malformed request"


def test_no_body_at_all_is_400(server):
    check_problem(server.ask("POST", "/invocations", headers={"Content-Length": "0"}), 400)


WRONG = {
    "no object": (b"[]", [""]),
    "null": (b"null", [""]),
    "a string": (b'"text"', [""]),
    "missing": (b"{}", ["/text"]),
    "unknown instead": (b'{"txt":"a"}', ["/text"]),
    "a number": (b'{"text":1}', ["/text"]),
    "a list": (b'{"text":["a"]}', ["/text"]),
    "an object": (b'{"text":{"text":"a"}}', ["/text"]),
    "null inside": (b'{"text":null}', ["/text"]),
    "a boolean": (b'{"text":true}', ["/text"]),
    "another case": (b'{"Text":"a"}', ["/text"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_json_that_does_not_fit_is_422_with_the_place(server, name):
    body, pointers = WRONG[name]
    problem = check_problem(server.invoke(body), 422)
    assert [fault["pointer"] for fault in problem["errors"]] == pointers


def test_the_same_field_twice_is_refused(server):
    answer = server.invoke(b'{"text":"a","text":"b"}')
    problem = check_problem(answer, answer.status)
    assert answer.status in (400, 422)
    assert "text" in json.dumps(problem)


def test_unknown_and_extra_fields_are_ignored(server):
    body = {"extra": {"deep": [1, {"x": None}]}, "text": "a", "more": "b"}
    assert server.invoke(body).json == {"text": "a"}


def test_a_text_with_everything_comes_back_as_it_was(server):
    text = '"\\/\b\f\n\r\t\u0000\u001f ä € 𝄞 </script>' + "\u2028" + "x" * 10_000
    for ascii_only in (True, False):
        body = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
        assert server.invoke(body).json == {"text": text}


def test_a_thousand_faults_are_twenty_and_a_count(rich):
    path = [{"x": "a", "y": 1}] * 1000
    problem = check_problem(rich.invoke(fitting(rich, path=path)), 422)
    faults, omitted = problem["errors"], problem["omitted"]
    assert 1 <= len(faults) <= 20
    # One for each element, and the list itself is too long.
    assert len(faults) + omitted in (1000, 1001)
    assert faults[0]["pointer"] in ("/path/0/x", "/path")


def test_a_thousand_faults_with_long_names_still_fit(rich):
    places = {f"{'n' * 300}{i}": {"x": True, "y": True} for i in range(1000)}
    problem = check_problem(rich.invoke(fitting(rich, places=places)), 422)
    assert len(problem["errors"]) + problem["omitted"] == 2000


def test_a_thousand_unknown_fields_do_no_harm(rich):
    answer = rich.invoke(fitting(rich, **{f"unknown_{i}": i for i in range(1000)}))
    assert answer.status == 200


def test_a_rich_request_comes_back_as_it_was(rich):
    request = fitting(rich)
    assert rich.invoke(request).json == request


def test_what_may_be_left_out_may(rich):
    request = fitting(rich)
    for name in ("note", "background", "tree", "k"):
        del request[name]
    answer = rich.invoke(request).json
    assert answer["k"] == 5
    assert (answer["note"], answer["background"], answer["tree"]) == (None, None, None)


@pytest.mark.parametrize(
    "field, value, pointer",
    [
        ("flag", "true", "/flag"),
        ("tiny", 128, "/tiny"),
        ("tiny", -129, "/tiny"),
        ("tiny", 1.5, "/tiny"),
        ("big", 2**63, "/big"),
        ("huge", 2**64, "/huge"),
        ("huge", -1, "/huge"),
        ("huge", 10**40, "/huge"),
        ("text", "", "/text"),
        ("text", "ä" * 101, "/text"),
        ("colour", "purple", "/colour"),
        ("colour", 1, "/colour"),
        ("place", {"x": 181, "y": 0}, "/place/x"),
        ("place", {"x": 0, "y": 90}, "/place/y"),
        ("place", {"x": 0}, "/place/y"),
        ("path", [{"x": 0, "y": 0}, {"x": 0, "y": "a"}], "/path/1/y"),
        ("path", [{"x": 0, "y": 0}] * 6, "/path"),
        ("numbers", [], "/numbers"),
        ("numbers", [1, None], "/numbers/1"),
        ("triple", [1, 2], "/triple"),
        ("triple", [1, 2, 3, 4], "/triple"),
        ("counts", {"a/b~c": "x"}, "/counts/a~1b~0c"),
        ("counts", [], "/counts"),
        ("blob", "not base64!", "/blob"),
        ("wait", -1, "/wait"),
        ("wait", "1s", "/wait"),
        ("matrix", [[1, 2, 3]], "/matrix"),
        ("matrix", [[1, 2], [3]], "/matrix"),
        ("ids", [1.5], "/ids/0"),
        ("tree", {"name": "a", "children": [{"name": 1}]}, "/tree/children/0/name"),
        ("k", 0, "/k"),
        ("k", 11, "/k"),
    ],
)
def test_each_kind_of_field_names_its_fault(rich, field, value, pointer):
    problem = check_problem(rich.invoke(fitting(rich, **{field: value})), 422)
    pointers = [fault["pointer"] for fault in problem["errors"]]
    assert any(found == pointer or found.startswith(pointer + "/") for found in pointers), pointers


def test_whole_numbers_may_be_written_as_others(rich):
    request = json.dumps(fitting(rich)).replace('"k": 7', '"k": 7.0e0').encode()
    assert rich.invoke(request).json["k"] == 7
