/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-walk.h"

#include <string.h>

#include "base/pci-class.h"
#include "base/term.h"
#include "plan/plan-moved.h"
#include "plan/plan-words.h"

static void
ifxPlanWalkString(ifxPlanSink *sink,
                  const char *name,
                  const char *value)
{
    if (value)
        sink->string(sink, name, value);
}

/* sysfs promises neither UTF-8 nor characters that XML can hold. */
void
ifxPlanWalkName(ifxPlanSink *sink,
                const char *name,
                const char *value)
{
    g_autofree char *safe = value ? ifxTermEscape(value, strlen(value), false) : NULL;

    ifxPlanWalkString(sink, name, safe);
}

/* The words for a reason that leaves something to say. */
static void
ifxPlanWalkWords(ifxPlanSink *sink,
                 ifxReason reason,
                 const GPtrArray *evidence,
                 const ifxReasonSubject *subject)
{
    g_autofree char *sentence = NULL;
    g_autofree char *remedy = NULL;

    if (!sink->describes || reason == IFX_REASON_DECLARED || reason == IFX_REASON_PLACEHOLDER)
        return;
    sentence = ifxReasonDescribe(reason, subject);
    remedy = ifxReasonRemedy(reason, ifxEvidenceLookup(evidence, reason), subject);
    ifxPlanWalkName(sink, "sentence", sentence);
    ifxPlanWalkName(sink, "remedy", remedy);
}

/* With at least @digits digits. */
static void
ifxPlanWalkHex(ifxPlanSink *sink,
               const char *name,
               int digits,
               guint number)
{
    char text[16];

    g_snprintf(text, sizeof(text), "0x%0*x", digits, number);
    sink->string(sink, name, text);
}

static void
ifxPlanWalkDomain(ifxPlanSink *sink,
                  const ifxPlan *plan)
{
    bool after = false;
    g_autofree char *point = ifxPlanInsertionPoint(plan, &after);

    sink->begin(sink, IFX_PART_OBJECT, "domain");
    sink->string(sink, "name", plan->domain->name);
    ifxPlanWalkString(sink, "uuid", plan->domain->uuid);
    ifxPlanWalkString(sink, "type", plan->domain->type);
    sink->end(sink, IFX_PART_OBJECT);

    if (!point)
        return;
    sink->begin(sink, IFX_PART_OBJECT, "insert");
    sink->string(sink, "sel", point);
    ifxPlanWalkString(sink, "pos", after ? "after" : NULL);
    sink->end(sink, IFX_PART_OBJECT);
}

void
ifxPlanWalkEvidence(ifxPlanSink *sink,
                    const GPtrArray *evidence)
{
    guint i;
    guint j;

    if (!evidence || sink->changes)
        return;
    sink->begin(sink, IFX_PART_LIST, "evidence");
    for (i = 0; i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];

        sink->begin(sink, IFX_PART_OBJECT, "evidence");
        sink->string(sink, "reason", ifxReasonToString(piece->reason));
        sink->string(sink, "lift", ifxLiftToString(piece->lift));
        sink->begin(sink, IFX_PART_VALUES, "chain");
        for (j = 0; j < piece->chain->len; j++) {
            sink->begin(sink, IFX_PART_OBJECT, "step");
            ifxPlanWalkName(sink, "name", piece->chain->pdata[j]);
            sink->end(sink, IFX_PART_OBJECT);
        }
        sink->end(sink, IFX_PART_VALUES);
        sink->end(sink, IFX_PART_OBJECT);
    }
    sink->end(sink, IFX_PART_LIST);
}

static void
ifxPlanWalkNote(ifxPlanSink *sink,
                const ifxPlanNote *note)
{
    g_autofree char *sentence = sink->describes ? ifxPlanNoteDescribe(note) : NULL;
    guint i;

    sink->begin(sink, IFX_PART_OBJECT, "note");
    sink->string(sink, "reason", ifxReasonToString(note->reason));
    ifxPlanWalkName(sink, "sentence", sentence);
    ifxPlanWalkString(sink, "path", note->path);
    ifxPlanWalkName(sink, "subject", note->subject);
    sink->begin(sink, IFX_PART_VALUES, "groups");
    for (i = 0; i < note->groups->len; i++) {
        sink->begin(sink, IFX_PART_OBJECT, "group");
        sink->number(sink, "number", g_array_index(note->groups, guint, i));
        sink->end(sink, IFX_PART_OBJECT);
    }
    sink->end(sink, IFX_PART_VALUES);
    sink->end(sink, IFX_PART_OBJECT);
}

