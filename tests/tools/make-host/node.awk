# Writes the <node> document.

function take_number(    digits)
{
    if (!match(unread, /^[0-9A-Fa-f]+/) || RLENGTH > 8)
        return -1
    digits = substr(unread, 1, RLENGTH)
    unread = substr(unread, RLENGTH + 1)
    return hex(tolower(digits))
}

# The address that libvirt takes the name for, "" if it takes it for none.
function misread(name,    i, n)
{
    unread = name
    for (i = 0; i < 4; i++) {
        if (i > 0)
            unread = substr(unread, 2)
        n[i] = take_number()
        if (n[i] < 0)
            return ""
    }
    return sprintf("domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%d'", n[0], n[1], n[2], n[3])
}

# The four attributes of an address
function attributes(name,    part)
{
    if (!is_address(name))
        return misread(name)
    split(name, part, /[:.]/)
    return "domain='0x" part[1] "' bus='0x" part[2] "' slot='0x" part[3] "' function='0x" part[4] "'"
}

function print_addresses(list,    i, n, name)
{
    n = split(list, name, " ")
    for (i = 1; i <= n; i++)
        print "        <address " attributes(name[i]) "/>"
    return n
}

function print_identity(element, id, text)
{
    if (text == "")
        print "      <" element " id='0x" id "'/>"
    else
        print "      <" element " id='0x" id "'>" text "</" element ">"
}

function group_is_readable(number,    i, n, name)
{
    n = split(members[number], name, " ")
    for (i = 1; i <= n; i++)
        if (attributes(name[i]) == "")
            return 0
    return 1
}

function print_device(name,    part, node)
{
    split(name, part, /[:.]/)
    node = name
    gsub(/[^0-9a-z]/, "_", node)
    print "  <device>"
    print "    <name>pci_" node "</name>"
    print "    <path>/sys/" home(name) "</path>"
    print "    <parent>computer</parent>"
    if (driver[name] != "-") {
        print "    <driver>"
        print "      <name>" driver[name] "</name>"
        print "    </driver>"
    }
    print "    <capability type='pci'>"
    if (class[name] != "-")
        print "      <class>0x" class[name] "</class>"
    printf("      <domain>%.0f</domain>\n", hex(part[1]))
    printf("      <bus>%d</bus>\n", hex(part[2]))
    printf("      <slot>%d</slot>\n", hex(part[3]))
    printf("      <function>%d</function>\n", part[4])
    print_identity("product", substr(identity[name], 6, 4), product[name])
    print_identity("vendor", substr(identity[name], 1, 4), vendor[name])
    if (name in pf) {
        print "      <capability type='phys_function'>"
        print_addresses(pf[name])
        print "      </capability>"
    }
    if (name in functions_of) {
        print "      <capability type='virt_functions' maxCount='" split(functions_of[name], part, " ") "'>"
        print_addresses(functions_of[name])
        print "      </capability>"
    }
    if (header[name] == "1")
        print "      <capability type='pci-bridge'/>"
    if (header[name] == "2")
        print "      <capability type='cardbus-bridge'/>"
    if (group[name] != "-") {
        print "      <iommuGroup number='" group[name] "'>"
        print_addresses(members[group[name]])
        print "      </iommuGroup>"
    }
    print "    </capability>"
    print "  </device>"
}

function begin_node()
{
    if (!node_begun)
        print "<node>"
    node_begun = 1
}

function print_node(    i)
{
    begin_node()
    for (i = 1; i <= count; i++)
        if (kind[names[i]] == "pci" && !(names[i] in dead) &&
            (group[names[i]] == "-" || group_is_readable(group[names[i]])))
            print_device(names[i])
    # libvirt always lists it
    print "  <device>"
    print "    <name>net_lo_00_00_00_00_00_00</name>"
    print "    <path>/sys/devices/virtual/net/lo</path>"
    print "    <parent>computer</parent>"
    print "    <capability type='net'>"
    print "      <interface>lo</interface>"
    print "      <address>00:00:00:00:00:00</address>"
    print "    </capability>"
    print "  </device>"
    print "</node>"
}

function start_domain_file(    declaration)
{
    recode = 0
    if (substr($0, 1, 3) == sprintf("%c%c%c", 239, 187, 191))
        $0 = substr($0, 4)
    if (!match($0, /^<\?xml[ \t][^?]*\?>/))
        return
    declaration = substr($0, 1, RLENGTH)
    $0 = substr($0, RLENGTH + 1)
    if (declaration ~ /encoding=["'][Ii][Ss][Oo]-8859-1["']/)
        recode = 1
    else if (declaration ~ /encoding=/ && declaration !~ /encoding=["']([Uu][Tt][Ff]-8|[Uu][Ss]-[Aa][Ss][Cc][Ii][Ii])["']/)
        fail("unknown encoding")
}

# ISO-8859-1 to UTF-8
function recoded(line,    i, c, out)
{
    if (!recode_ready)
        for (i = 128; i < 256; i++)
            utf8[sprintf("%c", i)] = sprintf("%c%c", i < 192 ? 194 : 195, i < 192 ? i : i - 64)
    recode_ready = 1
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        out = out (c in utf8 ? utf8[c] : c)
    }
    return out
}

