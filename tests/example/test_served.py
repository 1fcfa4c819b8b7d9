# SPDX-License-Identifier: Apache-2.0
"""The example as it is served: the real program, asked with curl and by many clients at once."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.server import TREE, Server, run_program

DATA = Path(__file__).parent / "data"
EXAMPLE = TREE / "examples" / "example_serving"
SINGLE = {"MODEL_PATH": str(EXAMPLE / "model" / "a")}
MULTI = {"MODEL_PATH_A": str(EXAMPLE / "model" / "a"), "MODEL_PATH_B": str(EXAMPLE / "model" / "b")}
HELD_OUT = [json.loads(line) for line in (DATA / "held_out.jsonl").read_text().splitlines()]


def curl(server, text):
    """What a user would type."""
    done = subprocess.run(
        [
            "curl",
            "-sS",
            "--fail-with-body",
            f"http://127.0.0.1:{server.port}/invocations",
            "-H",
            "Content-Type: application/json",
            "-d",
            json.dumps({"text": text}),
        ],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def hand_written_letters():
    """(language, text, {(kind, begin, end)}) of each letter."""
    for part in re.split(r"^=== ", (DATA / "handwritten_letters.txt").read_text(), flags=re.M)[1:]:
        language, marked = part.split("\n", 1)
        text, spans = "", set()
        for piece in re.split(r"(\[\[\w+\|[^]]*\]\])", marked.rstrip()):
            if piece.startswith("[["):
                kind, piece = piece[2:-2].split("|", 1)
                spans.add((kind, len(text), len(text) + len(piece)))
            text += piece
        yield language, text, spans


def card(row):
    """The figure that the model card gives in the row that begins so."""
    text = (EXAMPLE / "MODEL_CARD.md").read_text()
    (figure,) = re.findall(rf"^\| {re.escape(row)}[^|]*\|[^|]*\| \*\*([\d.]+)\*\*", text, re.M)
    return float(figure)


@pytest.fixture(scope="module")
def single():
    with Server("example_serving.single:handle", more_environment=SINGLE) as server:
        yield server


@pytest.fixture(scope="module")
def multi():
    with Server("example_serving.multi:handle", more_environment=MULTI) as server:
        yield server


def test_single_names_the_language(single):
    answer = curl(single, "Wo ist der Bahnhof, bitte?")
    assert answer["language"] == "de" and 0.5 < answer["score"] <= 1


def test_multi_also_finds_the_fields(multi):
    answer = curl(multi, "Dear Ms Whitfield, please pay $1,250.00 before 3 March 2025.")
    assert answer["language"] == "en"
    assert [(f["kind"], f["text"]) for f in answer["fields"]] == [
        ("name", "Whitfield"),
        ("amount", "$1,250.00"),
        ("date", "3 March 2025"),
    ]


@pytest.mark.parametrize(
    "before",
    [
        "",
        "äöü ",
        "Ελλάδα ",
        "Привет ",
        "你好 ",
        "日本語 ",
        "한국어 ",
        "שלום ",
        "مرحبا ",
        "नमस्ते ",
        "👍🏽🇩🇪 ",
        "é ",
        "\u2028",
        "𝔘 ",
    ],
)
def test_offsets_count_characters(multi, before):
    text = before + "anna.berg@mail.example " + before
    (field,) = [f for f in curl(multi, text)["fields"] if f["kind"] == "email"]
    assert text[field["begin"] : field["end"]] == field["text"] == "anna.berg@mail.example"


def test_pages_are_read_each_in_its_language():
    text = "Sehr geehrte Frau Lindner, bitte zahlen Sie bis zum 3. Mai 2025.\f \f日本語の手紙です。anna@post.example"
    with Server("example_serving.multi:pages", more_environment=MULTI) as server:
        pages = curl(server, text)["pages"]
    assert [p["letter"]["language"] for p in pages] == ["de", "ja"]
    for page in pages:
        assert page["letter"]["fields"]
        for field in page["letter"]["fields"]:
            assert text[field["begin"] : field["end"]] == field["text"]
            assert page["begin"] <= field["begin"] < field["end"] <= page["end"]


def check(answer, expected):
    assert answer["language"] == expected["language"], answer
    assert answer["score"] == pytest.approx(expected["score"], abs=2e-5)
    if "fields" in answer:
        found = [{k: f[k] for k in ("kind", "begin", "end")} for f in answer["fields"]]
        assert found == expected["fields"]


def ask_all(server, clients):
    """Every held-out text, by that many clients at once, each on one connection."""

    def ask(texts):
        with server.connect() as connection:
            return [connection.ask("POST", "/invocations", {"text": t["text"]}).json for t in texts]

    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(ask, [HELD_OUT[i::clients] for i in range(clients)]))
    assert sum(map(len, parts)) == len(HELD_OUT) >= 1000
    for i, answers in enumerate(parts):
        for expected, answer in zip(HELD_OUT[i::clients], answers):
            check(answer, expected["answer"])


@pytest.mark.parametrize("clients", [1, 24])
def test_single_answers_what_the_trainer_answers(single, clients):
    ask_all(single, clients)


@pytest.mark.parametrize("clients", [1, 24])
def test_multi_answers_what_the_trainer_answers(multi, clients):
    ask_all(multi, clients)


def test_several_replicas_answer_the_same():
    with Server(
        "example_serving.multi:handle",
        more_environment={**MULTI, "REPLICAS_A": "3", "REPLICAS_B": "2"},
    ) as server:
        ask_all(server, 24)


def test_languages_are_as_good_as_the_card_says(single):
    messages = [t for t in HELD_OUT if t["fields"] is None]
    with single.connect() as connection:
        language = lambda text: connection.ask("POST", "/invocations", {"text": text}).json[
            "language"
        ]
        right = sum(language(t["text"]) == t["language"] for t in messages) / len(messages)
        lines = [
            line.split("\t")
            for line in (DATA / "handwritten_languages.tsv").read_text().splitlines()
        ]
        written = sum(language(text) == truth for truth, text in lines) / len(lines)
    assert right == pytest.approx(card("messages of Django"), abs=0.001)
    assert written == pytest.approx(card("hand-written sentences"), abs=0.001)


def f1(found, wanted):
    both = sum(len(f & w) for f, w in zip(found, wanted))
    return 2 * both / (sum(map(len, found)) + sum(map(len, wanted)))


def spans_of(fields):
    return {(f["kind"], f["begin"], f["end"]) for f in fields}


def test_fields_are_as_good_as_the_card_says(multi):
    letters = [t for t in HELD_OUT if t["fields"] is not None]
    written = list(hand_written_letters())
    trained = [w for w in written if w[0] in ("de", "en", "es", "fr", "it")]
    with multi.connect() as connection:
        find = lambda text: spans_of(
            connection.ask("POST", "/invocations", {"text": text}).json["fields"]
        )
        held_out = f1([find(t["text"]) for t in letters], [spans_of(t["fields"]) for t in letters])
        own = f1([find(text) for _, text, _ in trained], [spans for _, _, spans in trained])
        others = [w for w in written if w not in trained]
        other = f1([find(text) for _, text, _ in others], [spans for _, _, spans in others])
    assert held_out == pytest.approx(card("held-out letters"), abs=0.001)
    assert own == pytest.approx(card("hand-written letters, trained languages"), abs=0.001)
    assert other == pytest.approx(card("hand-written letters, other languages"), abs=0.001)


@pytest.mark.parametrize(
    "target, path", [("single", "/opt/ml/model"), ("multi", "/opt/ml/model/a")]
)
def test_without_settings_the_artifacts_are_looked_for_in_the_model_directory(target, path):
    if Path(path).exists():
        pytest.fail(f"this machine has a {path}; the test needs one without")
    status, _, line = run_program("run", f"example_serving.{target}:handle", "--port", "0")
    assert status == 1 and f"looked for {path}" in line


def test_the_number_of_replicas_has_limits():
    for count in ("0", "65", "two"):
        status, _, line = run_program(
            "run",
            "example_serving.multi:handle",
            "--port",
            "0",
            more_environment={**MULTI, "REPLICAS_A": count},
        )
        assert status == 1 and "REPLICAS_A" in line and count in line
