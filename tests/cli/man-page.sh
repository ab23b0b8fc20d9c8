#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The man page and --help agree on commands, options and exit statuses, and every reason code has
# its entry.

set -u
LC_ALL=C
export LC_ALL

page=${builddir:?}/man/virt-iommufix.1
tmp=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-man.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
tests=0

# ok NAME: ok if the command before it succeeded.
ok() {
    if [ $? -eq 0 ]; then
        tests=$((tests + 1))
        echo "ok $tests - $1"
    else
        tests=$((tests + 1))
        echo "not ok $tests - $1"
        return 1
    fi
}

skip() {
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

# same HELP MAN NAME: the same lines, and some at all.
same() {
    [ -s "$1" ] && cmp -s "$1" "$2"
    ok "$3" || diff "$1" "$2" | sed -n 's/^</# --help:  /p; s/^>/# man page:/p'
}

# facts: the page as lines of KIND, place, item and text, with tabs between:
#   synopsis    COMMAND or ""     arguments
#   summary     COMMAND           first sentence
#   entry       SECTION/SUBSECTION    head of a .TP     first sentence
facts() {
    awk '
        # One macro line: its arguments put together; -: with spaces between (.B, .I).
        function macro(line, sep,    out, first) {
            out = ""
            first = 1
            while (line != "") {
                sub(/^ +/, "", line)
                if (line == "")
                    break
                if (!first)
                    out = out sep
                first = 0
                if (line ~ /^"/) {
                    match(line, /^"[^"]*"?/)
                    out = out substr(line, 2, RLENGTH - 1 - (substr(line, RLENGTH, 1) == "\"" && RLENGTH > 1))
                } else {
                    match(line, /^[^ ]+/)
                    out = out substr(line, 1, RLENGTH)
                }
                line = substr(line, RLENGTH + 1)
            }
            return out
        }
        function plain(line) {
            if (line ~ /^\.(BR|RB|IR|RI|BI|IB) /)
                line = macro(substr(line, 4), "")
            else if (line ~ /^\.(SH|SS) /)
                line = macro(substr(line, 4), " ")
            else if (line ~ /^\.[BI] /)
                line = macro(substr(line, 3), " ")
            gsub(/\\f[A-Z]/, "", line)
            gsub(/\\-/, "-", line)
            gsub(/\\\(aq/, "\047", line)
            gsub(/\\&/, "", line)
            return line
        }
        function finish() {
            if (want == "sentence")
                print kind "\t" place "\t" item "\t" text
            else if (want == "synopsis") {
                sub(/^virt-iommufix \[OPTION\]\.\.\. /, "", text)
                print "synopsis\t" place "\t" text
            }
            want = ""
        }
        # From here on, up to the end of the first sentence.
        function expect(what, k, p, i) {
            want = what
            kind = k
            place = p
            item = i
            text = ""
        }
        /^\.\\"/ { next }
        /^\.(SH|SS) / {
            finish()
            name = plain($0)
            if ($0 ~ /^\.SH/) {
                section = name
                sub_section = ""
                if (section == "SYNOPSIS")
                    expect("synopsis", "", "", "")
            } else {
                sub_section = name
                if (section == "COMMANDS")
                    expect("synopsis", "", name, "")
            }
            next
        }
        /^\.(PP|IP|RS|nf|br)/ {
            if (want == "synopsis") {
                finish()
                if (section == "COMMANDS")
                    expect("sentence", "summary", sub_section, "")
            } else {
                finish()
            }
            next
        }
        /^\.TP/ { finish(); want = "head"; next }
        want == "head" {
            expect("sentence", "entry", section "/" sub_section, plain($0))
            next
        }
        want != "" {
            text = text (text == "" ? "" : " ") plain($0)
            if (want == "sentence" && text ~ /\.$/)
                finish()
        }
        END { finish() }
    ' "$page"
}

# sentence: what --help says (third field) as the page says it: one sentence.
# Reads and prints lines of three fields with tabs between.
sentence() {
    awk -F '\t' -v OFS='\t' '{ $3 = toupper(substr($3, 1, 1)) substr($3, 2) "."; print }'
}

# usage FILE: what comes after "virt-iommufix [OPTION...]".
usage() {
    sed -n '2s/^ *virt-iommufix \[OPTION[^]]*\] //p' "$1"
}

# options FILE: an option a line, as "-c, --connect=URI", a tab, its sentence.
options() {
    awk '
        /^Options:/ { on = 1; next }
        on && /^  -/ {
            line = substr($0, 3)
            at = match(line, /  +/)
            print "option\t" substr(line, 1, at - 1) "\t" substr(line, at + RLENGTH)
        }' "$1" | sentence | cut -f 2,3 | sort
}

# entries PLACE...: the options that the page has in these places.
entries() {
    for place in "$@"; do
        awk -F '\t' -v OFS='\t' -v place="$place" \
            '$1 == "entry" && $2 == place && $3 ~ /^-/ { print $3, $4 }' "$tmp/facts"
    done | sort
}

[ -s "$page" ] && facts >"$tmp/facts" && [ -s "$tmp/facts" ]
ok "the page can be read" || { echo "1..$tests"; exit 1; }

"$VIRT_IOMMUFIX" --help >"$tmp/help"
ok "--help"

# The tool itself.
usage "$tmp/help" >"$tmp/a"
awk -F '\t' '$1 == "synopsis" && $2 == "" { print $3 }' "$tmp/facts" >"$tmp/b"
same "$tmp/a" "$tmp/b" "the synopsis"

options "$tmp/help" >"$tmp/a"
entries "OPTIONS/Common options" "OPTIONS/Without a command" >"$tmp/b"
same "$tmp/a" "$tmp/b" "the options without a command"

"$VIRT_IOMMUFIX" --version >"$tmp/a"
sed -n 's/^\.TH .*"\(virt\\-iommufix [^"]*\)".*/\1/p' "$page" | sed 's/\\-/-/g' >"$tmp/b"
same "$tmp/a" "$tmp/b" "the version"

# Its commands: those that --help lists, those that the page describes.
awk '
    /^Commands:/ { on = 1; next }
    on && /^$/ { exit }
    on { name = $1; sub(/^ *[^ ]+ +/, ""); print "command\t" name "\t" $0 }' "$tmp/help" |
    sentence | cut -f 2,3 | sort >"$tmp/a"
awk -F '\t' -v OFS='\t' '$1 == "summary" { print $2, $4 }' "$tmp/facts" | sort >"$tmp/b"
same "$tmp/a" "$tmp/b" "the commands and what they do"

cut -f 1 "$tmp/a" "$tmp/b" | sort -u >"$tmp/commands"
while read -r command; do
    "$VIRT_IOMMUFIX" "$command" --help >"$tmp/help-$command" 2>/dev/null
    ok "$command --help"

    usage "$tmp/help-$command" >"$tmp/a"
    awk -F '\t' -v command="$command" '$1 == "synopsis" && $2 == command { print $3 }' \
        "$tmp/facts" >"$tmp/b"
    same "$tmp/a" "$tmp/b" "$command: the synopsis"

    sed -n '4s/$/./p' "$tmp/help-$command" >"$tmp/a"
    awk -F '\t' -v command="$command" '$1 == "summary" && $2 == command { print $4 }' \
        "$tmp/facts" >"$tmp/b"
    same "$tmp/a" "$tmp/b" "$command: what it does"

    options "$tmp/help-$command" >"$tmp/a"
    # libvirt calls hook, which takes none of the common ones but --help.
    if [ "$command" = hook ]; then
        { entries "OPTIONS/Common options" | grep -- --help; entries "COMMANDS/$command"; } |
            sort >"$tmp/b"
    else
        # apply and undo write to a connection.
        case $command in
        apply) other='^--host' ;;
        undo) other='^--host\|^--sysroot' ;;
        *) other='^$' ;;
        esac
        entries "OPTIONS/Common options" "COMMANDS/$command" | grep -v -- "$other" >"$tmp/b"
    fi
    same "$tmp/a" "$tmp/b" "$command: the options"
