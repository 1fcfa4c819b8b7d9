#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# small_floor.sh FOLDER: makes the root of an image that has glibc, libstdc++ and a shell, from the
# packages of the Debian that this runs on. No package manager, no coreutils.
set -euo pipefail
root=$1
triplet=$(gcc -print-multiarch 2>/dev/null || echo "$(uname -m)-linux-gnu")
packages=(libc6 libgcc-s1 libstdc++6 dash)

mkdir -p "$root"/{etc,dev,proc,sys,tmp,opt/ml,root,usr/bin,usr/sbin,usr/lib/"$triplet",usr/lib64,var/lib/dpkg}
for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
chmod 1777 "$root/tmp"

# Libraries and the loader, as the packages list them; nothing of locales, manuals or debuggers.
for package in libc6 libgcc-s1 libstdc++6; do
  # Of the loader's two names one is a link to the other.
  dpkg -L "$package" | grep -E "/$triplet/(lib[^/]*\.so[^/]*|ld-linux[^/]*)\$" |
    while read -r file; do
      [ -e "$file" ] || continue
      cp -P "$file" "$root/usr/lib/$triplet/"
    done
done
loader=$(cd "$root/usr/lib/$triplet" && ls ld-linux* | head -1)
[ -e "$root/usr/lib64/$loader" ] || ln -s "../lib/$triplet/$loader" "$root/usr/lib64/$loader"
cp "$(command -v dash)" "$root/usr/bin/dash"
ln -s dash "$root/usr/bin/sh"

echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'nobody:x:65534:65534:nobody:/nonexistent:/bin/false' >>"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
cp -L /etc/os-release /etc/debian_version "$root/etc/"
# The same record as dpkg's, for the SBOM and for scanners.
for package in "${packages[@]}"; do
  dpkg-query -s "$package"
  echo
  mkdir -p "$root/usr/share/doc/$package"
  cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/" 2>/dev/null || true
done >"$root/var/lib/dpkg/status"
