/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domain: a libvirt domain and the host devices that it claims.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/claim.h"
#include "domain/qemu-arguments.h"
#include "xml/xml-text.h"

/* Read only once parsed. */
typedef struct _ifxDomain ifxDomain;
struct _ifxDomain {
    ifxXmlText *text;
    char *name;
    char *uuid;             /* NULL if absent */
    char *type;             /* kvm, qemu, ... */
    guint last_hostdev;     /* element, or IFX_XML_NONE */
    guint devices;          /* last <devices>, or IFX_XML_NONE */
    GArray *claims;         /* as from ifxClaimsFind() */
    GArray *arguments;      /* ifxQemuArgument: what it gives to QEMU behind libvirt's back */
};

/* Takes over @text, also on failure. NULL with IFX_ERROR_XML when it is no domain, has no name, or
 * ifxClaimsFind() or ifxQemuArgumentsFind() fails. */
ifxDomain *ifxDomainNew(ifxXmlText *text, GError **error);

/* The same from bytes. */
ifxDomain *ifxDomainParse(GBytes *bytes, GError **error);

void ifxDomainFree(ifxDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDomain, ifxDomainFree)

/* Would libvirt's QEMU driver run it? Only that driver keeps an unassigned
 * device from the guest; libxl and ch would hand it over. type='test' counts,
 * so that the test driver can stand in. */
bool ifxDomainIsQemu(const ifxDomain *domain);

/* Is that its UUID? In either case, and with dashes anywhere (virUUIDParse, libvirt
 * src/util/viruuid.c). A domain without one has none. */
bool ifxDomainHasUuid(const ifxDomain *domain, const char *uuid);
