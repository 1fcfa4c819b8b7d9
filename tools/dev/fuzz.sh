#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh TARGET SECONDS: first the seeds, then new inputs for so many seconds. What is found on the
# way is kept in build/fuzz/corpus; only seeds are committed.
source tools/dev/common.sh
name=$(basename "$1")
seeds=tests/fuzz/seeds/${name%_fuzz}
[ -d "$seeds" ] || fail "$1 has no seeds in $seeds"
corpus=build/fuzz/corpus/$name
mkdir -p "$corpus" build/fuzz/artifacts
"$1" -runs=0 "$seeds"
exec "$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
  -artifact_prefix="build/fuzz/artifacts/$name-" "$corpus" "$seeds"
