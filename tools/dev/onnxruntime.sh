#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts ONNX Runtime into .deps/onnxruntime: the library from PyPI's wheel (MIT), the headers from the
# next Debian release, which are older than the library and fit it (the API is versioned).
source tools/dev/common.sh

target=.deps/onnxruntime
version=1.32.0
wheel_hash=5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d
headers_version=1.21.0
[ -f "$target/$version-$headers_version" ] && exit
[ "$(uname -m)" = x86_64 ] ||
  fail "ONNX Runtime is pinned for x86_64 only; on $(uname -m) configure with -DTENON_ONNX=OFF"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "Fetching ONNX Runtime $version"
echo "onnxruntime==$version --hash=sha256:$wheel_hash" >"$work/requirements.txt"
python3 -m pip download -q --disable-pip-version-check --require-hashes --no-deps \
  --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 \
  --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 -d "$work" \
  -r "$work/requirements.txt"
python3 -m zipfile -e "$work"/onnxruntime-*.whl "$work/wheel"

# A package list of its own: the machine's mirror and keys, another suite, nothing installed.
mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
  awk '$1 == "deb" && $3 ~ /^bookworm$/ { print $2; exit } $1 == "deb" && $4 == "bookworm" { print $3; exit }')
[ -n "$mirror" ] || mirror=$(awk '$1 == "URIs:" { print $2; exit }' /etc/apt/sources.list.d/*.sources)
[ -n "$mirror" ] || fail "no Debian mirror was found in /etc/apt; the headers of ONNX Runtime come from there"
mkdir -p "$work/lists/partial"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keyring] $mirror trixie main" >"$work/sources.list"
apt=(apt-get -q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o APT::Get::List-Cleanup=0)
"${apt[@]}" update >"$work/apt.log" 2>&1 || { tail -5 "$work/apt.log" >&2 && fail "apt-get update of trixie failed"; }
(cd "$work" && "${apt[@]}" download "libonnxruntime-dev=$headers_version*" >>"$work/apt.log" 2>&1) ||
  { tail -5 "$work/apt.log" >&2 && fail "the package libonnxruntime-dev of trixie cannot be had"; }
dpkg-deb -x "$work"/libonnxruntime-dev_*.deb "$work/headers"

rm -rf "$target"
mkdir -p "$target/lib"
cp "$work/wheel/onnxruntime/capi/libonnxruntime.so.$version" "$target/lib/"
cp -r "$work/headers/usr/include" "$target/include"
touch "$target/$version-$headers_version"
