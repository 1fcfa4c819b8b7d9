# SPDX-License-Identifier: Apache-2.0
# tenon_add_application(NAME source...)
#
# Builds a module, `NAME.so`, that `tenon run NAME:application` serves. It lies in `apps/` of the
# build folder, where the program beside it finds it; `example_serving/single` lies in a folder of
# that name and is run as `example_serving.single:application`. `cmake --install` puts it into `apps/`
# of the prefix: beside the program, where that was installed there.
#
# tenon_add_executable(NAME source...)
#
# Builds one program that is server and application: `./NAME [APPLICATION] [flags of tenon run]`, and
# `./NAME serve` in a container. It needs glibc and libstdc++ and no file of Tenon's. Runtimes are
# plug-ins: an application that loads an artifact is built as a module instead.
function(tenon_require_modules_compiler)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR
      "Modules of Tenon are built with clang 19 or newer; found ${CMAKE_CXX_COMPILER_ID} "
      "${CMAKE_CXX_COMPILER_VERSION}. g++ 12 destroys aggregate temporaries in a co_await operand "
      "wrongly (use after free) and overflows the stack on long chains of ready awaits. "
      "Configure with -DCMAKE_CXX_COMPILER=clang++-19.")
  endif()
endfunction()

function(tenon_add_application name)
  tenon_require_modules_compiler()
  string(REPLACE "/" "_" target ${name})
  get_filename_component(file ${name} NAME)
  get_filename_component(folder ${name} DIRECTORY)
  add_library(${target} MODULE ${ARGN})
  target_link_libraries(${target} PRIVATE tenon::tenon)
  if(TARGET tenon_flags)  # Within this project: warnings, and the sanitizer of the program.
    target_link_libraries(${target} PRIVATE tenon_flags)
  endif()
  set_target_properties(${target} PROPERTIES
    PREFIX ""
    OUTPUT_NAME ${file}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/apps/${folder}
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    CXX_STANDARD 20
    CXX_STANDARD_REQUIRED ON)
  install(TARGETS ${target} LIBRARY DESTINATION apps/${folder})
endfunction()

set(TENON_PROGRAM_SOURCE ${CMAKE_CURRENT_LIST_DIR}/application_program.cpp)
function(tenon_add_executable name)
  tenon_require_modules_compiler()
  add_executable(${name} ${ARGN} ${TENON_PROGRAM_SOURCE})
  target_link_libraries(${name} PRIVATE tenon::static)
  if(TARGET tenon_flags)
    target_link_libraries(${name} PRIVATE tenon_flags)
  endif()
  # The program finds its own applications by the symbol that a module has.
  target_link_options(${name} PRIVATE LINKER:--export-dynamic-symbol=tenon_module LINKER:--gc-sections)
  set_target_properties(${name} PROPERTIES
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    CXX_STANDARD 20
    CXX_STANDARD_REQUIRED ON)
endfunction()
