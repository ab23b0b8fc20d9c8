/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch-build.h"

static void
ifxInstructionFree(gpointer opaque)
{
    ifxInstruction *instruction = opaque;

    g_free(instruction->name);
    g_free(instruction->value);
    g_free(instruction);
}

ifxXmlPatch *
ifxXmlPatchNew(const ifxXmlText *text)
{
    ifxXmlPatch *patch = g_new0(ifxXmlPatch, 1);

    patch->text = text;
    patch->instructions = g_ptr_array_new_with_free_func(ifxInstructionFree);
    return patch;
}

/* Attributes follow their element in document order, so they come before it here; among
 * themselves they have no order. */
bool
ifxInstructionIsInOrder(const ifxInstruction *earlier,
                        const ifxInstruction *later)
{
    return earlier->target > later->target ||
        (earlier->target == later->target && earlier->name);
}

ifxInstruction *
ifxXmlPatchAdd(ifxXmlPatch *patch,
               ifxPatchKind kind,
               guint target,
               const char *name)
{
    ifxInstruction *instruction = g_new0(ifxInstruction, 1);
    guint place = 0;

    instruction->kind = kind;
    instruction->target = target;
    instruction->name = g_strdup(name);
    while (place < patch->instructions->len &&
           ifxInstructionIsInOrder(patch->instructions->pdata[place], instruction))
        place++;
    g_ptr_array_insert(patch->instructions, (gint) place, instruction);
    return instruction;
}

void
ifxXmlPatchFree(ifxXmlPatch *patch)
{
    if (!patch)
        return;
    g_ptr_array_unref(patch->instructions);
    g_free(patch);
}
