# SPDX-License-Identifier: Apache-2.0
"""Where calls go: given addresses, proxies, certificates, partitions, FIPS, dual-stack."""

import hashlib
import json
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aws_hosts
import pytest
from fake_aws import FakeAws
from wire_checks import model


def planned_urls(tool, env, *words):
    outcome = tool.good("deploy-model", "--role", "r", "--dry-run", "--json", *words,
                        env={"AWS_ENDPOINT_URL": None, **env})
    return {call["operation"]: call["url"] for call in json.loads(outcome.out)["calls"]}


@pytest.mark.parametrize(("env", "sagemaker", "iam"), [
    ({}, "https://api.sagemaker.eu-central-1.amazonaws.com/", "https://iam.amazonaws.com/"),
    ({"AWS_REGION": "cn-north-1"}, "https://api.sagemaker.cn-north-1.amazonaws.com.cn/",
     "https://iam.cn-north-1.amazonaws.com.cn/"),
    ({"AWS_USE_FIPS_ENDPOINT": "true"},
     "https://api-fips.sagemaker.eu-central-1.amazonaws.com/", "https://iam-fips.amazonaws.com/"),
    ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "https://api.sagemaker.eu-central-1.api.aws/",
     "https://iam.global.api.aws/"),
    ({"AWS_ENDPOINT_URL_IAM": "http://one:1", "AWS_ENDPOINT_URL": "http://all:2/base"},
     "http://all:2/base/", "http://one:1/"),
    ({"AWS_ENDPOINT_URL": "http://all:2", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
     "https://api.sagemaker.eu-central-1.amazonaws.com/", "https://iam.amazonaws.com/"),
    ({"AWS_PROFILE": "p"}, "http://profile:3/", "http://services:4/"),
])
def test_addresses(tool, env, sagemaker, iam):
    (tool.home / ".aws").mkdir()
    (tool.home / ".aws/config").write_text(
        "[profile p]\nendpoint_url = http://profile:3\nservices = mine\n"
        "[services mine]\niam =\n  endpoint_url = http://services:4\n")
    urls = planned_urls(tool, env, FakeAws.arn("model-package/g/1"))
    assert urls["CreateModel"] == sagemaker and urls["GetRole"] == iam


def test_an_address_that_is_none_is_named(tool, fake):
    outcome = tool.bad("list", env={"AWS_ENDPOINT_URL_SAGEMAKER": "localhost:1"})
    assert "'localhost:1'" in outcome.err and "AWS_ENDPOINT_URL_SAGEMAKER" in outcome.err


class Proxy:
    def __init__(self):
        self.seen = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_CONNECT(self):
                proxy.seen.append(self.path)
                self.send_error(403)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02},
                         daemon=True).start()


def test_the_hosts_that_the_unit_tests_know_are_those_of_botocore():
    assert aws_hosts.FILE.read_text() == aws_hosts.text()


# A call of each service; of IAM the dry runs above tell.
CALLS = {"sagemaker": ["list"], "sagemaker-runtime": ["invoke", "--body", "/dev/null"],
         "ecr": ["registry-login"], "logs": ["logs"], "s3": ["upload-model", ".", "s3://bucket/"],
         "sts": ["list", "--profile", "role"], "sso": ["list", "--profile", "sso"],
         "sso-oidc": ["list", "--profile", "expired"]}
FLAGS = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")


def write_profiles(home, region):
    (home / ".aws/sso/cache").mkdir(parents=True)
    (home / ".aws/config").write_text(
        "[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = keys\n"
        "[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n" + "".join(
            f"[profile {name}]\nsso_session = {name}\nsso_account_id = 1\nsso_role_name = r\n"
            f"[sso-session {name}]\nsso_region = {region}\n" for name in ("sso", "expired")))
    for name, expires in (("sso", "2099"), ("expired", "2001")):
        cache = home / ".aws/sso/cache" / (hashlib.sha1(name.encode()).hexdigest() + ".json")
        cache.write_text(json.dumps({
            "accessToken": "t", "expiresAt": f"{expires}-01-01T00:00:00Z", "refreshToken": "r",
            "clientId": "c", "clientSecret": "s", "registrationExpiresAt": "2099-01-01T00:00:00Z"}))


