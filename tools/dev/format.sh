#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source tools/dev/common.sh
git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs clang-format-19 -i
