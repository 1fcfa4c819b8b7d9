#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source tools/dev/common.sh
export PYTHONPATH=$PWD/bench
if [ $# = 0 ]; then
  echo "What can be measured: ./dev bench NAME"
  for readme in bench/*/README.md; do
    printf '  %-10s%s\n' "$(basename "$(dirname "$readme")")" "$(sed -n '3p' "$readme")"
  done
  exit
fi
[ "$1" != --regress ] || set -- regress "${@:2}"
[ -x "bench/$1/run.sh" ] || fail "there is no benchmark '$1'; './dev bench' lists them"
tools/dev/build.sh release >&2
exec "bench/$1/run.sh" "${@:2}"
