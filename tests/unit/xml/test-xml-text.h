/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-xml-text: helpers for the tests of a document's text.
 */

#pragma once

#include "helpers.h"

static inline ifxXmlText *
ifxTestParse(const char *bytes,
             gsize length,
             GError **error)
{
    g_autoptr(GBytes) data = g_bytes_new(bytes, length);

    return ifxXmlTextParse(data, error);
}
