#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run_image.sh single|multi: runs the image as SageMaker does, with local/model as /opt/ml/model, and
# waits until /ping says 200. Variables: IMAGE, PORT (8080), MODEL (local/model), CONTAINER, ENGINE.
# TENON_*, SAGEMAKER_*, RAY_SERVE_RUN_ARGS, MODEL_* and REPLICAS_* of the environment are passed on;
# TENON_RUN_ARGS says what is served.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/engine.sh

which=${1:-}
environment=()
case $which in
  single)
    arguments=example_serving.single:handle
    [ -n "${MODEL_PATH:-}" ] || environment+=(-e MODEL_PATH=/opt/ml/model/a)
    ;;
  multi) arguments=example_serving.multi:handle ;;
  *) fail "say what to run: single or multi" ;;
esac
while read -r name; do environment+=(-e "$name"); done < <(
  compgen -e | grep -E '^(TENON_[A-Z_]+|SAGEMAKER_[A-Z_]+|RAY_SERVE_RUN_ARGS|MODEL_[A-Z_]+|REPLICAS_[A-Z]+)$' |
    grep -vxE 'TENON_(BUILD|FULL|PACKAGE|CLEAN_ROOT)' || true)
[ -n "${TENON_RUN_ARGS:-}${RAY_SERVE_RUN_ARGS:-}" ] || environment+=(-e "TENON_RUN_ARGS=$arguments")

[ -n "$(ls -A "$model" 2>/dev/null)" ] ||
  fail "$model is empty; 'task serving:model' (packaging/fill_model.sh) puts the example's model there"
find_engine
"$engine" image inspect "$image" >/dev/null 2>&1 ||
  fail "there is no image $image; build it with 'task serving:docker:build' (packaging/build_image.sh)"

"$engine" rm -f "$container" >/dev/null 2>&1 || true
inside=${SAGEMAKER_BIND_TO_PORT:-8080}
"$engine" run -d --name "$container" -p "127.0.0.1:$port:$inside" \
  -v "$(cd "$model" && pwd):/opt/ml/model:ro" "${environment[@]}" "$image" serve >/dev/null

url=http://127.0.0.1:$port
for ((i = 0; i < 300; i++)); do
  ! curl -sf -o /dev/null "$url/ping" || break
  if [ "$("$engine" inspect -f '{{.State.Running}}' "$container")" != true ]; then
    "$engine" logs "$container" >&2
    status=$("$engine" inspect -f '{{.State.ExitCode}}' "$container")
    echo "run_image.sh: the container ended with status $status" >&2
    exit "$status"
  fi
  sleep 0.1
done
curl -sf -o /dev/null "$url/ping" || fail "$url/ping does not say 200; packaging/logs.sh shows the log"
cat <<TEXT
$image serves $which at $url

  curl $url/invocations -H 'Content-Type: application/json' -d '{"text":"Merci pour votre lettre du 3 mai."}'

packaging/logs.sh shows its log, packaging/stop.sh stops it
TEXT
