# Interfaces, addresses and routes: sys/class/net, and netlink, the record of what the kernel would
# answer (src/use/use-nets.h).

function begin_net()
{
    netns_number["host"] = "4026531840"
    netns_list[++netns_count] = "host"
    netns_of["lo"] = "host"
    add_interface("lo", "sys/devices/virtual/net/lo", "")
    file(net_path["lo"] "/flags", "0x9")
    file(net_path["lo"] "/operstate", "unknown")
    file(net_path["lo"] "/address", "00:00:00:00:00:00")
    file(net_path["lo"] "/type", 772)
    record("lo", "link " net_index["lo"] " lo")
}

# A line of the namespace that the interface is in
function record(name, line)
{
    records[netns_of[name]] = records[netns_of[name]] line "\n"
}

# Links come before what they carry.
function record_more(name, line)
{
    carried[netns_of[name]] = carried[netns_of[name]] line "\n"
}

function join_netns(name,    space)
{
    space = value_of("netns", "host")
    netns_of[name] = space
    # The one that nobody can ask is in no record.
    if (space != "-" && !(space in netns_number)) {
        netns_list[++netns_count] = space
        netns_number[space] = sprintf("40265%05d", 32000 + netns_count)
    }
    return space
}

function add_interface(name, path, type,    n)
{
    if (name == "" || name in net_path)
        use_fail("strange interface " name)
    n = next_number("ifindex", 1)
    net_path[name] = path
    net_index[name] = n
    # sysfs shows the interfaces of one namespace, but the folder of the others.
    if (netns_of[name] != "host") {
        if (path !~ /\/virtual\//)
            folder(parent(path))
        return
    }
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

function make_net(name, kind,    on, path, n, i, lower, line)
{
    on = word_in(list[u, "on"], 1)
    join_netns(name)
    if (kind == "" || kind == "wlan" || kind == "wwan") {
        path = place(on)
        if (driver[on] == "virtio-pci")
            path = virtio(path)
        add_interface(name, path "/net/" name, kind)
        line = "link " net_index[name] " " name " parent=" \
            (on in usb_path ? "usb" : driver[on] == "virtio-pci" ? "virtio" : "pci") "/" base(path)
    } else {
        add_interface(name, "sys/devices/virtual/net/" name, devtype(kind))
        line = "link " net_index[name] " " name " kind=" link_kind(kind)
        n = split(list[u, "on"], lower, " ")
        for (i = 1; i <= n; i++) {
            if (!(lower[i] in net_path))
                use_fail("there is no interface " lower[i])
            put_on(name, lower[i], kind, i)
        }
        if (kind ~ /^(vlan|mac|ipv)/)
            line = line " lower=" net_index[lower[1]] (netns_of[lower[1]] == netns_of[name] ? "" : \
                "/" netns_number[netns_of[lower[1]]])
    }
    if ((u, "promisc") in opt)
        line = line " promiscuous"
    net_line[name] = line
    net_list[++net_count] = name
    add_addresses(name)
    if (netns_of[name] != "host")
        return
    is_up[name] = (u, "up") in opt
    net_flags[name] = value_of("flags", "")
    net_kind[name] = kind
    if (net_path[name] ~ /\/virtual\//)
        make_kind(name, kind, lower[1])
    else
        link(path, path "/net/" name "/device")
    if (kind == "wlan")
        file(path "/net/" name "/phy80211/name", "phy0")
    file(net_path[name] "/address",
         value_of("mac", sprintf("52:54:00:12:34:%02x", net_index[name])))
    file(net_path[name] "/type", kind == "internal" || kind !~ /^(tun|wireguard)$/ ? 1 : 65534)
    file(net_path[name] "/iflink", kind ~ /^(vlan|mac|ipv)/ ? net_index[lower[1]] : net_index[name])
}

# IFLA_INFO_KIND
function link_kind(kind)
{
    return kind ~ /^(ovs|internal)$/ ? "openvswitch" : kind == "tap" ? "tun" : kind
}

# One interface above another
function put_on(name, lower, kind, port)
{
    if (kind ~ /^(bridge|bond|team|ovs|vrf)$/)
        net_line[lower] = net_line[lower] " master=" net_index[name]
    if (netns_of[name] != "host" || netns_of[lower] != "host")
        return
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
    }
}

# Addresses with their nets, and routes
function add_addresses(name,    n, i, part, net)
{
    n = split(value_of("addr", "") " " value_of("addr6", ""), part, " ")
    for (i = 1; i <= n; i++) {
        net = part[i]
        sub(/\/.*/, "", net)
        record_more(name, "address " net_index[name] " " net)
    }
    if ((u, "default") in opt)
        record_more(name, "route " net_index[name] " 0.0.0.0/0 via table=254")
    if ((u, "default6") in opt)
        record_more(name, "route " net_index[name] " ::/0 via table=254 metric=1024")
    for (i = 1; i <= n; i++)
        if (part[i] !~ /\/(32|128)$/)
            record_more(name, "route " net_index[name] " " part[i] " table=254")
    n = split(value_of("route", ""), part, " ")
    for (i = 1; i <= n; i++)
        record_more(name, "route " net_index[name] " " part[i] " via table=254")
    n = split(value_of("packet", ""), part, " ")
    for (i = 1; i <= n; i++)
        record_more(name, "packet " net_index[name] " " part[i])
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

function end_net(    i, name, space, text)
{
    for (i = 1; i <= net_count; i++) {
        name = net_list[i]
        record(name, net_line[name])
        if (netns_of[name] != "host")
            continue
        file(net_path[name] "/flags", net_flags[name] != "" ? net_flags[name] : flags_of(name))
        file(net_path[name] "/operstate", net_kind[name] ~ /^(tun|internal|ovs)$/ ? "unknown" : \
             is_up[name] ? "up" : "down")
        if (is_up[name])
            file(net_path[name] "/carrier", 1)
    }
    if (bonds != "")
        file("sys/class/net/bonding_masters", bonds)
    for (i = 1; i <= netns_count; i++) {
        space = netns_list[i]
        text = text "netns " netns_number[space] (i > 1 ? " " space : "") "\n" records[space] \
            carried[space]
    }
    sub(/\n$/, "", text)
    file("netlink", text)
}
