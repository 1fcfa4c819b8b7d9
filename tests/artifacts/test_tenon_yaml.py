# SPDX-License-Identifier: Apache-2.0
"""tenon.yaml beside an artifact: what it changes in what is served, and what it may not say."""

import json
import math

import pytest

from artifacts.making import HAS_ONNX, ONNX, TREES, model_folder
from harness.http_client import request_bytes
from harness.problem import check_problem
from harness.server import Server, run_program

ROWS = [[0.5, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0.5], [0, 0, 0, 0, 0, 0]]
LABELS = ["low", "middle", "high"]
TOP = "labels: labels.txt\npostprocess:\n  - top_k: {k: 2}\n"


def plain_scores():
    with Server(str(TREES / "xgboost" / "softprob.json")) as server:
        return server.invoke(ROWS).json["predictions"]


def test_labels_and_scores_are_served_and_described(tmp_path):
    scores = plain_scores()
    folder = model_folder(tmp_path / "m", "name: grades\n" + TOP, LABELS)
    with Server(f"{folder}/") as server:
        answers = server.invoke(ROWS).json["predictions"]
        for answer, row in zip(answers, scores, strict=True):
            best = sorted(range(3), key=lambda i: -row[i])[:2]
            assert answer == {"labels": [LABELS[i] for i in best], "scores": [row[i] for i in best]}
        named = server.invoke({"features": ROWS[:1]}).json
        assert set(named) == {"labels", "scores"}
        # What describes the answer follows it; the page at /docs is made from this.
        response = server.ask("GET", "/openapi.json").json["components"]["schemas"]["Response"]
        assert set(response["properties"]) == {"labels", "scores"}
        assert response["properties"]["labels"]["items"]["items"]["type"] == "string"
        assert server.report["deployments"][0]["name"] == "grades"
        assert 'deployment="grades"' in server.ask("GET", "/metrics").text


def test_each_step_does_what_it_says(tmp_path):
    scores = plain_scores()
    best = [max(range(3), key=lambda i: row[i]) for row in scores]
    cases = [
        ("postprocess: [argmax]\n", lambda i: {"index": best[i], "score": scores[i][best[i]]}),
        ("labels: [low, middle, high]\npostprocess: [argmax]\n",
         lambda i: {"label": LABELS[best[i]], "score": scores[i][best[i]]}),
        ("postprocess:\n  - rename: {prediction: chances}\n", lambda i: scores[i]),
        ("postprocess:\n  - threshold: {at: 0.5}\n  - keep: [positive]\n",
         lambda i: [score >= 0.5 for score in scores[i]]),
    ]
    for number, (config, expected) in enumerate(cases):
        with Server(f"{model_folder(tmp_path / str(number), config)}/") as server:
            assert server.invoke(ROWS).json["predictions"] == [expected(i) for i in range(3)], config
    with Server(f"{model_folder(tmp_path / 'margin', 'settings: {output: margin}')}/") as server:
        margins = server.invoke(ROWS).json["predictions"]
    with Server(f"{model_folder(tmp_path / 'soft', 'postprocess: [softmax]' + chr(10) + 'settings: {output: margin}')}/") as server:
        soft = server.invoke(ROWS).json["predictions"]
    assert margins != scores
    for row, wanted in zip(soft, scores):
        assert all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(row, wanted))


def test_a_threshold_names_two_classes(tmp_path):
    model = TREES / "lightgbm" / "binary.txt"
    with Server(str(model)) as server:
        scores = server.invoke(ROWS).json["predictions"]
    config = f"labels: ['no', 'yes']\npostprocess:\n  - threshold: {{at: {scores[1]:.9f}}}\n"
    with Server(f"{model_folder(tmp_path / 'm', config, model=model)}/") as server:
        for answer, score in zip(server.invoke(ROWS).json["predictions"], scores, strict=True):
            assert answer["score"] == score
            assert answer["label"] == ("yes" if score >= scores[1] - 1e-9 else "no")


@pytest.mark.skipif(not HAS_ONNX, reason="built without ONNX")
def test_inputs_are_scaled_before_the_model(tmp_path):
    with Server(str(ONNX / "mlp.onnx")) as server:
        wanted = server.invoke([[2, 3, 6], [1, 1, 2]]).json
    config = "preprocess:\n  - scale: {by: 2, add: 1}\n  - normalise: {mean: [1, 1, 1], std: [1, 2, 1]}\n"
    # 2x + 1, less 1, by 1, 2 and 1.
    with Server(f"{model_folder(tmp_path / 'm', config, model=ONNX / 'mlp.onnx')}/") as server:
        assert server.invoke([[1, 3, 3], [0.5, 1, 1]]).json == wanted
        check_problem(server.invoke([[1, 2]]), 422)
        check_problem(server.invoke({"x": [1, 2, 3]}), 422)


