#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command in a fresh Debian 12 root that has git and nothing else, as a newcomer's machine has.
# Needs root, and the machine's own Debian mirror.
#   clean_root.sh [COMMAND...]    default: what a newcomer does (newcomer.sh)
# The repository lies in /source there; TENON_CLEAN_ROOT keeps the root at a place for a second look.
set -euo pipefail

repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
[ "$(id -u)" = 0 ] || { echo "clean_root: needs root, to make a root file system" >&2 && exit 2; }
command -v debootstrap >/dev/null || apt-get install -q -y --no-install-recommends debootstrap >/dev/null

root=${TENON_CLEAN_ROOT:-$(mktemp -d)}
leave() {
  umount -R "$root/source" "$root/proc" "$root/dev" 2>/dev/null || true
  [ -n "${TENON_CLEAN_ROOT:-}" ] || rm -rf --one-file-system "$root"
}
trap leave EXIT

mirror=$(awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { print $2; exit }' \
  /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null)
[ -f "$root/etc/debian_version" ] ||
  debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
  { tail -5 "$root.log" >&2 && exit 1; }

# The machine's way out: its package sources, certificates, resolver and Python index.
cp -r /etc/apt/. "$root/etc/apt/"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
[ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/"
mkdir -p "$root/source" "$root/root/.config/pip"
[ ! -f "$HOME/.config/pip/pip.conf" ] || cp "$HOME/.config/pip/pip.conf" "$root/root/.config/pip/"

mount -t proc proc "$root/proc"
mount --rbind --make-rslave /dev "$root/dev"
mount --bind -o ro "$repository" "$root/source"
chroot "$root" git config --system --add safe.directory '*'

settings=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
while IFS= read -r name; do settings+=("$name=${!name}"); done < <(
  compgen -e | grep -E '^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|PIP_|SSL_CERT|REQUESTS_CA|CURL_CA)' |
    grep -v PIP_FIND_LINKS || true)
[ $# -gt 0 ] || set -- /source/tests/newcomer/newcomer.sh /source
chroot "$root" env -i "${settings[@]}" "$@"
