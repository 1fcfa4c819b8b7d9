#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Style, layers, headers, libraries, clang-tidy. Says everything that is wrong, then fails.
source tools/dev/common.sh
tools/dev/setup.sh all

wrong=()
check() { # NAME command...
  say "lint: $1"
  local name=$1
  shift
  "$@" || wrong+=("$name")
}
cpp_files() { git ls-files -co --exclude-standard '*.cpp' '*.hpp'; }
check_format() { cpp_files | xargs clang-format-19 --dry-run -Werror; }
check_scripts() { git ls-files -co --exclude-standard 'dev' '*.sh' '.ci/run' | xargs -n1 bash -n; }

check format check_format
check scripts check_scripts
check text python3 tools/lint/text.py
check layers python3 tools/lint/layers.py
say "lint: building what the other checks look at"
configure_and_build release
check libraries tools/lint/libraries.sh build/release
check headers tools/lint/headers.sh
check clang-tidy tools/lint/tidy.sh build/release

[ ${#wrong[@]} = 0 ] || fail "lint: wrong are ${wrong[*]}"
say "lint: nothing found"
