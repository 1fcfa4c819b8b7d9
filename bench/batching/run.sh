#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench batching`, which has built the release preset.
source tools/dev/common.sh
tools/dev/setup.sh all
if [ ! -f .deps/bench-batching/done ]; then
  tools/dev/python.sh train
  .deps/venv-train/bin/python -B bench/batching/models.py .deps/bench-batching
fi
ninja -C "${TENON_BUILD:-build/release}" tenon_bench bench_steps batch_decision batching_simulate >build/bench.log ||
  { tail -20 build/bench.log >&2 && exit 1; }
PYTHONPATH=bench exec python3 bench/batching/drive.py "$@"
