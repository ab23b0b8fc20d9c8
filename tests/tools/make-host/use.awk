# Reads the lines that say what a host's devices are used for (make-host.sh), and hands each to
# the function that makes its part of the tree.

BEGIN {
    split("disk part dm md bcache loop btrfs zpool mount swap net usb keyboard mouse button jack " \
          "drm fb boot_vga mdev vdpa uio char child watchdog process file link fifo remove", \
          use_list, " ")
    for (use_i in use_list)
        is_use[use_list[use_i]] = 1
    split("on over of holds", use_list, " ")
    for (use_i in use_list)
        is_preposition[use_list[use_i]] = 1
    split("up default default6 promisc ro removable unreadable kernel", use_list, " ")
    for (use_i in use_list)
        is_flag[use_list[use_i]] = 1
    split("addr addr6 backing bus cache class connected dev driver file flags fs group has held id in " \
          "label link mac master name netns ns number options packet root route " \
          "serial size state tag type uuid", use_list, " ")
    for (use_i in use_list)
        is_key[use_list[use_i]] = 1
}

# word[u, 1...], list[u, preposition], opt[u, key]
function read_use(    u, i, n, at, key, where)
{
    u = ++use_count
    use_kind[u] = $1
    use_line[u] = FNR
    if ($1 == "file") {
        word[u, 1] = $2
        sub(/^[ \t]*file[ \t]+[^ \t]+[ \t]*/, "")
        word[u, 2] = $0
        return
    }
    for (i = 2; i <= NF; i++) {
        at = index($i, "=")
        key = substr($i, 1, at - 1)
        if ($i == "runs")
            break
        if ($i in is_preposition)
            where = $i == "holds" ? "holds" : "on"
        else if ($i in is_flag)
            opt[u, $i] = 1
        else if ((u, key) in opt)
            opt[u, key] = opt[u, key] " " substr($i, at + 1)
        else if (key in is_key)
            opt[u, key] = substr($i, at + 1)
        else if (key != "" && where != "holds")
            fail("strange word " $i)
        else if (where)
            list[u, where] = list[u, where] " " $i
        else
            word[u, ++n] = $i
    }
    for (i++; i <= NF; i++)
        runs[u] = runs[u] $i "\n"
}

function use_fail(text)
{
    FNR = use_line[u]
    fail(text)
}

# The folder of a PCI device, or of a USB device's first interface
function place(name)
{
    if (name in usb_path)
        return usb_path[name] "/" name ":1.0"
    if (kind[name] != "pci")
        use_fail("there is no device " name)
    return "sys/" home(name)
}

function value_of(key, fallback)
{
    return (u, key) in opt ? opt[u, key] : fallback
}

# 32 hex digits, the same for the same number
function long_number(number)
{
    return sprintf("%08x00004000800000000000%04x", 305419896 + number * 7919, number)
}

function uuid_of(number,    d)
{
    d = long_number(number)
    return substr(d, 1, 8) "-" substr(d, 9, 4) "-" substr(d, 13, 4) "-" substr(d, 17, 4) \
        "-" substr(d, 21)
}

# u, the line at work, is the one global
function print_use(    k)
{
    if (!use_count)
        return
    begin_use()
    for (u = 1; u <= use_count; u++) {
        k = use_kind[u]
        if (k == "disk") make_disk(word[u, 1])
        else if (k == "part") make_partition(word[u, 1], word_in(list[u, "on"], 1))
        else if (k == "dm") make_dm(word[u, 1], word[u, 2])
        else if (k == "md") make_md(word[u, 1], word[u, 2])
        else if (k == "bcache") make_bcache(word[u, 1])
        else if (k == "loop") make_loop(word[u, 1])
        else if (k == "btrfs") make_btrfs(word[u, 1])
        else if (k == "zpool") make_zpool(word[u, 1])
        else if (k == "mount") make_mount(word[u, 1], word[u, 2], word[u, 3])
        else if (k == "swap") make_swap(word[u, 1])
        else if (k == "net") make_net(word[u, 1], word[u, 2])
        else if (k == "usb") make_usb(word[u, 1], word_in(list[u, "on"], 1))
        else if (k ~ /^(keyboard|mouse|button|jack)$/) make_input(k, word_in(list[u, "on"], 1))
        else if (k == "drm") make_drm(word[u, 1])
        else if (k == "fb") make_fb(word[u, 1])
        else if (k == "boot_vga") boot_vga = word[u, 1]
        else if (k == "mdev") make_mdev(word[u, 1])
        else if (k == "vdpa") make_vdpa(word[u, 1])
        else if (k == "uio") make_uio(word[u, 1])
        else if (k == "char") make_char(word[u, 1])
        else if (k == "child") make_child(word[u, 1])
        else if (k == "watchdog") make_watchdog(word[u, 1])
        else if (k == "process") make_process(word[u, 1], word[u, 2])
        else if (k == "file") file(word[u, 1], word[u, 2])
        else if (k == "link") raw_link(word[u, 2], word[u, 1])
        else if (k == "fifo") fifo(word[u, 1])
        else removed = removed " " quote(word[u, 1])
    }
    end_block()
    end_net()
    end_console()
    end_process()
}

function word_in(text, n,    part)
{
    return split(text, part, " ") >= n ? part[n] : ""
}

function begin_use()
{
    folder("sys/class/block")
    folder("sys/class/graphics")
    folder("sys/class/input")
    folder("sys/class/net")
    folder("sys/dev/block")
    folder("sys/dev/char")
    folder("run/udev/data")
    begin_net()
    begin_process()
}

# A device below one of another subsystem: the kernel puts a folder between the two.
function class_device(subsystem, name, below,    path)
{
    path = below "/" subsystem "/" name
    add_to_class(subsystem, path)
    link(below, path "/device")
    return path
}

function add_to_class(subsystem, path)
{
    folder(path)
    link_into(path, "sys/class/" subsystem)
    link("sys/class/" subsystem, path "/subsystem")
}

function add_to_bus(bus, path)
{
    folder(path)
    link_into(path, "sys/bus/" bus "/devices")
    link("sys/bus/" bus, path "/subsystem")
}

# the next number of a kind, from first on
function next_number(what, first)
{
    return first + counter[what]++
}

# What sysfs shows of a character device with the node /dev/NAME
function make_node(path, number, name, more)
{
    file(path "/dev", number)
    file(path "/uevent", "MAJOR=" part_of(number, 1) "\nMINOR=" part_of(number, 2) \
         "\nDEVNAME=" name more)
    link(path, "sys/dev/char/" number)
}
