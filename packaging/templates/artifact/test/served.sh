#!/usr/bin/env bash
# served.sh [TENON]: serves the artifact, asks it, and compares the answer.
set -euo pipefail
tenon=${1:-tenon}
cd "$(dirname "$0")/.."
log=$(mktemp)
"$tenon" run model/ --port 0 >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -f "$log"' EXIT

for _ in $(seq 100); do
  url=$(sed -n 's/.* at \(http:[^ ]*\).*/\1/p' "$log")
  [ -z "$url" ] || break
  kill -0 "$server" 2>/dev/null || { cat "$log" && exit 1; }
  sleep 0.1
done
answer=$(curl -sS "$url/invocations" -H 'Content-Type: application/json' \
  -d '{"instances": [{"temperature": 10, "humidity": 50}, {"temperature": 30, "humidity": 70}]}')
echo "$answer"
[ "$answer" = '{"predictions":[1.5,4.25]}' ]
