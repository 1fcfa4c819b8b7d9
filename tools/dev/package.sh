#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes what users install, in build/packages: a relocatable tarball, .deb files, and a Python wheel
# that carries the program. fmt, simdjson and yaml-cpp are linked into all of them.
source tools/dev/common.sh
tools/dev/setup.sh build
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1700000000)}

out=build/packages
tree=$out/tree
rm -rf "$out"
mkdir -p "$out"
packaging/build.sh "$PWD/$tree"
rm -rf "$tree/apps" # The examples are no part of what is installed.
packaging/oldest_glibc.sh "$tree" >"$out/needs"
cp LICENSE THIRD_PARTY "$tree/share/tenon/"
packaging/sbom.py --runtimes "$tree/lib/tenon/runtimes" --licenses "$tree/share/tenon/licenses" \
  >"$tree/share/tenon/sbom.spdx.json"

version=$(sed -n 's/.*TENON_VERSION "\(.*\)"/\1/p' include/tenon/base/version.hpp)
packaging/tarball.sh "$tree" "$version" "$out"
packaging/deb.sh "$tree" "$version" "$out" "$(cat "$out/needs")"
python3 packaging/wheel.py "$tree" "$version" "$out" "$(cat "$out/needs")"
say "Packages, which need $(cat "$out/needs")"
ls -l "$out" | awk 'NF > 8 && $9 ~ /tenon/ { printf "%8.1f MB  %s\n", $5 / 1e6, "build/packages/" $9 }'
