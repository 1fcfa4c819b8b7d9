#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# oldest_glibc.sh TREE: prints the oldest glibc and libstdc++ that everything in the tree runs with, as
# `glibc 2.34, GLIBCXX 3.4.30`. Fails where that is newer than what is promised: Debian 12, Ubuntu 22.04.
set -euo pipefail
promised_glibc=2.35
promised_glibcxx=3.4.30

newest() { # PREFIX: the newest version that the symbols of all files ask for
  find "$1" -type f \( -name '*.so*' -o -path '*/bin/*' \) -print0 |
    xargs -0 objdump -T 2>/dev/null | grep -oE "\($2_[0-9.]+\)|$2_[0-9.]+" | tr -d '()' | sed "s/$2_//" | sort -uV | tail -1
}
glibc=$(newest "$1" GLIBC)
glibcxx=$(newest "$1" GLIBCXX)
for pair in "glibc $glibc $promised_glibc" "libstdc++ $glibcxx $promised_glibcxx"; do
  read -r name found promised <<<"$pair"
  [ "$(printf '%s\n' "$found" "$promised" | sort -V | tail -1)" = "$promised" ] || {
    echo "oldest_glibc: something in $1 needs $name $found; $promised is promised" >&2
    exit 1
  }
done
echo "glibc $glibc, GLIBCXX $glibcxx"
