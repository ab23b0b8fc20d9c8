/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * editor: a person changes a text.
 *
 * As virsh edit does it (vshEditFile, libvirt tools/vsh.c): by $VISUAL, $EDITOR or vi, which may
 * have arguments, on a temporary file in $TMPDIR (/tmp) that nobody else can read. It is removed in
 * every case but a kill by SIGKILL: it may hold passwords.
 */

#pragma once

#include <glib.h>

/* What becomes of @text. NULL with IFX_ERROR_FILE if the file can't be made or read, or the editor
 * can't be started or fails. Free with g_bytes_unref(). */
GBytes *ifxEditorEdit(GBytes *text, GError **error);
