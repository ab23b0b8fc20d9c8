/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection-define: definitions with their secrets, and writing them.
 *
 * For a connection that was opened to write. It is done as virsh edit does it (cmdEdit, libvirt
 * tools/virsh-domain.c): read with secrets, define with validation.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/connection.h"

/* A domain, beside its definition. */
typedef struct _ifxDomainState ifxDomainState;
struct _ifxDomainState {
    bool persistent;        /* to define a transient domain makes it persistent */
    bool running;
    bool autostart;
    bool saved;             /* it has a managed-save image, which holds its old definition */
};

/* Its definition as it is now. */
typedef struct _ifxDefinition ifxDefinition;
struct _ifxDefinition {
    bool persistent;
    GBytes *secret;         /* the persistent definition, with its passwords; read first */
    GBytes *shown;          /* the same without: what may be shown and kept */
};

/* Can it take placeholders? IFX_ERROR_CONNECTION if it is not libvirt's QEMU driver (or the test
 * driver), or older than 6.0.0: such a one would hand the device to the guest, or refuse it. */
bool ifxConnectionCheckDefine(ifxConnection *connection, GError **error);

/* Of the domain with that UUID. False with IFX_ERROR_CONNECTION. */
bool ifxConnectionReadState(ifxConnection *connection,
                            const char *uuid,
                            ifxDomainState *state,
                            GError **error);

/* The same. NULL with IFX_ERROR_CONNECTION. Free with ifxDefinitionFree(). */
ifxDefinition *ifxConnectionReadDefinition(ifxConnection *connection,
                                           const char *uuid,
                                           GError **error);
void ifxDefinitionFree(ifxDefinition *definition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDefinition, ifxDefinitionFree)

/* The persistent definition with its passwords. */
GBytes *ifxConnectionReadSecret(ifxConnection *connection, const char *uuid, GError **error);

typedef enum {
    IFX_DEFINE_VALIDATE,    /* against libvirt's schema, if the daemon can */
    IFX_DEFINE_PLAIN,
} ifxDefineHow;

/* Defines the domain in @xml. False with IFX_ERROR_CONNECTION in libvirt's words, or with
 * IFX_ERROR_XML if it is the schema that it does not agree with. */
bool ifxConnectionDefine(ifxConnection *connection, GBytes *xml, ifxDefineHow how, GError **error);
