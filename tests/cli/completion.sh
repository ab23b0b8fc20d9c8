#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion: it offers the options of --help, and domains and files as one types them.

. "$srcdir/tests/cli/lib.sh"

if ! bash -c '((BASH_VERSINFO[0] >= 4))' 2>/dev/null; then
    echo "1..0 # SKIP there is no bash, or an old one"
    exit 0
fi

# What bash itself does: the line is split at blanks, and at = and :. A line that ends in a
# blank has an empty last word. Prints what is offered, a line each.
cat >complete.bash <<'BASH'
. "$srcdir/completions/virt-iommufix" || exit 1
COMP_LINE=$1
rest=$1
COMP_WORDS=()
word='^([=:]+|(\\.|"[^"]*("|$)|'\''[^'\'']*('\''|$)|[^[:space:]=:"'\''\])+)'
while [[ $rest ]]; do
    if [[ $rest =~ ^[[:space:]]+ ]]; then
        rest=${rest#"${BASH_REMATCH[0]}"}
    elif [[ $rest =~ $word ]]; then
        COMP_WORDS+=("${BASH_REMATCH[0]}")
        rest=${rest#"${BASH_REMATCH[0]}"}
    fi
done
[[ $COMP_LINE == *' ' && $COMP_LINE != *'\ ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_virt_iommufix
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
BASH

# offers NAME LINE [REPLY...]: in any order
offers() {
    name=$1
    line=$2
    shift 2
    for reply in "$@"; do printf '%s\n' "$reply"; done | sort >expected
    bash complete.bash "virt-iommufix $line" 2>&1 | sort >got
    same got expected "$name"
}

# Commands and options: those of --help, and nothing else.
tool --help
awk '/^Commands:/ { on = 1; next } on && /^$/ { exit } on { print $1 }' out >commands
sort commands >expected
bash complete.bash 'virt-iommufix ' | sort >got
same got expected "the commands"
for command in '' $(cat commands); do
    # shellcheck disable=SC2086 # none or one
    tool $command --help
    sed -n 's/^  \(-., \)\{0,1\}\(--[a-z-]*=\{0,1\}\).*/\2/p' out | sort >expected
    bash complete.bash "virt-iommufix $command --" | sort >got
    [ -s expected ]
    result "${command:-no command}: --help has options"
    same got expected "${command:-no command}: the options"
done

offers "a command is continued" "rew" rewrite
offers "after an option with its argument too" "--host x.xml -c qemu:///system --color=never d" diff
offers "an option's argument is no command" "--host check d" diff
offers "no option after --" "check -- --"
offers "no second command" "groups c"
offers "--color with =" "check --color=a" auto always
offers "--color without" "check --color " auto always never
offers "--prune takes no word" "diff --host x.xml --prune --st" --stat --stylesheet=
offers "--prune with =" "diff --prune=o" orphans
offers "--give" "diff --give " card
offers "--color= alone" "--color=" auto always never
offers "a URI up to its colon" "-c q" qemu:///system qemu:///session qemu+ssh://
offers "a URI after its colon" "check -c qemu:///s" ///system ///session
offers "a URI at its colon" "check --connect=qemu:" ///system ///session

# Files: folders and *.xml before others.
mkdir files && cd files || exit 99
# shellcheck disable=SC2016 # names that must not be carried out
mkdir folder 'a folder' && : >one.xml && : >'two words.xml' && : >plain && : >'$(touch ran).xml' &&
    : >folder/other
cp ../complete.bash .
sysroot="--sysroot / check"
offers "files" "$sysroot " folder/ 'a\ folder/' one.xml 'two\ words.xml' '\$\(touch\ ran\).xml'
offers "a name with a blank, begun" "$sysroot two" 'two\ words.xml'
offers "with the blank" "$sysroot two\\ w" 'two\ words.xml'
offers "in double quotes" "$sysroot \"two w" 'two words.xml'
offers "in single quotes" "$sysroot 'two w" 'two words.xml'
offers "other files, where nothing else fits" "$sysroot pl" ./plain
offers "other files in a folder" "$sysroot folder/o" folder/other
offers "--host" "--host o" one.xml
offers "--compare" "groups --compare o" one.xml
offers "--host=, any file" "--host=pl" plain
offers "--sysroot takes folders" "--sysroot " folder/ 'a\ folder/'
HOME=$tmp/files
# shellcheck disable=SC2088 # as it was typed
offers "~" "$sysroot ~/o" '~/one.xml'
HOME=$tmp
[ ! -e ran ]
result "nothing in a name is carried out"

# Domains. The first virsh is a script that prints how it was called.
mkdir ../bin && cat >../bin/virsh <<'SH'
#!/bin/sh
echo "$*" >>"$CALLS"
[ -z "${SLEEP:-}" ] || sleep "$SLEEP"
printf 'gaming\ntwo words\n$(touch ran)\na:b\nfile.xml\n\n'
SH
chmod +x ../bin/virsh
CALLS=$tmp/calls
export CALLS
old_path=$PATH
PATH=$tmp/bin:$PATH
offers "domains" "check g" gaming
offers "a domain with a blank" "check two\\ w" 'two\ words' 'two\ words.xml'
offers "a domain in quotes" "check \"two words" 'two words' 'two words.xml'
offers "a domain with a colon" "diff a:" b
# shellcheck disable=SC2016
offers "a domain with what a shell would carry out" 'check $' '\$\(touch\ ran\)' '\$\(touch\ ran\).xml'
offers "the same, escaped" 'check \$' '\$\(touch\ ran\)' '\$\(touch\ ran\).xml'
[ ! -e ran ]
result "nothing in a domain's name is carried out"
is "$(sort -u ../calls)" "-r list --all --name" "the default connection is asked"
: >../calls
offers "domains of a connection" "--connect=qemu+ssh://h/system plan gam" gaming
offers "domains of two" "-c test:///default check -cqemu:///session gam" gaming gaming
offers "domains of a connection whose host is a tree" "--sysroot / -c xen:/// check gam" gaming
is "$(cat ../calls)" "$(printf -- '-r -c %s list --all --name\n' qemu+ssh://h/system \
    test:///default qemu:///session xen:///)" "the named connections are asked"
: >../calls
offers "none with --sysroot" "--sysroot / check gam"
offers "none with --in-place" "rewrite --in-place gam"
offers "none for groups" "groups gam"
offers "none for what is a path" "check ./gam"
is "$(cat ../calls)" "" "nobody is asked where no domain goes"
SLEEP=30
export SLEEP
offers "nothing of a connection that is slow" "check gam"
unset SLEEP
printf '#!/bin/sh\necho oops >&2\nexit 1\n' >../bin/virsh
offers "nothing of a connection that fails" "check gam"
PATH=$old_path

# A capture, by the real one.
if virsh -r -c test:///default list --all --name >/dev/null 2>&1; then
    copy "$srcdir/examples/demo-host.xml" 'demo %20 host.xml'
    offers "domains of a capture" "--host $srcdir/examples/demo-host.xml check gam" gaming
    offers "of one with an odd name" '--host demo\ %20\ host.xml check gam' gaming
    offers "of one named with =, in quotes" 'check --host="demo %20 host.xml" gam' gaming
    offers "of the test driver" "-c test:///default check te" test
else
    skip "domains of a capture" "there is no virsh with a test driver"
fi

# What the tool itself knows: saved plans, devices for --allow-member, and what can be undone.
mkdir known known/folder && cd known || exit 99
cp ../complete.bash .
copy "$srcdir/examples/demo-host.xml" demo.xml
VIRT_IOMMUFIX_STATE=$tmp/state
export VIRT_IOMMUFIX_STATE
tool --host demo.xml plan -o change gaming
tool -c "test://$PWD/demo.xml" apply --yes gaming pbx
first=$(basename "$VIRT_IOMMUFIX_STATE"/transactions/*)
tool -c "test://$PWD/demo.xml" apply --yes gaming
for second in "$VIRT_IOMMUFIX_STATE"/transactions/*; do :; done
second=${second##*/}
if is_checked; then
    skip "what the tool itself knows" "a checked tool is too slow for a completion"
else
    PATH=$(dirname "$VIRT_IOMMUFIX"):$old_path
    offers "plan: show, too" "--sysroot / plan sh" show
    offers "saved plans and folders for plan show" "plan show " change folder/
    offers "nothing after one" "plan show change "
    offers "the same for --plan" "apply --plan=" change folder/
    offers "other files where there is no plan" "apply --plan dem" demo.xml
    offers "the device that a domain is refused for" "--host demo.xml check router --allow-member 0000:0" 04:00.1
    offers "those of all domains" "--host demo.xml diff --allow-member=" 0000:04:00.1
    offers "none of a domain that is not refused" "--host demo.xml diff gaming --allow-member "
    offers "what can be undone" "undo " "$first" "$second" gaming pbx
    offers "the domains of a transaction" "undo $second " gaming
    offers "those of the other" "undo $first " gaming pbx
    offers "nothing after a domain" "undo $first gaming "
    PATH=$old_path
fi
cd .. || exit 99

# The function needs nobody else's, and takes the name of the tool.
is "$(env -i "$(command -v bash)" --norc -c ". '$srcdir/completions/virt-iommufix'; complete -p virt-iommufix")" \
    "complete -F _virt_iommufix virt-iommufix" "a plain bash can source it"

# zsh: lines are typed on a terminal of its own; ^X completes one and prints it.
if command -v zsh >/dev/null; then
    mkdir zsh && cd zsh || exit 99
    cat >press.zsh <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
expect() {
    local text
    zpty -r -m shell text "*$1*"
    REPLY=$text
}
zpty -w shell "PS1= PROMPT_EOL_MARK=; fpath=($srcdir/completions \$fpath); autoload -Uz compinit; \
compinit -u -d $PWD/dump; path=($VIRT_IOMMUFIX:h \$path); unsetopt zle_bracketed_paste beep list_ambiguous
show() { zle complete-word; print -r -- \"<<\$BUFFER>>\"; BUFFER=; }; zle -N show; bindkey '^X' show; print rea''dy"
expect ready
for line; do
    zpty -w -n shell "$line"$'\x18'
    expect '<<*>>'
    REPLY=${REPLY##*<<}
    print -r -- ${${REPLY%%>>*}%% }
done
zpty -d shell
ZSH
    export srcdir VIRT_IOMMUFIX
    # presses LINE LINE: the first becomes the second when tab is pressed
    presses() {
        is "$(timeout 60 zsh -f press.zsh "$1" 2>&1)" "$2" "zsh: $1"
    }
    presses 'virt-iommufix gro' 'virt-iommufix groups'
    presses 'virt-iommufix --sys' 'virt-iommufix --sysroot='
    presses 'virt-iommufix diff --exi' 'virt-iommufix diff --exit-code'
    presses 'virt-iommufix groups --exi' 'virt-iommufix groups --exi'
    presses 'virt-iommufix hook --rule=str' 'virt-iommufix hook --rule=strict'
    : >one.xml
    presses 'virt-iommufix --sysroot / check on' 'virt-iommufix --sysroot / check one.xml'
    if virsh -r -c test:///default list --all --name >/dev/null 2>&1; then
        presses 'virt-iommufix -c test:///default check tes' 'virt-iommufix -c test:///default check test'
        copy "$srcdir/examples/demo-host.xml" demo.xml
        presses 'virt-iommufix --host demo.xml apply --yes gam' \
            'virt-iommufix --host demo.xml apply --yes gaming'
    fi
    cp ../known/change ../known/demo.xml . 2>/dev/null
    presses 'virt-iommufix plan sh' 'virt-iommufix plan show'
    presses 'virt-iommufix plan show c' 'virt-iommufix plan show change'
    presses 'virt-iommufix apply --plan=' 'virt-iommufix apply --plan=change'
    if is_checked; then
        skip "zsh: what the tool itself knows" "a checked tool is too slow for a completion"
    else
        presses 'virt-iommufix --host demo.xml check router --allow-member=' \
            'virt-iommufix --host demo.xml check router --allow-member=0000:04:00.1'
        presses 'virt-iommufix undo pb' 'virt-iommufix undo pbx'
        presses "virt-iommufix undo $second " "virt-iommufix undo $second gaming"
    fi
else
    skip "zsh completion" "there is no zsh"
fi

finish