def first_host(tool, words, env):
    """Through a proxy that lets nobody through."""
    proxy = Proxy()
    process = tool.start(*words, env={"HTTPS_PROXY": proxy.url, **env})
    deadline = time.monotonic() + 20
    while not proxy.seen:
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.005)
    process.kill()
    process.communicate()
    proxy.server.shutdown()
    proxy.server.server_close()
    return proxy.seen[0]


@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-east-1"])
@pytest.mark.parametrize("service", sorted(CALLS))
def test_every_service_is_called_where_botocore_calls_it(tool, service, region):
    write_profiles(tool.home, region)
    known = {tuple(row[:2]): row[3:] for row in aws_hosts.rows()}[service, region]
    for mode, host in zip(aws_hosts.MODES, known):
        env = {"AWS_REGION": region, **{name: "true" for name, on in zip(FLAGS, mode) if on}}
        bucket = "bucket." if service == "s3" else ""
        assert first_host(tool, CALLS[service], env) == f"{bucket}{host}:443", mode


@pytest.mark.parametrize("service", sorted(CALLS))
def test_every_service_has_a_variable_of_its_own(tool, service):
    """Named by the service's id, as AWS's tools name it."""
    write_profiles(tool.home, "eu-central-1")
    name = model(service).service_id.replace(" ", "_").upper()
    env = {"AWS_ENDPOINT_URL_" + name: "https://given.invalid",
           "AWS_ENDPOINT_URL": "https://other.invalid"}
    assert first_host(tool, CALLS[service], env) == "given.invalid:443"


def test_fips_where_there_is_none_is_refused(tool):
    (tool.home / "file").write_text("x")
    outcome = tool.bad("upload-model", ".", "s3://bucket/", "--dry-run", env={
        "AWS_REGION": "cn-north-1", "AWS_USE_FIPS_ENDPOINT": "true"})
    assert "S3 has no FIPS endpoints in cn-north-1" in outcome.err


@pytest.mark.parametrize(("no_proxy", "passes"), [("", True), ("other.example", True),
                                                  ("service.invalid", False), ("*", False)])
def test_proxies(tool, no_proxy, passes):
    proxy = Proxy()
    outcome = tool.bad("deploy-model", "--role", "r", "--timeout", "0.2",
                       FakeAws.arn("model-package/g/1"), env={
                           "HTTPS_PROXY": proxy.url, "NO_PROXY": no_proxy,
                           "AWS_ENDPOINT_URL": "https://service.invalid"})
    assert (proxy.seen[:1] == ["service.invalid:443"]) == passes
    assert "service.invalid" in outcome.err
    proxy.server.shutdown()
    proxy.server.server_close()


def test_certificates(tool, fake, tmp_path):
    """A server that only AWS_CA_BUNDLE, or the profile's ca_bundle, vouches for."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                    tmp_path / "key.pem", "-out", tmp_path / "cert.pem", "-days", "1", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    secure = ThreadingHTTPServer(("127.0.0.1", 0), fake.server.RequestHandlerClass)
    secure.daemon_threads = True
    secure.handle_error = lambda *_: None  # A client that turns away.
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    threading.Thread(target=secure.serve_forever, kwargs={"poll_interval": 0.02},
                     daemon=True).start()
    env = {"AWS_ENDPOINT_URL": f"https://localhost:{secure.server_port}"}
    refused = tool.bad("list", env=env)
    assert "certificate" in refused.err.lower() and fake.captured == []
    tool.good("list", env={**env, "AWS_CA_BUNDLE": str(tmp_path / "cert.pem")})
    (tool.home / ".aws").mkdir()
    (tool.home / ".aws/config").write_text(f"[default]\nca_bundle = {tmp_path}/cert.pem\n")
    tool.good("list", env=env)
    secure.shutdown()
    secure.server_close()
