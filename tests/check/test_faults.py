# SPDX-License-Identifier: Apache-2.0
"""Each must-case passes on a container that follows the contract, and fails on one that is broken in
exactly the way that the case is about."""

import subprocess
import sys

import pytest

from conftest import CHECK, CONTAINER
from harness.server import free_port

PAYLOAD = '{"text":"hi"}'
STREAM = '{"stream":true}'
FEATURES = ["--sessions", "--bidirectional", "--openai"]
MULTI = ["--multi-model", "--artifact", "/models/a", "--artifact", "/models/b"]

# Fault, the case that finds it, and what else is said to the tool.
AT_AN_ADDRESS = [
    ("ping-500", "ping-get-200", []),
    ("ping-slow", "ping-in-2s", []),
    ("slow-accept", "ping-accept-250ms", []),
    ("checks-host", "ping-platform-host", []),
    ("known-headers-only", "ping-unknown-headers", []),
    ("one-connection", "ping-beside-idle-connection", []),
    ("one-connection", "ping-beside-slow-client", []),
    ("one-at-a-time", "ping-while-saturated", []),
    ("dies-on-abort", "ping-after-abort", []),
    ("dies-on-reset", "ping-after-reset-in-flight", []),
    ("dies-on-garbage", "ping-after-garbage", []),
    ("dies-on-bad-chunk", "http-bad-then-healthy", []),
    ("bad-reply", "http-reply-well-formed", []),
    ("invocations-500", "invocations-answers-2xx", []),
    ("hangs", "invocations-within-60s", ["--reply-timeout-s", "0.5"]),
    ("needs-content-type", "invocations-no-content-type", []),
    ("needs-accept", "invocations-no-accept", []),
    ("refuses-any", "invocations-accept-any", ["--accept", "application/json"]),
    ("refuses-attributes", "invocations-custom-attributes", []),
    ("short-headers-only", "invocations-custom-attributes-1024", []),
    ("refuses-inference-id", "invocations-inference-id", []),
    ("short-inference-id", "invocations-inference-id-64", []),
    ("refuses-target", "invocations-target-headers", []),
    ("known-headers-only", "invocations-unknown-headers", []),
    ("case-sensitive-headers", "invocations-lower-case-headers", []),
    ("no-chunked", "invocations-chunked", []),
    ("first-chunk-only", "invocations-many-chunks", []),
    ("one-read-head", "invocations-split-head", []),
    ("one-read-body", "invocations-split-body", []),
    ("silent-close", "invocations-keep-alive", []),
    ("empty-closes", "invocations-empty-body", []),
    ("small-limit", "invocations-body-6mb", []),
    ("loses-requests", "invocations-16-at-once", []),
    ("fixed-200", "execution-parameters-form", []),
    ("error-closes", "error-answered", []),
    ("error-sticks", "error-then-served", []),
    ("refuses-session", "session-header-ignored", []),
    ("session-no-expiry", "session-open", ["--sessions"]),
    ("session-close-silent", "session-close", ["--sessions"]),
    ("sessions-unusable", "session-use", ["--sessions"]),
    ("sessions-share-id", "session-two-differ", ["--sessions"]),
    ("stream-not-chunked", "streaming-chunked", ["--streaming"]),
    ("stream-cut", "streaming-ends", ["--streaming"]),
    ("stream-collected", "streaming-piecewise", ["--streaming"]),
    ("stream-error-200", "streaming-error-before", ["--streaming"]),
    ("dies-on-reset", "streaming-client-leaves", ["--streaming"]),
    ("stream-blocks-all", "streaming-slow-reader", ["--streaming"]),
    ("no-upgrade", "bidirectional-upgrade", ["--bidirectional"]),
    ("no-pong", "bidirectional-pong", ["--bidirectional"]),
    ("no-close-frame", "bidirectional-close", ["--bidirectional"]),
    ("one-connection", "bidirectional-ping-route", ["--bidirectional"]),
    ("no-openai", "openai-chat", ["--openai"]),
    ("needs-model-name", "openai-empty-model", ["--openai"]),
    ("mme-list-404", "multi-model-list-empty", MULTI),
    ("mme-load-fails", "multi-model-load", MULTI),
    ("mme-load-twice-200", "multi-model-load-twice", MULTI),
    ("mme-any-path", "multi-model-load-bad-path", MULTI),
    ("mme-snake-case", "multi-model-list", MULTI),
    ("mme-get-404", "multi-model-get", MULTI),
    ("mme-get-any", "multi-model-get-unknown", MULTI),
    ("mme-invoke-500", "multi-model-invoke", MULTI),
    ("mme-invoke-any", "multi-model-invoke-unknown", MULTI),
    ("mme-unload-keeps", "multi-model-unload", MULTI),
    ("mme-unload-any", "multi-model-unload-unknown", MULTI),
    ("mme-load-once", "multi-model-load-again", MULTI),
    ("mme-one-model", "multi-model-two", MULTI),
    ("mme-ping-fails", "multi-model-ping-after-bad-load", MULTI),
]
AS_A_COMMAND = [
    ("never-ready", "start-within-budget", ["--startup-timeout-s", "0.7"]),
    ("refuses-serve", "start-argument-serve", ["--startup-timeout-s", "5"]),
    ("ignores-sigterm", "stop-ends-in-30s", ["--stop-timeout-s", "0.5"]),
    ("shell-in-front", "stop-signal-reaches-server", []),
    ("writes-cache", "model-directory-untouched", []),
    ("loopback-only", "port-all-interfaces", []),
    ("ignores-port", "port-bind-to-port", ["--startup-timeout-s", "2"]),
    ("second-port", "port-safe-range", []),
]


