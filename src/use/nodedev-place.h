/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nodedev-place: where node devices sit, by their paths or else by their parents.
 *
 * libvirt's udev driver gives each device the path in sysfs, but for mediated devices that are
 * only defined. What people wrote may do without, as libvirt's own test data does
 * (tests/nodedevschemadata).
 */

#pragma once

#include <glib.h>

#include "xml/xml-doc.h"

typedef struct _ifxUseNodedevPlace ifxUseNodedevPlace;
struct _ifxUseNodedevPlace {
    const xmlNode *node;    /* the <device>; lent by the document */
    char *name;             /* libvirt's, "usb_1_4"; or "" */
    char *kernel_name;      /* "1-4"; or "": it can't be told */
    char *path;             /* the <path>; or NULL */
    char *component;        /* what the device is in a path, if it is a PCI or USB one; or NULL */
    char *parent;           /* libvirt's name of it; or NULL */
    const ifxUseNodedevPlace *above;   /* the parent; NULL: it is not in the document */
};

/* Of @root, a <device>, itself; of a <node>, each of its devices, the first one of a name: new
 * array of ifxUseNodedevPlace, which frees them. It is to be freed before the document. */
GPtrArray *ifxUseNodedevPlaceList(const xmlNode *root);

/* The <path>; without one, what it must be like: with the PCI and USB devices that the parents
 * are, as far as they are in the document or have the name of a PCI device. NULL: nothing is
 * known. Free with g_free(). */
char *ifxUseNodedevPlaceMakePath(const ifxUseNodedevPlace *place);
