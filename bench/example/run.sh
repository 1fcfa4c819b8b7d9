#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench example`, which has built the release preset.
source tools/dev/common.sh
tools/dev/setup.sh all
tools/dev/python.sh rivals/ray
exec bench/sidebyside/own_network.sh .deps/venv-rivals/ray/bin/python bench/example/drive.py "$@"
