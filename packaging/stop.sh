#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stop.sh: stops the container that run_image.sh started, as SageMaker does: SIGTERM, and SIGKILL after
# 30 s. Its exit status is this script's.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/engine.sh
find_engine
"$engine" inspect "$container" >/dev/null 2>&1 || fail "there is no container $container"
"$engine" stop -t 30 "$container" >/dev/null
status=$("$engine" inspect -f '{{.State.ExitCode}}' "$container")
"$engine" rm "$container" >/dev/null
echo "$container ended with status $status"
exit "$status"
