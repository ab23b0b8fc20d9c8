/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-describe.h"

#include <stdbool.h>
#include <string.h>

#include "base/term.h"
#include "plan/plan-text.h"
#include "plan/plan-words.h"
#include "xml/xml-doc.h"

/* Takes over @text. */
static void
ifxPlanDescribeLine(GString *out,
                    guint indent,
                    guint width,
                    char *text)
{
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);

    ifxTermWrap(out, safe, indent, width);
    g_free(text);
}

/* "0000:01:00.1 (audio device TU104 HD Audio Controller, snd_hda_intel)" */
static char *
ifxPlanDescribeName(const xmlNode *node)
{
    g_autofree char *name = ifxPlanTextName(node);
    const xmlNode *device = ifxXmlDocChild(node, "device");
    g_autofree char *words = device ? ifxXmlDocAttribute(device, "class-words") : NULL;
    g_autofree char *product = device ? ifxXmlDocAttribute(device, "product") : NULL;
    g_autofree char *driver = device ? ifxXmlDocAttribute(device, "driver") : NULL;
    g_autofree char *state = device ? ifxXmlDocAttribute(device, "driver-state") : NULL;
    g_autofree char *path = ifxXmlDocAttribute(node, "path");

    if (path)
        return g_strdup_printf("%s (%s)", name ? name : "?", path);
    if (!device)
        return g_strdup(name ? name : "?");
    return g_strdup_printf("%s (%s%s%s, %s)", name ? name : "?", words ? words : "class unknown",
                           product ? " " : "", product ? product : "",
                           driver ? driver : g_strcmp0(state, "none") == 0 ? "no driver" :
                           "driver unknown");
}

/* "nvme0n1 -> nvme0n1p2 -> /" */
static char *
ifxPlanDescribeChain(const xmlNode *piece)
{
    GString *chain = g_string_new(NULL);
    const xmlNode *step;

    for (step = piece->children; step; step = step->next) {
        g_autofree char *name =
            ifxXmlDocIs(step, "step") ? ifxXmlDocAttribute(step, "name") : NULL;

        if (name)
            g_string_append_printf(chain, "%s%s", chain->len > 0 ? " -> " : "", name);
    }
    return g_string_free(chain, FALSE);
}

static void
ifxPlanDescribeEvidence(const xmlNode *node,
                        guint width,
                        GString *out)
{
    const xmlNode *piece;

    for (piece = node->children; piece; piece = piece->next) {
        const bool is_evidence = ifxXmlDocIs(piece, "evidence");
        g_autofree char *reason = is_evidence ? ifxXmlDocAttribute(piece, "reason") : NULL;
        g_autofree char *chain = reason ? ifxPlanDescribeChain(piece) : NULL;

        if (reason)
            ifxPlanDescribeLine(out, 6, width, g_strdup_printf("%s%s (%s)", strcmp(
                reason, ifxReasonToString(IFX_REASON_CLAIMED_ELSEWHERE)) == 0 ?
                "also used by " : "", chain, reason));
    }
}

static bool
ifxPlanDescribeIsMoved(const xmlNode *node)
{
    const xmlNode *moved = ifxXmlDocChild(node, "moved");

    return moved && ifxXmlDocChild(moved, "set");
}

/* What becomes of a claim or member; "" for one that stays as it is. A constant. */
static const char *
ifxPlanDescribeOutcome(const xmlNode *node,
                       const char *verdict)
{
    g_autofree char *reason = ifxXmlDocAttribute(node, "reason");

    if (ifxPlanDescribeIsMoved(node))
        return "will get this address";
    if (ifxXmlDocChild(node, "give") || g_strcmp0(reason, ifxReasonToString(IFX_REASON_GIVEN)) == 0)
        return "will be given to the guest";
    if (g_strcmp0(verdict, ifxVerdictToString(IFX_VERDICT_ADD)) == 0)
        return "will be added";
    if (g_strcmp0(verdict, ifxVerdictToString(IFX_VERDICT_REMOVE)) == 0)
        return "will be removed";
    if (ifxXmlDocChild(node, "manage"))
        return "will get managed='yes'";
    if (g_strcmp0(verdict, ifxVerdictToString(IFX_VERDICT_DECLARED)) == 0)
        return "is declared";
    return "";
}

