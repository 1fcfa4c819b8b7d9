#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build.sh PREFIX: builds what is shipped and installs it there, stripped: program, library, plug-ins,
# headers, templates, and the examples' modules in PREFIX/apps. What it needs is installed already.
# TENON_SAGEMAKER=OFF leaves `tenon sagemaker` out.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/dev/common.sh
[ $# = 1 ] || fail "build.sh takes the folder to install into"
tools/dev/sources.sh

build=build/package
cmake -S . -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="${CXX:-clang++-19}" -DCMAKE_BUILD_TYPE=Release \
  -DTENON_STATIC=ON -DTENON_SAGEMAKER="${TENON_SAGEMAKER:-ON}" >"$build.log" 2>&1 ||
  { cat "$build.log" >&2 && fail "cmake failed"; }
targets=(src/all apps/tenon/all apps/check/all apps/bench/all apps/tune/all runtimes/all plugins/all examples/all)
[ "${TENON_SAGEMAKER:-ON}" = OFF ] || targets+=(apps/sagemaker/all)
ninja -C "$build" "${targets[@]}"
cmake --install "$build" --prefix "$1" --strip >"$build.log" || { cat "$build.log" >&2 && fail "the installation failed"; }
