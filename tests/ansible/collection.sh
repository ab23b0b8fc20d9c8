#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Ansible collection by itself: it is built, its documentation renders, its code is clean, and its
# modules report what the tool does, on libvirt's test driver.

. "$srcdir/tests/cli/lib.sh"
. "$srcdir/tests/ansible/lib.sh"

if is_checked; then
    skip "the collection" "the tool is what is checked, not Python"
    finish
    exit 0
fi

# ---- what is in it

is "virt-iommufix $(sed -n 's/^version: //p' "$srcdir/ansible/galaxy.yml")" "$("$VIRT_IOMMUFIX" --version)" \
    "the collection has the version of the tool"
for module in domain group_info hook; do
    ansible-doc -t module "virt_iommufix.iommu.$module" >out 2>err
    is "$? $(cat err)" "0 " "ansible-doc $module" || show err
    is "$(grep -c '^OPTIONS\|^EXAMPLES:\|^RETURN VALUES:' out)" 3 "with options, examples and what it returns"
    grep -q '[CIMV](' out
    is "$?" 1 "without markup that this Ansible does not know" || show out
done
find "$srcdir/ansible" -type f ! -name '*.txt' ! -name '*.md' ! -name COPYING -exec grep -L 'SPDX-License-Identifier: LGPL-2.1-or-later' {} + >without
is "$(cat without)" "" "each file has its license"
same "$installed/COPYING" "$srcdir/COPYING" "whose text comes with the collection"
: >inventory
for playbook in "$srcdir"/ansible/playbooks/*.yml; do
    name=$(basename "$playbook" .yml)
    played --syntax-check "virt_iommufix.iommu.$name"
    is "$status" 0 "$name: its syntax" || show out
    grep -q "\`$name.yml\`" "$srcdir/ansible/README.md"
    result "and README describes it"
done
sed -n 's/^\(virt_iommufix_[a-z_]*\):.*/\1/p' "$srcdir/ansible/roles/virt_iommufix/defaults/main.yml" |
    while read -r variable; do
        grep -q "^| \`$variable\` |" "$srcdir/ansible/README.md" || echo "$variable"
    done >unknown
is "$(cat unknown)" "" "README has the variables of the role"

# ---- its code

if command -v pycodestyle >/dev/null 2>&1; then
    # Imports come after the documentation: Ansible asks for that.
    pycodestyle --max-line-length=110 --ignore=E402,W503 "$srcdir/ansible/plugins" >out 2>&1
    result "pycodestyle" || show out
else
    skip "pycodestyle" "there is no pycodestyle"
fi

