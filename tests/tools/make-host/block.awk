# Disks and what is stacked on them: sys/class/block, sys/dev/block, run/udev/data, dev.

function add_block(name, path, number, type, more)
{
    if (name == "" || name in block_path)
        use_fail("strange block device " name)
    blocks[++block_count] = name
    block_path[name] = path
    block_number[name] = number
    if ((u, "fs") in opt)
        block_fs[name] = opt[u, "fs"]
    block_uuid[name] = value_of("uuid", uuid_of(block_count))
    block_label[name] = value_of("label", "")
    block_links[name] = value_of("link", "")
    if ((u, "held") in opt)
        block_held[name] = opt[u, "held"]

    add_to_class("block", path)
    folder(path "/holders")
    if (type == "disk") {
        folder(path "/slaves")
        link_into(path, "sys/block")
        file(path "/removable", ((u, "removable") in opt) + 0)
        file(path "/hidden", number == "" ? 1 : 0)
    }
    file(path "/size", value_of("size", type == "disk" ? 1953525168 : 976762584))
    file(path "/ro", ((u, "ro") in opt) + 0)
    if (number == "") {
        file(path "/uevent", "DEVTYPE=" type)
        return
    }
    file(path "/dev", number)
    file(path "/uevent", "MAJOR=" part_of(number, 1) "\nMINOR=" part_of(number, 2) \
         "\nDEVNAME=" name "\nDEVTYPE=" type more)
    link(path, "sys/dev/block/" number)
}

function part_of(number, n,    part)
{
    split(number, part, ":")
    return part[n]
}

# "sda" -> 0, "sdaa" -> 26
function letters(name,    i, n)
{
    for (i = 3; i <= length(name); i++)
        n = n * 26 + index("abcdefghijklmnopqrstuvwxyz", substr(name, i, 1))
    return n - 1
}

function make_disk(name,    on, path, n)
{
    on = word_in(list[u, "on"], 1)
    if (name ~ /^nvme[0-9]+n[0-9]+$/) {
        make_nvme(name)
    } else if (on == "") {
        n = name
        gsub(/[^0-9]/, "", n)
        make_virtual(name, name ~ /^zram/ ? 252 : 1, n)
    } else if (name ~ /^vd[a-z]+$/) {
        path = virtio(place(on))
        add_block(name, path "/block/" name, "254:" letters(name) * 16, "disk")
        link(path, path "/block/" name "/device")
    } else if (name ~ /^sd[a-z]+$/ || name ~ /^sr[0-9]$/) {
        path = make_scsi(on)
        n = letters(name)
        n = name ~ /^sr/ ? "11:" substr(name, 3) : (n < 16 ? 8 : 64 + int(n / 16)) ":" n % 16 * 16
        add_block(name, path "/block/" name, n, "disk")
        link(path, path "/block/" name "/device")
    } else {
        use_fail("strange disk " name)
    }
    if (!((u, "link") in opt) && on != "")
        block_links[name] = "disk/by-id/" (name in nvme_of ? "nvme" : on in usb_path ? "usb" : \
                                           "ata") "-TEST_" toupper(name)
}

function virtio(path)
{
    path = path "/virtio" next_number("virtio", 0)
    add_to_bus("virtio", path)
    return path
}

# The controller, unless a namespace before made it.
function nvme_controller(number, on, subsystem,    path)
{
    path = place(on) "/nvme/nvme" number
    if (path in made)
        return path
    class_device("nvme", "nvme" number, place(on))
    file(path "/transport", "pcie")
    if ((u, "serial") in opt)
        file(path "/serial", opt[u, "serial"])
    file(path "/address", on)
    link_into(path, subsystem)
    return path
}

# One controller: the disk is below it.  Several: the disk is below the subsystem, and each
# controller has a hidden path to it.
function make_nvme(name,    number, space, subsystem, n, i, on, path)
{
    number = substr(name, 5)
    space = number
    sub(/n.*/, "", number)
    sub(/.*n/, "", space)
    subsystem = "sys/devices/virtual/nvme-subsystem/nvme-subsys" number
    if (!(subsystem in made)) {
        add_to_class("nvme-subsystem", subsystem)
        file(subsystem "/subsysnqn", "nqn.2014-08.org.nvmexpress:uuid:" uuid_of(number))
    }
    n = split(list[u, "on"], on, " ")
    nvme_of[name] = number
    if (n == 1) {
        path = nvme_controller(number, on[1], subsystem)
        add_block(name, path "/" name, next_minor(), "disk")
        link(path, path "/" name "/device")
        return
    }
    add_block(name, subsystem "/" name, next_minor(), "disk")
    link(subsystem, subsystem "/" name "/device")
    for (i = 1; i <= n; i++) {
        path = nvme_controller(number + i - 1, on[i], subsystem)
        add_block("nvme" number "c" number + i - 1 "n" space, \
                  path "/nvme" number "c" number + i - 1 "n" space, "", "disk")
    }
}

