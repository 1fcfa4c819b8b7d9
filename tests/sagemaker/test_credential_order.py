# SPDX-License-Identifier: Apache-2.0
"""Which source wins where several have credentials: the one that botocore takes."""

import hashlib
import itertools
import json
import os
import time

import botocore.credentials
import botocore.session
import pytest
from fake_aws import REGION, Reply
from test_credentials import SECRETS, Provider, home, in_hours, keys, sts_answer, used  # noqa: F401

WEB = "arn:aws:iam::1:role/web"


class Sources:
    """Each gives keys of its own name, in variables or in the default profile."""

    def __init__(self, folder, provider):
        self.folder, self.provider = folder, provider
        self.variables, self.credentials, self.config = {}, "", ""

    def environment(self):
        self.variables.update(AWS_ACCESS_KEY_ID="FILE", AWS_SECRET_ACCESS_KEY=SECRETS["FILE"])

    def role(self):
        self.config += "role_arn = arn:aws:iam::1:role/r\nsource_profile = base\n"

    def web_identity(self):
        (self.folder / "web").write_text("web.identity.token")
        self.variables.update(AWS_WEB_IDENTITY_TOKEN_FILE=str(self.folder / "web"),
                              AWS_ROLE_ARN=WEB)

    def identity_center(self):
        self.config += ("sso_start_url = https://x\nsso_region = eu-west-1\n"
                        "sso_account_id = 111122223333\nsso_role_name = Dev\n")
        path = self.folder / "sso/cache" / (hashlib.sha1(b"https://x").hexdigest() + ".json")
        path.write_text(json.dumps({"startUrl": "https://x", "region": "eu-west-1",
                                    "accessToken": "sso-token", "expiresAt": in_hours(1)}))

    def credentials_file(self):
        self.credentials += keys("EC2")

    def process(self):
        (self.folder / "out.json").write_text(json.dumps({
            "Version": 1, "AccessKeyId": "PROC", "SecretAccessKey": SECRETS["PROC"]}))
        self.config += f"credential_process = cat '{self.folder}/out.json'\n"

    def config_file(self):
        self.config += keys("SECOND")

    def container(self):
        self.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = self.provider.url + "/creds"

    def write(self):
        (self.folder / "credentials").write_text(f"[default]\n{self.credentials}")
        (self.folder / "config").write_text(
            f"[default]\n{self.config}[profile base]\n{keys('BASE')}")


ALL = [Sources.environment, Sources.role, Sources.web_identity, Sources.identity_center,
       Sources.credentials_file, Sources.process, Sources.config_file, Sources.container]


def sts(operation, name):
    """As botocore wants it: the answer with its names around it."""
    def answer(_):
        inner = sts_answer(name).body.decode().removeprefix("<R>").removesuffix("</R>")
        return Reply(200, f"<{operation}Response><{operation}Result>{inner}</{operation}Result>"
                          f"</{operation}Response>".encode())
    return answer


@pytest.fixture
def provider(fake):
    answer = json.dumps({"AccessKeyId": "ECS", "SecretAccessKey": SECRETS["ECS"], "Token": "tok",
                         "Expiration": in_hours(1)})
    fake.handlers["AssumeRole"] = sts("AssumeRole", "ROLE")
    fake.handlers["AssumeRoleWithWebIdentity"] = sts("AssumeRoleWithWebIdentity", "WEB")
    fake.handlers["GetRoleCredentials"] = lambda _: Reply(200, {"roleCredentials": {
        "accessKeyId": "SSO", "secretAccessKey": SECRETS["SSO"], "sessionToken": "tok",
        "expiration": int(time.time() * 1000) + 3_600_000}})
    with Provider({"GET /creds": answer}) as server:
        yield server


def botocores(environment, monkeypatch):
    """Whose keys botocore uses in that environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        if value and name.startswith(("AWS_", "HOME")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    # Found when botocore was imported, with another home.
    monkeypatch.setattr(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR",
                        os.path.join(environment["HOME"], ".aws/sso/cache"))
    return botocore.session.Session().get_credentials().get_frozen_credentials().access_key


@pytest.mark.parametrize(("first", "second"), [
    pytest.param(first, second, id=f"{first.__name__}-{second.__name__}")
    for first, second in itertools.combinations(ALL, 2)])
def test_the_winner_is_that_of_botocore(tool, fake, home, provider, monkeypatch,  # noqa: F811
                                        first, second):
    sources = Sources(home, provider)
    first(sources)
    second(sources)
    sources.write()
    tool.good("list", env=sources.variables)
    assert used(fake)[0] == botocores({**tool.environment, **sources.variables}, monkeypatch)
    # botocore's own calls are no matter of this program's.
    fake.captured = [request for request in fake.captured
                     if "Botocore" not in (request.header("User-Agent") or "")]
