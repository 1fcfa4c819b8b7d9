#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the serving program needs when it starts: nothing that is not listed here. Everything else is
# opened on first use (46 more libraries cost 11 ms and 7 MB when they were tried). zlib, which unpacks
# .npz payloads, is one small library that needs nothing but libc.
set -euo pipefail
build=$1
allowed='libtenon.so|libstdc\+\+.so|libsimdjson.so|libfmt.so|libz.so|libc.so|libm.so|libgcc_s.so|ld-linux'
status=0
for file in "$build/bin/tenon" "$build"/lib/libtenon.so; do
  while read -r needed; do
    if ! [[ $needed =~ ^($allowed) ]]; then
      echo "$file needs $needed when it starts; open it on first use, or change this list and say why"
      status=1
    fi
  done < <(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
done
exit $status
