#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a newcomer does on a clean root: clone, serve, ask, edit the example, serve again, see the
# changed answer. Fails when that takes more than ten minutes.
#   newcomer.sh [REPOSITORY]    default: the one that this file lies in
set -euo pipefail

bound_s=600
repository=$(realpath "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}")
work=$(mktemp -d)
server=
began=$(date +%s)

spent() { echo $(($(date +%s) - began)); }
say() { printf 'newcomer: %4s s  %s\n' "$(spent)" "$*"; }
fail() {
  say "FAILED: $*" >&2
  tail -n 30 "$work/serve.log" >&2 || true
  exit 1
}
stop_server() {
  [ -n "$server" ] || return 0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
trap 'stop_server; rm -rf "$work"' EXIT

# A port of our own, so that nobody who serves on 8080 answers for us. Below those that the kernel
# gives to clients.
port=$((20000 + RANDOM % 10000))

serve() { # until it is ready
  ./dev serve hello:handle --port "$port" >"$work/serve.log" 2>&1 &
  server=$!
  # curl itself comes with the set-up.
  until command -v curl >/dev/null && curl -sf -o "$work/ping" "http://127.0.0.1:$port/ping"; do
    kill -0 "$server" 2>/dev/null || fail "./dev serve ended"
    [ "$(spent)" -lt "$bound_s" ] || fail "not served within $bound_s s"
    sleep 0.2
  done
}
ask() {
  curl -sS "http://127.0.0.1:$port/invocations" -H 'Content-Type: application/json' -d '{"text":"hello"}'
}

git clone -q "$repository" "$work/tenon"
cd "$work/tenon"
say "cloned"
serve
say "served"
answer=$(ask)
[ "$answer" = '{"text":"hello"}' ] || fail "the first answer is $answer"
grep -q 'curl .*invocations' "$work/serve.log" || fail "no curl line was printed"
stop_server

sed -i 's/co_return Response{request.text}/co_return Response{request.text + ", world"}/' examples/hello/hello.cpp
git diff --quiet && fail "hello.cpp was not changed: its text is another one than here"
edited=$(date +%s)
serve
rebuilt=$(($(date +%s) - edited))
answer=$(ask)
[ "$answer" = '{"text":"hello, world"}' ] || fail "the answer after the edit is $answer"
say "served again, $rebuilt s after the edit"
[ "$rebuilt" -le 15 ] || fail "the rebuild took $rebuilt s; 15 are allowed"
stop_server
[ "$(spent)" -le "$bound_s" ] || fail "more than $bound_s s"
say "done"
