# SPDX-License-Identifier: Apache-2.0
"""The hosts of every service that tenon-sagemaker calls, in every region, as botocore resolves them.

`python aws_hosts.py` writes tests/data/aws_hosts.tsv anew. The unit tests compare the program with that
file, and test_network.py the file with botocore.
"""

import json
from pathlib import Path

import botocore.session
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

FILE = Path(__file__).resolve().parents[1] / "data/aws_hosts.tsv"
SERVICES = ["sagemaker", "sagemaker-runtime", "iam", "sts", "sso", "sso-oidc", "ecr", "logs", "s3"]
# FIPS and dual-stack.
MODES = [(False, False), (True, False), (False, True), (True, True)]
HEADING = ("service", "region", "signed for", "plain", "FIPS", "dual-stack", "both")

_session = botocore.session.get_session()
_loader = _session.get_component("data_loader")
_partitions = _loader.load_data("partitions")


def regions():
    return [region for partition in _partitions["partitions"] for region in partition["regions"]
            if not region.endswith("-global")]


def look_up(provider, region, fips, dual):
    """The host, and the region that is signed for; nothing where there is no such endpoint."""
    try:
        endpoint = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual)
    except EndpointProviderError:
        return "-", None
    schemes = (endpoint.properties or {}).get("authSchemes") or [{}]
    assert endpoint.url.startswith("https://")
    return endpoint.url.removeprefix("https://"), schemes[0].get("signingRegion", region)


def rows():
    for service in SERVICES:
        provider = EndpointProvider(_loader.load_service_model(service, "endpoint-rule-set-1"),
                                    _partitions)
        name = _session.get_service_model(service).signing_name
        for region in sorted(regions()):
            found = [look_up(provider, region, *mode) for mode in MODES]
            signed_for = {signed for _, signed in found if signed}
            assert len(signed_for) == 1
            yield service, region, f"{name}/{signed_for.pop()}", *(host for host, _ in found)


def text():
    return "".join("\t".join(row) + "\n" for row in (HEADING, *rows()))


if __name__ == "__main__":
    FILE.write_text(text())
    print(json.dumps({"rows": text().count("\n") - 1}))
