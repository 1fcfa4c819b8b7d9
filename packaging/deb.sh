#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# deb.sh TREE VERSION OUT NEEDS: tenon (program, plug-ins), tenon-dev (headers, CMake, templates) and
# tenon-sagemaker.
set -euo pipefail
tree=$1 version=$2 out=$3
glibc=$(sed -n 's/.*glibc \([0-9.]*\).*/\1/p' <<<"$4")
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

package() { # NAME DEPENDS SUMMARY path...
  local root=$work/$1 name=$1 depends=$2 summary=$3 path
  shift 3
  for path in "$@"; do
    mkdir -p "$root/usr/$(dirname "$path")"
    cp -a "$tree"/$path "$root/usr/$(dirname "$path")/"
  done
  mkdir -p "$root/DEBIAN" "$root/usr/share/doc/$name"
  cp "$tree/share/tenon/LICENSE" "$root/usr/share/doc/$name/copyright"
  cat >"$root/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $architecture
Maintainer: The Tenon authors <tenon@localhost>
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: $depends
Section: science
Priority: optional
Description: $summary
CONTROL
  [ "$name" != tenon ] || echo 'activate-noawait ldconfig' >"$root/DEBIAN/triggers"
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  chmod -R go-w,a+rX "$root"
  dpkg-deb --root-owner-group -Zxz --build "$root" "$out/${name}_${version}_$architecture.deb" >/dev/null
}

package tenon "libc6 (>= $glibc), libstdc++6 (>= 12)" 'serves models over HTTP, for SageMaker and elsewhere' \
  bin/tenon bin/tenon-check bin/tenon-bench bin/tenon-tune 'lib/libtenon.so.*' lib/tenon share/tenon/LICENSE \
  share/tenon/THIRD_PARTY share/tenon/licenses share/tenon/sbom.spdx.json
package tenon-dev "tenon (= $version), libboost1.81-dev | libboost-dev (>= 1.81)" \
  'headers, CMake package and templates of Tenon' \
  include/tenon lib/libtenon.so 'lib/libtenon_*.a' lib/cmake/tenon share/tenon/templates
package tenon-sagemaker 'tenon, libcurl4, libssl3, zlib1g' 'registers, deploys and calls models on SageMaker' \
  bin/tenon-sagemaker
