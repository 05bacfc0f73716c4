# Makes a C file with the texts of other files as strings:
#
#     cmake -DOUT=embedded.c -DNAMES=hd_a_css;hd_a_js -DFILES=a.css;a.js -P embed.cmake
#
# As numbers, since a string literal has a length that compilers may refuse.
set(text "/* Made by cmake/embed.cmake. */\n")
foreach(name file IN ZIP_LISTS NAMES FILES)
    file(READ "${file}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND text "extern const char ${name}[];\nconst char ${name}[] = {${bytes}0};\n")
endforeach()
file(WRITE "${OUT}" "${text}")
