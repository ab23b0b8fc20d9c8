# Interfaces, addresses and routes: sys/class/net, proc/1/net.

function begin_net()
{
    split("1 2 4 8 16 32 64 128 256", power, " ")
    split("16777216 65536 256 1", weight, " ")
    routes = sprintf("%-127s", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask" \
                     "\t\tMTU\tWindow\tIRTT")
    add_interface("lo", "sys/devices/virtual/net/lo", "")
    file(net_path["lo"] "/flags", "0x9")
    file(net_path["lo"] "/operstate", "unknown")
    file(net_path["lo"] "/address", "00:00:00:00:00:00")
    file(net_path["lo"] "/type", 772)
    trie = "     +-- 127.0.0.0/8 2 0 2\n        +-- 127.0.0.0/31 1 0 0\n" \
        "           |-- 127.0.0.0\n              /8 host LOCAL\n" \
        "           |-- 127.0.0.1\n              /32 host LOCAL\n" \
        "        |-- 127.255.255.255\n           /32 link BROADCAST\n"
    addresses6 = address6_line("::1", "lo", 128, 16, 128)
}

function add_interface(name, path, type,    n)
{
    if (name == "" || name in net_path)
        use_fail("strange interface " name)
    n = next_number("ifindex", 1)
    net_path[name] = path
    net_index[name] = n
    add_to_class("net", path)
    file(path "/ifindex", n)
    file(path "/mtu", name == "lo" ? 65536 : 1500)
    file(path "/addr_assign_type", type == "" ? 0 : 3)
    file(path "/uevent", (type == "" ? "" : "DEVTYPE=" type "\n") "INTERFACE=" name "\nIFINDEX=" n)
}

# The names that the kernel gives to kinds (SET_NETDEV_DEVTYPE)
function devtype(kind)
{
    return kind ~ /^(bridge|bond|vlan|macvlan|wlan|wwan|vxlan|dummy|wireguard)$/ ? kind : ""
}

function make_net(name, kind,    on, path, n, i, lower)
{
    on = word_in(list[u, "on"], 1)
    if (kind == "" || kind == "wlan" || kind == "wwan") {
        path = place(on)
        if (driver[on] == "virtio-pci")
            path = virtio(path)
        add_interface(name, path "/net/" name, kind)
        link(path, path "/net/" name "/device")
        if (kind == "wlan")
            file(path "/net/" name "/phy80211/name", "phy0")
    } else {
        add_interface(name, "sys/devices/virtual/net/" name, devtype(kind))
        n = split(list[u, "on"], lower, " ")
        for (i = 1; i <= n; i++) {
            if (!(lower[i] in net_path))
                use_fail("there is no interface " lower[i])
            put_on(name, lower[i], kind, i)
        }
        make_kind(name, kind, lower[1])
    }
    is_up[name] = (u, "up") in opt
    net_flags[name] = value_of("flags", "")
    net_list[++net_count] = name
    net_kind[name] = kind
    file(net_path[name] "/address",
         value_of("mac", sprintf("52:54:00:12:34:%02x", net_index[name])))
    file(net_path[name] "/type", kind == "internal" || kind !~ /^(tun|wireguard)$/ ? 1 : 65534)
    file(net_path[name] "/iflink", kind ~ /^(vlan|mac|ipv)/ ? net_index[lower[1]] : net_index[name])
    add_addresses(name)
}

# One interface above another
function put_on(name, lower, kind, port)
{
    link(net_path[lower], net_path[name] "/lower_" lower)
    link(net_path[name], net_path[lower] "/upper_" name)
    if (kind !~ /^(bridge|bond|team|ovs|vrf)$/)
        return
    is_port[lower] = kind
    link(net_path[name], net_path[lower] "/master")
    if (kind == "bridge") {
        file(net_path[lower] "/brport/port_no", sprintf("0x%x", port))
        file(net_path[lower] "/brport/state", 3)
        link(net_path[name], net_path[lower] "/brport/bridge")
        link(net_path[lower] "/brport", net_path[name] "/brif/" lower)
    } else if (kind == "bond") {
        file(net_path[lower] "/bonding_slave/state", port == 1 ? "active" : "backup")
    }
}

function make_kind(name, kind, lower,    path, text)
{
    path = net_path[name]
    text = list[u, "on"]
    sub(/^ /, "", text)
    if (kind == "bridge") {
        file(path "/bridge/bridge_id", "8000.52540012340" net_index[name])
        file(path "/bridge/stp_state", 0)
        folder(path "/brif")
    } else if (kind == "bond") {
        bonds = bonds (bonds == "" ? "" : " ") name
        file(path "/bonding/mode", "active-backup 1")
        file(path "/bonding/slaves", text)
        file(path "/bonding/active_slave", lower)
        file(path "/bonding/mii_status", "up")
    } else if (kind == "tap") {
        file(path "/tun_flags", "0x1002")
    } else if (kind ~ /^(mac|ip)vtap$/) {
        add_to_class(kind, path "/" kind "/tap" net_index[name])
    } else if (kind == "vlan") {
        vlans = vlans sprintf("\n%-15s| %d  | %s", name, value_of("id", 1), lower)
    }
}

function add_addresses(name,    n, i, part, first)
{
    n = split(value_of("addr", ""), part, " ")
    for (i = 1; i <= n; i++) {
        first = i > 1 ? first : part[i]
        add_address(name, part[i])
    }
    if ((u, "default") in opt)
        default_routes = default_routes route_line(name, 0, n ? router(first) : 0, n ? 3 : 1, 0)
    n = split(value_of("addr6", ""), part, " ")
    for (i = 1; i <= n; i++)
        add_address6(name, part[i])
    if ((u, "default6") in opt)
        routes6 = routes6 route6_line("::", 0, "fe80::1", 1024, "00000003", name)
}

# "192.168.1.2/24" and a part of it as a number: n[0..3] the octets, n["net"] ...
function read_address(text, n,    part, octet, i, bits)
{
    split(text, part, "/")
    split(part[1], octet, ".")
    n["length"] = part[2]
    for (i = 0; i < 4; i++) {
        bits = power[8 - limit(part[2] - 8 * i, 0, 8) + 1]
        n["address"] = n["address"] * 256 + octet[i + 1]
        n["net"] = n["net"] * 256 + octet[i + 1] - octet[i + 1] % bits
        n["last"] = n["last"] * 256 + octet[i + 1] - octet[i + 1] % bits + bits - 1
        n["mask"] = n["mask"] * 256 + 256 - bits
    }
}

function limit(n, low, high)
{
    return n < low ? low : n > high ? high : n
}

function octet_of(n, i)
{
    return int(n / weight[i + 1]) % 256
}

function dotted(n)
{
    return octet_of(n, 0) "." octet_of(n, 1) "." octet_of(n, 2) "." octet_of(n, 3)
}

# in the order of bytes in which proc/net/route has it
function word32(n)
{
    return sprintf("%02X%02X%02X%02X",
                   octet_of(n, 3), octet_of(n, 2), octet_of(n, 1), octet_of(n, 0))
}

# the first address of the network
function router(address,    n)
{
    read_address(address, n)
    return n["net"] + 1
}

function route_line(name, to, gateway, flags, mask)
{
    return "\n" sprintf("%-127s", name "\t" word32(to) "\t" word32(gateway) "\t" \
                        sprintf("%04X", flags) "\t0\t0\t0\t" word32(mask) "\t0\t0\t0")
}

function add_address(name, text,    n)
{
    read_address(text, n)
    if (n["length"] < 32)
        connected = connected route_line(name, n["net"], 0, 1, n["mask"])
    if (text in shown)
        return
    shown[text] = 1
    if (n["length"] == 32) {
        trie = trie "     |-- " dotted(n["address"]) "\n        /32 host LOCAL\n"
        return
    }
    trie = trie "     +-- " dotted(n["net"]) "/" n["length"] " 2 0 2\n" \
        "        |-- " dotted(n["net"]) "\n           /" n["length"] " link UNICAST\n" \
        "        |-- " dotted(n["address"]) "\n           /32 host LOCAL\n"
    if (n["length"] < 31)
        trie = trie "        |-- " dotted(n["last"]) "\n           /32 link BROADCAST\n"
}

# "2001:db8::2" -> 32 hex digits
function expand6(text,    half, n, i, part, left, right)
{
    n = split(text, half, "::")
    for (i = split(half[1], part, ":"); i >= 1; i--)
        left = substr("0000" part[i], length(part[i]) + 1) left
    if (n == 2)
        for (i = split(half[2], part, ":"); i >= 1; i--)
            right = substr("0000" part[i], length(part[i]) + 1) right
    while (length(left) + length(right) < 32)
        left = left "0"
    return left right
}

# net/ipv6/addrconf.c, if6_seq_show()
function address6_line(address, name, len, scope, flags)
{
    return sprintf("%s %02x %02x %02x %02x %8s\n",
                   expand6(address), net_index[name], len, scope, flags, name)
}

# net/ipv6/route.c, rt6_info_route()
function route6_line(to, len, gateway, metric, flags, name)
{
    to = to ~ /:/ ? expand6(to) : to
    return sprintf("%s %02x %s 00 %s %08x 00000001 00000000 %s %8s\n", to, len, expand6("::"),
                   expand6(gateway), metric, flags, name)
}

function add_address6(name, text,    part, to)
{
    split(text, part, "/")
    addresses6 = addresses6 address6_line(part[1], name, part[2], part[1] ~ /^fe80:/ ? 32 : 0, 128)
    to = substr(expand6(part[1]), 1, part[2] / 4) expand6("::")
    routes6 = routes6 route6_line(substr(to, 1, 32), part[2], "::", 256, "00000001", name)
}

# netdevice.h: IFF_UP 1, BROADCAST 2, MULTICAST 0x1000; MASTER 0x400, SLAVE 0x800, PROMISC 0x100
function flags_of(name,    flags)
{
    flags = 4098 + is_up[name]
    if (net_kind[name] == "bond")
        flags += 1024
    if (name in is_port)
        flags += is_port[name] == "bond" ? 2048 : 256
    return sprintf("0x%x", flags)
}

function end_net(    i, name)
{
    for (i = 1; i <= net_count; i++) {
        name = net_list[i]
        file(net_path[name] "/flags", net_flags[name] != "" ? net_flags[name] : flags_of(name))
        file(net_path[name] "/operstate", net_kind[name] ~ /^(tun|internal|ovs)$/ ? "unknown" : \
             is_up[name] ? "up" : "down")
        if (is_up[name])
            file(net_path[name] "/carrier", 1)
        # each interface that is up has one, but for those whose addresses their master has
        if (is_up[name] && !(name in is_port))
            add_address6(name, sprintf("fe80::5054:ff:fe12:34%02x/64", net_index[name]))
    }
    if (bonds != "")
        file("sys/class/net/bonding_masters", bonds)
    if (vlans != "")
        file("proc/1/net/vlan/config", "VLAN Dev name    | VLAN ID\n" \
             "Name-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD" vlans)
    file("proc/1/net/route", routes default_routes connected)
    trie = "  +-- 0.0.0.0/0 3 0 5\n" (default_routes == "" ? "" : \
        "     |-- 0.0.0.0\n        /0 universe UNICAST\n") trie
    file("proc/1/net/fib_trie", "Main:\n" trie "Local:\n" substr(trie, 1, length(trie) - 1))
    sub(/\n$/, "", addresses6)
    file("proc/1/net/if_inet6", addresses6)
    routes6 = routes6 route6_line("::1", 128, "::", 0, "80200001", "lo")
    sub(/\n$/, "", routes6)
    file("proc/1/net/ipv6_route", routes6)
}
