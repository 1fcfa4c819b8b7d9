# SPDX-License-Identifier: Apache-2.0
"""The policies of docs/sagemaker.md: enough, and each action needed.

moto asks its policies about each call, also where it cannot do what is called, so it stands behind a server
that bends its answers (moto_front.py) and forbids what is missing on every path: deployments that fail,
updates, uploads that break off. What moto does not ask about stands in NOT_IN_MOTO, with the reason; those
denials are scripted.
"""

import json
import random
import re
import time
from pathlib import Path

import pytest
from fake_aws import Reply, error, event_frame
from moto_front import MotoFront
from moto_server import keys_environment

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/sagemaker.md").read_text()
POLICIES = {name: json.loads(text) for name, text in re.findall(
    r"^### `([a-z -]+)`\n(?:(?!```|#)[^\n]+\n)*```json\n(.*?)```", DOCUMENT, re.M | re.S)}
COMMANDS = {"register-model", "approve-model", "list-models", "deploy-model", "delete-endpoint",
            "status", "list", "logs", "invoke", "invoke --stream", "invoke --async",
            "upload-model", "registry-login"}
NOTHING = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}]}

TAGS = "AWS asks for it when something is created with tags; moto asks for the creation only"
PASSED = "AWS asks for it when a role is passed on; moto knows no passing on"
LISTING = "AWS answers 403 instead of 404 without it; moto answers 404 either way"
STREAM = "moto has no route for the call, and answers before it asks a policy"
LAYER = "moto's registry has no such image, so nobody asks for its parts"
# Each with the call that AWS answers with a denial.
NOT_IN_MOTO = {
    ("register-model", "sagemaker:AddTags"): (TAGS, "CreateModelPackageGroup"),
    ("deploy-model", "sagemaker:AddTags"): (TAGS, "CreateModel"),
    ("deploy-model", "iam:PassRole"): (PASSED, "CreateModel"),
    ("deploy-model", "ecr:GetDownloadUrlForLayer"): (LAYER, "GetDownloadUrlForLayer"),
    ("upload-model", "s3:ListBucket"): (LISTING, "HeadObject"),
    ("invoke --async", "s3:ListBucket"): (LISTING, "GetObject"),
    ("invoke --stream", "sagemaker:InvokeEndpoint"): (STREAM, "InvokeEndpointWithResponseStream"),
    ("invoke --stream", "sagemaker:InvokeEndpointWithResponseStream"):
        (STREAM, "InvokeEndpointWithResponseStream"),
}
# Without which a command goes on, and says so.
GOES_ON = {("deploy-model", "ecr:GetDownloadUrlForLayer")}
# The calls that an action of S3 is for; elsewhere both have one name.
OF_S3 = {"s3:GetObject": {"GetObject", "HeadObject"},
         "s3:PutObject": {"PutObject", "CreateMultipartUpload", "UploadPart",
                          "CompleteMultipartUpload"},
         "s3:AbortMultipartUpload": {"AbortMultipartUpload"}, "s3:ListBucket": set()}

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1"
REGISTER = ["register-model", "--model-data-uri", "s3://my-bucket/m.tar.gz", "--image-uri", IMAGE,
            "--approve", "--model-package-group"]
REFUSED = error("ValidationException", "refused by the test")


def actions_of(policy):
    return policy["Statement"][0]["Action"]


def calls_of(action):
    return OF_S3[action] if action.startswith("s3:") else {action.split(":")[1]}


def without(policy, action):
    statement = policy["Statement"][0]
    actions = [other for other in statement["Action"] if other != action]
    return {"Version": "2012-10-17", "Statement": [dict(statement, Action=actions)]} if actions \
        else NOTHING


