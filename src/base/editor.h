/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * editor: a person changes a text.
 *
 * As virsh edit does it (vshEditFile, libvirt tools/vsh.c): by $VISUAL, $EDITOR or vi, which may
 * have arguments. The file has mode 0600 and is in a folder of its own in $TMPDIR (/tmp), which
 * nobody else can open. Text and folder may come to hold passwords, in what an editor keeps beside
 * a file too: with all that is in it the folder is removed in every case but a kill by SIGKILL; if
 * that fails it is said.
 */

#pragma once

#include <glib.h>

/* What becomes of @text. NULL with IFX_ERROR_FILE if the file can't be made or read, or the editor
 * can't be started or fails. While it runs, what is typed to end a program (Ctrl-C) is for the
 * editor, and SIGTERM and SIGHUP wait. Free with g_bytes_unref(). */
GBytes *ifxEditorEdit(GBytes *text, GError **error);
