#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command in a network of its own that has nothing but loopback: Ray listens on every address of
# the machine, whatever it is told. Needs user namespaces, or root and OWN_NETWORK_AS="".
set -euo pipefail
exec unshare ${OWN_NETWORK_AS---map-root-user} --net sh -c '
  python3 -c "
import fcntl, socket, struct
with socket.socket() as s:  # ip link set lo up, without the program ip.
    fcntl.ioctl(s, 0x8914, struct.pack(\"16sh\", b\"lo\", 0x1 | 0x40))
"
  exec "$@"' run "$@"
