/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-drift.h"

#include <string.h>

#include "report/report.h"

typedef struct _ifxReportDriftPage ifxReportDriftPage;
struct _ifxReportDriftPage {
    GString *out;
    const ifxTerm *term;
};

/* "0000:01:00.0 (VGA controller TU104, nouveau)". Free with g_free(). */
static char *
ifxReportDriftDevice(const ifxDevice *device)
{
    const ifxMember member = { .is_pci = true, .address = device->address, .device = device };

    return ifxReportMember(&member);
}

static const char *
ifxReportDriftDriver(const ifxDevice *device)
{
    return device->driver_state == IFX_DRIVER_BOUND ? device->driver : "no driver";
}

/* "0000:01:00.0, 0000:02:00.0". Free with g_free(). */
static char *
ifxReportDriftJoin(const GPtrArray *devices)
{
    GString *joined = g_string_new(NULL);
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    for (i = 0; i < devices->len; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "", ifxPciAddressFormat(
            &((const ifxDevice *) devices->pdata[i])->address, spelled));
    return g_string_free(joined, FALSE);
}

static void
ifxReportDriftHead(const ifxReportDriftPage *page,
                   const char *text)
{
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);

    g_string_append_printf(page->out, "%s%s%s\n", ifxTermStart(page->term, IFX_STYLE_BOLD), safe,
                           ifxTermEnd(page->term, IFX_STYLE_BOLD));
}

/* Takes over @text. */
static void
ifxReportDriftLine(const ifxReportDriftPage *page,
                   guint indent,
                   char *text)
{
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);

    ifxTermWrap(page->out, safe, indent, page->term->width);
    g_free(text);
}

/* What a line about a device says; NULL: it is not of this kind. Free with g_free(). */
typedef char *(*ifxReportDriftFunc)(const ifxDriftDevice *device);

static char *
ifxReportDriftCame(const ifxDriftDevice *device)
{
    return device->before ? NULL : ifxReportDriftDevice(device->now);
}

static char *
ifxReportDriftGone(const ifxDriftDevice *device)
{
    return device->now || device->candidates ? NULL : ifxReportDriftDevice(device->before);
}

static char *
ifxReportDriftMoved(const ifxDriftDevice *device)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *now = device->moved ? ifxReportDriftDevice(device->now) : NULL;

    return now ? g_strdup_printf("%s is now %s",
                                 ifxPciAddressFormat(&device->before->address, spelled), now) :
        NULL;
}

/* "may be 0000:01:00.0, 0000:02:00.0 or gone now". Free with g_free(). */
static char *
ifxReportDriftCandidates(const GPtrArray *candidates)
{
    g_autofree char *joined = ifxReportDriftJoin(candidates);

    return g_strdup_printf("may be %s%sgone now", joined, candidates->len > 0 ? " or " : "");
}

static char *
ifxReportDriftUnclear(const ifxDriftDevice *device)
{
    g_autofree char *before = device->candidates ? ifxReportDriftDevice(device->before) : NULL;
    g_autofree char *joined = before ? ifxReportDriftCandidates(device->candidates) : NULL;

    return before ? g_strdup_printf("%s %s", before, joined) : NULL;
}

static char *
ifxReportDriftDrivers(const ifxDriftDevice *device)
{
    g_autofree char *now = device->driver_changed ? ifxReportDriftDevice(device->now) : NULL;

    return now ? g_strdup_printf("%s had %s", now, ifxReportDriftDriver(device->before)) : NULL;
}

static char *
ifxReportDriftAnswers(const ifxDriftDevice *device)
{
    g_autofree char *now = device->answer_changed ? ifxReportDriftDevice(device->now) : NULL;

    return now ? g_strdup_printf("%s %s", now, device->now->is_dead ? "does not answer any more" :
                                 "answers again") : NULL;
}

static const struct {
    const char *head;
    const char *count;
    ifxReportDriftFunc describe;
} ifxReportDriftKinds[] = {
    { "new devices", "new", ifxReportDriftCame },
    { "devices that are gone", "gone", ifxReportDriftGone },
    { "devices with another address", "moved", ifxReportDriftMoved },
    { "devices that cannot be told from others", "unclear", ifxReportDriftUnclear },
    { "devices with another driver", "with another driver", ifxReportDriftDrivers },
    { "devices that began or ceased to answer", "that began or ceased to answer",
      ifxReportDriftAnswers },
};

static guint
ifxReportDriftDevices(const ifxReportDriftPage *page,
                      const ifxDrift *drift,
                      guint kind)
{
    guint count = 0;
    guint i;

    for (i = 0; i < drift->devices->len; i++) {
        char *text = ifxReportDriftKinds[kind].describe(
            &g_array_index(drift->devices, ifxDriftDevice, i));

        if (!text)
            continue;
        if (count++ == 0)
            ifxReportDriftHead(page, ifxReportDriftKinds[kind].head);
        ifxReportDriftLine(page, 2, text);
    }
    return count;
}

