# SPDX-License-Identifier: Apache-2.0
"""What every error answer has to be."""

import re

# Paths, addresses, names of types and whatever the test modules call secret.
INTERNAL = re.compile(
    rb"/(srv|usr|opt|home|work|root|tmp|build|src|include)\b|\.(cpp|hpp|so)\b|0x[0-9a-f]{4}"
    rb"|std::|tenon::|secret|terminate|what\(\)",
    re.IGNORECASE,
)
MOST_BYTES = 2048  # What SageMaker hands on.


def check_problem(answer, status):
    """Checks the form of an error answer and gives its document."""
    assert answer.status == status, (answer.status, answer.body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.body) <= MOST_BYTES
    assert not INTERNAL.search(answer.body), answer.body
    problem = answer.json
    assert problem["status"] == status
    assert problem["title"] and problem["detail"] and problem["request_id"]
    for fault in problem.get("errors", []):
        assert set(fault) == {"pointer", "detail"}
        assert fault["detail"]
    return problem
