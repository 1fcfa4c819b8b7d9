#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh COMPILER [FLAG...]: compiles each file beside it, which must fail and say what the file's
# first line expects (`// expect: <extended regular expression>`). A file that fails for another
# reason is a failure too, and so is one that compiles.
set -u
[ $# -ge 1 ] || { echo "usage: $0 COMPILER [FLAG...]" >&2; exit 2; }
folder=$(dirname "$0")
failures=0
count=0
for file in "$folder"/*.cpp; do
  count=$((count + 1))
  name=$(basename "$file" .cpp)
  expected=$(sed -n '1s|^// expect: ||p' "$file")
  if [ -z "$expected" ]; then
    echo "FAILED $name: its first line is not '// expect: ...'"
    failures=$((failures + 1))
    continue
  fi
  if said=$("$@" -fsyntax-only "$file" 2>&1); then
    echo "FAILED $name: it compiles, and should say: $expected"
    failures=$((failures + 1))
  elif ! printf '%s\n' "$said" | grep -Eq -e "$expected"; then
    echo "FAILED $name: it should say: $expected"
    printf '%s\n' "$said" | grep -E 'error:' | head -5
    failures=$((failures + 1))
  fi
done
echo "$((count - failures)) of $count files are refused as they should be"
[ "$failures" -eq 0 ] && [ "$count" -gt 0 ]