static void
ifxReportDriftGroup(const ifxReportDriftPage *page,
                    const ifxDriftGroup *group)
{
    g_autofree char *gained = ifxReportDriftJoin(group->gained);
    g_autofree char *lost = ifxReportDriftJoin(group->lost);

    if (!group->now)
        ifxReportDriftLine(page, 2, g_strdup_printf(
            "group %u is gone: no group has %s now", group->before->number, lost));
    else if (!group->before)
        ifxReportDriftLine(page, 2, g_strdup_printf("group %u is new: %s", group->now->number,
                                                    gained));
    else
        ifxReportDriftLine(page, 2, g_strdup_printf(
            "group %u%s%s%s%s", group->now->number, group->gained->len > 0 ? " now also has " : "",
            gained, group->lost->len == 0 ? "" : group->gained->len > 0 ? ", and no longer has " :
            " no longer has ", lost));
}

/* "; there is another device at this address now" */
static char *
ifxReportDriftClaim(const ifxDriftClaim *claim)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    char moved[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *candidates = NULL;
    const char *other = claim->now ? ". Another device has this address now" : "";

    ifxPciAddressFormat(&claim->address, spelled);
    switch (claim->reason) {
    case IFX_DRIFT_MOVED:
        return g_strdup_printf("%s is now %s%s", spelled, ifxPciAddressFormat(
            &claim->move->now->address, moved), other);
    case IFX_DRIFT_GONE:
        return g_strdup_printf("%s is gone%s", spelled, other);
    case IFX_DRIFT_UNCLEAR:
        candidates = ifxReportDriftCandidates(claim->move->candidates);
        return g_strdup_printf("%s %s", spelled, candidates);
    case IFX_DRIFT_CAME:
        return g_strdup_printf("%s was no device before", spelled);
    case IFX_DRIFT_GROUP:
        return g_strdup_printf("the group of %s changed", spelled);
    case IFX_DRIFT_ANSWER:
        return g_strdup_printf("%s %s", spelled, claim->move->before->is_dead ? "answers again" :
                               "does not answer any more");
    case IFX_DRIFT_DRIVER:
        break;
    }
    return g_strdup_printf("the driver of %s changed", spelled);
}

char *
ifxReportDriftNext(const ifxReportDriftSource *source,
                   const ifxDriftOwner *owner)
{
    g_autofree char *old = owner->renamed ? ifxTermQuote(source->old) : NULL;
    g_autofree char *name = ifxTermQuote(owner->name);

    if (owner->network || !source->options)
        return NULL;
    return g_strdup_printf("virt-iommufix%s check%s%s %s", source->options,
                           old ? " --moved-from " : "", old ? old : "", name);
}

static void
ifxReportDriftOwner(const ifxReportDriftPage *page,
                    const ifxReportDriftSource *source,
                    const ifxDriftOwner *owner)
{
    g_autofree char *head = g_strdup_printf("%s %s", owner->network ? "network" : "domain",
                                            owner->name);
    char *next = ifxReportDriftNext(source, owner);
    guint i;

    ifxReportDriftHead(page, head);
    for (i = 0; i < owner->claims->len; i++)
        ifxReportDriftLine(page, 2,
                           ifxReportDriftClaim(&g_array_index(owner->claims, ifxDriftClaim, i)));
    if (next)
        ifxReportDriftLine(page, 2, g_strdup_printf("next: %s", next));
    g_free(next);
}

void
ifxReportDrift(GString *out,
               const ifxTerm *term,
               const ifxReportDriftSource *source,
               const ifxDrift *drift)
{
    const ifxReportDriftPage page = { .out = out, .term = term };
    g_autoptr(GString) counts = g_string_new(NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxReportDriftKinds); i++) {
        const guint count = ifxReportDriftDevices(&page, drift, i);

        if (count > 0)
            g_string_append_printf(counts, ", %u %s", count, ifxReportDriftKinds[i].count);
    }
    for (i = 0; i < drift->groups->len; i++) {
        if (i == 0)
            ifxReportDriftHead(&page, "groups with other devices");
        ifxReportDriftGroup(&page, &g_array_index(drift->groups, ifxDriftGroup, i));
    }
    if (drift->groups->len > 0)
        g_string_append_printf(counts, ", %u %s changed", drift->groups->len,
                               drift->groups->len == 1 ? "group" : "groups");
    for (i = 0; i < drift->owners->len; i++)
        ifxReportDriftOwner(&page, source, drift->owners->pdata[i]);
    ifxReportDriftLine(&page, 0, g_strdup_printf(
        "%u devices%s since %s", source->devices, counts->len > 0 ? counts->str :
        ", nothing changed", source->old));
}
