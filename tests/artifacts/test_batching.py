# SPDX-License-Identifier: Apache-2.0
"""Rows of artifacts without code in batches: counted, split where they are many, joined again."""

import random

from artifacts.making import TREES, model_folder
from harness.server import Server

COUNTS = 'tenon_deployment_batch{}_total{{application="default",deployment="grades"}}'


def test_a_request_with_more_rows_than_a_run_takes_is_split_and_joined_again(tmp_path):
    dice = random.Random(1)
    rows = [[dice.uniform(0, 5) for _ in range(6)] for _ in range(1003)]
    with Server(str(TREES / "xgboost" / "softprob.json")) as server:
        wanted = server.invoke(rows).json["predictions"]
    config = "name: grades\nbatching: {max_batch_size: 100}\n"
    with Server(f"{model_folder(tmp_path / 'm', config)}/") as server:
        answer = server.invoke(rows)
        assert answer.status == 200, answer.text
        assert answer.json["predictions"] == wanted
        samples = server.metrics()
        # Eleven parts; the last of three rows has no company that it would fit beside.
        assert samples[COUNTS.format("es")] == 11
        assert samples[COUNTS.format("_items")] == 11
        # One that fits is one run, as before.
        assert server.invoke(rows[:100]).json["predictions"] == wanted[:100]
        assert server.metrics()[COUNTS.format("es")] == 12
        bad = server.invoke(rows + [[1, 2]])
        assert bad.status in (400, 422) and "predictions" not in bad.text
