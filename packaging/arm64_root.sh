#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# arm64_root.sh FOLDER: the headers and libraries of Debian for arm64, unpacked and not installed: what a
# cross build compiles against, and what qemu-aarch64 runs its programs with. A second run does nothing.
set -euo pipefail
root=$1
packages=(libc6 libc6-dev linux-libc-dev libgcc-s1 libgcc-12-dev libstdc++6 libstdc++-12-dev libboost1.81-dev
  libfmt-dev libfmt9 libsimdjson-dev libsimdjson14 libyaml-cpp-dev libyaml-cpp0.7
  libarchive-dev libarchive13 zlib1g-dev zlib1g)
[ "$(cat "$root/packages" 2>/dev/null)" != "${packages[*]}" ] || exit 0

mirror=$(awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { print $2; exit }' \
  $(ls /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial"
: >"$work/status"
# A list of its own: the machine's mirror and keys, another architecture, nothing installed.
echo "deb [arch=arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" \
  >"$work/sources.list"
apt=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State::status=$work/status"
  -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o APT::Sandbox::User=root)
"${apt[@]}" update >"$work/log" 2>&1 || { tail -5 "$work/log" >&2 && exit 1; }
(cd "$work" && "${apt[@]}" download "${packages[@]}" >>"$work/log" 2>&1) || { tail -5 "$work/log" >&2 && exit 1; }
rm -rf "$root"
mkdir -p "$root"
for file in "$work"/*.deb; do dpkg-deb -x "$file" "$root"; done
# Links to places of a root of its own would lead into the machine's.
find "$root" -type l -lname '/*' | while read -r link; do ln -sfr "$root$(readlink "$link")" "$link"; done
echo "${packages[*]}" >"$root/packages"
