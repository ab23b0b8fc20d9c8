/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/topology.h"

#include <string.h>

#define IFX_TOPOLOGY_VMD 0x10000

struct _ifxTopology {
    GHashTable *devices;    /* ifxPciAddress -> ifxDevice */
    GHashTable *by_number;  /* group number -> ifxGroup */
    GPtrArray *groups;      /* ifxGroup, lent by by_number */
};

struct _ifxTopologyBuilder {
    ifxTopology *topology;
    GHashTable *listed;     /* set of ifxListed, because each of n members lists n members */
    bool headers_read;
};

typedef struct {
    guint group;
    ifxPciAddress address;
} ifxListed;

static guint
ifxListedHash(gconstpointer listed)
{
    const ifxListed *l = listed;

    return ifxPciAddressHash(&l->address) * 31 + l->group;
}

static gboolean
ifxListedEqual(gconstpointer a,
               gconstpointer b)
{
    const ifxListed *left = a;
    const ifxListed *right = b;

    return left->group == right->group && ifxPciAddressEqual(&left->address, &right->address);
}

static void
ifxMemberClear(gpointer member)
{
    g_free(((ifxMember *) member)->name);
}

static void
ifxGroupFree(gpointer opaque)
{
    ifxGroup *group = opaque;

    g_array_unref(group->members);
    g_free(group);
}

bool
ifxGroupIsShared(const ifxGroup *group)
{
    guint endpoints = 0;
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        endpoints += member->is_pci && !(member->device && ifxDeviceIsBridge(member->device));
    }
    return endpoints > 1;
}

ifxTopologyBuilder *
ifxTopologyBuilderNew(void)
{
    ifxTopologyBuilder *builder = g_new0(ifxTopologyBuilder, 1);
    ifxTopology *topology = g_rc_box_new0(ifxTopology);

    topology->devices = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, NULL,
                                              (GDestroyNotify) ifxDeviceUnref);
    topology->by_number = g_hash_table_new_full(NULL, NULL, NULL, ifxGroupFree);
    topology->groups = g_ptr_array_new();
    builder->topology = topology;
    builder->listed = g_hash_table_new_full(ifxListedHash, ifxListedEqual, g_free, NULL);
    return builder;
}

void
ifxTopologyBuilderFree(ifxTopologyBuilder *builder)
{
    if (!builder)
        return;
    ifxTopologyUnref(builder->topology);
    g_hash_table_unref(builder->listed);
    g_free(builder);
}

void
ifxTopologyBuilderAddDevice(ifxTopologyBuilder *builder,
                            ifxDevice *device)
{
    GHashTable *devices = builder->topology->devices;

    if (!g_hash_table_contains(devices, &device->address))
        g_hash_table_insert(devices, &device->address, ifxDeviceRef(device));
}

static ifxGroup *
ifxTopologyBuilderGroup(ifxTopologyBuilder *builder,
                        guint number)
{
    ifxTopology *topology = builder->topology;
    ifxGroup *group = g_hash_table_lookup(topology->by_number, GUINT_TO_POINTER(number));

    if (!group) {
        group = g_new0(ifxGroup, 1);
        group->number = number;
        group->members = g_array_new(FALSE, TRUE, sizeof(ifxMember));
        g_array_set_clear_func(group->members, ifxMemberClear);
        g_hash_table_insert(topology->by_number, GUINT_TO_POINTER(number), group);
        g_ptr_array_add(topology->groups, group);
    }
    return group;
}

void
ifxTopologyBuilderAddMember(ifxTopologyBuilder *builder,
                            guint group,
                            const ifxPciAddress *address)
{
    ifxMember member = { .is_pci = true, .address = *address };
    const ifxListed listed = { .group = group, .address = *address };

    if (g_hash_table_contains(builder->listed, &listed))
        return;
    g_hash_table_add(builder->listed, g_memdup2(&listed, sizeof(listed)));
    g_array_append_val(ifxTopologyBuilderGroup(builder, group)->members, member);
}

void
ifxTopologyBuilderAddOtherMember(ifxTopologyBuilder *builder,
                                 guint group,
                                 const char *name)
{
    ifxMember member = { .name = g_strdup(name) };

    g_array_append_val(ifxTopologyBuilderGroup(builder, group)->members, member);
}

void
ifxTopologyBuilderSetHeadersRead(ifxTopologyBuilder *builder)
{
    builder->headers_read = true;
}

static int
ifxMemberCompare(gconstpointer a,
                 gconstpointer b)
{
    const ifxMember *left = a;
    const ifxMember *right = b;

    if (left->is_pci != right->is_pci)
        return left->is_pci ? -1 : 1;
    return left->is_pci ? ifxPciAddressCompare(&left->address, &right->address) :
        strcmp(left->name, right->name);
}

static void
ifxGroupFinish(ifxGroup *group,
               const ifxTopology *topology)
{
    ifxMember *members = (ifxMember *) (void *) group->members->data;
    guint kept = 0;
    guint i;

    g_array_sort(group->members, ifxMemberCompare);
    for (i = 0; i < group->members->len; i++) {
        if (kept > 0 && ifxMemberCompare(&members[kept - 1], &members[i]) == 0) {
            g_clear_pointer(&members[i].name, g_free);
            continue;
        }
        if (kept != i) {
            members[kept] = members[i];
            members[i].name = NULL;
        }
        if (members[kept].is_pci)
            members[kept].device = g_hash_table_lookup(topology->devices, &members[kept].address);
        kept++;
    }
    g_array_set_size(group->members, kept);
}

