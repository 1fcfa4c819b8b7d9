#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build_image.sh [--project FOLDER] [--gpu-runtime FOLDER] [--target STAGE] [further flags of `build`]
# Builds the serving image and prints its size. Variables:
#   IMAGE       tenon:latest         PLATFORM   linux/amd64
#   RUNTIMES    onnx; none, all, gpu FLOOR      debian; small
#   BASE_IMAGE  debian:bookworm-slim CA, PIP_CONF  files that the build needs behind a proxy
#   ENGINE      docker or podman; default: the one that answers
# --project: a folder of yours with a CMakeLists.txt, whose applications take the examples' place.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/engine.sh

project='' gpu='' target=serving more=()
while [ $# -gt 0 ]; do
  case $1 in
    --project) project=${2:?--project needs a folder} && shift ;;
    --gpu-runtime) gpu=${2:?--gpu-runtime needs a folder} && shift ;;
    --target) target=${2:?--target needs a stage} && shift ;;
    *) more+=("$1") ;;
  esac
  shift
done
find_engine builds

context=.
if [ -n "$project$gpu" ]; then
  context=$(mktemp -d)
  trap 'rm -rf "$context"' EXIT
  tar -c --exclude=./build --exclude=./.git --exclude=./.deps --exclude=./local . | tar -x -C "$context"
  [ -z "$project" ] || { mkdir "$context/project" &&
    tar -c -C "$project" --exclude=./build --exclude=./.git . | tar -x -C "$context/project"; }
  [ -z "$gpu" ] || cp -r "$gpu" "$context/onnxruntime-gpu"
fi

version=$(sed -n 's/.*TENON_VERSION "\(.*\)"/\1/p' include/tenon/base/version.hpp)
flags=(--platform "${PLATFORM:-linux/amd64}" --target "$target" -t "$image"
  --build-arg "RUNTIMES=${RUNTIMES:-onnx}" --build-arg "FLOOR=${FLOOR:-debian}"
  --build-arg "VERSION=$version" --build-arg "REVISION=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)")
[ -z "${BASE_IMAGE:-}" ] || flags+=(--build-arg "BASE_IMAGE=$BASE_IMAGE")
[ -z "${CA:-}" ] || flags+=(--secret "id=ca,src=$CA")
[ -z "${PIP_CONF:-}" ] || flags+=(--secret "id=pip,src=$PIP_CONF")
for name in http_proxy https_proxy no_proxy; do
  [ -z "${!name:-}" ] || flags+=(--build-arg "$name=${!name}")
done
# A manifest that SageMaker takes: one image, Docker's media types, no attestations.
if is_podman; then
  flags+=(--format docker)
elif "$engine" buildx version >/dev/null 2>&1; then
  flags+=(--provenance=false --sbom=false --load)
fi
DOCKER_BUILDKIT=1 BUILDAH_FORMAT=docker "$engine" build -f packaging/Dockerfile "${flags[@]}" \
  ${more[@]:+"${more[@]}"} "$context" >&2

[ "$target" = serving ] || exit 0
bytes=$("$engine" image inspect -f '{{.Size}}' "$image")
case ${RUNTIMES:-onnx} in none) bar=100 ;; onnx) bar=120 ;; *) bar= ;; esac
echo "$image  $((bytes / 1000000)) MB unpacked, runtimes: ${RUNTIMES:-onnx}${bar:+ (at most $bar MB)}"
[ -z "$bar" ] || [ -n "$project" ] || [ "$bytes" -le $((bar * 1000000)) ] ||
  fail "the image has $bytes bytes; $bar MB are allowed"
