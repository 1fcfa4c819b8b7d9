#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench rivals`, which has built the release preset.
source tools/dev/common.sh
tools/dev/setup.sh all
for name in fastapi mosec litserve bentoml mlserver ray; do tools/dev/python.sh "rivals/$name"; done
tools/dev/python.sh train
# The last one that is written stands for all.
[ .deps/rivals-models/tensor.onnx -nt bench/rivals/apps/models.py ] ||
  .deps/venv-train/bin/python bench/rivals/apps/models.py .deps/rivals-models
ninja -C "${TENON_BUILD:-build/release}" rivals >build/bench.log || { tail -20 build/bench.log >&2 && exit 1; }
exec bench/sidebyside/own_network.sh python3 bench/rivals/drive.py "$@"
