# SPDX-License-Identifier: Apache-2.0
# Sourced by the others; the working folder is the top of the tree.
set -euo pipefail

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
fail() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

configure_and_build() { # PRESET [ninja arguments]
  local preset=$1
  shift
  # A second configure costs a second; ninja repeats it by itself when a file was added.
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >"build/$preset.configure.log" 2>&1 ||
    { cat "build/$preset.configure.log" >&2 && fail "cmake --preset $preset failed"; }
  ninja -C "build/$preset" "$@"
}
mkdir -p build
# Clones share what ccache remembers: where they lie does not matter.
export CCACHE_BASEDIR=$PWD
