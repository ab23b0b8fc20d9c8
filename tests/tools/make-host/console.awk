# USB devices, keyboards, displays; slices of devices and userspace drivers.

# "1-4.2" is below "1-4", and "1-4" is below the root hub "usb1" of a controller.
function make_usb(name, on,    bus, path, above, id)
{
    bus = name
    sub(/-.*/, "", bus)
    if (name !~ /^[1-9][0-9]*-[1-9][0-9.]*$/)
        use_fail("strange USB device " name)
    above = name
    if (sub(/\.[0-9]+$/, "", above)) {
        if (!(above in usb_path))
            use_fail("there is no USB device " above)
        path = usb_path[above]
    } else {
        path = place(on) "/usb" bus
        if (!(path in made))
            add_usb(path, bus, 1, "1d6b:0002", "09")
    }
    path = path "/" name
    id = value_of("id", "1234:00" bus substr(name, length(name)))
    usb_path[name] = path
    usb_id[name] = toupper(id)
    add_usb(path, bus, value_of("dev", next_number("usb" bus, 2)), id, "00")
    if ((u, "name") in opt)
        file(path "/product", text_with_spaces(opt[u, "name"]))
    add_to_bus("usb", path "/" name ":1.0")
    file(path "/" name ":1.0/bInterfaceNumber", "00")
    if ((u, "driver") in opt) {
        folder("sys/bus/usb/drivers/" opt[u, "driver"])
        raw_link(relative(path "/" name ":1.0", "sys/bus/usb/drivers/" opt[u, "driver"]),
                 path "/" name ":1.0/driver")
    }
}

function text_with_spaces(text)
{
    gsub(/_/, " ", text)
    return text
}

function add_usb(path, bus, number, id, type)
{
    add_to_bus("usb", path)
    file(path "/busnum", bus)
    file(path "/devnum", number)
    file(path "/idVendor", substr(id, 1, 4))
    file(path "/idProduct", substr(id, 6, 4))
    file(path "/bDeviceClass", type)
    make_node(path, "189:" (bus - 1) * 128 + number - 1, \
              sprintf("bus/usb/%03d/%03d", bus, number), \
              sprintf("\nDEVTYPE=usb_device\nBUSNUM=%03d\nDEVNUM=%03d", bus, number))
}

# What the kernel tells of a keyboard, a mouse, a power button, a headphone jack
function make_input(kind, on,    path, n, ev, key, event, name, protocol)
{
    n = next_number("input", 0)
    event = next_number("event", 0)
    if (kind == "button") {
        path = "sys/devices/LNXSYSTM:00/LNXPWRBN:00"
        name = "Power Button"
    } else if (kind == "jack") {
        path = place(on) "/sound/card" next_number("card", 0)
        name = "HDA Headphone"
    } else if (on == "ps2") {
        path = "sys/devices/platform/i8042/serio" (kind == "keyboard" ? 0 : 1)
        add_to_bus("serio", path)
        name = kind == "keyboard" ? "AT Translated Set 2 keyboard" : "PS/2 Generic Mouse"
    } else {
        path = place(on)
        protocol = kind == "keyboard" ? "01" : "02"
        file(path "/bInterfaceClass", "03")
        file(path "/bInterfaceSubClass", "01")
        file(path "/bInterfaceProtocol", protocol)
        path = path "/0003:" usb_id[on] "." sprintf("%04X", next_number("hid", 1))
        add_to_bus("hid", path)
        name = "USB " kind
    }
    name = text_with_spaces(value_of("name", name))
    ev = kind == "keyboard" ? "120013" : kind == "mouse" ? "17" : kind == "button" ? "3" : "21"
    key = kind == "keyboard" ? "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe" : \
          kind == "mouse" ? "70000 0 0 0 0" : kind == "button" ? "10000000000000 0" : "0"
    path = path "/input/input" n
    add_to_class("input", path)
    link(parent(parent(path)), path "/device")
    add_to_class("input", path "/event" event)
    link(path, path "/event" event "/device")
    make_node(path "/event" event, "13:" 64 + event, "input/event" event)
    file(path "/name", name)
    file(path "/capabilities/ev", ev)
    file(path "/capabilities/key", key)
    list_input(name, path, ev, key, (kind == "keyboard" ? "sysrq kbd leds " : \
                                     kind == "mouse" ? "mouse0 " : "kbd ") "event" event)
}

# drivers/input/input.c, input_devices_seq_show()
function list_input(name, path, ev, key, handlers)
{
    inputs = inputs (inputs == "" ? "" : "\n") \
        "I: Bus=0003 Vendor=0001 Product=0001 Version=0111\n" \
        "N: Name=\"" name "\"\nP: Phys=\nS: Sysfs=" substr(path, 4) "\nU: Uniq=\n" \
        "H: Handlers=" handlers " \nB: PROP=0\nB: EV=" ev "\n" \
        (key == "0" ? "" : "B: KEY=" key "\n")
}

# where a display is: a PCI device, or the platform device of the firmware's frame buffer
function display_place(on)
{
    return on == "" ? "sys/devices/platform/efi-framebuffer.0" : place(on)
}

