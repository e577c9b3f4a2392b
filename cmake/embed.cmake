# cmake -DIN=file -DOUT=file.c -DNAME=symbol -P embed.cmake: the bytes of a file as a C array that
# ends in a NUL which NAME_size does not count.
file(READ "${IN}" hex HEX)
# Character constants, because 0xc3 does not fit a char; sixteen to a line.
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE "${OUT}" "#include <stddef.h>\nextern const char ${NAME}[];\nextern const size_t ${NAME}_size;\n"
    "const char ${NAME}[] = { ${bytes}0x00 };\nconst size_t ${NAME}_size = sizeof(${NAME}) - 1;\n")
