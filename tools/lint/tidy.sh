#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy on every file of the library and the program. What was clean is remembered by its
# preprocessed content, so a second run looks only at what changed.
set -euo pipefail
build=$1
memory=build/tidy
mkdir -p "$memory"
export build memory

tidy_one() {
  local key
  key=$({ cat .clang-tidy "$1" && clang++-19 -std=c++20 -Iinclude -Isrc -MM -MG "$1" | tr -d '\\' | tr ' ' '\n' |
    grep -E '^(include|src|apps|runtimes)/' | xargs cat; } 2>/dev/null | sha256sum | cut -c1-32)
  [ -f "$memory/$key" ] && return
  local log
  if log=$(clang-tidy-19 --quiet -p "$build" "$1" 2>/dev/null); then
    touch "$memory/$key"
  else
    printf '%s\n' "$log"
    return 1
  fi
}
export -f tidy_one
git ls-files -co --exclude-standard 'src/*.cpp' 'apps/tenon/*.cpp' | grep -vE '_(test|fuzz)\.cpp$' |
  xargs -P"$(nproc)" -I{} bash -c 'tidy_one "$1"' _ {}
