# SPDX-License-Identifier: Apache-2.0
# How every target of this project is compiled.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -gline-tables-only")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

find_program(CCACHE ccache)
if(CCACHE)
  # Build folders share results: neither the compiler's directory nor its time stamp tells results
  # apart.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=time_macros ${CCACHE})
endif()

add_library(tenon_flags INTERFACE)
target_compile_options(tenon_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Werror
                                             -fno-omit-frame-pointer)
target_link_options(tenon_flags INTERFACE -fuse-ld=lld -Wl,--as-needed)

if(TENON_SANITIZE STREQUAL "address")
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(TENON_SANITIZE STREQUAL "thread")
  set(sanitizers -fsanitize=thread)
elseif(TENON_SANITIZE STREQUAL "fuzz")
  set(sanitizers -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all)
elseif(NOT TENON_SANITIZE STREQUAL "")
  message(FATAL_ERROR "TENON_SANITIZE is '${TENON_SANITIZE}'; it takes address, thread or fuzz.")
endif()
if(sanitizers)
  # Shared, so that the program, the library and modules use one runtime.
  target_compile_options(tenon_flags INTERFACE ${sanitizers})
  target_link_options(tenon_flags INTERFACE ${sanitizers})
endif()

# g++ 12 ends temporaries in the operand of co_await wrongly, and overflows the stack on long
# chains of ready awaits.
function(tenon_require_clang)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR
      "Tenon is built with clang 19 or newer; found ${CMAKE_CXX_COMPILER_ID} "
      "${CMAKE_CXX_COMPILER_VERSION}. g++ 12 destroys aggregate temporaries in a co_await operand "
      "wrongly (use after free) and overflows the stack on long chains of ready awaits. "
      "Configure with -DCMAKE_CXX_COMPILER=clang++-19.")
  endif()
endfunction()
tenon_require_clang()
