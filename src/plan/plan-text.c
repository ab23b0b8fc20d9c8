/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-text.h"

#include "plan/plan-words.h"
#include "xml/xml-doc.h"

char *
ifxPlanTextName(const xmlNode *node)
{
    const xmlNode *address = ifxXmlDocChild(node, "address");
    const char *const parts[] = { "domain", "bus", "slot", "function" };
    guint64 numbers[4] = { 0 };
    guint i;

    if (!address)
        return ifxXmlDocAttribute(node, "name");
    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *text = ifxXmlDocAttribute(address, parts[i]);

        if (!ifxXmlDocNumber(text, G_MAXUINT32, &numbers[i]))
            return NULL;
    }
    return g_strdup_printf("%04x:%02x:%02x.%x", (guint) numbers[0], (guint) numbers[1],
                           (guint) numbers[2], (guint) numbers[3]);
}

/* "testpmd (812)" and "/srv (in the mount namespace of bash, process 12)" without the numbers. */
static void
ifxPlanTextDropNumbers(char **step)
{
    g_autoptr(GRegex) numbers = g_regex_new(" \\([0-9]+\\)|, process [0-9]+", G_REGEX_RAW, 0, NULL);
    char *without = g_regex_replace_literal(numbers, *step, -1, 0, "", 0, NULL);

    if (!without)
        return;
    g_free(*step);
    *step = without;
}

static void
ifxPlanTextAppendPiece(const xmlNode *piece,
                       const char *reason,
                       GString *out)
{
    const char *link = "";
    const xmlNode *step;

    g_string_append_printf(out, "      %s: ", reason);
    for (step = piece->children; step; step = step->next) {
        g_autofree char *name =
            ifxXmlDocIs(step, "step") ? ifxXmlDocAttribute(step, "name") : NULL;

        if (!name)
            continue;
        ifxPlanTextDropNumbers(&name);
        g_string_append_printf(out, "%s%s", link, name);
        link = " -> ";
    }
    g_string_append_c(out, '\n');
}

static void
ifxPlanTextAppendEvidence(const xmlNode *node,
                          GString *out)
{
    const xmlNode *piece;

    for (piece = node->children; piece; piece = piece->next) {
        const bool is_evidence = ifxXmlDocIs(piece, "evidence");
        g_autofree char *reason = is_evidence ? ifxXmlDocAttribute(piece, "reason") : NULL;
        g_autofree char *lift = is_evidence ? ifxXmlDocAttribute(piece, "lift") : NULL;

        if (reason && g_strcmp0(lift, ifxLiftToString(IFX_LIFT_NOTHING)) != 0)
            ifxPlanTextAppendPiece(piece, reason, out);
    }
}

static void
ifxPlanTextAppendEach(const xmlNode *parent,
                      const char *kind,
                      GString *out)
{
    const xmlNode *node;

    for (node = parent->children; node; node = node->next) {
        g_autofree char *name = ifxXmlDocIs(node, kind) ? ifxPlanTextName(node) : NULL;
        g_autofree char *verdict = name ? ifxXmlDocAttribute(node, "verdict") : NULL;
        g_autofree char *reason = name ? ifxXmlDocAttribute(node, "reason") : NULL;
        g_autofree char *path = name ? ifxXmlDocAttribute(node, "path") : NULL;

        if (!name)
            continue;
        g_string_append_printf(out, "    %s%s%s: %s (%s)\n", name, path ? " of " : "",
                               path ? path : "", verdict, reason);
        ifxPlanTextAppendEvidence(node, out);
    }
}

void
ifxPlanTextAppend(const xmlNode *plan,
                  GString *out)
{
    const xmlNode *node;

    ifxPlanTextAppendEach(plan, "claim", out);
    for (node = plan->children; node; node = node->next) {
        g_autofree char *number =
            ifxXmlDocIs(node, "group") ? ifxXmlDocAttribute(node, "number") : NULL;

        if (!number)
            continue;
        g_string_append_printf(out, "  group %s\n", number);
        ifxPlanTextAppendEach(node, "member", out);
    }
}
