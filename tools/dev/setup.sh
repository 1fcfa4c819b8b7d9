#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing. A second run looks and does nothing.
#   setup build   what building and serving need
#   setup all     also what lint, tests and benchmarks need
#   setup docs, setup containers   also what `./dev docs`, or tests of images and packages need
source tools/dev/common.sh

scope=${1:-all}
case $scope in build | all | docs | containers) ;;
  *) fail "setup takes 'build', 'all', 'docs' or 'containers', found '$scope'" ;; esac
[ "$(. /etc/os-release && echo "$VERSION_CODENAME")" = bookworm ] ||
  say "This is not Debian 12 (bookworm); package names and versions may differ."

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() { # FILE: a package and the beginning of its version a line
  local missing=() name version installed
  while read -r name version; do
    case $name in '' | '#'*) continue ;; esac
    installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$name" 2>/dev/null || true)
    [[ $installed == "ii "* ]] || missing+=("$name=$version*")
  done <"$1"
  [ ${#missing[@]} = 0 ] && return
  say "Installing ${#missing[@]} packages of $1"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >build/apt.log 2>&1 ||
    { tail -5 build/apt.log >&2 && fail "apt-get update failed"; }
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    "${missing[@]}" >>build/apt.log 2>&1 || { tail -20 build/apt.log >&2 && fail "apt-get install failed"; }
}

install_packages tools/dev/packages-build.txt
tools/dev/onnxruntime.sh
if [ "$scope" = all ]; then
  install_packages tools/dev/packages-test.txt
  tools/dev/python.sh tests
  tools/dev/python.sh sagemaker
fi
if [ "$scope" = docs ]; then install_packages tools/dev/packages-docs.txt; fi
if [ "$scope" = containers ]; then
  install_packages tools/dev/packages-containers.txt
  tools/dev/python.sh packaging
fi
