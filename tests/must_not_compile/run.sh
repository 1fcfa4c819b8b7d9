#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh COMPILER [FLAG...]: compiles each file beside it, which must fail and say what the file's
# first line expects (`// expect: <extended regular expression>`). Failing for another reason is a
# failure, and so is compiling. One line a file: `pass NAME`, or `FAIL NAME: why`.
# Without flags those that this tree needs are taken.
set -u
folder=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
  echo "usage: $0 COMPILER [FLAG...]" >&2
  exit 2
fi
compile=("$@")
[ $# -gt 1 ] || compile+=(-std=c++20 "-I$folder/../../include")

check() { # FILE
  local name expected said
  name=$(basename "$1" .cpp)
  expected=$(sed -n '1s|^// expect: ||p' "$1")
  if [ -z "$expected" ]; then
    echo "FAIL $name: its first line is not '// expect: ...'"
  elif said=$("${compile[@]}" -fsyntax-only "$1" 2>&1); then
    echo "FAIL $name: it compiles, and should say: $expected"
  elif ! grep -Eq -e "$expected" <<<"$said"; then
    echo "FAIL $name: it should say '$expected', and says: $(grep -m1 'error:' <<<"$said")"
  else
    echo "pass $name"
  fi
}

failures=0
for file in "$folder"/*.cpp; do
  verdict=$(check "$file")
  echo "$verdict"
  [[ $verdict == pass* ]] || failures=$((failures + 1))
done
[ "$failures" -eq 0 ]
