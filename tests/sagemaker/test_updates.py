# SPDX-License-Identifier: Apache-2.0
"""deploy-model --update."""

from fake_aws import error

ROLE = ["--role", "MyRole"]


def test_changes_in_place_and_removes_what_it_replaced(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    before = (set(fake.configs), set(fake.models))
    fake.update_states = ["Updating", "Updating", "InService"]
    second = fake.add_package(version=2)
    outcome = tool.good("deploy-model", *ROLE, "--update", second)
    assert "is InService" in outcome.out
    assert len(fake.configs) == len(fake.models) == 1
    assert not before[0] & set(fake.configs) and not before[1] & set(fake.models)
    assert list(fake.models.values())[0]["PrimaryContainer"]["ModelPackageName"] == second
    body = fake.requests("UpdateEndpoint")[0].json()
    assert body["RetainAllVariantProperties"] is True
    assert "ExcludeRetainedVariantProperties" not in body


def test_a_count_that_is_asked_for_is_not_retained(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    tool.good("deploy-model", *ROLE, "--update", "--instance-count", "3", package)
    assert fake.requests("UpdateEndpoint")[0].json()["ExcludeRetainedVariantProperties"] == [
        {"VariantPropertyType": "DesiredInstanceCount"}]


def test_variants_keep_their_name(tool, fake, package):
    tool.good("deploy-model", *ROLE, "--set", 'config.ProductionVariants.0.VariantName="blue"',
              package)
    tool.good("deploy-model", *ROLE, "--update", package)
    assert list(fake.configs.values())[0]["ProductionVariants"][0]["VariantName"] == "blue"


def test_a_silent_rollback_is_a_failure(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    before = (set(fake.configs), set(fake.models))
    fake.update_states = ["Updating", "RollingBack", {
        "EndpointStatus": "InService", "rolled_back": True,
        "FailureReason": "The primary container did not pass the ping health check."}]
    outcome = tool.bad("deploy-model", *ROLE, "--update", package)
    assert "was rolled back" in outcome.err and "ping health check" in outcome.err
    assert (set(fake.configs), set(fake.models)) == before  # Serving as before, nothing more.
    assert "tenon-test-endpoint" in fake.endpoints


def test_a_rollback_is_seen_even_between_two_looks(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    fake.update_states = [{"EndpointStatus": "InService", "rolled_back": True,
                           "FailureReason": "new reason"}]
    assert "new reason" in tool.bad("deploy-model", *ROLE, "--update", package).err


def test_an_old_reason_and_an_old_look_are_no_rollback(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    fake.endpoints["tenon-test-endpoint"]["states"] = [
        {"EndpointStatus": "InService", "FailureReason": "of last week"}]
    config = fake.endpoints["tenon-test-endpoint"]["EndpointConfigName"]
    stale = {"EndpointStatus": "InService", "FailureReason": "of last week",
             "EndpointConfigName": config}
    fake.update_states = ["Updating", "InService"]
    look = type(fake).DescribeEndpoint

    def first_look_after_the_update_is_stale(request):
        if fake.operations().count("UpdateEndpoint") == 1 and stale:
            answer = dict(fake.endpoints["tenon-test-endpoint"], **stale)
            stale.clear()
            return {key: value for key, value in answer.items()
                    if key not in ("states", "new_config")}
        return look(fake, request)

    fake.handlers["DescribeEndpoint"] = first_look_after_the_update_is_stale
    tool.good("deploy-model", *ROLE, "--update", package)


def test_a_rollback_that_fails_leaves_the_endpoint(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    fake.update_states = ["Updating", {"EndpointStatus": "UpdateRollbackFailed",
                                       "FailureReason": "all bad"}]
    outcome = tool.bad("deploy-model", *ROLE, "--update", package)
    assert "all bad" in outcome.err and "left as it is" in outcome.err
    assert "DeleteEndpoint" not in fake.operations() and len(fake.configs) == 2


def test_a_refused_update_takes_the_new_parts_back(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    before = (set(fake.configs), set(fake.models))
    fake.script("UpdateEndpoint", error("ResourceLimitExceeded", "quota"))
    assert "quota" in tool.bad("deploy-model", *ROLE, "--update", package).err
    assert (set(fake.configs), set(fake.models)) == before


def test_what_was_not_made_here_is_not_removed(tool, fake, package):
    tool.good("deploy-model", *ROLE, package)
    config = list(fake.configs)[0]
    fake.tags[fake.configs[config]["EndpointConfigArn"]] = []
    tool.good("deploy-model", *ROLE, "--update", package)
    assert config in fake.configs and len(fake.models) == 1


def test_only_what_is_in_service_is_updated(tool, fake, package):
    fake.states = ["Creating"]
    tool.good("deploy-model", *ROLE, "--no-wait", package)
    outcome = tool.bad("deploy-model", *ROLE, "--update", package)
    assert "is Creating" in outcome.err and "UpdateEndpoint" not in fake.operations()


def test_without_an_endpoint_it_is_created(tool, fake, package):
    outcome = tool.good("deploy-model", *ROLE, "--update", package)
    assert "it is created" in outcome.err and "CreateEndpoint" in fake.operations()
