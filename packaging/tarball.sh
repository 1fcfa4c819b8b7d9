#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tarball.sh TREE VERSION OUT: one folder that runs wherever it is unpacked.
set -euo pipefail
tree=$1 version=$2 out=$3
name=tenon-$version-linux-$(uname -m)
tar -c --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
  --transform="s|^\.|$name|S" -C "$tree" . | gzip -n -6 >"$out/$name.tar.gz"
