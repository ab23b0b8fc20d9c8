# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# What the tests of the collection share; after tests/cli/lib.sh: . "$srcdir/tests/ansible/lib.sh"
# The collection is built and installed as its users do it. Without Ansible the test is skipped, with
# ANSIBLE=all (./run check-ansible) it fails.

for program in ansible-playbook ansible-doc ansible-galaxy; do
    command -v "$program" >/dev/null && continue
    if [ "${ANSIBLE:-}" = all ]; then
        echo "Bail out! there is no $program"
        exit 1
    fi
    echo "1..0 # SKIP there is no $program"
    exit 0
done

# The Python that has Ansible.
python=$(sed -n '1s/^#! *\([^ ]*\).*/\1/p' "$(command -v ansible-doc)")
PYTHONDONTWRITEBYTECODE=1
ANSIBLE_HOME=$tmp/ansible
ANSIBLE_COLLECTIONS_PATH=$tmp/collections
ANSIBLE_COLLECTIONS_SCAN_SYS_PATH=false
ANSIBLE_LOCAL_TEMP=$tmp/ansible/local
ANSIBLE_REMOTE_TEMP=$tmp/ansible/remote
ANSIBLE_PYTHON_INTERPRETER=$python
ANSIBLE_LOCALHOST_WARNING=false
ANSIBLE_NOCOWS=1
ANSIBLE_PIPELINING=true
ANSIBLE_NOCOLOR=1
export PYTHONDONTWRITEBYTECODE ANSIBLE_HOME ANSIBLE_COLLECTIONS_PATH ANSIBLE_COLLECTIONS_SCAN_SYS_PATH ANSIBLE_LOCAL_TEMP \
    ANSIBLE_PIPELINING ANSIBLE_REMOTE_TEMP ANSIBLE_PYTHON_INTERPRETER ANSIBLE_LOCALHOST_WARNING ANSIBLE_NOCOWS ANSIBLE_NOCOLOR
unset ANSIBLE_CONFIG 2>/dev/null

# A copy, because ansible-galaxy looks at all that is there.
cp -R "$srcdir/ansible" "$tmp/source"
chmod -R u+w "$tmp/source"
(cd "$tmp/source" && ansible-galaxy collection build --output-path "$tmp") >"$tmp/out" 2>&1 &&
    ansible-galaxy collection install "$tmp"/virt_iommufix-iommu-*.tar.gz --offline \
        -p "$ANSIBLE_COLLECTIONS_PATH" >>"$tmp/out" 2>&1
result "the collection can be built and installed" || { show "$tmp/out"; finish; exit; }
installed=$ANSIBLE_COLLECTIONS_PATH/ansible_collections/virt_iommufix/iommu

# played ARGUMENT...: runs ansible-playbook; leaves $tmp/out, with what it prints on standard error, and
# $status.
played() {
    ansible-playbook -i "$tmp/inventory" "$@" >"$tmp/out" 2>&1 </dev/null
    status=$?
}

# recap HOST: "changed failed" of the last run.
recap() {
    sed -n "s/^$1 .*changed=\([0-9]*\) .*unreachable=\([0-9]*\) .*failed=\([0-9]*\) .*/\1 \3/p" "$tmp/out"
}