function next_minor()
{
    return "259:" next_number("extended minor", 0)
}

# The SCSI device for one more disk of a controller
function make_scsi(on,    path, c, host, target, between)
{
    path = place(on)
    c = class[on]
    if (on in usb_path) {
        file(path "/bInterfaceClass", "08")
    } else if (c ~ /^010[16]/) {
        path = path "/ata" next_number("ata", 1)
    } else if (driver[on] == "virtio-pci") {
        path = (on in virtio_of) ? virtio_of[on] : virtio(path)
        virtio_of[on] = path
    }
    if (c !~ /^010[16]/ && on in host_of) {
        host = host_of[on]
        target = ++target_of[on]
    } else {
        host = next_number("scsi_host", 0)
        host_of[on] = host
        target = 0
        add_to_class("scsi_host", path "/host" host "/scsi_host/host" host)
        file(path "/host" host "/scsi_host/host" host "/proc_name", driver[on])
    }
    if (c ~ /^0107/)
        between = "/port-" host ":" target "/end_device-" host ":" target
    else if (c ~ /^0c04/)
        between = "/rport-" host ":0-" target
    path = path "/host" host between "/target" host ":0:" target "/" host ":0:" target ":0"
    add_to_bus("scsi", path)
    return path
}

function make_partition(name, disk,    n, minor)
{
    if (!(disk in block_path))
        use_fail("there is no disk " disk)
    n = substr(name, length(disk) + 1)
    sub(/^p/, "", n)
    n += 0
    minor = part_of(block_number[disk], 2)
    if (disk ~ /^(sd|vd)/ && n < 16)
        minor = part_of(block_number[disk], 1) ":" minor + n
    else
        minor = next_minor()
    add_block(name, block_path[disk] "/" name, minor, "partition", "\nPARTN=" n)
    disk_of[name] = disk
    file(block_path[name] "/partition", n)
    file(block_path[name] "/start", 2048 * n)
    if (block_links[name] == "" && block_links[disk] != "")
        block_links[name] = word_in(block_links[disk], 1) "-part" n
}

# The blocks named, and what is found on them unless the description says otherwise
function stack(name, fs,    n, i, on)
{
    n = split(list[u, "on"], on, " ")
    for (i = 1; i <= n; i++) {
        if (!(on[i] in block_path))
            use_fail("there is no block device " on[i])
        link_into(block_path[on[i]], block_path[name] "/slaves")
        link_into(block_path[name], block_path[on[i]] "/holders")
        found(on[i], fs)
        hold(on[i])
    }
    return n
}

function found(name, fs)
{
    if (fs != "" && !(name in block_fs))
        block_fs[name] = fs
}

# The kernel claims the block device, and with a partition its disk (bd_may_claim(), block/bdev.c),
# unless the description says otherwise.
function hold(name)
{
    if (!(name in block_held))
        block_held[name] = "yes"
    if (block_held[name] != "no" && (name in disk_of))
        hold(disk_of[name])
}

function make_virtual(name, major, minor)
{
    add_block(name, "sys/devices/virtual/block/" name, major ":" minor, "disk")
    return block_path[name]
}

function make_dm(name, type,    path, label, id)
{
    label = value_of("name", name)
    path = make_virtual(name, 253, substr(name, 4))
    id = type == "luks" ? "CRYPT-LUKS2-" long_number(block_count) "-" label : \
         type == "plain" ? "CRYPT-PLAIN-" label : \
         type == "lvm" ? "LVM-" long_number(1) long_number(block_count) : \
         type == "mpath" ? "mpath-3" long_number(block_count) : \
         type ~ /^part[0-9]+$/ ? type "-mpath-3" long_number(block_count) : ""
    file(path "/dm/name", label)
    file(path "/dm/uuid", value_of("uuid", id))
    file(path "/dm/suspended", 0)
    dm_block[label] = name
    block_links[name] = block_links[name] " mapper/" label
    block_env[name] = "E:DM_NAME=" label "\nE:DM_UUID=" value_of("uuid", id) "\n"
    stack(name, type == "luks" ? "crypto_LUKS" : type == "lvm" ? "LVM2_member" : \
          type == "mpath" ? "mpath_member" : "")
}

