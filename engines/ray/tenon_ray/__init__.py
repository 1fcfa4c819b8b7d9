# SPDX-License-Identifier: Apache-2.0
"""Places the replicas of a Tenon application on a Ray cluster. Ray never carries a request."""

NAMESPACE = "tenon"


def controller_name(application):
    return f"TENON_CONTROLLER:{application}"


def replica_name(application, deployment, index):
    return f"TENON_REPLICA:{application}:{deployment}#{index}"
