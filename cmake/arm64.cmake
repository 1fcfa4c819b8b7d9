# SPDX-License-Identifier: Apache-2.0
# For Linux on arm64 (Graviton), built elsewhere: clang is a compiler for every processor, what it compiles
# against comes from packaging/arm64_root.sh. cmake -DCMAKE_TOOLCHAIN_FILE=cmake/arm64.cmake
# -DTENON_ARM64_ROOT=FOLDER
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TENON_ARM64_ROOT)
set(CMAKE_SYSROOT ${TENON_ARM64_ROOT})
set(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_CXX_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
add_link_options(-fuse-ld=lld)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
