#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# push_image.sh: pushes IMAGE to REGISTRY (host[:port][/path]) and prints the digest URI to register.
# Logs in by `tenon sagemaker registry-login` where the registry is ECR; TENON names that program.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/engine.sh
[ -n "${REGISTRY:-}" ] ||
  fail "REGISTRY is not set; it names where to push to, such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com"
find_engine
"$engine" image inspect "$image" >/dev/null 2>&1 ||
  fail "there is no image $image; build it with 'task serving:docker:build' (packaging/build_image.sh)"

tenon=${TENON:-}
for place in build/release/bin/tenon "$(command -v tenon || true)"; do
  [ -n "$tenon" ] || [ ! -x "$place" ] || tenon=$place
done
if [[ $REGISTRY =~ \.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?(/|$) ]]; then
  [ -n "$tenon" ] || fail "logging in to ECR needs 'tenon sagemaker': put tenon on PATH or name it in TENON"
  "$tenon" sagemaker registry-login | "$engine" login --username AWS --password-stdin "${REGISTRY%%/*}" >&2
fi

remote=$REGISTRY/$image
"$engine" tag "$image" "$remote"
flags=()
# Docker's own media types: SageMaker refuses OCI's.
! is_podman || flags+=(--format v2s2)
"$engine" push ${flags[@]:+"${flags[@]}"} "$remote" >&2
digest=$("$engine" image inspect -f '{{range .RepoDigests}}{{println .}}{{end}}' "$remote" |
  grep -F "${remote%:*}@" | head -1)
[ -n "$digest" ] || fail "$engine does not say under which digest $remote was pushed"
echo "$digest"
