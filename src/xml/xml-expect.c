/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-expect.h"

#include "xml/xml-patch-edits.h"

void
ifxXmlExpectInit(ifxXmlExpect *expect,
                 const ifxXmlPatch *patch)
{
    *expect = (ifxXmlExpect) {
        .patch = patch,
        .left = patch->instructions->len,
        .insertions = ifxXmlPatchGetInsertions(patch),
    };
}

void
ifxXmlExpectClear(ifxXmlExpect *expect)
{
    g_clear_pointer(&expect->insertions, g_ptr_array_unref);
}

static const xmlNode *
ifxXmlExpectElement(const xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

/* Moves to the next element of the insertion that goes on; at its end @node is NULL. */
static void
ifxXmlExpectStep(ifxXmlExpect *expect)
{
    const ifxInstruction *instruction = expect->insertions->pdata[expect->inserted];
    const xmlNode *node = expect->node;
    const xmlNode *next = ifxXmlExpectElement(node->children);

    if (next)
        expect->depth++;
    while (!next) {
        next = ifxXmlExpectElement(node->next);
        node = node->parent;
        if (next || node == instruction->node)
            break;
        expect->depth--;
    }
    expect->node = next;
    if (!next)
        expect->inserted++;
}

/* The element of the original before which the insertion stands in document order; the
 * original's count for its end. */
static guint
ifxXmlExpectNextOf(const ifxXmlText *original,
                   const ifxInstruction *instruction)
{
    if (instruction->kind == IFX_PATCH_BEFORE)
        return instruction->target;
    if (instruction->kind == IFX_PATCH_PREPEND)
        return instruction->target + 1;
    return ifxXmlTextGetElement(original, instruction->target)->past;
}

/* Enters an insertion that stands here; false if there is none. */
static bool
ifxXmlExpectEnter(ifxXmlExpect *expect)
{
    const ifxXmlText *original = expect->patch->text;
    const ifxInstruction *instruction;

    if (expect->inserted == expect->insertions->len)
        return false;
    instruction = expect->insertions->pdata[expect->inserted];
    if (ifxXmlExpectNextOf(original, instruction) != expect->next)
        return false;

    expect->node = ifxXmlExpectElement(instruction->node->children);
    expect->depth = ifxXmlTextGetElement(original, instruction->target)->depth;
    if (instruction->kind == IFX_PATCH_APPEND || instruction->kind == IFX_PATCH_PREPEND)
        expect->depth++;
    return true;
}

/* The instructions for @element, which stand at the end of those not met yet. */
static void
ifxXmlExpectTake(ifxXmlExpect *expect,
                 ifxXmlExpected *expected)
{
    expected->past_change = expect->left;
    while (expect->left > 0) {
        const ifxInstruction *change = expect->patch->instructions->pdata[expect->left - 1];

        if (change->target != expected->element)
            break;
        expect->left--;
    }
    expected->first_change = expect->left;
}

static bool
ifxXmlExpectIsRemoved(const ifxXmlExpect *expect,
                      const ifxXmlExpected *expected)
{
    const ifxInstruction *last = expected->first_change == expected->past_change ? NULL :
        expect->patch->instructions->pdata[expected->past_change - 1];

    return last && last->kind == IFX_PATCH_REMOVE;
}

bool
ifxXmlExpectNext(ifxXmlExpect *expect,
                 ifxXmlExpected *expected)
{
    const ifxXmlText *original = expect->patch->text;

    if (expect->node)
        ifxXmlExpectStep(expect);
    while (!expect->node && !ifxXmlExpectEnter(expect)) {
        const ifxXmlElement *element;

        if (expect->next == ifxXmlTextGetCount(original))
            return false;
        element = ifxXmlTextGetElement(original, expect->next);
        *expected = (ifxXmlExpected) { .depth = element->depth, .element = expect->next };
        ifxXmlExpectTake(expect, expected);
        if (!ifxXmlExpectIsRemoved(expect, expected)) {
            expect->next++;
            return true;
        }
        expect->next = element->past;
    }

    *expected = (ifxXmlExpected) { .depth = expect->depth, .node = expect->node };
    return true;
}

bool
ifxXmlExpectIsDone(const ifxXmlExpect *expect)
{
    return expect->inserted == expect->insertions->len && expect->left == 0 &&
        expect->next == ifxXmlTextGetCount(expect->patch->text);
}