/* What sets @attribute of @element, in the words of an XML patch. */
static void
ifxPlanWalkSet(ifxPlanSink *sink,
               const char *name,
               const ifxPlan *plan,
               guint element,
               const char *attribute)
{
    g_autofree char *type = NULL;
    g_autofree char *point = ifxPlanAttributePoint(plan, element, attribute, &type);

    sink->begin(sink, IFX_PART_OBJECT, name);
    sink->string(sink, "sel", point);
    ifxPlanWalkString(sink, "type", type);
    sink->end(sink, IFX_PART_OBJECT);
}

/* Where the device is to be in the guest; nothing if libvirt chooses. */
static void
ifxPlanWalkGuest(ifxPlanSink *sink,
                 const ifxPciAddress *guest)
{
    if (!guest)
        return;
    sink->begin(sink, IFX_PART_OBJECT, "guest");
    sink->address(sink, guest);
    sink->end(sink, IFX_PART_OBJECT);
}

static void
ifxPlanWalkGive(ifxPlanSink *sink,
                const ifxPlan *plan,
                const ifxPlanClaim *claim)
{
    g_autofree char *point =
        ifxXmlPathFormat(plan->domain->text, ifxPlanClaimFindAddress(plan, claim));

    sink->begin(sink, IFX_PART_OBJECT, "give");
    sink->string(sink, "sel", point);
    ifxPlanWalkGuest(sink, claim->guest);
    sink->end(sink, IFX_PART_OBJECT);
}

/* The address in the text, and what rewrites it. */
static void
ifxPlanWalkMoved(ifxPlanSink *sink,
                 const ifxPlan *plan,
                 const ifxPlanClaim *claim)
{
    g_autoptr(GPtrArray) sets = ifxPlanMovedIsRewritten(claim) ?
        ifxPlanMovedListSets(plan, claim) : NULL;
    guint i;

    sink->begin(sink, IFX_PART_OBJECT, "moved");
    sink->address(sink, &claim->claim->written);
    sink->begin(sink, IFX_PART_LIST, "sets");
    for (i = 0; sets && i < sets->len; i++) {
        const ifxPlanSet *set = sets->pdata[i];

        sink->begin(sink, IFX_PART_OBJECT, "set");
        sink->string(sink, "sel", set->sel);
        ifxPlanWalkString(sink, "type", set->type);
        sink->string(sink, "value", set->value);
        sink->end(sink, IFX_PART_OBJECT);
    }
    sink->end(sink, IFX_PART_LIST);
    sink->end(sink, IFX_PART_OBJECT);
}

static void
ifxPlanWalkClaim(ifxPlanSink *sink,
                 const ifxPlan *plan,
                 const ifxPlanClaim *claim)
{
    ifxReasonSubject subject = ifxPlanClaimSubject(plan, claim);

    subject.named = sink->named;
    sink->begin(sink, IFX_PART_OBJECT, "claim");
    sink->string(sink, "path", claim->claim->path);
    sink->string(sink, "kind", ifxClaimGetTraits(claim->claim)->word);
    sink->boolean(sink, "managed", claim->claim->managed);
    sink->string(sink, "verdict", ifxVerdictToString(claim->verdict));
    sink->string(sink, "reason", ifxReasonToString(claim->reason));
    ifxPlanWalkWords(sink, claim->reason, claim->evidence, &subject);
    ifxPlanWalkString(sink, "other", claim->other ? claim->other->path : NULL);
    if (claim->group != IFX_GROUP_NONE)
        sink->number(sink, "group", (guint) claim->group);
    sink->address(sink, &claim->claim->address);
    if (ifxClaimIsMoved(claim->claim))
        ifxPlanWalkMoved(sink, plan, claim);
    if (claim->manage)
        ifxPlanWalkSet(sink, "manage", plan, claim->claim->managed_at, "managed");
    if (claim->give)
        ifxPlanWalkGive(sink, plan, claim);
    if (claim->join)
        ifxPlanWalkSet(sink, "multifunction", plan, ifxPlanClaimFindAddress(plan, claim),
                       "multifunction");
    ifxPlanWalkEvidence(sink, claim->evidence);
    sink->end(sink, IFX_PART_OBJECT);
}

