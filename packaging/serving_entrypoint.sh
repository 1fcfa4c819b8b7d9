#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# For those who want a script in front: set what the program reads, then become it. `exec` matters, for
# without it SIGTERM ends this shell and not the server.
#   docker run --entrypoint serving_entrypoint.sh IMAGE serve
set -eu
[ $# -gt 0 ] || set -- serve
exec tenon "$@"