class Stage:
    """Prepares as the administrator, and then gives the words of one call and whether it works."""

    def __init__(self, admin, moto, front):
        self.admin, self.moto, self.front = admin, moto, front

    def name(self):
        return f"p{time.monotonic_ns()}"

    def package(self):
        return self.admin.good(*REGISTER, self.name()).out.strip()

    def endpoint(self):
        name = self.name()
        self.admin.good("deploy-model", "--role", "MyRole", "--endpoint-name", name, self.package())
        return name

    def folder(self, size):
        self.moto.bucket("policies")
        folder = self.admin.home / f"folder-{size}"
        folder.mkdir(exist_ok=True)
        (folder / "file").write_bytes(random.Random(1).randbytes(size))
        return ["upload-model", folder.name, f"s3://policies/{self.name()}/"]

    def register(self):
        return [*REGISTER, self.name()], 0

    def register_and_fail(self):
        self.front.fail("CreateModelPackage", REFUSED)
        self.front.fail("DeleteModelPackageGroup", Reply(200, {}))  # moto does not have it.
        return [*REGISTER, self.name()], 1

    def approve(self):
        return ["approve-model", self.package()], 0

    def list_models(self):
        name = self.name()
        self.admin.good(*REGISTER, name)
        return ["list-models", name], 0

    def deploy(self):
        return ["deploy-model", "--role", "MyRole", "--endpoint-name", self.name(),
                self.package()], 0

    def deploy_and_fail(self):
        words, _ = self.deploy()
        logs = self.moto.client("logs")
        place = {"logGroupName": "/aws/sagemaker/Endpoints/" + words[4]}
        logs.create_log_group(**place)
        place["logStreamName"] = "AllTraffic/i-1"
        logs.create_log_stream(**place)
        logs.put_log_events(**place, logEvents=[{"timestamp": int(time.time() * 1000),
                                                 "message": "says why"}])
        self.front.endpoints_fail("did not pass the ping health check")
        return words, 1

    def update(self):
        name = self.endpoint()
        self.front.updates_work()
        return ["deploy-model", "--update", "--role", "MyRole", "--endpoint-name", name,
                self.package()], 0

    def delete(self):
        return ["delete-endpoint", "--yes", "--endpoint-name", self.endpoint()], 0

    def status(self):
        return ["status", "--endpoint-name", self.endpoint()], 0

    def list(self):
        self.endpoint()
        return ["list"], 0

    def logs(self):
        name = self.name()
        self.moto.client("logs").create_log_group(logGroupName="/aws/sagemaker/Endpoints/" + name)
        return ["logs", "--endpoint-name", name], 0

    def invoke(self):
        return ["invoke", "--body", "-"], 0

    def invoke_stream(self):
        part = event_frame({":message-type": "event", ":event-type": "PayloadPart"}, b"part")
        self.front.fail("InvokeEndpointWithResponseStream", Reply(200, part))
        return ["invoke", "--stream", "--body", "-"], 0

    def invoke_async(self):
        return ["invoke", "--async", "--timeout", "0.3", "--body", "-", "--endpoint-name",
                self.name()], 0

    def upload(self):
        return self.folder(10), 0

    def upload_and_fail(self):
        words = self.folder(17 << 20)  # Two parts.
        self.front.fail("UploadPart", Reply(400, b"<Error><Code>Refused</Code></Error>"))
        return words, 1

    def registry_login(self):
        return ["registry-login"], 0


SCENES = {
    "register-model": [Stage.register, Stage.register_and_fail],
    "approve-model": [Stage.approve], "list-models": [Stage.list_models],
    "deploy-model": [Stage.deploy, Stage.deploy_and_fail, Stage.update],
    "delete-endpoint": [Stage.delete], "status": [Stage.status], "list": [Stage.list],
    "logs": [Stage.logs], "invoke": [Stage.invoke], "invoke --stream": [Stage.invoke_stream],
    "invoke --async": [Stage.invoke_async],
    "upload-model": [Stage.upload, Stage.upload_and_fail],
    "registry-login": [Stage.registry_login]}


@pytest.fixture(scope="module")
def user(moto):
    return moto.user("caller", NOTHING)


@pytest.fixture(scope="module")
def front(moto):
    server = MotoFront(moto.port)
    yield server
    server.close()


@pytest.fixture
def admin(tool, moto):
    tool.environment.update(keys_environment(moto.url, moto.admin))
    return tool


@pytest.fixture
def tidy(admin, moto):
    yield
    for item in json.loads(admin.good("list", "--json").out)["endpoints"]:
        admin.good("delete-endpoint", "--yes", "--endpoint-name", item["endpoint_name"])
    sagemaker = moto.client("sagemaker")
    for item in sagemaker.list_endpoint_configs()["EndpointConfigs"]:
        sagemaker.delete_endpoint_config(EndpointConfigName=item["EndpointConfigName"])
    for item in sagemaker.list_models()["Models"]:
        sagemaker.delete_model(ModelName=item["ModelName"])


