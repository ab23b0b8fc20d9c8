/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * helpers: what several suites need. All inline, so that there is nothing to link.
 */

#pragma once

#include <check.h>
#include <glib.h>
#include <libxml/tree.h>
#include <string.h>

#include "domain/domain.h"
#include "base/error.h"
#include "base/pci-address.h"
#include "plan/plan-judge.h"
#include "use/use-internal.h"
#include "xml/xml-text.h"

static ifxUseGraph *ifxTestLentUse;

/* valgrind would call it lost: the hash tables of GLib keep no pointers to the start of a block. */
__attribute__((destructor)) static inline void
ifxTestEndUse(void)
{
    g_clear_pointer(&ifxTestLentUse, ifxUseGraphUnref);
}

/* What is known of a host on whose devices nothing hangs, and nothing else. Lent until the next
 * call. */
static inline ifxUseGraph *
ifxTestIdleUse(const ifxTopology *topology)
{
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    guint i;

    ifxTestEndUse();
    ifxTestLentUse = ifxUseGraphNew();
    for (i = 0; i < devices->len; i++)
        ifxUseAttachedRecord(ifxTestLentUse, &((const ifxDevice *) devices->pdata[i])->address,
                             nothing);
    return ifxTestLentUse;
}

#define IFX_TEST_HOST(devices) \
    (const ifxPlanHost) { .topology = (devices), .use = ifxTestIdleUse(devices) }

/* Macros, so that a failure names the test's own line. */

#define ifxAssertNoError(error) \
    ck_assert_msg(!(error), "unexpected error: %s", (error) ? (error)->message : "")

/* There is an error of ours with that code, on one line, that says @text. Clears it. */
#define ifxAssertError(error, expected_code, text) \
    do { \
        ck_assert_msg((error) != NULL, "no error is set, one with '%s' should be", (text)); \
        ck_assert_msg((error)->domain == IFX_ERROR && (error)->code == (int) (expected_code), \
                      "the error has code %d, not %d: %s", (error)->code, \
                      (int) (expected_code), (error)->message); \
        ck_assert_msg(strstr((error)->message, (text)) != NULL, \
                      "the message '%s' does not say '%s'", (error)->message, (text)); \
        ck_assert_msg(!strchr((error)->message, '\n'), "the message has several lines"); \
        g_clear_error(&(error)); \
    } while (0)

static inline ifxXmlText *
ifxTestText(const char *xml)
{
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));
    g_autoptr(GError) error = NULL;
    ifxXmlText *text = ifxXmlTextParse(bytes, &error);

    ifxAssertNoError(error);
    ck_assert_ptr_nonnull(text);
    return text;
}

static inline ifxDomain *
ifxTestDomain(const char *xml)
{
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));
    g_autoptr(GError) error = NULL;
    ifxDomain *domain = ifxDomainParse(bytes, &error);

    ifxAssertNoError(error);
    ck_assert_ptr_nonnull(domain);
    return domain;
}

static inline ifxPciAddress
ifxTestAddress(const char *spelled)
{
    ifxPciAddress address = { 0 };

    ck_assert_msg(ifxPciAddressParse(spelled, &address), "'%s' is no address", spelled);
    return address;
}

static inline void
ifxAssertAddress(const ifxPciAddress *address,
                 const char *spelled)
{
    char buffer[IFX_PCI_ADDRESS_LENGTH];

    ck_assert_str_eq(ifxPciAddressFormat(address, buffer), spelled);
}

/* A device of a host that uses none: without a driver, of a known class. */
typedef struct {
    const char *address;    /* NULL: behind the last one */
    guint group;
    guint32 class_code;
} ifxTestIdleDevice;

static inline ifxTopology *
ifxTestIdleHost(const ifxTestIdleDevice *parts)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();

    for (; parts->address; parts++) {
        const ifxPciAddress address = ifxTestAddress(parts->address);
        g_autoptr(ifxDevice) device = ifxDeviceNew(&address);

        device->group = (int) parts->group;
        device->has_class = true;
        device->class_code = parts->class_code;
        device->driver_state = IFX_DRIVER_NONE;
        ifxTopologyBuilderAddMember(builder, parts->group, &address);
        ifxTopologyBuilderAddDevice(builder, device);
    }
    return ifxTopologyBuilderEnd(builder);
}
