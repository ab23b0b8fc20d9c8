# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints a C file that holds each of its inputs as the string constant that name=NAME before
# it on the command line says; HEADER (-v header=HEADER) declares them.
BEGIN {
    print "#include \"" header "\""
}
FNR == 1 {
    if (NR > 1)
        print "    ;"
    print ""
    print "const char " name "[] ="
}
{
    gsub(/\\/, "&&")
    gsub(/"/, "\\\"")
    print "    \"" $0 "\\n\""
}
END {
    print "    ;"
}
