# SPDX-License-Identifier: Apache-2.0
# `cmake --install`: program, library, headers, plug-ins, and what `find_package(tenon)` reads.
include(CMakePackageConfigHelpers)

install(TARGETS tenon_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS tenon tenon_static tenon_testing EXPORT tenon-targets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/tenon DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT tenon-targets NAMESPACE tenon:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tenon)
configure_package_config_file(cmake/tenon-config.cmake.in tenon-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tenon)
# A module is rebuilt per minor version while the major version is 0.
write_basic_package_version_file(tenon-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tenon-config.cmake
              ${PROJECT_BINARY_DIR}/tenon-config-version.cmake
              cmake/TenonApplication.cmake
              cmake/application_program.cpp
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tenon)
# What `tenon new` makes projects from.
install(DIRECTORY packaging/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/tenon USE_SOURCE_PERMISSIONS)
