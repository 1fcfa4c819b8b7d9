# SPDX-License-Identifier: Apache-2.0
# TENON_STATIC: what is shipped (image, packages) carries fmt, simdjson, yaml-cpp, zlib and libarchive in itself, so that
# it needs nothing but glibc and libstdc++. Debian has the first three as shared libraries only, or not
# for use in one; their sources come from Debian's source packages (tools/dev/sources.sh), in the
# versions of the headers.
#
# libstdc++ stays shared: exceptions and types cross from modules into libtenon.
set(TENON_SOURCES ${PROJECT_SOURCE_DIR}/.deps/sources CACHE PATH
    "Folder with the sources of fmt, simdjson and yaml-cpp")

# Makes an imported shared library mean an archive that is built here.
function(tenon_carry imported archive pattern)
  file(GLOB sources ${TENON_SOURCES}/${pattern})
  if(NOT sources)
    message(FATAL_ERROR
      "TENON_STATIC needs ${TENON_SOURCES}/${pattern}. Run tools/dev/sources.sh, or name the folder "
      "with -DTENON_SOURCES=....")
  endif()
  add_library(${archive} STATIC ${sources})
  target_include_directories(${archive} SYSTEM PRIVATE
    $<TARGET_PROPERTY:${imported},INTERFACE_INCLUDE_DIRECTORIES>)
  set_target_properties(${archive} PROPERTIES
    ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/archives
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  get_target_property(configurations ${imported} IMPORTED_CONFIGURATIONS)
  foreach(configuration IN LISTS configurations)
    set_target_properties(${imported} PROPERTIES
      IMPORTED_LOCATION_${configuration} ${PROJECT_BINARY_DIR}/archives/lib${archive}.a)
  endforeach()
  # Nobody else shall find what is carried: two versions of it may be in one process.
  set_property(TARGET ${imported} APPEND PROPERTY
    INTERFACE_LINK_OPTIONS "LINKER:--exclude-libs,lib${archive}.a")
  add_dependencies(${imported} ${archive})
endfunction()

find_package(fmt 9.1 REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
tenon_carry(fmt::fmt carried_fmt fmt/src/format.cc)
tenon_carry(simdjson::simdjson carried_simdjson simdjson/singleheader/simdjson.cpp)
tenon_carry(yaml-cpp carried_yaml yaml-cpp/src/*.cpp)

# Of libarchive, only what reads a gzipped tar is taken from the archive.
function(tenon_link_archives imported)
  get_target_property(configurations ${imported} IMPORTED_CONFIGURATIONS)
  foreach(name IN LISTS ARGN)
    find_library(archive_${name} lib${name}.a REQUIRED)
    list(APPEND archives ${archive_${name}})
    set_property(TARGET ${imported} APPEND PROPERTY
      INTERFACE_LINK_OPTIONS "LINKER:--exclude-libs,lib${name}.a")
  endforeach()
  list(POP_FRONT archives first)
  set_target_properties(${imported} PROPERTIES IMPORTED_LOCATION ${first})
  foreach(configuration IN LISTS configurations)
    set_target_properties(${imported} PROPERTIES IMPORTED_LOCATION_${configuration} ${first})
  endforeach()
  set_property(TARGET ${imported} APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${archives})
endfunction()
find_package(LibArchive 3.6 REQUIRED)
tenon_link_archives(LibArchive::LibArchive archive z)
find_package(ZLIB REQUIRED)
tenon_link_archives(ZLIB::ZLIB z)

# For libtenon.a, which carries it too.
set(unpacked ${PROJECT_BINARY_DIR}/archives/z)
file(MAKE_DIRECTORY ${unpacked})
execute_process(COMMAND ${CMAKE_AR} x ${archive_z} WORKING_DIRECTORY ${unpacked} COMMAND_ERROR_IS_FATAL ANY)
file(GLOB TENON_ZLIB_OBJECTS ${unpacked}/*.o)
