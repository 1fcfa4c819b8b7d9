#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone, by both compilers.
set -euo pipefail
flags=(-std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror -Iinclude -fsyntax-only -x c++)
find include -name '*.hpp' | sort | xargs -P"$(nproc)" -I{} clang++-19 "${flags[@]}" -Wno-pragma-once-outside-header {}
# The second compiler sees them all at once; together they are every template that users meet.
find include -name '*.hpp' | sort | sed 's/^include\/\(.*\)/#include "\1"/' |
  clang++-22 "${flags[@]}" -
