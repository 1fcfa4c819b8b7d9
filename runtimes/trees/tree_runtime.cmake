# SPDX-License-Identifier: Apache-2.0
# The plug-in NAME from the sources of its folder, its test and its fuzz target.
function(tenon_add_tree_runtime name)
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  set(plugin ${sources})
  list(FILTER plugin INCLUDE REGEX "_runtime\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_runtime\\.cpp$")

  # Everything but the plug-in's symbol, for the fuzz target too.
  add_library(tenon_${name}_parts STATIC ${sources})
  target_link_libraries(tenon_${name}_parts PUBLIC tenon_trees PRIVATE tenon_flags fmt::fmt)
  add_library(tenon_${name} MODULE ${plugin})
  target_link_libraries(tenon_${name} PRIVATE tenon_${name}_parts tenon_flags fmt::fmt)
  set(plugins ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/tenon/runtimes)
  set_target_properties(tenon_${name} tenon_${name}_parts PROPERTIES
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  set_target_properties(tenon_${name} PROPERTIES
    PREFIX ""
    OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${plugins}
    INSTALL_RPATH "$ORIGIN/../..")
  install(TARGETS tenon_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/tenon/runtimes)

  if(TENON_TESTS)
    add_executable(tenon_${name}_test ${name}_test.cpp)
    target_link_libraries(tenon_${name}_test PRIVATE tenon_trees_golden tenon_flags fmt::fmt
                                                     GTest::gtest_main)
    # The library of Python's wheel, where `tools/dev/python.sh artifacts` has put it.
    string(TOUPPER ${name} upper)
    file(GLOB library ${PROJECT_SOURCE_DIR}/.deps/venv-artifacts/lib/python3*/site-packages/${name}/lib/lib*${name}.so)
    target_compile_definitions(tenon_${name}_test PRIVATE
      TENON_TEST_RUNTIMES="${plugins}"
      TENON_TEST_${upper}_LIBRARY="${library}")
    add_dependencies(tenon_${name}_test tenon_${name})
    set_target_properties(tenon_${name}_test PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  endif()
  if(TENON_SANITIZE STREQUAL "fuzz")
    add_executable(${name}_fuzz EXCLUDE_FROM_ALL ${name}_fuzz.cpp)
    target_link_libraries(${name}_fuzz PRIVATE tenon_${name}_parts tenon_flags)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name}_fuzz PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    add_dependencies(fuzz_targets ${name}_fuzz)
  endif()
endfunction()
