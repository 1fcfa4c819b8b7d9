# SPDX-License-Identifier: Apache-2.0
# tenon_add_application(NAME source...)
#
# Builds a module, `NAME.so`, that `tenon run NAME:application` serves. It lies in `apps/` of the
# build folder, where the program beside it finds it; `example_serving/single` lies in a folder of
# that name and is run as `example_serving.single:application`.
function(tenon_add_application name)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR
      "Modules of Tenon are built with clang 19 or newer; found ${CMAKE_CXX_COMPILER_ID} "
      "${CMAKE_CXX_COMPILER_VERSION}. g++ 12 destroys aggregate temporaries in a co_await operand "
      "wrongly (use after free) and overflows the stack on long chains of ready awaits. "
      "Configure with -DCMAKE_CXX_COMPILER=clang++-19.")
  endif()
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
endfunction()
