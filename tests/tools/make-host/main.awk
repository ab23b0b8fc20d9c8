# What make-host.sh's awk programs do with each line.

mode == "host" {
    if ($1 !~ /^#/)
        sub(/[ \t]#.*/, "")
    else
        next
    if ($1 in is_use)
        read_use()
    else if (NF)
        read_device()
    next
}

mode == "domain" {
    end_of_host()
    begin_node()
    if (FNR == 1) {
        start_domain_file()
        if ($0 == "" || $0 == "\r")
            next
    }
    print recode ? recoded($0) : $0
}

END {
    if (failed)
        exit 1
    end_of_host()
    if (output == "sysfs") {
        print_pci()
        print_use()
        print_tree()
    } else {
        print_node()
    }
}
