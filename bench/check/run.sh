#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench check`, which has built the release preset.
source tools/dev/common.sh
tools/dev/setup.sh all
for name in fastapi mosec; do tools/dev/python.sh "rivals/$name"; done
# Root needs no user namespace, and can then also start servers as other users.
[ "$(id -u)" != 0 ] || export OWN_NETWORK_AS=
exec bench/sidebyside/own_network.sh python3 bench/check/drive.py "$@"
