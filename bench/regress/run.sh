#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench --regress` and by the gate, which have built the release preset.
source tools/dev/common.sh
build=${TENON_BUILD:-build/release}
ninja -C "$build" replay >build/bench.log || { tail -20 build/bench.log >&2 && exit 1; }
exec python3 bench/regress/drive.py "$@"
