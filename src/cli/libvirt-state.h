/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt-state: the files in which libvirt keeps its own state. It reads them when its daemon
 * starts and writes them anew as it likes; what someone else writes there is lost or
 * takes effect later than meant.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* The folder of libvirt's that @path, from the root and with links resolved, is in,
 * or NULL: a constant. The folder may itself be reached by links. */
const char *ifxLibvirtStateFolder(const char *path);

/* Do the @length bytes in front of a document's root element hold the comment that
 * libvirt puts there ("WARNING: THIS IS AN AUTO-GENERATED FILE.", virXMLEmitWarning in libvirt
 * src/util/virxml.c)? */
bool ifxLibvirtStateIsMarked(const char *head, gsize length);