function make_drm(name,    path, n, i, out)
{
    path = class_device("drm", name, display_place(word_in(list[u, "on"], 1)))
    n = name
    gsub(/[^0-9]/, "", n)
    make_node(path, "226:" n, "dri/" name)
    n = split(value_of("connected", ""), out, " ")
    for (i = 1; i <= n; i++) {
        add_to_class("drm", path "/" name "-" out[i])
        file(path "/" name "-" out[i] "/status", "connected")
        file(path "/" name "-" out[i] "/enabled", "enabled")
    }
}

function make_fb(name,    path)
{
    path = class_device("graphics", name, display_place(word_in(list[u, "on"], 1)))
    file(path "/name", text_with_spaces(value_of("name", name)))
    make_node(path, "29:" substr(name, 3), name)
}

# The kernel has the file for each display controller of the VGA class.
function end_console(    i, name)
{
    for (i = 1; i <= count; i++) {
        name = names[i]
        if (class[name] ~ /^0300/)
            file("sys/" home(name) "/boot_vga", (name == boot_vga) + 0)
        if (driver[name] ~ /^vfio/ || driver[name] ~ /_vfio_pci$/)
            make_vfio(name)
    }
    if (inputs != "")
        file("proc/bus/input/devices", inputs)
}

function make_vfio(name,    path, n)
{
    n = next_number("vfio", 0)
    path = "sys/" home(name)
    add_to_class("vfio-dev", path "/vfio-dev/vfio" n)
    make_node(path "/vfio-dev/vfio" n, "242:" n, "vfio/devices/vfio" n)
    if (group[name] != "-")
        make_vfio_group(group[name])
}

function make_vfio_group(number)
{
    if (("sys/devices/virtual/vfio/" number) in made)
        return
    add_to_class("vfio", "sys/devices/virtual/vfio/" number)
    make_node("sys/devices/virtual/vfio/" number, "243:" number, "vfio/" number)
}

function make_mdev(id,    on, path, type)
{
    on = place(word_in(list[u, "on"], 1))
    path = on "/" id
    type = on "/mdev_supported_types/" value_of("type", "i915-GVTg_V5_4")
    add_to_bus("mdev", path)
    link_into(on, "sys/class/mdev_bus")
    link_into(path, type "/devices")
    link(type, path "/mdev_type")
    folder("sys/bus/mdev/drivers/vfio_mdev")
    link("sys/bus/mdev/drivers/vfio_mdev", path "/driver")
    if ((u, "group") in opt) {
        link_into(path, "sys/kernel/iommu_groups/" opt[u, "group"] "/devices")
        link("sys/kernel/iommu_groups/" opt[u, "group"], path "/iommu_group")
        make_vfio_group(opt[u, "group"])
    }
}

function make_vdpa(name,    path, by, number)
{
    path = place(word_in(list[u, "on"], 1)) "/" name
    add_to_bus("vdpa", path)
    by = value_of("driver", "vhost_vdpa")
    folder("sys/bus/vdpa/drivers/" by)
    link("sys/bus/vdpa/drivers/" by, path "/driver")
    number = name
    gsub(/[^0-9]/, "", number)
    if (by == "vhost_vdpa")
        make_node(path "/vhost-vdpa-" number, "511:" number, "vhost-vdpa-" number)
}

function make_uio(name,    path)
{
    path = class_device("uio", name, place(word_in(list[u, "on"], 1)))
    file(path "/name", value_of("name", driver[word_in(list[u, "on"], 1)]))
    make_node(path, "246:" substr(name, 4), name)
}

# A character device: "snd/controlC0" is controlC0 of the class sound.
function make_char(name,    path, class_of)
{
    if (!((u, "number") in opt))
        use_fail("number=MAJOR:MINOR wanted")
    class_of = value_of("class", "misc")
    path = word_in(list[u, "on"], 1)
    path = path == "" ? "sys/devices/virtual" : place(path)
    path = class_device(class_of, base(name), path)
    make_node(path, opt[u, "number"], name)
}

# Any device of a driver, in a folder below the device: "host4/scsi_host/host4".
function make_child(name,    path, kind, driver_name, part, pair, n, i)
{
    kind = value_of("class", value_of("bus", ""))
    if (kind == "" || list[u, "on"] == "")
        use_fail("PATH on DEVICE class= or bus= wanted")
    path = place(word_in(list[u, "on"], 1)) "/" name
    if ((u, "bus") in opt)
        add_to_bus(kind, path)
    else
        add_to_class(kind, path)
    driver_name = value_of("driver", "")
    if (driver_name != "") {
        folder("sys/bus/" kind "/drivers/" driver_name)
        raw_link(relative(path, "sys/bus/" kind "/drivers/" driver_name), path "/driver")
    }
    n = split(value_of("has", ""), part, " ")
    for (i = 1; i <= n; i++) {
        split(part[i], pair, ":")
        file(path "/" pair[1], pair[2])
    }
}

# drivers/watchdog: where the driver names no parent, it is a virtual device.
function make_watchdog(name,    path)
{
    path = word_in(list[u, "on"], 1)
    path = class_device("watchdog", name, path == "" ? "sys/devices/virtual" : place(path))
    make_node(path, "244:" substr(name, 9), name)
    file(path "/identity", text_with_spaces(value_of("name", "Software_Watchdog")))
    file(path "/state", value_of("state", "inactive"))
}
