#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The data plane beside Ray's own calls, one after the other on one machine; one line of JSON each.
# TENON_BUILD names a release build, TENON_RAY_VENV a Python environment with ray[serve].
set -euo pipefail
build=${TENON_BUILD:-build/release}
venv=${TENON_RAY_VENV:-.deps/venv-rivals/ray}
ninja -C "$build" data_plane >&2
socket=$(mktemp -u)
for address in "unix:$socket" 127.0.0.1:0; do
  for at_once in 1 32; do
    echo "$address $("$build/bin/data_plane" "$address" "$at_once" 5)"
  done
done
rm -f "$socket"
RAY_USAGE_STATS_ENABLED=0 RAY_AUTH_MODE=disabled "$venv/bin/python" bench/ray/ray_calls.py 5 2>/dev/null | grep '^{'
