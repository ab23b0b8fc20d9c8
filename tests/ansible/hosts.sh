#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The collection's playbooks on three hosts, each a libvirtd of its own: one has a guest that is refused,
# and one dies halfway.

. "$srcdir/tests/integration/lib.sh"
. "$srcdir/tests/ansible/lib.sh"

if is_checked; then
    skip "the playbooks" "the tool is what is checked, not Python"
    finish
    exit 0
fi

# ---- the hosts

mkdir guests hosts bin
awk -v count=9 -v dir="$tmp/guests" -f "$srcdir/tests/integration/guests.awk" || exit 99
on_host guests/host.txt
cp "$VIRT_IOMMUFIX" /run/tool

socket() {
    echo "qemu+unix:///system?socket=/run/$1/libvirt-sock"
}

# start HOST: its libvirtd. What it keeps stays when it dies.
start() {
    mkdir -p "/run/$1" "hosts/$1/root" "hosts/$1/qemu" "hosts/$1/lib" "hosts/$1/run" hosts/cache
    sed '/host_uuid/d' /etc/libvirt/libvirtd.conf >"hosts/$1/conf"
    printf 'unix_sock_dir = "/run/%s"\nhost_uuid = "6a0e7fd2-5d7a-4c55-9a33-3f1d2c9b6e%s"\n' "$1" "${1#h}0" \
        >>"hosts/$1/conf"
    unshare -m sh -c "mkdir -p /run/libvirt /var/lib/libvirt /var/cache/libvirt /etc/libvirt/qemu
        mount --bind hosts/$1/run /run/libvirt && mount --bind hosts/$1/lib /var/lib/libvirt &&
        mount --bind hosts/cache /var/cache/libvirt && mount --bind hosts/$1/qemu /etc/libvirt/qemu &&
        libvirtd --daemon --pid-file /run/$1.pid --config $tmp/hosts/$1/conf" || exit 99
    tries=0
    until virsh -q -c "$(socket "$1")" uri >out 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || { show out; exit 99; }
        sleep 0.05
    done
}

# dump_of HOST: its guests, with their passwords.
dump_of() {
    # shellcheck disable=SC2046 # names without blanks
    virsh -q -c "$(socket "$1")" "$(for guest in $(guests_of "$1"); do
        echo "dumpxml --inactive --security-info $guest;"; done)"
}

guests_of() {
    case $1 in
    h1) numbers='[123]' ;;
    h2) numbers='[456]' ;;
    h3) numbers='[789]' ;;
    esac
    sed -n "s/^\(g00$numbers-[a-z]*\) .*/\1/p" guests/plan
}

# Each host has a tool with a state folder and a place for the hook of its own. /run/HOST.dies: libvirtd dies before the tool
# defines the second guest.
for host in h1 h2 h3; do
    start "$host"
    for guest in $(guests_of "$host"); do
        virsh -q -c "$(socket "$host")" define "guests/$guest.xml" >out || exit 99
    done
    dump_of "$host" >"$host.before"
    planned "$host.before" >"$host.planned"
    cat >"/run/$host/virt-iommufix" <<TOOL
#!/bin/sh
export VIRT_IOMMUFIX_STATE=/var/lib/$host
case " \$* " in
' hook '*) set -- "\$@" --sysroot=$tmp/hosts/$host/root ;;
*' --yes '*)
    if rm /run/$host.dies 2>/dev/null; then
        export SHIM_CALLS='virDomainDefineXML*' SHIM_AT=2 SHIM_DO="run kill -KILL \$(cat /run/$host.pid)"
        export LD_PRELOAD=$SHIM
    fi
    ;;
esac
exec /run/tool "\$@"
TOOL
    chmod +x "/run/$host/virt-iommufix"
    echo "$host ansible_connection=local virt_iommufix_uri='$(socket "$host")' virt_iommufix_executable=/run/$host/virt-iommufix"
done >inventory
cat >>inventory <<'INVENTORY'

[all:vars]
virt_iommufix_install=false
virt_iommufix_approval_timeout=1
INVENTORY
printf '#!/bin/sh\necho "$@" >>%s/restarts\n' "$tmp" >bin/systemctl
cp bin/systemctl bin/systemctl.1 && chmod +x bin/systemctl
PATH=$tmp/bin:$PATH
export PATH

# All hosts at once, and one may fail.
played_all() {
    played -e virt_iommufix_serial=3 -e virt_iommufix_max_fail_percentage=50 "$@"
}

# are WORD HOST...: the guests of these hosts are as they were (before) or as planned.
are() {
    wanted=$1
    shift
    for host; do
        dump_of "$host" >now
        same now "$host.$wanted" "$host: its guests are as $wanted"
    done
}

# ---- a look at what would be done

