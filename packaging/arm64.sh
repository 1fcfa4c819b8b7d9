#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# arm64.sh [FOLDER]: cross-builds program, plug-ins and the examples without ONNX for Linux on arm64
# (Graviton), in build/arm64 (or FOLDER). `qemu-aarch64-static -L .deps/arm64 build/arm64/bin/tenon` runs it
# here.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/dev/common.sh
build=${1:-build/arm64}
tools/dev/sources.sh
packaging/arm64_root.sh "$PWD/.deps/arm64"
# ONNX Runtime is pinned for x86_64 only.
cmake -S . -B "$build" -G Ninja -DCMAKE_CXX_COMPILER="${CXX:-clang++-19}" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/arm64.cmake" -DTENON_ARM64_ROOT="$PWD/.deps/arm64" \
  -DTENON_STATIC=ON -DTENON_SAGEMAKER=OFF -DTENON_ONNX=OFF >"$build.log" 2>&1 ||
  { cat "$build.log" >&2 && fail "cmake failed"; }
ninja -C "$build" src/all apps/tenon/all runtimes/all plugins/all hello two_models
