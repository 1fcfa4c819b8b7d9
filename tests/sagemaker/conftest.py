# SPDX-License-Identifier: Apache-2.0
"""How the tests of tenon-sagemaker run the real program."""

import os
import subprocess
from pathlib import Path

import pytest
from fake_aws import REGION, FakeAws
from moto_server import MotoServer
from wire_checks import check_body, check_signature

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("TENON_BUILD", "build/release") / "bin" / "tenon-sagemaker"
KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
# No output of any test may hold one of these.
SECRETS = set(KEYS.values())


class Tool:
    """Runs the program in an environment of its own."""

    def __init__(self, home):
        self.home = home
        self.environment = {
            "HOME": str(home), "PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": KEYS["AKIDEXAMPLE"],
            "AWS_REGION": REGION, "TENON_SAGEMAKER_POLL_INTERVAL": "0.01"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def start(self, *words, env=None, **options):
        environment = {key: value for key, value in {**self.environment, **(env or {})}.items()
                       if value is not None}
        return subprocess.Popen([PROGRAM, *words], env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=self.home, **options)

    def __call__(self, *words, env=None, stdin=b"", timeout=30):
        process = self.start(*words, env=env, stdin=subprocess.PIPE, start_new_session=True)
        try:
            out, err = process.communicate(stdin, timeout=timeout)
        finally:
            process.kill()
        return Outcome(process.returncode, out, err.decode())

    def good(self, *words, **options):
        outcome = self(*words, **options)
        assert outcome.status == 0, outcome.err
        return outcome

    def bad(self, *words, status=1, **options):
        outcome = self(*words, **options)
        assert outcome.status == status, (outcome.status, outcome.out, outcome.err)
        return outcome


class Outcome:
    def __init__(self, status, out, err):
        self.status, self.bytes, self.err = status, out, err
        for secret in SECRETS:
            assert secret.encode() not in out and secret not in err
        assert "\r" not in err and "\x1b" not in err  # Progress is for terminals.

    @property
    def out(self):
        return self.bytes.decode()


@pytest.fixture
def tool(tmp_path):
    return Tool(tmp_path)


@pytest.fixture
def fake(tool):
    """The scripted AWS. Whatever reaches it is checked with botocore at the end of each test."""
    server = FakeAws()
    server.secrets = dict(KEYS)
    tool.environment["AWS_ENDPOINT_URL"] = server.url
    yield server
    server.close()
    for request in server.captured:
        check_signature(request, server.secrets)
        check_body(request)


@pytest.fixture
def package(fake):
    return fake.add_package()


@pytest.fixture(scope="session")
def moto(tmp_path_factory):
    with open(tmp_path_factory.mktemp("moto") / "log", "wb") as log:
        server = MotoServer(log)
        yield server
        server.close()
