# Heddle's own parsers and what they need; they know nothing of tasks, so that they
# can be compiled with sanitizers.  parser_fuzzers: the fuzz targets, one file each.
file(GLOB parser_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/base/*.c"
     "${CMAKE_SOURCE_DIR}/src/repro/schedule*.c"
     "${CMAKE_SOURCE_DIR}/src/report/suppression_list.c")
list(APPEND parser_sources "${CMAKE_SOURCE_DIR}/src/feedback/input.c"
     "${CMAKE_SOURCE_DIR}/src/feedback/mutator.c" "${CMAKE_SOURCE_DIR}/src/engine/plan.c"
     "${CMAKE_SOURCE_DIR}/src/engine/finding.c")
# mem.c is only for the library, whose calls of memcpy are renamed to it.
list(REMOVE_ITEM parser_sources "${CMAKE_SOURCE_DIR}/src/base/mem.c")
file(GLOB parser_fuzzers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_*.c")
