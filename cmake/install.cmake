# The installation: what heddle-cc links is found from where heddle-cc is, and the
# packages say where they are themselves, so that a prefix may be moved.
include(CMakePackageConfigHelpers)

set(parts "${CMAKE_INSTALL_LIBDIR}/heddle")
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/heddle")

install(TARGETS heddle ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY include/heddle DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
foreach(flavor IN LISTS HEDDLE_FLAVORS)
    heddle_flavor_suffix(suffix ${flavor})
    install(TARGETS heddle-command${suffix} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endforeach()

install(TARGETS heddle-cc RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
# A link, and installed as one.
install(PROGRAMS "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/heddle-c++"
        DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES "${heddle_parts}/heddle_start.o" "${heddle_parts}/exports.rsp"
              "${heddle_libc_wrap}" "${heddle_tsan_wrap}" DESTINATION "${parts}")
install(TARGETS heddle_preload LIBRARY DESTINATION "${parts}")
install(FILES docs/heddle.1 docs/heddle-cc.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(CODE "execute_process(COMMAND \"${CMAKE_COMMAND}\" -E create_symlink heddle-cc.1
    \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1/heddle-c++.1\"
    COMMAND_ERROR_IS_FATAL ANY)")

file(RELATIVE_PATH HEDDLE_PC_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
     "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" HEDDLE_PC_PREFIX "${HEDDLE_PC_PREFIX}")
cmake_path(GET HEDDLE_BOOST_CONTEXT PARENT_PATH HEDDLE_BOOST_FOLDER)
configure_file(cmake/package/heddle.pc.in "${CMAKE_BINARY_DIR}/generated/heddle.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/generated/heddle.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

configure_package_config_file(cmake/package/heddle-config.cmake.in
    "${CMAKE_BINARY_DIR}/generated/heddle-config.cmake" INSTALL_DESTINATION "${package}"
    PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/generated/heddle-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/generated/heddle-config.cmake"
              "${CMAKE_BINARY_DIR}/generated/heddle-config-version.cmake"
              cmake/package/heddle-functions.cmake cmake/package/heddle-expect.cmake
        DESTINATION "${package}")