done <"$tmp/commands"

# Options are nowhere else, because there nothing compares them.
awk -F '\t' '$1 == "entry" && $3 ~ /^-/ && $2 !~ /^(COMMANDS|OPTIONS)\// { print $2 ": " $3 }
    $1 == "entry" && $3 ~ /^-/ && $2 ~ /^OPTIONS\// && $2 != "OPTIONS/Common options" &&
        $2 != "OPTIONS/Without a command" { print $2 ": " $3 }' "$tmp/facts" >"$tmp/a"
[ ! -s "$tmp/a" ]
ok "no option is in another place" || sed 's/^/# /' "$tmp/a"

# Reason codes: those of the source, and the verdicts.
words_of() {
    awk -v name="$1" '
        index($0, name "(") == 1 { on = 1 }
        on && /^}/ { exit }
        on && /\] = "/ { split($0, part, "\""); print part[2] }' "${srcdir:?}/src/plan/plan-words.c" | sort
}

heads_of() {
    awk -F '\t' -v place="$1" '$1 == "entry" && $2 == place { sub(/ .*/, "", $3); print $3 }' \
        "$tmp/facts" | sort
}

sed -n 's/^ *\[IFX_REASON_[A-Z_]*\] = { "\([^"]*\)".*/\1/p' "${srcdir:?}/src/plan/plan-words.c" |
    sort >"$tmp/a"
