#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench stream`, which has built the release preset.
source tools/dev/common.sh
tools/dev/setup.sh all
tools/dev/python.sh rivals/fastapi
ninja -C "${TENON_BUILD:-build/release}" bench_streams >build/bench.log ||
  { tail -20 build/bench.log >&2 && exit 1; }
exec python3 bench/stream/drive.py "$@"
