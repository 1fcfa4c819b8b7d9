#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench artifacts`, which has built the release preset.
source tools/dev/common.sh
tools/dev/setup.sh all
if [ ! -f .deps/bench-artifacts/trees.ubj ]; then
  tools/dev/python.sh train
  .deps/venv-train/bin/python -B bench/artifacts/models.py .deps/bench-artifacts
fi
ninja -C "${TENON_BUILD:-build/release}" hello bench_hand_written own_load >build/bench.log ||
  { tail -20 build/bench.log >&2 && exit 1; }
exec python3 bench/artifacts/drive.py "$@"