played_all --check --diff virt_iommufix.iommu.complete
is "$status $(recap h1), $(recap h2), $(recap h3)" "0 2 0, 2 0, 2 0" "--check: each host has a change" || show out
cp out look
is "$(grep -c "^+ .*<address type='unassigned'/>" out)" "11" "--diff shows each placeholder" || show out
are before h1 h2 h3
is "$(find /var/lib/h? hosts/*/root -type f 2>/dev/null; cat restarts 2>/dev/null)" "" "and nothing is written"

# ---- one has a refusal, one dies

: >/run/h3.dies
played_all virt_iommufix.iommu.complete
cp out first
is "$status $(recap h1), $(recap h2), $(recap h3)" "2 3 0, 3 0, 2 1" "the first run" || show out
grep -q '"remedy": ".*g004-gone' first
result "the refusal is shown, with what to do" || show first
are planned h1 h2
dump_of h3 >now 2>&1
start h3
dump_of h3 >now
is "$(grep -c unassigned now)" 2 "of the host that died one guest is written"
is "$(sort restarts | uniq -c | xargs)" "3 try-restart libvirtd.service virtqemud.service" \
    "libvirt is restarted for the new hook, also on the host that died then"
is "$(find hosts/*/root -name virt-iommufix | wc -l)" 3 "each host has the hook"
played_all virt_iommufix.iommu.complete
cp out second
is "$status $(recap h1), $(recap h2), $(recap h3)" "0 0 0, 0 0, 1 0" "the second run does the rest" || show out
are planned h1 h2 h3
played_all virt_iommufix.iommu.complete
is "$status $(recap h1), $(recap h2), $(recap h3)" "0 0 0, 0 0, 0 0" "the third has nothing to do" || show out
is "$(wc -l <restarts)" 3 "nor is libvirt restarted again"
grep -q 'Qz9[0-9]' look first second out
is "$?" 1 "no password is shown"

# ---- exactly what was approved

for host in h1 h2 h3; do
    while "/run/$host/virt-iommufix" -c "$(socket "$host")" undo --yes >out 2>&1; do :; done
done
are before h1 h2 h3
plans=$tmp/plans
set -- -e "virt_iommufix_plans=$plans" -e "virt_iommufix_controller_executable=/run/tool"
played_all "$@" virt_iommufix.iommu.approve
grep -q 'Nothing was applied: nobody approved the plans' out
is "$? $status" "0 2" "nobody approves" || show out
are before h1 h2 h3
is "$(cd "$plans" && echo *)" "h1.plan h2.plan h3.plan report.html" "but the plans and the report are there"
is "$(grep -o 'from h[123]\.plan' "$plans/report.html" | xargs)" "from h1.plan from h2.plan from h3.plan" \
    "in which each host has its name"

(cd "$plans" && sha256sum h1.plan h3.plan >approved)
played_all "$@" -l localhost,h1,h2 virt_iommufix.iommu.apply
is "$status $(recap h1), $(recap h2)" "0 1 0, 0 0" "two are approved, one of them is named" || show out
are planned h1
are before h2 h3

# h3 had an edit since, h2 has another plan than the one that was approved. By default, hosts come one after
# the other, and one that fails stops the run.
(cd "$plans" && sha256sum -- *.plan >approved && cp h2.plan h2.approved && echo >>h2.plan)
sed 's/<vcpu>2/<vcpu>3/' guests/g008-card.xml >edited.xml
virsh -q -c "$(socket h3)" define edited.xml >out
dump_of h3 >h3.edited
played "$@" virt_iommufix.iommu.apply
is "$status $(recap h1), $(recap h2), $(recap h3)" "2 0 0, 0 1, " "the approval of all three" || show out
grep -q 'h2.plan is not the plan that was approved; nothing of it was applied' out
result "another plan is not applied" || show out
are before h2
are edited h3
mv "$plans/h2.approved" "$plans/h2.plan"
played_all "$@" --diff virt_iommufix.iommu.apply
is "$status $(recap h1), $(recap h2), $(recap h3)" "0 0 0, 1 0, 1 0" "again: what is left" || show out
are planned h1 h2
grep -q '"error": "g008-card: refused: .* changed' out
result "a guest that changed since is refused" || show out
dump_of h3 >now
is "$(grep -c unassigned now)" 4 "and the others of its host are not"
is "$(grep -c "^+ .*<address type='unassigned'/>" out)" "$((4 + $(grep -c unassigned h2.planned)))" \
    "--diff shows what was written" || show out

played_all "$@" virt_iommufix.iommu.plan
(cd "$plans" && sha256sum -- *.plan >approved)
played_all "$@" virt_iommufix.iommu.apply
is "$status $(recap h1), $(recap h2), $(recap h3)" "0 0 0, 0 0, 1 0" "a new plan has what was refused" || show out
played_all "$@" virt_iommufix.iommu.approve
is "$status $(recap h1), $(recap h2), $(recap h3)" "0 0 0, 0 0, 0 0" "then there is nothing to approve, and nobody waits" ||
    show out

finish