static int
ifxGroupCompare(gconstpointer a,
                gconstpointer b)
{
    const guint left = (*(ifxGroup *const *) a)->number;
    const guint right = (*(ifxGroup *const *) b)->number;

    return left < right ? -1 : left > right;
}

static void
ifxTopologyDecideHeaders(ifxTopology *topology)
{
    GHashTableIter devices;
    gpointer value;

    g_hash_table_iter_init(&devices, topology->devices);
    while (g_hash_table_iter_next(&devices, NULL, &value)) {
        ifxDevice *device = value;

        if (device->header == IFX_HEADER_UNKNOWN && !device->header_unread)
            device->header = IFX_HEADER_ENDPOINT;
    }
}

/* The function of the group whose driver is vmd; NULL: none. */
static const ifxDevice *
ifxGroupFindVmd(const ifxGroup *group)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxDevice *device = g_array_index(group->members, ifxMember, i).device;

        if (device && device->driver_state == IFX_DRIVER_BOUND &&
            strcmp(device->driver, "vmd") == 0)
            return device;
    }
    return NULL;
}

static void
ifxGroupDecideCarriers(const ifxGroup *group,
                       const ifxTopology *topology)
{
    const ifxDevice *vmd = ifxGroupFindVmd(group);
    guint i;

    for (i = 0; vmd && i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);
        ifxDevice *device = member->is_pci && member->address.domain >= IFX_TOPOLOGY_VMD ?
            g_hash_table_lookup(topology->devices, &member->address) : NULL;

        if (device && !device->is_carried) {
            device->is_carried = true;
            device->carrier = vmd->address;
        }
    }
}

ifxTopology *
ifxTopologyBuilderEnd(ifxTopologyBuilder *builder)
{
    ifxTopology *topology = g_steal_pointer(&builder->topology);
    guint i;

    if (builder->headers_read)
        ifxTopologyDecideHeaders(topology);
    for (i = 0; i < topology->groups->len; i++)
        ifxGroupFinish(topology->groups->pdata[i], topology);
    for (i = 0; i < topology->groups->len; i++)
        ifxGroupDecideCarriers(topology->groups->pdata[i], topology);
    g_ptr_array_sort(topology->groups, ifxGroupCompare);

    g_hash_table_unref(builder->listed);
    g_free(builder);
    return topology;
}

ifxTopology *
ifxTopologyRef(ifxTopology *topology)
{
    return g_rc_box_acquire(topology);
}

static void
ifxTopologyClear(gpointer opaque)
{
    ifxTopology *topology = opaque;

    g_ptr_array_unref(topology->groups);
    g_hash_table_unref(topology->by_number);
    g_hash_table_unref(topology->devices);
}

void
ifxTopologyUnref(ifxTopology *topology)
{
    if (topology)
        g_rc_box_release_full(topology, ifxTopologyClear);
}

const ifxDevice *
ifxTopologyGetDevice(const ifxTopology *topology,
                     const ifxPciAddress *address)
{
    return g_hash_table_lookup(topology->devices, address);
}

const ifxGroup *
ifxTopologyGetGroup(const ifxTopology *topology,
                    int number)
{
    return number == IFX_GROUP_NONE ? NULL :
        g_hash_table_lookup(topology->by_number, GINT_TO_POINTER(number));
}

guint
ifxTopologyCountGroups(const ifxTopology *topology)
{
    return topology->groups->len;
}

const ifxGroup *
ifxTopologyGetNthGroup(const ifxTopology *topology,
                       guint i)
{
    return topology->groups->pdata[i];
}

guint
ifxTopologyCountDevices(const ifxTopology *topology)
{
    return g_hash_table_size(topology->devices);
}

bool
ifxTopologyIsListed(const ifxTopology *topology,
                    const ifxPciAddress *address)
{
    guint i;
    guint j;

    for (i = 0; i < topology->groups->len; i++) {
        const ifxGroup *group = topology->groups->pdata[i];

        for (j = 0; j < group->members->len; j++) {
            const ifxMember *member = &g_array_index(group->members, ifxMember, j);

            if (member->is_pci && ifxPciAddressEqual(&member->address, address))
                return true;
        }
    }
    return ifxTopologyGetDevice(topology, address) != NULL;
}

static int
ifxDeviceCompare(gconstpointer a,
                 gconstpointer b)
{
    return ifxPciAddressCompare(&(*(ifxDevice *const *) a)->address,
                                &(*(ifxDevice *const *) b)->address);
}

GPtrArray *
ifxTopologyListDevices(const ifxTopology *topology)
{
    GPtrArray *devices = g_ptr_array_sized_new(g_hash_table_size(topology->devices));
    GHashTableIter iter;
    gpointer device;

    g_hash_table_iter_init(&iter, topology->devices);
    while (g_hash_table_iter_next(&iter, NULL, &device))
        g_ptr_array_add(devices, device);
    g_ptr_array_sort(devices, ifxDeviceCompare);
    return devices;
}