@pytest.fixture
def payload(tmp_path):
    def write(text):
        path = tmp_path / "payload.json"
        path.write_text(text)
        return ["--payload", path]

    return write


def command(port, folder, *faults):
    """The words that let the tool start the container, which reads nothing from the folder."""
    words = [word for fault in faults for word in ("--fault", fault)]
    return ["--port", port, "--model-dir", folder, "--", sys.executable, CONTAINER,
            "--home", port, "--model-dir", folder, *words]


@pytest.mark.parametrize(("fault", "case", "flags"), AT_AN_ADDRESS)
def test_finds_the_fault(check, container, payload, fault, case, flags):
    text = STREAM if "--streaming" in flags else PAYLOAD
    status, cases, output = check(
        container(fault).url, *payload(text), "--only", case, *flags)
    assert cases[case]["verdict"] == "fail", output
    assert status == 1


@pytest.mark.parametrize(("fault", "case", "flags"), AS_A_COMMAND)
def test_finds_the_fault_of_a_command(check, tmp_path, payload, fault, case, flags):
    folder = tmp_path / "model"
    folder.mkdir()
    status, cases, output = check(
        *payload(PAYLOAD), "--only", case, *flags, *command(free_port(), folder, fault))
    assert cases[case]["verdict"] == "fail", output
    assert status == 1


@pytest.mark.parametrize(
    ("text", "flags"),
    [(PAYLOAD, FEATURES), (STREAM, ["--streaming"]), (PAYLOAD, MULTI)],
    ids=["plain", "streaming", "multi-model"],
)
def test_is_content_with_the_container(check, tmp_path, payload, text, flags):
    folder = tmp_path / "model"
    folder.mkdir()
    status, cases, output = check(*payload(text), *flags, *command(free_port(), folder))
    wrong = {name: case["detail"] for name, case in cases.items() if case["verdict"] == "fail"}
    assert not wrong, output
    assert status == 0
    # A case that cannot be checked proves nothing.
    skipped = {name for name, case in cases.items()
               if case["verdict"] == "skipped" and case["level"] == "must"}
    proven = {case for _, case, needed in AT_AN_ADDRESS if needed == flags}
    assert not proven & skipped, output


def test_every_must_has_a_container_that_breaks_it():
    listing = subprocess.run([CHECK, "--list"], capture_output=True, text=True, check=True).stdout
    musts = {line.split()[1] for line in listing.splitlines() if line.startswith("must")}
    assert musts == {case for _, case, _ in AT_AN_ADDRESS + AS_A_COMMAND}
