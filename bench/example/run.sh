#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Called by `./dev bench example`, which has built the release preset.
source tools/dev/common.sh
tools/dev/setup.sh all
tools/dev/python.sh bench-example
# Ray listens on every address of the machine, whatever it is told: it gets a network of its own.
exec unshare --map-root-user --net sh -c '
  python=$1
  shift
  "$python" -c "
import fcntl, socket, struct
with socket.socket() as s:  # ip link set lo up, without the program ip.
    fcntl.ioctl(s, 0x8914, struct.pack(\"16sh\", b\"lo\", 0x1 | 0x40))
"
  exec "$python" bench/example/drive.py "$@"' run .deps/venv-bench-example/bin/python "$@"
