#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench tensors`, which has built the release preset.
source tools/dev/common.sh
ninja -C "${TENON_BUILD:-build/release}" json_tensor >build/bench.log ||
  { tail -20 build/bench.log >&2 && exit 1; }
exec python3 bench/tensors/drive.py "$@"
