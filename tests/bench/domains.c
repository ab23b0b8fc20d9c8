/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domains URI [write]: the least that a tool can do which looks at every domain of a connection: it
 * reads each definition once. With "write" it does what `virsh edit` does to each: it reads it without
 * and with its passwords, defines it, reads it again. The unit of connection.sh.
 */

#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>

static int
write_one(virConnectPtr conn, virDomainPtr domain)
{
    char *shown = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    char *secret = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
    virDomainPtr defined =
        secret ? virDomainDefineXMLFlags(conn, secret, VIR_DOMAIN_DEFINE_VALIDATE) : NULL;
    char *again = defined ? virDomainGetXMLDesc(defined, VIR_DOMAIN_XML_INACTIVE) : NULL;
    const int ok = shown && again;

    free(shown);
    free(secret);
    free(again);
    if (defined)
        virDomainFree(defined);
    return ok;
}

static int
read_one(virDomainPtr domain)
{
    char *text = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    const int ok = text != NULL;

    free(text);
    return ok;
}

int
main(int argc, char **argv)
{
    virConnectPtr conn = argc > 2 ? virConnectOpen(argv[1]) : virConnectOpenReadOnly(argv[1]);
    virDomainPtr *domains = NULL;
    int count = conn ? virConnectListAllDomains(conn, &domains, 0) : -1;
    int status = count < 0;
    int i;

    for (i = 0; i < count; i++) {
        if (!(argc > 2 ? write_one(conn, domains[i]) : read_one(domains[i])))
            status = 1;
        virDomainFree(domains[i]);
    }
    free(domains);
    if (conn)
        virConnectClose(conn);
    return status;
}