function make_md(name, level,    path, n, i, on)
{
    path = make_virtual(name, 9, substr(name, 3))
    n = stack(name, "linux_raid_member")
    file(path "/md/level", level)
    file(path "/md/metadata_version", "1.2")
    file(path "/md/raid_disks", n)
    file(path "/md/array_state", value_of("state", "clean"))
    split(list[u, "on"], on, " ")
    for (i = 1; i <= n; i++)
        link(block_path[on[i]], path "/md/dev-" on[i] "/block")
    block_links[name] = block_links[name] " md/" name
}

function make_bcache(name,    path, cache, back)
{
    path = make_virtual(name, 251, substr(name, 7) * 128)
    back = word_in(list[u, "on"], 1)
    cache = value_of("cache", "")
    list[u, "on"] = back " " cache
    stack(name, "bcache")
    file(block_path[back] "/bcache/state", cache == "" ? "no cache" : "clean")
    link(path, block_path[back] "/bcache/dev")
    link(block_path[back] "/bcache", path "/bcache")
    if (cache != "") {
        folder("sys/fs/bcache/" block_uuid[cache])
        link("sys/fs/bcache/" block_uuid[cache], block_path[cache] "/bcache/set")
        link(block_path[back] "/bcache", "sys/fs/bcache/" block_uuid[cache] "/bdev0")
    }
}

function make_loop(name,    path)
{
    path = make_virtual(name, 7, substr(name, 5))
    file(path "/loop/backing_file", value_of("file", ""))
    file(path "/loop/offset", 0)
    file(path "/loop/autoclear", 0)
}

# One file system over several disks, known by its UUID
function make_btrfs(id,    n, i, on)
{
    n = split(list[u, "on"], on, " ")
    for (i = 1; i <= n; i++) {
        if (!(on[i] in block_path))
            use_fail("there is no block device " on[i])
        block_fs[on[i]] = "btrfs"
        block_uuid[on[i]] = id
    }
    btrfs_on[id] = list[u, "on"]
}

function make_zpool(name)
{
    file("proc/spl/kstat/zfs/" name "/state", value_of("state", "ONLINE"))
    imported[name] = 1
}

function usage_of(fs)
{
    return fs == "crypto_LUKS" ? "crypto" : \
           fs ~ /^(LVM2_member|linux_raid_member|ddf_raid_member|isw_raid_member)$/ ? "raid" : \
           fs ~ /^(bcache|swap|ceph_bluestore|mpath_member)$/ ? "other" : "filesystem"
}

# What udev keeps of each block device, and the kernel's answer to open() with O_EXCL
function end_block(    i, j, n, name, text, id, part)
{
    for (i = 1; i <= block_count; i++) {
        name = blocks[i]
        if (block_number[name] == "")
            continue
        text = ""
        n = split(block_links[name], part, " ")
        for (j = 1; j <= n; j++)
            text = text "S:" part[j] "\n"
        id = block_uuid[name]
        if (block_fs[name] != "" && block_fs[name] != "-") {
            text = text "S:disk/by-uuid/" id "\nI:10" i "4127\n" block_env[name]
            if (block_label[name] != "")
                text = text "E:ID_FS_LABEL=" block_label[name] "\n"
            text = text "E:ID_FS_UUID=" id "\nE:ID_FS_UUID_ENC=" id "\n"
            text = text "E:ID_FS_TYPE=" block_fs[name] "\n"
            text = text "E:ID_FS_USAGE=" usage_of(block_fs[name]) "\n"
        } else {
            text = text "I:10" i "4127\n" block_env[name]
        }
        if (block_held[name] == "yes" ||
            (block_fs[name] == "zfs_member" && (block_label[name] in imported)))
            hold(name)
        file("run/udev/data/b" block_number[name], text "G:systemd\nQ:systemd\nV:1")
    }
    for (i = 1; i <= block_count; i++)
        if (block_number[blocks[i]] != "")
            file("dev/" blocks[i], block_held[blocks[i]] == "yes" ? "held" : "")
}
