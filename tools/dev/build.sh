#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source tools/dev/common.sh
preset=${1:-release}
cmake --list-presets | grep -q "\"$preset\"" ||
  fail "there is no preset '$preset'; there are: $(cmake --list-presets | sed -n 's/^ *"\([^"]*\)".*/\1/p' | tr '\n' ' ')"
if [ "$preset" = release ]; then tools/dev/setup.sh build; else tools/dev/setup.sh all; fi
configure_and_build "$preset"
