# Reads the PCI devices of a description, one a line (make-host.sh), and makes their tree.

function fail(text)
{
    if (!failed)
        print "make-host.sh: " FILENAME ":" FNR ": " text | "cat >&2"
    failed = 1
    exit 1
}

function hex(digits,    i, n)
{
    for (i = 1; i <= length(digits); i++)
        n = n * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
    return n + 0
}

# "0001:09:00.0" -> the directory of the device, below sys/
function home(name,    bus)
{
    if (kind[name] == "platform")
        return "devices/platform/" name
    bus = "pci" substr(name, 1, length(name) - 5)
    if (!(name in under))
        return "devices/" bus "/" name
    return home(under[name]) (domain_of(name) == domain_of(under[name]) ? "" : "/" bus) "/" name
}

function domain_of(name)
{
    return substr(name, 1, length(name) - 8)
}

function is_address(name)
{
    return name ~ /^([1-9a-f][0-9a-f]*)?[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[01][0-9a-f]\.[0-7]$/ &&
           length(name) <= 16
}

function slot_of(name)
{
    return substr(name, 1, length(name) - 2)
}

function text_of(value)
{
    gsub(/_/, " ", value)
    gsub(/&/, "\\&amp;", value)
    gsub(/</, "\\&lt;", value)
    gsub(/>/, "\\&gt;", value)
    return value
}

function read_device(    name, i, at, key, value)
{
    name = $1
    if (NF < 6)
        fail("six columns wanted")
    if (name !~ /^[0-9A-Za-z_.:,+@-]+$/)
        fail("strange name " name)
    if (name in kind)
        fail(name " is listed twice")
    if ($2 !~ /^(-|0|[1-9][0-9]*)$/)
        fail("strange group " $2)
    if ($3 !~ /^(-|[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f])$/)
        fail("strange class " $3)
    if ($4 !~ /^[012-]$/)
        fail("strange header type " $4)
    if ($5 !~ /^(-|[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f])$/)
        fail("strange identity " $5)
    if ($6 !~ /^[0-9A-Za-z_.+-]+$/)
        fail("strange driver " $6)

    names[++count] = name
    group[name] = $2
    class[name] = $3
    header[name] = $4
    identity[name] = $5
    driver[name] = $6
    kind[name] = "pci"

    for (i = 7; i <= NF; i++) {
        at = index($i, "=")
        key = substr($i, 1, at - 1)
        value = substr($i, at + 1)
        if (key == "vendor")
            vendor[name] = text_of(value)
        else if (key == "product")
            product[name] = text_of(value)
        else if (key == "pf")
            pf[name] = value
        else if (key == "under") {
            if (kind[value] != "pci" || value == name)
                fail("there is no device " value " yet")
            under[name] = value
        }
        else if (key == "pcie") {
            if (!index(" endpoint=0 root=4 up=5 down=6 bridge=7 ", " " value "="))
                fail("strange PCI Express type " value)
            pcie[name] = value
        } else if (key == "acs") {
            if (value !~ /^[0-9a-f][0-9a-f]\/[0-9a-f][0-9a-f]$/ || !(name in pcie))
                fail("acs wants pcie before it, and CAP/CTL")
            acs[name] = value
        } else if (key == "dsn") {
            if (value !~ /^[0-9a-f]+$/ || length(value) != 16 || !(name in pcie))
                fail("dsn wants pcie before it, and 16 hex digits")
            dsn[name] = value
        } else if (key == "subsystem") {
            if (value !~ /^[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f]$/)
                fail("strange subsystem " value)
            subsystem[name] = value
        } else if (key == "config" && value == "64")
            short[name] = 1
        else if (key == "nodev" && value == "1")
            kind[name] = "nodev"
        else if (key == "dead" && value == "1")
            dead[name] = 1
        else
            fail("strange word " $i)
    }

    if (!is_address(name)) {
        if (name ~ /^[0-9A-Fa-f]+:[0-9A-Fa-f]+[:.]/)
            fail(name " looks like a PCI address and is none")
        if (kind[name] == "nodev")
            fail("nodev=1 is for PCI devices")
        kind[name] = "platform"
    }
    if (kind[name] == "pci") {
        if ($5 == "-")
            fail(name " has no identity")
        # virtual functions do not make a multifunction device
        if (!(name in pf))
            functions[slot_of(name)]++
    } else if ($2 == "-" || $3 $4 $5 != "---" ||
               (kind[name] == "nodev" && $6 != "-") || name in pf) {
        fail(name " wants a group and nothing that describes a PCI device")
    }

    if ($2 != "-") {
        if (!($2 in members))
            groups[++group_count] = $2
        members[$2] = members[$2] " " name
    }
}

function end_of_host(    i, name)
{
    if (host_done)
        return
    host_done = 1
    for (i = 1; i <= count; i++) {
        name = names[i]
        if (!(name in pf))
            continue
        if (kind[pf[name]] != "pci")
            fail("there is no device " pf[name] " for " name)
        functions_of[pf[name]] = functions_of[pf[name]] " " name
    }
}

function octal(byte)
{
    return sprintf("\\%03o", hex(byte))
}

function little_endian(word)
{
    return octal(substr(word, 3, 2)) octal(substr(word, 1, 2))
}

function zeros(count,    i)
{
    if (!(count in zeros_of))
        for (i = 0; i < count; i++)
            zeros_of[count] = zeros_of[count] "\\000"
    return zeros_of[count]
}

# A number as it is in the configuration space
function little_endian_long(digits,    bytes)
{
    for (; length(digits) > 0; digits = substr(digits, 1, length(digits) - 2))
        bytes = bytes octal(substr(digits, length(digits) - 1))
    return bytes
}

# The capabilities that begin at 100: ACS, then the serial number
function extended(name,    bytes)
{
    if (name in acs)
        # id 000d, version 1, the next one at 140 or none; capabilities, control
        bytes = octal("0d") octal("00") octal("01") octal(name in dsn ? "14" : "00") \
            octal(substr(acs[name], 1, 2)) octal("00") octal(substr(acs[name], 4, 2)) octal("00")
    else if (name in dsn)
        # id 0000: nothing
        bytes = zeros(2) octal("01") octal("14") zeros(4)
    if (!(name in dsn))
        return bytes zeros(4096 - 256 - (name in acs ? 8 : 0))
    return bytes zeros(56) octal("03") octal("00") octal("01") octal("00") \
        little_endian_long(dsn[name]) zeros(4096 - 256 - 64 - 12)
}

# What is after the header type: 15 bytes are before this.
function capabilities(name,    types)
{
    if (name in short)
        return zeros(64 - 15)
    if (!(name in pcie))
        return zeros(256 - 15)
    types = "endpoint=0 root=4 up=5 down=6 bridge=7"
    sub(".*" pcie[name] "=", "", types)
    # 34: the list begins at 40; there: id 10, no next one, version 2 and type
    return zeros(52 - 15) octal("40") zeros(64 - 53) octal("10") octal("00") \
        octal(substr(types, 1, 1) "2") zeros(256 - 67) extended(name)
}

function config(name,    bytes, type, i)
{
    if (name in dead) {
        for (i = 0; i < 256; i++)
            bytes = bytes "\\377"
        return bytes
    }
    bytes = little_endian(substr(identity[name], 1, 4)) little_endian(substr(identity[name], 6, 4))
    # 06: there is a list of capabilities
    bytes = bytes zeros(2) octal(name in pcie && !(name in short) ? "10" : "00") zeros(2)
    if (class[name] == "-")
        bytes = bytes "\\000\\000\\000"
    else
        bytes = bytes octal(substr(class[name], 5, 2)) octal(substr(class[name], 3, 2)) octal(substr(class[name], 1, 2))
    type = functions[slot_of(name)] > 1 && !(name in pf) ? "8" : "0"
    bytes = bytes "\\000\\000" octal(type header[name])
    return bytes capabilities(name)
}


function print_pci(    i, name, path, bus)
{
    folder("sys/bus/pci/devices")
    folder("sys/bus/pci/drivers")
    folder("sys/kernel/iommu_groups")
    for (i = 1; i <= count; i++) {
        name = names[i]
        path = "sys/" home(name)
        bus = kind[name] == "platform" ? "platform" : "pci"
        folder(path)
        if (group[name] != "-")
            link_into(path, "sys/kernel/iommu_groups/" group[name] "/devices")
        if (kind[name] == "nodev")
            continue
        link_into(path, "sys/bus/" bus "/devices")
        link("sys/bus/" bus, path "/subsystem")
        if (group[name] != "-")
            link("sys/kernel/iommu_groups/" group[name], path "/iommu_group")
        if (driver[name] != "-") {
            link("sys/bus/" bus "/drivers/" driver[name], path "/driver")
            link_into(path, "sys/bus/" bus "/drivers/" driver[name])
        }
        if (bus == "pci")
            print_function(name, path)
    }
}

function print_function(name, path,    n, j, list)
{
    # without it libudev, and so libvirt, does not see the device
    file(path "/uevent", (driver[name] == "-" ? "" : "DRIVER=" driver[name] "\n") \
        "PCI_CLASS=" (class[name] == "-" ? "0" : toupper(class[name])) "\nPCI_ID=" \
        toupper(identity[name]) "\nPCI_SLOT_NAME=" name)
    if (class[name] != "-")
        file(path "/class", "0x" class[name])
    file(path "/vendor", "0x" substr(identity[name], 1, 4))
    file(path "/device", "0x" substr(identity[name], 6, 4))
    if (name in subsystem) {
        file(path "/subsystem_vendor", "0x" substr(subsystem[name], 1, 4))
        file(path "/subsystem_device", "0x" substr(subsystem[name], 6, 4))
    }
    if (header[name] != "-")
        write(path "/config", config(name), "")
    if (name in pf)
        link("sys/" home(pf[name]), path "/physfn")
    if (!(name in functions_of))
        return
    n = split(functions_of[name], list, " ")
    for (j = 1; j <= n; j++)
        link("sys/" home(list[j]), path "/virtfn" (j - 1))
    file(path "/sriov_totalvfs", n)
    file(path "/sriov_numvfs", n)
}
