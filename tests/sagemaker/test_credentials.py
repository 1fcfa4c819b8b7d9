# SPDX-License-Identifier: Apache-2.0
"""Each place that credentials and settings come from, against a fake provider."""

import hashlib
import json
import os
import pty
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import conftest
import pytest
from conftest import KEYS
from fake_aws import Reply, error

NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
SECRETS = {name: f"{name}+se/cret" for name in ("BASE", "ROLE", "SECOND", "SSO", "WEB", "ECS",
                                                "EC2", "PROC", "FILE", "ROLE2")}

TOKENS = {"to/ken+=", "web.identity.token", "sso-token", "new-token", "plain token", "pod token",
          "imds token"}


@pytest.fixture
def home(tool, fake):
    fake.secrets.update(SECRETS)
    conftest.SECRETS.update(SECRETS.values(), TOKENS)
    tool.environment.update({key: "" for key in NO_KEYS})
    (tool.home / ".aws/sso/cache").mkdir(parents=True)
    return tool.home / ".aws"


def in_hours(hours):
    return (datetime.now(timezone.utc) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def keys(name):
    return f"aws_access_key_id = {name}\naws_secret_access_key = {SECRETS[name]}\n"


def sts_answer(name, token="to/ken+=", hours=1):
    return Reply(200, f"<R><Credentials><AccessKeyId>{name}</AccessKeyId><SecretAccessKey>"
                      f"{SECRETS[name]}</SecretAccessKey><SessionToken>{token}</SessionToken>"
                      f"<Expiration>{in_hours(hours)}</Expiration></Credentials></R>".encode())


def used(fake, operation="ListEndpoints"):
    request = fake.requests(operation)[-1]
    return (request.header("Authorization").split("Credential=")[1].split("/")[0],
            request.header("X-Amz-Security-Token"))


def form(request):
    return {key: values[0] for key, values in parse_qs(request.body.decode()).items()}


def test_environment_with_session_token(tool, fake):
    tool.good("list", env={"AWS_SESSION_TOKEN": "to/ken+=="})
    assert used(fake) == ("AKIDEXAMPLE", "to/ken+==")


def test_static_profiles_of_both_files(tool, fake, home):
    (home / "credentials").write_text(f"[default]\n{keys('FILE')}aws_session_token = tok\n")
    (home / "config").write_text(f"[profile base]\n{keys('BASE')}region = eu-west-3\n")
    tool.good("list")
    assert used(fake) == ("FILE", "tok")
    tool.good("list", env={"AWS_PROFILE": "base", "AWS_REGION": ""})
    assert used(fake) == ("BASE", None)
    assert "/eu-west-3/" in fake.requests("ListEndpoints")[-1].header("Authorization")
    # Keys of the environment are above AWS_PROFILE, and below --profile.
    both = {"AWS_PROFILE": "base", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": KEYS["AKIDEXAMPLE"]}
    tool.good("list", env=both)
    assert used(fake)[0] == "AKIDEXAMPLE"
    tool.good("list", "--profile", "base", env=both)
    assert used(fake)[0] == "BASE"
    assert "There is no profile 'none'" in tool.bad("list", env={"AWS_PROFILE": "none"}).err


def test_files_can_lie_elsewhere(tool, fake, home, tmp_path):
    (tmp_path / "elsewhere").write_text(f"[default]\n{keys('FILE')}")
    tool.good("list", env={"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "elsewhere")})
    (tmp_path / "config2").write_text(f"[default]\n{keys('BASE')}")
    tool.good("list", env={"AWS_CONFIG_FILE": str(tmp_path / "config2")})
    assert used(fake)[0] == "BASE"


def test_a_chain_of_roles(tool, fake, home):
    (home / "config").write_text(
        f"[profile base]\n{keys('BASE')}"
        "[profile middle]\nrole_arn = arn:aws:iam::1:role/middle\nsource_profile = base\n"
        "external_id = ext id\nrole_session_name = me\nduration_seconds = 900\n"
        "[profile top]\nrole_arn = arn:aws:iam::2:role/top\nsource_profile = middle\n")
    fake.script("AssumeRole", sts_answer("ROLE"), sts_answer("SECOND", "second"))
    tool.good("list", "--profile", "top")
    assert used(fake) == ("SECOND", "second")
    first, second = fake.requests("AssumeRole")
    assert form(first).items() >= {"RoleArn": "arn:aws:iam::1:role/middle", "ExternalId": "ext id",
                                   "RoleSessionName": "me", "DurationSeconds": "900"}.items()
    assert used(fake, "AssumeRole") == ("ROLE", "to/ken+=")
    assert form(second)["RoleArn"] == "arn:aws:iam::2:role/top"


def test_roles_that_go_round_or_lack_something_are_named(tool, fake, home):
    (home / "config").write_text(
        "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n"
        "[profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\n"
        "[profile c]\nrole_arn = arn:aws:iam::1:role/c\n"
        "[profile d]\nrole_arn = arn:aws:iam::1:role/d\ncredential_source = Nowhere\n"
        f"[profile e]\nrole_arn = arn:aws:iam::1:role/e\nsource_profile = f\n"
        f"[profile f]\n{keys('BASE')}")
    assert "leads back to itself" in tool.bad("list", "--profile", "a").err
    assert "neither source_profile nor credential_source" in tool.bad("list", "--profile", "c").err
    assert "credential_source 'Nowhere'" in tool.bad("list", "--profile", "d").err
    fake.script("AssumeRole", Reply(403, b"<E><Code>AccessDenied</Code><Message>no</Message></E>"))
    denied = tool.bad("list", "--profile", "e").err
    assert "role arn:aws:iam::1:role/e" in denied and "profile 'f'" in denied


def test_credential_source_environment(tool, fake, home):
    (home / "config").write_text("[profile a]\nrole_arn = arn:aws:iam::1:role/a\n"
                                 "credential_source = Environment\n")
    fake.script("AssumeRole", sts_answer("ROLE"))
    tool.good("list", "--profile", "a", env={
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": KEYS["AKIDEXAMPLE"]})
    assert used(fake, "AssumeRole")[0] == "AKIDEXAMPLE" and used(fake)[0] == "ROLE"


def test_mfa_is_asked_for_on_the_terminal(tool, fake, home):
    (home / "config").write_text(
        f"[profile base]\n{keys('BASE')}"
        "[profile mfa]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::1:mfa/me\n")
    fake.script("AssumeRole", sts_answer("ROLE"))
    assert "There is no terminal to ask on" in tool.bad("list", "--profile", "mfa").err
    child, terminal = pty.fork()
    if child == 0:
        environment = {key: value for key, value in tool.environment.items() if value}
        from conftest import PROGRAM
        os.execve(PROGRAM, [str(PROGRAM), "list", "--profile", "mfa"], environment)
    seen = b""
    while b"mfa/me: " not in seen:
        seen += os.read(terminal, 1000)
    os.write(terminal, b"123456\n")
    assert os.waitpid(child, 0)[1] == 0
    os.close(terminal)
    assert form(fake.requests("AssumeRole")[0]).items() >= {
        "SerialNumber": "arn:aws:iam::1:mfa/me", "TokenCode": "123456"}.items()


def test_credential_process(tool, fake, home):
    output = json.dumps({"Version": 1, "AccessKeyId": "PROC", "SecretAccessKey": SECRETS["PROC"],
                         "SessionToken": "tok", "Expiration": in_hours(1)})
    (home / "out.json").write_text(output)
    (home / "config").write_text(f"[default]\ncredential_process = cat '{home}/out.json'\n"
                                 "[profile bad]\ncredential_process = echo '{\"Version\":2}'\n"
                                 "[profile ends]\ncredential_process = exit 3\n"
                                 "[profile none]\ncredential_process = echo nonsense\n")
    tool.good("list")
    assert used(fake) == ("PROC", "tok")
    assert '"Version": 2' in tool.bad("list", "--profile", "bad").err
    assert "ended with status 3" in tool.bad("list", "--profile", "ends").err
    assert "credential_process" in tool.bad("list", "--profile", "none").err


def test_credentials_are_renewed_before_they_expire(tool, fake, home):
    """A program that gives two minutes is asked again for the next call."""
    output = json.dumps({"Version": 1, "AccessKeyId": "PROC", "SecretAccessKey": SECRETS["PROC"],
                         "Expiration": in_hours(2 / 60)})
    (home / "out.json").write_text(output)
    (home / "config").write_text(
        f"[default]\ncredential_process = echo run >> '{home}/runs'; cat '{home}/out.json'\n")
    tool.good("delete-endpoint")
    calls = len(fake.captured)
    assert calls == 3 and (home / "runs").read_text().count("run") == calls


def test_web_identity(tool, fake, home):
    (home / "token").write_text("web.identity.token\n")
    fake.script("AssumeRoleWithWebIdentity", sts_answer("WEB"), sts_answer("WEB"))
    tool.good("list", env={"AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"),
                           "AWS_ROLE_ARN": "arn:aws:iam::1:role/w",
                           "AWS_ROLE_SESSION_NAME": "pod"})
    assert used(fake) == ("WEB", "to/ken+=")
    assert form(fake.requests("AssumeRoleWithWebIdentity")[0]).items() >= {
        "WebIdentityToken": "web.identity.token", "RoleSessionName": "pod"}.items()
    (home / "config").write_text(f"[profile w]\nweb_identity_token_file = {home}/token\n"
                                 "role_arn = arn:aws:iam::1:role/w\n")
    tool.good("list", "--profile", "w")
    outcome = tool.bad("list", env={"AWS_WEB_IDENTITY_TOKEN_FILE": "/none", "AWS_ROLE_ARN": "x"})
    assert "'/none'" in outcome.err


def sso_cache(home, key, **members):
    path = home / "sso/cache" / (hashlib.sha1(key.encode()).hexdigest() + ".json")
    path.write_text(json.dumps({"startUrl": "https://x.awsapps.com/start", "region": "eu-west-1",
                                "accessToken": "sso-token", "expiresAt": in_hours(1), **members}))
    return path


def sso_config(home):
    (home / "config").write_text(
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://x.awsapps.com/start\n"
        "[profile new]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n"
        "[profile old]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n"
        "sso_account_id = 111122223333\nsso_role_name = Dev\n")


def role_credentials(_):
    return Reply(200, {"roleCredentials": {
        "accessKeyId": "SSO", "secretAccessKey": SECRETS["SSO"], "sessionToken": "tok",
        "expiration": int(time.time() * 1000) + 3_600_000}})


@pytest.mark.parametrize(("profile", "key"), [
    ("new", "corp"), ("old", "https://x.awsapps.com/start")])
def test_identity_center_with_a_cached_token(tool, fake, home, profile, key):
    sso_config(home)
    fake.handlers["GetRoleCredentials"] = role_credentials
    outcome = tool.bad("list", "--profile", profile)
    assert f"aws sso login --profile {profile}" in outcome.err
    sso_cache(home, key)
    tool.good("list", "--profile", profile)
    assert used(fake) == ("SSO", "tok")
    request = fake.requests("GetRoleCredentials")[0]
    assert request.header("x-amz-sso_bearer_token") == "sso-token"
    assert request.target.endswith("?account_id=111122223333&role_name=Dev")
    sso_cache(home, key, expiresAt=in_hours(-1))
    expired = tool.bad("list", "--profile", profile)
    assert "expired at" in expired.err and f"aws sso login --profile {profile}" in expired.err
    sso_cache(home, key)
    fake.script("GetRoleCredentials", Reply(401, {"message": "Session token not found"}))
    assert "aws sso login" in tool.bad("list", "--profile", profile).err


def test_identity_center_renews_its_token(tool, fake, home):
    sso_config(home)
    fake.handlers["GetRoleCredentials"] = role_credentials
    path = sso_cache(home, "corp", expiresAt=in_hours(-1), refreshToken="refresh", clientId="cid",
                     clientSecret="cs", registrationExpiresAt=in_hours(24))
    fake.script("CreateToken", Reply(200, {"accessToken": "new-token", "expiresIn": 3600,
                                           "refreshToken": "next"}))
    tool.good("list", "--profile", "new")
    assert fake.requests("GetRoleCredentials")[0].header("x-amz-sso_bearer_token") == "new-token"
    assert fake.requests("CreateToken")[0].json() == {
        "clientId": "cid", "clientSecret": "cs", "grantType": "refresh_token",
        "refreshToken": "refresh"}
    written = json.loads(path.read_text())
    assert written["accessToken"] == "new-token" and written["refreshToken"] == "next"
    assert path.stat().st_mode & 0o077 == 0
    sso_cache(home, "corp", expiresAt=in_hours(-1), refreshToken="refresh", clientId="cid",
              clientSecret="cs", registrationExpiresAt=in_hours(24))
    fake.script("CreateToken", error("InvalidGrantException", "revoked"))
    assert "aws sso login --profile new" in tool.bad("list", "--profile", "new").err


class Provider:
    """What answers on 169.254.x.x: paths to texts; requests are kept."""

    def __init__(self, answers):
        self.requests = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                provider.requests.append((self.command, self.path, dict(self.headers)))
                answer = answers.get(f"{self.command} {self.path}")
                self.send_response(200 if answer is not None else 404)
                self.end_headers()
                self.wfile.write((answer or "").encode())

            do_PUT = do_GET

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02},
                         daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def provider_answer(name, **more):
    return json.dumps({"AccessKeyId": name, "SecretAccessKey": SECRETS[name], "Token": "tok",
                       "Expiration": in_hours(1), **more})


def test_container_credentials_and_pod_identity(tool, fake, home):
    (home / "token").write_text("pod token\n")
    with Provider({"GET /creds?x=1": provider_answer("ECS")}) as provider:
        url = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": provider.url + "/creds?x=1"}
        tool.good("list", env={**url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "plain token"})
        assert used(fake) == ("ECS", "tok")
        # Pod Identity's token lies in a file.
        tool.good("list", env={**url, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE":
                               str(home / "token")})
        assert [headers.get("Authorization") for _, _, headers in provider.requests] == [
            "plain token", "pod token"]
        outcome = tool.bad("list", env={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": provider.url + "/none"})
        assert "container's credentials" in outcome.err
    assert "takes an https:// URL" in tool.bad("list", env={
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"}).err


def test_instance_metadata_version_two(tool, fake, home):
    roles = "/latest/meta-data/iam/security-credentials/"
    with Provider({"PUT /latest/api/token": "imds token", f"GET {roles}": "my-role\n",
                   f"GET {roles}my-role": provider_answer("EC2", Code="Success"),
                   "GET /latest/meta-data/placement/region": "eu-north-1"}) as provider:
        env = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": provider.url, "AWS_EC2_METADATA_DISABLED": ""}
        tool.good("list", env=env)
        assert used(fake) == ("EC2", "tok")
        assert provider.requests[0][0] == "PUT"
        assert provider.requests[0][2]["X-aws-ec2-metadata-token-ttl-seconds"] == "21600"
        assert all(headers["X-aws-ec2-metadata-token"] == "imds token"
                   for method, _, headers in provider.requests if method == "GET")
        # The region, where nobody else knows it.
        tool.good("list", env={**env, "AWS_REGION": ""})
        assert "/eu-north-1/" in fake.requests("ListEndpoints")[-1].header("Authorization")
        # A proxy never sees it.
        by_name = provider.url.replace("127.0.0.1", "localhost")
        tool.good("list", env={**env, "AWS_EC2_METADATA_SERVICE_ENDPOINT": by_name,
                               "http_proxy": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"})
    with Provider({}) as provider:  # An instance without a role.
        outcome = tool.bad("list", env={**env, "AWS_EC2_METADATA_SERVICE_ENDPOINT": provider.url})
        assert "There are no AWS credentials" in outcome.err


def test_no_credentials_lists_the_places(tool, fake, home):
    outcome = tool.bad("list")
    for place in ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "profile 'default'",
                  str(home / "config"), str(home / "credentials"), "IAM Identity Center",
                  "credential_process", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                  "instance metadata"):
        assert place in outcome.err, place
    assert fake.captured == []


def test_no_region_lists_the_places(tool, fake):
    outcome = tool.bad("list", env={"AWS_REGION": ""})
    for place in ("--region", "AWS_REGION", "AWS_DEFAULT_REGION", "profile 'default'"):
        assert place in outcome.err
    tool.good("list", env={"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"})
    tool.good("list", "--region", "eu-south-1")
    assert "/eu-south-1/" in fake.requests("ListEndpoints")[-1].header("Authorization")


def test_a_config_that_cannot_be_read_names_the_line(tool, fake, home):
    (home / "config").write_text("[default]\nregion = x\nnonsense\n")
    assert f"{home}/config, line 3" in tool.bad("list").err