/* A claim that is declared and stays so needs no line. */
static void
ifxPlanDescribeDevice(const xmlNode *node,
                      guint width,
                      GString *out)
{
    g_autofree char *verdict = ifxXmlDocAttribute(node, "verdict");
    g_autofree char *reason = ifxXmlDocAttribute(node, "reason");
    g_autofree char *sentence = ifxXmlDocAttribute(node, "sentence");
    g_autofree char *remedy = ifxXmlDocAttribute(node, "remedy");
    g_autofree char *name = ifxPlanDescribeName(node);
    const char *outcome = ifxPlanDescribeOutcome(node, verdict);
    const bool refused = g_strcmp0(verdict, ifxVerdictToString(IFX_VERDICT_REFUSE)) == 0;

    if (*outcome && (!sentence || strcmp(outcome, "is declared") != 0))
        ifxPlanDescribeLine(out, 4, width, g_strdup_printf("%s %s", name, outcome));
    else
        ifxPlanDescribeLine(out, 4, width, g_strdup_printf("%s%s %s (%s)",
                                                           refused ? "refused: " : "", name,
                                                           sentence ? sentence : verdict, reason));
    ifxPlanDescribeEvidence(node, width, out);
    if (remedy && !*outcome)
        ifxPlanDescribeLine(out, 6, width, g_steal_pointer(&remedy));
}

/* Does the claim @node have anything but a place in the domain? */
static bool
ifxPlanDescribeIsPlain(const xmlNode *node)
{
    g_autofree char *reason = ifxXmlDocAttribute(node, "reason");

    return !ifxXmlDocChild(node, "manage") && !ifxXmlDocChild(node, "give") &&
        (g_strcmp0(reason, ifxReasonToString(IFX_REASON_DECLARED)) == 0 ||
         g_strcmp0(reason, ifxReasonToString(IFX_REASON_PLACEHOLDER)) == 0);
}

static void
ifxPlanDescribeGroup(const xmlNode *group,
                     guint width,
                     GString *out)
{
    g_autofree char *number = ifxXmlDocAttribute(group, "number");
    const xmlNode *node;

    ifxPlanDescribeLine(out, 2, width, g_strdup_printf("group %s", number ? number : "?"));
    for (node = group->children; node; node = node->next) {
        if (ifxXmlDocIs(node, "member"))
            ifxPlanDescribeDevice(node, width, out);
    }
}

static void
ifxPlanDescribeNote(const xmlNode *note,
                    guint width,
                    GString *out)
{
    g_autofree char *reason = ifxXmlDocAttribute(note, "reason");
    g_autofree char *sentence = ifxXmlDocAttribute(note, "sentence");

    ifxPlanDescribeLine(out, 2, width, g_strdup_printf("Note: %s (%s)", sentence ? sentence : "?",
                                                       reason));
}

void
ifxPlanDescribe(const xmlNode *plan,
                guint width,
                GString *out)
{
    const xmlNode *node;
    bool claims = false;

    for (node = plan->children; node; node = node->next) {
        if (!ifxXmlDocIs(node, "claim") || ifxPlanDescribeIsPlain(node))
            continue;
        if (!claims)
            g_string_append(out, "  claims\n");
        claims = true;
        ifxPlanDescribeDevice(node, width, out);
    }
    for (node = plan->children; node; node = node->next) {
        if (ifxXmlDocIs(node, "group"))
            ifxPlanDescribeGroup(node, width, out);
    }
    for (node = plan->children; node; node = node->next) {
        if (ifxXmlDocIs(node, "note"))
            ifxPlanDescribeNote(node, width, out);
    }
}
