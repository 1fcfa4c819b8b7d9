# SPDX-License-Identifier: Apache-2.0
"""An image for another processor than the instance's is refused before anything is made."""

import pytest
from fake_aws import error

ROLE = ["--role", "MyRole"]
ASKING = {"BatchGetImage", "GetDownloadUrlForLayer"}


@pytest.mark.parametrize(("image", "words", "instance", "advice"), [
    ("arm64", [], "ml.m5.large is amd64", "--instance-type ml.c7g.large"),
    ("arm64", ["--serverless", "2048,5"], "a serverless endpoint is amd64", "PLATFORM=linux/amd64"),
    ("amd64", ["--instance-type", "ml.c7g.large"], "ml.c7g.large is arm64", "--instance-type ml.m5.large"),
])
def test_another_processor_is_refused(tool, fake, package, image, words, instance, advice):
    fake.image_architecture = image
    outcome = tool.bad("deploy-model", *ROLE, *words, package)
    assert f"is built for {image}, and {instance}" in outcome.err and advice in outcome.err
    assert "exec format error" in outcome.err
    assert not any(name.startswith("Create") for name in fake.operations())


@pytest.mark.parametrize(("image", "instance"), [("arm64", "ml.m6gd.large"), ("amd64", "ml.g5.xlarge")])
def test_the_same_processor_is_taken(tool, fake, package, image, instance):
    fake.image_architecture = image
    tool.good("deploy-model", *ROLE, "--instance-type", instance, package)
    assert set(fake.operations()) >= ASKING


@pytest.mark.parametrize("operation", sorted(ASKING))
def test_an_image_that_may_not_be_read_is_deployed(tool, fake, package, operation):
    fake.image_architecture = "arm64"
    fake.script(operation, error("AccessDeniedException", "You may not."))
    outcome = tool.good("deploy-model", *ROLE, package)
    assert f"note: the image's processor could not be looked at: {operation} failed" in outcome.err


def test_an_index_is_left_to_sagemaker(tool, fake, package):
    fake.image_architecture = None
    tool.good("deploy-model", *ROLE, package)


@pytest.mark.parametrize("image", ["registry.example.com/tenon:1",
                                   "123456789012.dkr.ecr.us-east-1.amazonaws.com/tenon:1"])
def test_an_image_elsewhere_is_not_asked_for(tool, fake, image):
    tool.good("deploy-model", *ROLE, fake.add_package(image=image))
    assert not ASKING & set(fake.operations())