def test_requests_that_wait_together_are_answered_apart(tmp_path):
    folder = model_folder(
        tmp_path / "m", TOP + "batching: {max_batch_size: 16, batch_wait_timeout_s: 0.02}\n", LABELS
    )
    with Server(f"{folder}/") as server:
        alone = [server.invoke([row]).json for row in ROWS]
        connections = [server.connect() for _ in range(9)]
        for i, connection in enumerate(connections):
            connection.send(request_bytes("POST", "/invocations", json.dumps([ROWS[i % 3]]).encode()))
        for i, connection in enumerate(connections):
            assert connection.receive().json == alone[i % 3]
            connection.close()


def test_batching_and_warm_up_can_be_set(tmp_path):
    cases = [("", 1, True), ("warm_up: off\nbatching: off\n", 0, False), ("warm_up: {runs: 7, rows: 3}\n", 7, True)]
    for number, (config, runs, batches) in enumerate(cases):
        folder = model_folder(tmp_path / str(number), config)
        text = run_program("inspect", folder)[1]
        said = next(line for line in text.splitlines() if "warm-up" in line)
        assert (f"{runs} run" in said) == (runs > 0), said
        assert ("batching  off" not in text) == batches
        with Server(f"{folder}/") as server:
            assert len(server.invoke(ROWS).json["predictions"]) == 3


def test_content_types_can_be_fewer(tmp_path):
    with Server(f"{model_folder(tmp_path / 'm', 'content_types: [application/json]')}/") as server:
        assert len(server.invoke(ROWS).json["predictions"]) == 3
        body = json.dumps(ROWS).encode()
        for given in ("application/json; charset=utf-8", "Application/JSON"):
            assert server.ask("POST", "/invocations", body, {"Content-Type": given}, content_type=None).status == 200
        problem = check_problem(
            server.ask("POST", "/invocations", b"1,2\n", {"Content-Type": "text/csv"}, content_type=None), 415
        )
        assert problem["detail"] == "This model takes application/json; found Content-Type 'text/csv'."


@pytest.mark.parametrize("config, said", [
    ("content_types: [application/jason]\n", "tenon.yaml:1: 'application/jason' in 'content_types' is not read. Did you mean 'application/json'"),
    ("lables: labels.txt\n", "tenon.yaml:1: There is no key 'lables' in tenon.yaml. Did you mean 'labels'?"),
    ("postprocess:\n  - softmaxx\n", "tenon.yaml:2: There is no key 'softmaxx' in 'postprocess'. Did you mean 'softmax'?"),
    ("postprocess:\n  - softmax: {tensor: logits}\n", "tenon.yaml:2: The step 'softmax' does not fit. There is no 'logits'; there is prediction: float32[rows, 3]"),
    ("labels: [a, b]\npostprocess: [argmax]\n", "tenon.yaml:2: The step 'argmax' does not fit. There are 2 labels for prediction: float32[rows, 3]"),
    ("labels: nowhere.txt\npostprocess: [argmax]\n", "nowhere.txt' cannot be read"),
    ("artifact: other.onnx\n", "other.onnx"),
    ("settings: {output: leaf}\n", "margin"),
    ("name: [\n", "This is no YAML"),
])
def test_what_is_wrong_stops_the_start_with_file_and_line(tmp_path, config, said):
    folder = model_folder(tmp_path / "m", config)
    for command in (["inspect"], ["run", "--port", "0"]):
        status, _, errors = run_program(command[0], folder, *command[1:])
        assert status == 1 and said in errors, errors
        assert len(errors.strip().splitlines()) == 1


def test_a_configuration_of_another_file_is_not_taken(tmp_path):
    folder = model_folder(tmp_path / "m", "artifact: softprob.json\npostprocess: [argmax]\n")
    model_folder(folder, model=TREES / "lightgbm" / "binary.txt")
    assert "index" in run_program("inspect", folder)[1]
    assert "index" in run_program("inspect", folder / "softprob.json")[1]
    assert "index" not in run_program("inspect", folder / "binary.txt")[1]
    (folder / "tenon.yaml").unlink()
    status, _, errors = run_program("inspect", folder)
    assert status == 1 and "binary.txt, softprob.json" in errors


def test_tenon_yaml_is_no_configuration_of_a_server(tmp_path):
    folder = model_folder(tmp_path / "m", "name: x\n")
    status, _, errors = run_program("run", folder / "tenon.yaml")
    assert status == 1 and f"tenon run {folder}" in errors
