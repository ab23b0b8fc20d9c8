# Processes, mounts and swap: proc/PID, proc/swaps, sys/fs.

function begin_process()
{
    raw_link("1", "proc/self")
    raw_link("self/mounts", "proc/mounts")
    space_of[1] = "4026531841"
    add_process(1, "systemd")
    runs_of[1] = "/sbin/init\n"
    mount_line(1, "0:21", "/", "/proc", "proc", "proc")
    mount_line(1, "0:22", "/", "/sys", "sysfs", "sysfs")
    mount_line(1, "0:5", "/", "/dev", "devtmpfs", "udev")
    mount_line(1, "0:23", "/", "/run", "tmpfs", "tmpfs")
    swap_lines = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority"
}

function add_process(pid, name)
{
    if (pid !~ /^[1-9][0-9]*$/ || name == "")
        use_fail("strange process " pid)
    processes[++process_count] = pid
    comm_of[pid] = name
}

# Mounts come before or after the process that sees them.
function make_process(pid, name,    n, i, held)
{
    add_process(pid, name)
    if ((u, "ns") in opt)
        space_of[pid] = opt[u, "ns"] == "own" ? own_space(pid) : own_space(opt[u, "ns"])
    runs_of[pid] = runs[u]
    is_kernel[pid] = (u, "kernel") in opt
    hidden_fds[pid] = (u, "unreadable") in opt
    n = split(list[u, "holds"], held, " ")
    if (hidden_fds[pid]) {
        fifo("proc/" pid "/fd")
        return
    }
    folder("proc/" pid "/fd")
    if (!is_kernel[pid])
        raw_link("/dev/null", "proc/" pid "/fd/0")
    for (i = 1; i <= n; i++)
        raw_link(held[i], "proc/" pid "/fd/" i + 2)
}

# The mount namespace of a process with one of its own
function own_space(pid)
{
    return pid == 1 ? space_of[1] : sprintf("40265%05d", 32000 + pid)
}

function mount_line(pid, number, root, target, type, source, options,    space)
{
    space = own_space(pid)
    if (!(space in mount_lines)) {
        mount_id[space] = 20 + 100 * spaces++
        mount_lines[space] = ""
        root_id[space] = ++mount_id[space]
    }
    mount_lines[space] = mount_lines[space] \
        (target == "/" ? root_id[space] " 1 " : ++mount_id[space] " " root_id[space] " ") \
        number " " root " " target \
        " rw,relatime" (pid == 1 ? " shared:" next_number("shared", 1) : "") \
        " - " type " " source " rw" (options == "" ? "" : "," options) "\n"
}

# The block device that a source names; "" if none
function block_of(source,    i, j, n, name, part)
{
    if (source !~ /^\/dev\//)
        return ""
    name = substr(source, 6)
    if (name in block_path)
        return name
    if (name ~ /^mapper\//)
        return dm_block[substr(name, 8)]
    for (i = 1; i <= block_count; i++) {
        n = split(block_links[blocks[i]] " disk/by-uuid/" block_uuid[blocks[i]], part, " ")
        for (j = 1; j <= n; j++)
            if (part[j] == name)
                return blocks[i]
    }
    return ""
}

function make_mount(source, target, type,    pid, name, number, space)
{
    name = value_of("dev", block_of(source))
    if (source ~ /^\/dev\// && !(name in block_path))
        use_fail("there is no block device " source)
    if (type == "")
        use_fail("SOURCE TARGET TYPE wanted")
    pid = value_of("in", 1)
    if (pid != 1)
        space_of[pid] = own_space(pid)
    if (type == "btrfs")
        number = mount_btrfs(name)
    else if (name != "")
        number = block_number[name]
    else if ((source, type) in anonymous)
        number = anonymous[source, type]
    else
        anonymous[source, type] = number = "0:" next_number("anonymous", 40)
    mount_line(pid, number, value_of("root", "/"), target, type, source, value_of("options", ""))
    if (name != "") {
        found(name, type)
        hold(name)
        if (type ~ /^(ext4|xfs|f2fs)$/)
            folder("sys/fs/" type "/" name)
    }
    if (type == "zfs")
        mount_zfs(source)
}

function mount_btrfs(name,    id, i, n, on)
{
    found(name, "btrfs")
    id = block_uuid[name]
    if (id in anonymous)
        return anonymous[id]
    anonymous[id] = "0:" next_number("anonymous", 40)
    file("sys/fs/btrfs/" id "/label", block_label[name])
    file("sys/fs/btrfs/" id "/metadata_uuid", id)
    folder("sys/fs/btrfs/features")
    n = split(id in btrfs_on ? btrfs_on[id] : name, on, " ")
    for (i = 1; i <= n; i++) {
        link_into(block_path[on[i]], "sys/fs/btrfs/" id "/devices")
        hold(on[i])
    }
    return anonymous[id]
}

function mount_zfs(source)
{
    sub(/\/.*/, "", source)
    imported[source] = 1
    if (!(("proc/spl/kstat/zfs/" source) in made))
        file("proc/spl/kstat/zfs/" source "/state", "ONLINE")
}

# mm/swapfile.c, swap_show()
function make_swap(name,    size, type)
{
    size = value_of("size", 8388604)
    type = name ~ /^\/dev\// ? "partition" : "file\t"
    if (type == "partition") {
        found(block_of(name), "swap")
        hold(block_of(name))
    }
    swap_lines = swap_lines "\n" sprintf("%-39s %s\t%d\t%s0\t\t%d", name, type, size,
                                         size < 10000000 ? "\t" : "", -2 - swap_count++)
}

function end_process(    i, pid, path)
{
    file("proc/swaps", swap_lines)
    for (i = 1; i <= process_count; i++) {
        pid = processes[i]
        path = "proc/" pid
        if (!(pid in space_of))
            space_of[pid] = space_of[1]
        file(path "/comm", comm_of[pid])
        write_arguments(path "/cmdline", runs_of[pid])
        file(path "/status", "Name:\t" comm_of[pid] "\nPid:\t" pid "\nUid:\t0\t0\t0\t0")
        raw_link("mnt:[" space_of[pid] "]", path "/ns/mnt")
        raw_link("net:[4026531840]", path "/ns/net")
        write_mounts(path, space_of[pid])
    }
    folder("proc/1/fd")
    raw_link("/dev/null", "proc/1/fd/0")
}

function write_arguments(path, text,    n, i, part, words)
{
    n = split(text, part, "\n")
    for (i = 1; i < n; i++)
        words = words " " quote(part[i])
    write(path, n > 1 ? "%s\\000" : "", words)
}

# A container without a / of its own in the description has an overlay there.
function write_mounts(path, space,    text, mounts, n, i, line, source, part)
{
    text = mount_lines[space]
    if (text !~ / \/ \/ / && space != space_of[1])
        text = root_id[space] " 1 0:90 / / rw,relatime - overlay overlay rw\n" text
    sub(/\n$/, "", text)
    file(path "/mountinfo", text)
    n = split(text, line, "\n")
    for (i = 1; i <= n; i++) {
        split(line[i], part, " ")
        source = line[i]
        sub(/.* - /, "", source)
        mounts = mounts (i > 1 ? "\n" : "") word_in(source, 2) " " part[5] " " \
            word_in(source, 1) " rw,relatime 0 0"
    }
    file(path "/mounts", mounts)
}
