#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the sources of what packages carry in themselves into .deps/sources: Debian's source packages, in
# the versions of the installed headers. apt checks their signatures.
source tools/dev/common.sh

target=.deps/sources
declare -A headers=([fmtlib]=libfmt-dev [simdjson]=libsimdjson-dev [yaml-cpp]=libyaml-cpp-dev)
declare -A needed=([fmtlib]=src/format.cc [simdjson]=singleheader/simdjson.cpp [yaml-cpp]=src/parser.cpp)
declare -A folders=([fmtlib]=fmt [simdjson]=simdjson [yaml-cpp]=yaml-cpp)

wanted=
for name in fmtlib simdjson yaml-cpp; do
  version=$(dpkg-query -W -f '${source:Version}' "${headers[$name]}" 2>/dev/null) ||
    fail "${headers[$name]} is not installed; run './dev setup build'"
  wanted+="$name=$version "
done
[ "$(cat "$target/versions" 2>/dev/null)" = "$wanted" ] && exit

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say "Fetching the sources of $wanted"
# A list of its own: the machine's mirror and keys, its source packages, nothing installed.
mirror=$(awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { print $2; exit }' \
  $(ls /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null))
[ -n "$mirror" ] || fail "no Debian mirror was found in /etc/apt"
mkdir -p "$work/lists/partial"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" >"$work/sources.list"
apt=(apt-get -q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o APT::Get::List-Cleanup=0)
"${apt[@]}" update >"$work/apt.log" 2>&1 || { tail -5 "$work/apt.log" >&2 && fail "apt-get update failed"; }

rm -rf "$target"
mkdir -p "$target"
for pair in $wanted; do
  name=${pair%%=*}
  (cd "$work" && "${apt[@]}" source --download-only "$pair" >>"$work/apt.log" 2>&1) ||
    { tail -5 "$work/apt.log" >&2 && fail "the source of $pair cannot be had"; }
  mkdir -p "$target/${folders[$name]}"
  tar -xf "$work/${name}"_*.orig.tar.* -C "$target/${folders[$name]}" --strip-components=1 \
    --wildcards '*/LICENSE*' "*/${needed[$name]%/*}/*"
  [ -f "$target/${folders[$name]}/${needed[$name]}" ] || fail "$pair has no ${needed[$name]}"
done
printf '%s' "$wanted" >"$target/versions"
