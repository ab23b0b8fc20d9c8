# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints a C file that holds its input as the string constant NAME (-v name=NAME), which
# HEADER (-v header=HEADER) declares.
BEGIN {
    print "#include \"" header "\""
    print ""
    print "const char " name "[] ="
}
{
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    print "    \"" $0 "\\n\""
}
END {
    print "    ;"
}
