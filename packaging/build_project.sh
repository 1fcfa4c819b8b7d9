#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build_project.sh FOLDER PREFIX: builds the applications of a project against the Tenon in PREFIX and
# puts them into PREFIX/apps, in the place of the examples. Does nothing where there is no such project.
set -euo pipefail
project=$1 prefix=$2
[ -f "$project/CMakeLists.txt" ] || exit 0
cmake -S "$project" -B build/project -G Ninja -DCMAKE_CXX_COMPILER="${CXX:-clang++-19}" \
  -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DCMAKE_PREFIX_PATH="$prefix"
ninja -C build/project
rm -rf "${prefix:?}/apps"
cmake --install build/project --prefix "$prefix" --strip
