/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-patch-build: a patch, instruction by instruction.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml/xml-patch.h"

/* One without instructions; lends from @text. Free with ifxXmlPatchFree(). */
ifxXmlPatch *ifxXmlPatchNew(const ifxXmlText *text);

/* Puts an instruction to its place in the patch; what its kind needs more (name and value are
 * owned) is for the caller to fill in, but @name, which is copied, is of the place. Whether it
 * can stand beside the others is not looked at (see xml-patch.h). Lent from @patch. */
ifxInstruction *ifxXmlPatchAdd(ifxXmlPatch *patch,
                               ifxPatchKind kind,
                               guint target,
                               const char *name);

/* May @earlier stand before @later, by their targets? */
bool ifxInstructionIsInOrder(const ifxInstruction *earlier, const ifxInstruction *later);
