# SPDX-License-Identifier: Apache-2.0
"""A step of a composed model that takes longer than the request has left does not begin."""

import time

from harness.problem import check_problem
from harness.server import Server


def test_a_composed_model_ends_early_when_its_next_step_is_hopeless():
    with Server("slow:composed") as server:

        def timed(first_s, second_s, budget_ms):
            began = time.monotonic()
            answer = server.invoke({"first_s": first_s, "second_s": second_s},
                                   {"X-Tenon-Timeout-Ms": str(budget_ms)})
            return answer, time.monotonic() - began

        def begun():
            return server.ask("GET", "/counts").json["begun"]

        # What the second step takes is learned.
        assert timed(0, 0.3, 9000)[0].status == 200
        assert begun() == 1
        # Between the steps: at 0.3 s, not when the budget is over, nor after the work.
        answer, took = timed(0.3, 0.3, 500)
        check_problem(answer, 504)
        assert 0.3 <= took < 0.48 and begun() == 1
        # Before the first step.
        answer, took = timed(0, 0.3, 200)
        check_problem(answer, 504)
        assert took < 0.15 and begun() == 1
        # What fits is done.
        assert timed(0, 0.3, 9000)[0].status == 200
        assert begun() == 2