@pytest.fixture
def play(admin, moto, front, user, tidy):
    """Plays a scene as the user with a policy, through the front."""
    def play(scene, policy):
        front.forget()
        words, status = scene(Stage(admin, moto, front))
        moto.set_policy("caller", policy)
        outcome = admin(*words, env=keys_environment(front.url, user), stdin=b"{}")
        return outcome, status
    return play


def test_every_command_has_a_policy_and_scenes():
    assert set(POLICIES) == COMMANDS == set(SCENES)
    assert {action for command, action in NOT_IN_MOTO if action not in
            actions_of(POLICIES[command])} == set()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_policy_is_enough_and_each_action_is_needed(play, front, command):
    policy = POLICIES[command]
    made = {}  # The calls of each scene.
    for scene in SCENES[command]:
        outcome, status = play(scene, policy)
        assert (outcome.status, front.denied) == (status, []), outcome.err
        assert "denied" not in outcome.err.lower(), outcome.err
        made[scene] = set(front.operations())
    for action in actions_of(policy):
        scene = next((scene for scene in made if made[scene] & calls_of(action)), None)
        if (command, action) in NOT_IN_MOTO:
            for scene in made:
                play(scene, without(policy, action))
                assert front.denied == [], f"moto asks for {action} now: {NOT_IN_MOTO[command, action]}"
            continue
        assert scene, f"{command} never does what {action} is for"
        outcome, _ = play(scene, without(policy, action))
        assert set(front.denied) & calls_of(action), (action, front.operations())
        named = {action} | (calls_of(action) if action.startswith("s3:") else set())
        assert any(name in outcome.err for name in named), (action, outcome.err)


@pytest.mark.parametrize(("command", "action"), sorted(NOT_IN_MOTO))
def test_a_denial_that_moto_does_not_have_names_the_action(tool, fake, command, action):
    fake.add_package()
    (tool.home / "folder").mkdir()
    (tool.home / "folder/file").write_text("x")
    denied = error("AccessDeniedException", "User: arn:aws:iam::123456789012:user/x is not "
                   f"authorized to perform: {action} on resource: arn:aws:x", 403)
    in_s3 = Reply(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
    operation = NOT_IN_MOTO[command, action][1]
    fake.handlers[operation] = lambda _: in_s3 if action.startswith("s3:") else denied
    fake.handlers["InvokeEndpointAsync"] = lambda _: Reply(202, {}, {
        "X-Amzn-SageMaker-OutputLocation": "s3://bucket/out",
        "X-Amzn-SageMaker-FailureLocation": "s3://bucket/failure"})
    words = {"register-model": [*REGISTER, "group"],
             "deploy-model": ["deploy-model", "--role", "MyRole", fake.arn("model-package/mine/1")],
             "upload-model": ["upload-model", "folder", "s3://bucket/m/"],
             "invoke --async": ["invoke", "--async", "--timeout", "0.1", "--body", "-"],
             "invoke --stream": ["invoke", "--stream", "--body", "-"]}[command]
    goes_on = (command, action) in GOES_ON
    outcome = (tool.good if goes_on else tool.bad)(*words, stdin=b"{}")
    assert "AccessDenied" in outcome.err and action in outcome.err
    assert fake.operations().count(operation) >= 1
    if goes_on:
        return
    assert not fake.models and not fake.configs and not fake.endpoints and not fake.groups


def test_a_role_that_may_not_be_looked_at_is_a_note(play):
    outcome, _ = play(Stage.deploy, without(POLICIES["deploy-model"], "iam:GetRole"))
    assert outcome.status == 0 and "note: the caller may not look at roles (iam:GetRole)" in outcome.err


def test_what_may_not_be_deleted_is_not_said_to_be_deleted(play, moto):
    outcome, _ = play(Stage.deploy_and_fail, without(POLICIES["deploy-model"],
                                                     "sagemaker:DeleteEndpoint"))
    assert "may be billed" in outcome.err and "were deleted" not in outcome.err
    assert "Not all of it could be deleted. Delete with: tenon sagemaker delete-" in outcome.err
    # The config stays with its endpoint, so that delete-endpoint finds all of it.
    sagemaker = moto.client("sagemaker")
    assert len(sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1
    assert len(sagemaker.list_models()["Models"]) == 1