static void
ifxPlanWalkDevice(ifxPlanSink *sink,
                  const ifxDevice *device)
{
    static const char *const states[] = {
        [IFX_DRIVER_UNKNOWN] = "unknown",
        [IFX_DRIVER_NONE] = "none",
        [IFX_DRIVER_BOUND] = "bound",
    };

    sink->begin(sink, IFX_PART_OBJECT, "device");
    if (device->has_class) {
        ifxPlanWalkHex(sink, "class", 6, device->class_code);
        if (sink->describes)
            sink->string(sink, "class-words", ifxPciClassDescribe(device->class_code));
    }
    ifxPlanWalkHex(sink, "vendor-id", 4, device->vendor_id);
    ifxPlanWalkHex(sink, "product-id", 4, device->product_id);
    ifxPlanWalkName(sink, "vendor", device->vendor);
    ifxPlanWalkName(sink, "product", device->product);
    sink->string(sink, "driver-state", states[device->driver_state]);
    ifxPlanWalkName(sink, "driver", device->driver);
    sink->end(sink, IFX_PART_OBJECT);
}

void
ifxPlanWalkMember(ifxPlanSink *sink,
                  const ifxMember *member)
{
    if (member->is_pci)
        sink->address(sink, &member->address);
    else
        ifxPlanWalkName(sink, "name", member->name);
    if (member->device && !sink->changes)
        ifxPlanWalkDevice(sink, member->device);
}

static void
ifxPlanWalkGroupMember(ifxPlanSink *sink,
                       const ifxPlan *plan,
                       const ifxPlanGroup *group,
                       const ifxPlanMember *member)
{
    ifxReasonSubject subject = ifxPlanMemberSubject(plan, group, member);

    subject.named = sink->named;
    sink->begin(sink, IFX_PART_OBJECT, "member");
    sink->string(sink, "verdict", ifxVerdictToString(member->verdict));
    sink->string(sink, "reason", ifxReasonToString(member->reason));
    ifxPlanWalkWords(sink, member->reason, member->evidence, &subject);
    if (member->iommufd)
        sink->boolean(sink, "iommufd", strcmp(member->iommufd, "yes") == 0);
    ifxPlanWalkMember(sink, member->member);
    ifxPlanWalkGuest(sink, member->guest);
    ifxPlanWalkEvidence(sink, member->evidence);
    sink->end(sink, IFX_PART_OBJECT);
}

static void
ifxPlanWalkGroup(ifxPlanSink *sink,
                 const ifxPlan *plan,
                 const ifxPlanGroup *group)
{
    guint i;

    sink->begin(sink, IFX_PART_OBJECT, "group");
    sink->number(sink, "number", group->group->number);
    sink->boolean(sink, "complete", group->complete);
    sink->string(sink, "starts", ifxStartsToString(group->starts));
    sink->begin(sink, IFX_PART_LIST, "members");
    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);

        if (!sink->changes || member->verdict == IFX_VERDICT_ADD)
            ifxPlanWalkGroupMember(sink, plan, group, member);
    }
    sink->end(sink, IFX_PART_LIST);
    sink->end(sink, IFX_PART_OBJECT);
}

static bool
ifxPlanWalkWantsClaim(const ifxPlanSink *sink,
                      const ifxPlanClaim *claim)
{
    return !sink->changes || claim->verdict == IFX_VERDICT_REMOVE || claim->manage ||
        claim->give || claim->join || ifxPlanMovedIsRewritten(claim);
}

void
ifxPlanWalk(ifxPlanSink *sink,
            const ifxPlan *plan)
{
    guint i;

    sink->string(sink, "result", ifxResultToString(plan->result));
    sink->string(sink, "starts", ifxStartsToString(plan->starts));
    ifxPlanWalkDomain(sink, plan);

    sink->begin(sink, IFX_PART_LIST, "claims");
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxPlanWalkWantsClaim(sink, claim))
            ifxPlanWalkClaim(sink, plan, claim);
    }
    sink->end(sink, IFX_PART_LIST);
    sink->begin(sink, IFX_PART_LIST, "notes");
    for (i = 0; i < plan->notes->len && !sink->changes; i++)
        ifxPlanWalkNote(sink, &g_array_index(plan->notes, ifxPlanNote, i));
    sink->end(sink, IFX_PART_LIST);
    sink->begin(sink, IFX_PART_LIST, "groups");
    for (i = 0; i < plan->groups->len; i++)
        ifxPlanWalkGroup(sink, plan, &g_array_index(plan->groups, ifxPlanGroup, i));
    sink->end(sink, IFX_PART_LIST);
}
