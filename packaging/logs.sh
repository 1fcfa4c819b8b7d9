#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# logs.sh [flags of `logs`]: shows the log of the container that run_image.sh started; -f follows it.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/engine.sh
find_engine
exec "$engine" logs "$@" "$container"