heads_of "VERDICTS AND REASON CODES/Reason codes" >"$tmp/b"
same "$tmp/a" "$tmp/b" "the reason codes"
words_of ifxVerdictToString >"$tmp/a"
heads_of "VERDICTS AND REASON CODES/Verdicts" >"$tmp/b"
same "$tmp/a" "$tmp/b" "the verdicts"

# JSON: the kinds and the fields of the schema.
if command -v python3 >/dev/null 2>&1; then
    python3 - "${srcdir:?}/schema/virt-iommufix.schema.json" "$tmp/kinds" "$tmp/fields" <<'PYTHON'
import json
import sys

def fields(part):
    if isinstance(part, dict):
        yield from part["properties"] if isinstance(part.get("properties"), dict) else []
        for value in part.values():
            yield from fields(value)

with open(sys.argv[1]) as file:
    schema = json.load(file)
with open(sys.argv[2], "w") as file:
    print("\n".join(sorted(schema["properties"]["kind"]["enum"])), file=file)
with open(sys.argv[3], "w") as file:
    print("\n".join(sorted(set(fields(schema["$defs"])))), file=file)
PYTHON
    heads_of "JSON OUTPUT/Kinds" >"$tmp/b"
    same "$tmp/kinds" "$tmp/b" "the kinds of JSON, as the schema has them"
    awk -F '\t' '$1 == "entry" && $2 == "JSON OUTPUT/Fields" { gsub(/, /, "\n", $3); print $3 }' \
        "$tmp/facts" | sort -u >"$tmp/b"
    same "$tmp/fields" "$tmp/b" "the fields of JSON, as the schema has them"
else
    skip "the kinds of JSON, as the schema has them" "there is no python3"
    skip "the fields of JSON, as the schema has them" "there is no python3"
fi

# Exit statuses: --help has them in one sentence, the page has an entry for each.
tr '\n' ' ' <"$tmp/help" | sed -n 's/.*Exit status: \([^.]*\.\).*/\1/p' >"$tmp/a"
awk -F '\t' '
    $1 == "entry" && $2 == "EXIT STATUS/" {
        sub(/\.$/, "", $4)
        line = line (line == "" ? "" : ", ") $3 " " tolower(substr($4, 1, 1)) substr($4, 2)
    }
    END { print line "." }' "$tmp/facts" >"$tmp/b"
[ -n "$(cat "$tmp/a")" ] && [ "$(cat "$tmp/a")" = "$(cat "$tmp/b")" ]
ok "the exit statuses" || sed 's/^/# /' "$tmp/a" "$tmp/b"

# A macro counts only at the start of a line; elsewhere it would be printed.
grep -nE '[^ ].*[ ,;]\.(B|I|R|BR|RB|BI|IB|IR|RI|PP|TP|TQ|IP|SH|SS|nf|fi|RS|RE)( |$)' "$page" |
    grep -v '^[0-9]*:\.\\"' >"$tmp/a"
[ ! -s "$tmp/a" ]
ok "no macro is in the middle of a line" || sed 's/^/# /' "$tmp/a"

# It can be printed.
if command -v groff >/dev/null 2>&1; then
    groff -man -Tutf8 -ww "$page" >"$tmp/shown" 2>"$tmp/warnings" &&
        [ -s "$tmp/shown" ] && [ ! -s "$tmp/warnings" ]
    ok "it renders without a warning" || sed 's/^/# /' "$tmp/warnings"
elif command -v man >/dev/null 2>&1; then
    MANWIDTH=80 man --warnings -l "$page" >"$tmp/shown" 2>"$tmp/warnings" &&
        [ -s "$tmp/shown" ] && [ ! -s "$tmp/warnings" ]
    ok "it renders without a warning" || sed 's/^/# /' "$tmp/warnings"
else
    skip "it renders without a warning" "no groff"
fi

echo "1..$tests"
