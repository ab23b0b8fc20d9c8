/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uuid: UUIDs as text.
 */

#pragma once

/* The form in which two UUIDs are compared: lower case, without the dashes and white space that
 * libvirt reads over (virUUIDParse, src/util/viruuid.c). Free with g_free(). NULL for NULL, and for a
 * text in which nothing is left: it is no other's UUID. */
char *ifxUuidFold(const char *uuid);
