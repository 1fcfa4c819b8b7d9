#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# base_image.sh: gives docker or podman a debian:bookworm-slim where no registry can be reached, made from
# the machine's own Debian mirror. Needs root and mmdebstrap. Does nothing where the image is there.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source packaging/engine.sh
find_engine
name=debian:bookworm-slim
! is_podman || name=docker.io/library/$name
! "$engine" image inspect "$name" >/dev/null 2>&1 || exit 0
[ "$(id -u)" = 0 ] || fail "needs root, to make a root file system"
command -v mmdebstrap >/dev/null || fail "needs mmdebstrap: apt-get install mmdebstrap"

tar=${BASE_TAR:-build/bookworm-slim.tar}
mkdir -p "$(dirname "$tar")"
if [ ! -f "$tar" ]; then
  mirror=$(awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { print $2; exit }' \
    $(ls /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null))
  hooks=$(dpkg -L mmdebstrap | grep '/hooks/merged-usr$')
  share=${hooks%/mmdebstrap/*}
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # No caches in layers: what every Debian image of a registry does too.
  cat >"$work/docker-clean" <<'APT'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::GzipIndexes "true";
Apt::AutoRemove::SuggestsImportant "false";
APT
  (cd "$work" && mmdebstrap --quiet --variant=apt \
    --include=usr-is-merged,adduser,passwd,tzdata,mawk,debian-archive-keyring --hook-dir="$hooks" \
    --dpkgopt="path-exclude=$share/man/*" --dpkgopt="path-exclude=$share/doc/*" \
    --dpkgopt="path-include=$share/doc/*/copyright" \
    --dpkgopt="path-exclude=$share/locale/*" --dpkgopt="path-exclude=$share/info/*" \
    --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
    --aptopt='Acquire::Check-Date "false"' --aptopt='APT::Install-Recommends "false"' \
    --customize-hook='sed -i /Install-Recommends/d "$1/etc/apt/apt.conf.d/99mmdebstrap"' \
    --customize-hook='copy-in docker-clean /etc/apt/apt.conf.d' \
    --customize-hook='rm -f "$1"/var/cache/apt/*.bin' \
    bookworm base.tar "deb $mirror bookworm main" "deb $mirror bookworm-updates main" \
    "deb $mirror-security bookworm-security main")
  mv "$work/base.tar" "$tar"
fi
if is_podman; then
  "$engine" import --change 'CMD ["bash"]' "$tar" "$name" >/dev/null
else
  "$engine" import -c 'CMD ["bash"]' "$tar" "$name" >/dev/null
fi
echo "$engine has $name"
