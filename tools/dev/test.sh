#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gate; with --full everything. Each step adds its tests to one count; CONTRIBUTING.md says which
# test is where. A step that fails does not stop the others.
source tools/dev/common.sh

full=no
case ${1:-} in '') ;; --full) full=yes ;; *) fail "test takes --full or nothing, found '$1'" ;; esac
[ "$full" = no ] || export TENON_FULL=1
tools/dev/setup.sh all

passed=0 failed=0 skipped=0 unstable=()
began=$SECONDS
log=build/test.log
mkdir -p build/junit

count() { # PASSED FAILED [SKIPPED]
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + ${3:-0}))
}
# Runs a command that is one test.
single() { # NAME command...
  local name=$1
  shift
  if "$@" >"$log" 2>&1; then
    count 1 0
  else
    tail -60 "$log"
    say "FAILED: $name"
    count 0 1
  fi
}
run_gtest() { # PROGRAM REPORT
  rm -f "$2"
  timeout 600 "$1" --gtest_brief=1 --gtest_output="xml:$2" >"$log" 2>&1
}
# Whether what just failed passes now. What a sanitizer has said holds, and --full knows no second try.
gtest_again() { # PROGRAM REPORT
  [ "$full" = no ] && [ -f "$2" ] || return 1
  ! grep -qE 'Sanitizer|runtime error:' "$log" || return 1
  run_gtest "$@" || return 1
  unstable+=("$1")
}
# Runs a GoogleTest program and counts its tests.
gtest() { # PROGRAM
  local report=build/junit/${1//\//_}.xml
  if ! run_gtest "$1" "$report" && tail -80 "$log" && ! gtest_again "$1" "$report"; then
    say "FAILED: $1"
    # A program that died early wrote no report.
    [ -f "$report" ] || count 0 1
  fi
  [ -f "$report" ] || return 0
  local tests failures skips
  read -r tests failures <<<"$(sed -n 's/.*<testsuites tests="\([0-9]*\)" failures="\([0-9]*\)".*/\1 \2/p' "$report")"
  skips=$(grep -c 'result="skipped"' "$report" || true)
  count $((tests - failures - skips)) "$failures" "$skips"
}
run_pytest() { # ENVIRONMENT REPORT TESTS...
  local environment=$1 report=$2
  shift 2
  rm -f "$report" "$report.failed"
  TENON_FAILED_LIST=$PWD/$report.failed ".deps/venv-$environment/bin/python" -m pytest \
    -c tests/pytest.ini --rootdir tests -p no:cacheprovider --junitxml="$report" "$@"
}
# Runs pytest on a folder and counts its tests. The gate shares its machine with others, whose load
# can make a test late: one that failed is tried once more, alone, and named if it passes then. The
# full run knows no second try.
python_tests() { # ENVIRONMENT FOLDER
  local report=build/junit/${2//\//_}.xml
  run_pytest "$1" "$report" "$2" || second_try "$1" "$report" || say "FAILED: $2"
  [ -f "$report" ] || { count 0 1 && return; }
  local errors failures skips tests
  # A here-string, since the report's only line does not end.
  read -r errors failures skips tests <<<"$(sed -n 's/.*errors="\([0-9]*\)" failures="\([0-9]*\)" skipped="\([0-9]*\)" tests="\([0-9]*\)".*/\1 \2 \3 \4/p' "$report")"
  if [ -f "$report.unstable" ]; then errors=0 failures=0; fi
  count $((tests - errors - failures - skips)) $((errors + failures)) "$skips"
}
second_try() { # ENVIRONMENT REPORT
  rm -f "$2.unstable"
  [ "$full" = no ] && [ -s "$2.failed" ] || return 1
  local names
  mapfile -t names <"$2.failed"
  # More than a few is no accident.
  [ "${#names[@]}" -le 3 ] || return 1
  run_pytest "$1" "$2.again" "${names[@]/#/tests/}" || return 1
  cp "$2.failed" "$2.unstable"
  unstable+=("${names[@]}")
}

# The fuzz preset is the asan preset and the fuzz targets: one build for both.
say "Unit tests under address, undefined-behaviour and leak sanitizers"
configure_and_build fuzz all fuzz_targets test_modules >"$log" 2>&1 ||
  { tail -40 "$log" && fail "the fuzz preset does not build"; }
for program in build/fuzz/tests/*_test; do gtest "$program"; done

say "Unit tests under the thread sanitizer"
configure_and_build tsan src/all tests/all apps/tenon/all runtimes/all examples/example_serving/all \
  test_modules >"$log" 2>&1 || { tail -40 "$log" && fail "the tsan preset does not build"; }
for program in build/tsan/tests/*_test; do gtest "$program"; done

say "What must not compile"
while read -r verdict _; do
  case $verdict in pass) count 1 0 ;; FAIL) count 0 1 ;; esac
done < <(tests/must_not_compile/run.sh clang++-19 | tee /dev/stderr)

say "Fuzzing"
seconds=10
[ "$full" = no ] || seconds=120
# One core each, so as many at once as there are cores.
printf '%s\n' build/fuzz/fuzz/*_fuzz | xargs -P"$(nproc)" -I{} bash -c \
  'status=0; tools/dev/fuzz.sh "$1" "$2" >"$1.log" 2>&1 || status=$?; echo "$status" >"$1.status"' _ {} "$seconds"
for target in build/fuzz/fuzz/*_fuzz; do
  single "$target" bash -c 'cat "$1.log"; exit "$(cat "$1.status")"' _ "$target"
done

say "The real program"
configure_and_build release all test_modules >"$log" 2>&1 || { tail -40 "$log" && fail "the release preset does not build"; }
for folder in functional artifacts conformance example docs check; do python_tests tests "tests/$folder"; done
python_tests sagemaker tests/sagemaker
single "instructions and allocations of a request" bench/regress/run.sh

say "Many clients, under sanitizers"
soak=5 chaos=1
[ "$full" = no ] || { soak=60 && chaos=1000000; }
for preset in tsan fuzz; do
  single "soak under $preset" .deps/venv-tests/bin/python tests/soak/soak.py --build "build/$preset" --seconds "$soak"
  single "chaos under $preset" .deps/venv-tests/bin/python tests/soak/chaos.py --build "build/$preset" \
    --load-program build/fuzz/bin/tenon-bench --seconds 3 --requests "$chaos"
done

if [ "$full" = yes ]; then
  say "The load generator against known delays, which needs a quiet machine"
  python_tests tests tests/bench
  say "The second compiler"
  single "clang 22 builds everything" configure_and_build clang22
  for program in build/clang22/tests/*_test; do gtest "$program"; done
  say "What a newcomer does"
  single newcomer tests/newcomer/clean_root.sh
  say "Packages, images, tasks, new projects, arm64"
  tools/dev/setup.sh containers
  python_tests tests tests/packaging
fi

say "$((SECONDS - began)) s"
for name in "${unstable[@]}"; do say "UNSTABLE, passed alone: $name"; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