# The tests of ansible-test. Those that would get modules of Python from a network run here with Debian's;
# pylint and import are left out. The license of the modules is the tool's, not GPL 3.
if command -v ansible-test >/dev/null 2>&1; then
    sanity=$("$python" -c 'import os, ansible_test
print(os.path.dirname(ansible_test.__file__) + "/_util/controller/sanity")')
    # shellcheck disable=SC2046 # words
    (cd "$installed" && LC_ALL=C.UTF-8 ansible-test sanity --color no --python "$("$python" -c \
        'import sys; print("%d.%d" % sys.version_info[:2])')" $(for check in ansible-doc import pep8 pylint \
            runtime-metadata validate-modules yamllint; do echo "--skip-test $check"; done)) >out 2>&1
    result "ansible-test sanity" || show out
    [ "$(grep -c '^Running sanity test' out)" -ge 15 ]
    result "all that needs no network" || show out
    if "$python" "$sanity/validate-modules/validate.py" --help >out 2>&1; then
        (cd "$installed" && PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH:${PYTHONPATH:-} "$python" "$sanity/validate-modules/validate.py" \
            --format plain --collection ansible_collections/virt_iommufix/iommu plugins/modules/*.py) >out 2>&1
        is "$(grep -c GPLv3 out) $(grep -v GPLv3 out)" "3 " "validate-modules"
    else
        skip "validate-modules" "$(tail -n 1 out)"
    fi
else
    skip "ansible-test" "there is no ansible-test"
fi
if command -v yamllint >/dev/null 2>&1; then
    yamllint -s -d '{extends: default, rules: {line-length: {max: 160}}}' "$srcdir/ansible" >out 2>&1
    result "yamllint" || show out
else
    skip "yamllint" "there is no yamllint"
fi

# ---- the modules

copy "$srcdir/examples/demo-host.xml" host.xml
demo=test://$tmp/host.xml
VIRT_IOMMUFIX_STATE=$tmp/state
export VIRT_IOMMUFIX_STATE

# module NAME PARAMETERS [--check] [--diff]: runs it as Ansible does, which hands it the parameters as
# JSON; leaves its result in $tmp/out.
module() {
    module_name=$1
    parameters="\"executable\": \"$VIRT_IOMMUFIX\"${2:+, }$2"
    case " $* " in *' --check '*) parameters="$parameters, \"_ansible_check_mode\": true" ;; esac
    case " $* " in *' --diff '*) parameters="$parameters, \"_ansible_diff\": true" ;; esac
    echo "{\"ANSIBLE_MODULE_ARGS\": {$parameters}}" |
        PYTHONPATH=$ANSIBLE_COLLECTIONS_PATH:${PYTHONPATH:-} "$python" \
            -m "ansible_collections.virt_iommufix.iommu.plugins.modules.$module_name" >"$tmp/out" 2>"$tmp/err"
    status=$?
}

# says EXPRESSION: of the result, in Python: r is the result.
says() {
    "$python" -c 'import json, sys
with open(sys.argv[1]) as file:
    r = json.load(file)
print(eval(sys.argv[2]))' "$tmp/out" "$1" 2>&1
}

module domain "\"all\": true, \"uri\": \"$demo\", \"fail_on_refused\": false" --check --diff
is "$status $(says 'r["changed"], len(r["domains"]), r["summary"]["change"], len(r["refused"])')" "0 (True, 8, 2, 2)" \
    "domain, --check: changed and the numbers are the tool's" || show out
is "$([ -e state ] && echo state)" "" "and nothing is written"
is "$(says '[(d["before_header"], d["before"].count("unassigned"), d["after"].count("unassigned")) for d in r["diff"]]')" \
    "[('gaming (before)', 0, 3), ('pbx (before)', 0, 2)]" "--diff has both texts" || show out
is "$(says '[d[when][:8] + d[when][-10:] for d in r["diff"] for when in ("before", "after")] == ["<domain </domain>\n"] * 4')" \
    True "whole" || show out
is "$(says 'sorted((d["name"], d["reasons"][0]["reason"], "virt-iommufix" in d["reasons"][0]["remedy"]) for d in r["refused"])')" \
    "[('recorder', 'placeholder-gone', True), ('router', 'unknown-use', True)]" "a refusal has its reason and remedy"
module domain "\"domains\": [\"gaming\", \"nobody\"], \"uri\": \"$demo\"" --diff
is "$status $(says 'r["failed"], r["changed"], r["msg"][:25], [d["outcome"] for d in r["domains"]]')" \
    "1 (True, True, 'cannot read domain nobody', ['failed', 'changed'])" "one that is not there fails, the other is written"
is "$(says '[d["before"].count("unassigned") for d in r["diff"]], [d["after"].count("unassigned") for d in r["diff"]]')" \
    "([0], [3])" "--diff shows what was written" || show out
is "$(ls state/transactions)" "$(says 'r["transaction"]')" "with the transaction, to undo it"
module domain "\"domains\": [\"recorder\"], \"uri\": \"$demo\""
is "$status $(says 'r["msg"]')" '1 refused: recorder. See "refused" for the reasons and what to do' \
    "a refusal is a failure, unless fail_on_refused=false"
module domain "\"domains\": [\"workstation\"], \"uri\": \"$demo\""
is "$status $(says 'r["changed"]')" "0 False" "a complete domain: nothing to do"
module domain "\"domains\": [], \"uri\": \"$demo\""
is "$status $(says 'r["changed"]')" "0 False" "an empty list: nothing to do" || show out
module domain "\"uri\": \"$demo\""
is "$status $(says 'r["msg"]')" "1 one of the following is required: domains, all, plan" "no domain is an error"
module domain "\"all\": true, \"uri\": \"test:///nonexistent\""
is "$status $(says 'r["failed"], "cannot connect" in r["msg"]')" "1 (True, True)" "no connection: the tool's message"

"$VIRT_IOMMUFIX" -c "$demo" plan -o pbx.plan pbx 2>err
sed 's/result="change"/result="complete"/' pbx.plan >changed.plan
module domain "\"plan\": \"$tmp/changed.plan\", \"uri\": \"$demo\", \"fail_on_refused\": false"
is "$status $(says 'r["failed"], r["changed"], r["summary"]')" "1 (True, False, None)" \
    "a plan file that somebody changed fails, whatever the rest" || show out
module domain "\"plan\": \"$tmp/pbx.plan\", \"uri\": \"$demo\""
is "$status $(says 'r["changed"], r["domains"][0]["name"]')" "0 (True, 'pbx')" "the plan itself is applied" || show out
module domain "\"plan\": \"$tmp/pbx.plan\", \"uri\": \"$demo\", \"fail_on_refused\": false"
is "$status $(says 'r["changed"], "applied this plan already" in r["refused"][0]["error"]')" "0 (False, True)" \
    "and once" || show out

# ---- the approval

mkdir plans elsewhere
cp pbx.plan plans/h1.plan
cp pbx.plan elsewhere/h1.plan
set -- -e "virt_iommufix_plans=$tmp/plans" -e "virt_iommufix_controller_executable=$VIRT_IOMMUFIX" \
    -e "virt_iommufix_executable=$VIRT_IOMMUFIX"
for approved in elsewhere/h1.plan /dev/null; do
    sha256sum "$approved" | grep -v /dev/null >plans/approved
    played "$@" virt_iommufix.iommu.apply
    is "$status $(grep -c 'Nothing was applied: .*plans/approved is not what' out)" "2 1" \
        "an approval of nothing in this folder fails: $approved" || show out
done
(cd plans && sha256sum -- *.plan | sed 's/$/\r/' >approved)
played "$@" virt_iommufix.iommu.apply
is "$status" 0 "one of a plan does not, whatever ends its lines" || show out
echo "../h2 ansible_connection=local virt_iommufix_uri='$demo'" >inventory
played "$@" virt_iommufix.iommu.plan
is "$status $(grep -c '\.\./h2 has no plan: ' out) $(find . -name h2.plan)" "2 1 " "a host's name is no path" || show out

module group_info "\"groups\": [\"1\"], \"domains\": [\"gaming\", \"recorder\"], \"uri\": \"$demo\""
is "$status $(says 'r["changed"], [g["number"] for g in r["hosts"][0]["groups"]], [d["domain"]["name"] for d in r["domains"]], len(r["refused"])')" \
    "0 (False, [1], ['gaming', 'recorder'], 1)" "group_info: groups, domains, refusals" || show out
module group_info "\"groups\": [\"4711\"], \"uri\": \"$demo\""
is "$status" 1 "a group that is not there is an error"

# The build tree may belong to others, and then the hook is refused.
mkdir -p bin root && cp "$VIRT_IOMMUFIX" bin/virt-iommufix
VIRT_IOMMUFIX=$tmp/bin/virt-iommufix
for wanted in 'present would-install' 'present installed' 'present unchanged' 'absent would-remove' \
    'absent removed' 'absent unchanged'; do
    case $wanted in *would*) check=--check ;; *) check= ;; esac
    # shellcheck disable=SC2086 # none or one
    module hook "\"state\": \"${wanted% *}\", \"sysroot\": \"$tmp/root\", \"rule\": \"strict\", \"fail_closed\": true" $check
    is "$status $(says 'r["outcome"], r["changed"]')" "0 ('${wanted#* }', $(case $wanted in *unchanged) echo False ;; *) echo True ;; esac))" \
        "hook: ${wanted% *}${check:+, $check}" || show out
done

# ---- the command line

cat >record <<RECORD
#!/bin/sh
[ \$1 = --version ] && { echo virt-iommufix 0.1.0; exit 0; }
echo "\$@" >>$tmp/called
RECORD
chmod +x record
VIRT_IOMMUFIX=$tmp/record
# calls NAME PARAMETERS WORDS [--check]: the module runs the tool with these words first.
calls() {
    : >called
    module "$1" "$2" "${4:-}"
    is "$(head -n 1 called)" "$3" "$1 $2${4:+, $4}"
}
calls domain '"all": true, "managed": true, "prune": "orphans", "give": ["card", "0000:01:00.1"]' \
    "apply --json --yes --all --give=card --give=0000:01:00.1 --managed --prune=orphans --"
calls domain '"domains": ["-a", "b c"], "allow_members": ["04:00.1"], "only_needed": true, "uri": "qemu:///system"' \
    "apply --json --dry-run --allow-member=04:00.1 --only-needed --connect=qemu:///system -- -a b c" --check
calls domain '"plan": "/x.plan", "moved_from": "/old.xml"' "apply --json --yes --moved-from=/old.xml --plan=/x.plan --"
calls group_info '"groups": ["11"], "shared": true, "why": true, "uri": "qemu:///system"' \
    "groups --json --shared --connect=qemu:///system --why -- 11"
calls hook '"allow_members": ["04:00.1", "04:00.2"]' \
    "hook --json --sysroot=/ --install --allow-member=04:00.1 --allow-member=04:00.2 --rule=viable"
calls hook '"state": "absent", "rule": "strict"' "hook --json --sysroot=/ --uninstall --dry-run" --check

# ---- a tool that is missing, too old, another one, or too new

VIRT_IOMMUFIX=$tmp/nonexistent
module group_info ""
is "$status $(says '"install the package virt-iommufix" in r["msg"]')" "1 True" "no tool: the package is named" || show out
VIRT_IOMMUFIX=$tmp/fake
# fake VERSION JSON WORDS NAME: a tool that prints these is reported with these words.
fake() {
    printf "#!/bin/sh\ncase \$1 in --version) echo '%s' ;; *) echo '%s' ;; esac\n" "$1" "$2" >fake
    chmod +x fake
    module group_info ""
    is "$status $(says "'$3' in r[\"msg\"]")" "1 True" "$4" || show out
}
fake 'virt-iommufix 0.0.9' '' 'is too old: this collection needs virt-iommufix 0.1.0 or later' "an old tool"
fake 'GNU bash' '' 'is not virt-iommufix' "another program"
fake 'virt-iommufix 9.0.0' '{"schema_version":2,"kind":"hosts","hosts":[]}' 'Install the collection of the same version' \
    "a tool whose JSON is newer"
fake 'virt-iommufix 9.0.0' 'hello' 'printed no JSON' "no JSON"
printf "#!/bin/sh\n[ \$1 = --version ] && { echo virt-iommufix 0.1.0; exit 0; }\nexit 3\n" >fake
module domain '"all": true, "fail_on_refused": false'
is "$status $(says 'r["failed"], r["msg"]')" "1 (True, 'virt-iommufix ended with status 3')" \
    "a run that does not come to its end fails, whatever its status" || show out

finish
