#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source tools/dev/common.sh
preset=${1:-release}
presets=$(sed -n 's/^ *"name": "\(.*\)",$/\1/p' CMakePresets.json | grep -vx base | tr '\n' ' ')
[[ " $presets" == *" $preset "* ]] || fail "there is no preset '$preset'; there are: $presets"
if [ "$preset" = release ]; then tools/dev/setup.sh build; else tools/dev/setup.sh all; fi
configure_and_build "$preset"
