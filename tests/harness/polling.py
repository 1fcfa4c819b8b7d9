# SPDX-License-Identifier: Apache-2.0
import time


def wait_until(condition, what, patience_s=10.0, pause_s=0.005):
    """The first true value of the condition; fails when there is none in time."""
    deadline = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"after {patience_s} s not yet: {what}"
        time.sleep(pause_s)
