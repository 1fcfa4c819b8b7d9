# SPDX-License-Identifier: Apache-2.0
# Sourced: sets `engine`, the docker or podman that answers here. ENGINE names one; DOCKER_HOST is
# docker's own variable.
set -euo pipefail

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

engine_answers() { "$1" info >/dev/null 2>&1; }
# Docker up to 20.10 has BuildKit in itself; newer ones have it where they have buildx.
engine_builds() {
  case $(basename "$1") in
    podman*) return 0 ;;
    *) "$1" buildx version >/dev/null 2>&1 || "$1" version -f '{{.Client.Version}}' 2>/dev/null | grep -qE '^(1[0-9]|20)\.' ;;
  esac
}

find_engine() { # [builds]: one that can also build
  local candidate candidates=()
  if [ -n "${ENGINE:-}" ]; then
    engine_answers "$ENGINE" || fail "ENGINE is '$ENGINE', which does not answer: '$ENGINE info' says why"
    engine=$ENGINE
    return
  fi
  while read -r candidate; do candidates+=("$candidate"); done < <(type -ap docker podman || true)
  for candidate in "${candidates[@]:+${candidates[@]}}"; do
    engine_answers "$candidate" || continue
    [ "${1:-}" != builds ] || engine_builds "$candidate" || continue
    engine=$candidate
    return
  done
  [ ${#candidates[@]} -gt 0 ] || fail "neither docker nor podman is on PATH; install one of them"
  fail "none of these answers${1:+ and can build}: ${candidates[*]}. Is the Docker daemon running?"
}

is_podman() { [[ $(basename "$engine") == podman* ]]; }

image=${IMAGE:-tenon:latest}
container=${CONTAINER:-tenon-serving}
port=${PORT:-8080}
model=${MODEL:-local/model}
