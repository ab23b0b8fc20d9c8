/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input is XML. It is read as a node device, as a capture, and as a host without its domains;
 * and for the use of devices by that host.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "use/use.h"
#include "host/host-internal.h"
#include "host/topology-nodedev.h"
#include "report/capture-xml.h"

static void
ifxFuzzDevice(const uint8_t *data,
              size_t size,
              bool drivers)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxNodedev) nodedev =
        ifxNodedevParse((const char *) data, size, drivers, &error);
    g_autoptr(ifxTopologyBuilder) builder = NULL;
    g_autoptr(ifxTopology) topology = NULL;

    if (!nodedev) {
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_HOST);
        return;
    }
    ifxFuzzExpect(!error);
    if (nodedev->device) {
        g_autofree char *name = ifxNodedevName(&nodedev->device->address);

        ifxFuzzExpect(g_str_has_prefix(name, "pci_"));
        ifxFuzzExpect(drivers || nodedev->device->driver_state != IFX_DRIVER_NONE);
    }

    builder = ifxTopologyBuilderNew();
    ifxNodedevAddTo(nodedev, builder);
    ifxNodedevAddTo(nodedev, builder);
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));
    ifxFuzzExpect(ifxTopologyCountDevices(topology) == (nodedev->device ? 1 : 0));
    ifxFuzzCheckTopology(topology);
    ifxFuzzCheckCapture(topology);
}

/* Each use has a text; node devices show what hangs on a device, and not what the host uses. */
static void
ifxFuzzCheckUse(ifxUseGraph *use,
                const ifxPciAddress *address)
{
    const GPtrArray *evidence = ifxUseEvidenceGet(use, address);
    guint i;

    ifxFuzzExpect((ifxUseGraphGetSight(use) & ~(guint) IFX_SIGHT_DEVICES) == 0);
    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxUse *one = evidence->pdata[i];
        g_autofree char *chain = ifxUseEvidenceFormatChain(one->chain);

        ifxFuzzExpect(one->kind == IFX_USE_UNCLEAR || one->kind == IFX_USE_MDEV_PARENT ||
                      one->kind == IFX_USE_VDPA_PARENT);
        ifxFuzzExpect(!one->vital && !one->domain && one->chain->len > 0 && *chain);
        ifxFuzzExpect(one->chain->len <= IFX_CHAIN_MAX + 2);
    }
}

static char *
ifxFuzzWriteUse(const ifxTopology *topology,
                ifxUseGraph *use)
{
    GString *out = g_string_new(NULL);

    ifxCaptureXmlBegin(out, topology, use);
    ifxCaptureXmlEnd(out);
    return g_string_free(out, FALSE);
}

/* What hangs on the devices is the same in the capture of the capture. */
static void
ifxFuzzCheckCarried(const ifxTopology *topology,
                    ifxUseGraph *use)
{
    g_autofree char *xml = ifxFuzzWriteUse(topology, use);
    g_autofree char *again = NULL;
    g_autoptr(ifxUseGraph) back = ifxUseGraphNew();
    g_autoptr(GError) error = NULL;

    ifxFuzzExpectDone(ifxUseNodedevAdd(back, xml, strlen(xml), "node", &error), error);
    again = ifxFuzzWriteUse(topology, back);
    ifxFuzzExpect(strcmp(again, xml) == 0);
}

/* A capture whose groups can be read. */
static void
ifxFuzzUse(const uint8_t *data,
           size_t size,
           const ifxTopology *topology)
{
    g_autoptr(ifxUseGraph) use = ifxUseGraphNew();
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    g_autoptr(GError) error = NULL;
    const bool done = ifxUseNodedevAdd(use, (const char *) data, size, "node", &error);
    guint i;

    ifxFuzzExpectDone(done, error);
    for (i = 0; i < devices->len; i++)
        ifxFuzzCheckUse(use, &((const ifxDevice *) devices->pdata[i])->address);
    if (done)
        ifxFuzzCheckCarried(topology, use);
}

static void
ifxFuzzDeviceUse(const uint8_t *data,
                 size_t size)
{
    static const ifxPciAddress address = { .bus = 1 };
    g_autoptr(ifxUseGraph) use = ifxUseGraphNew();
    g_autoptr(GError) error = NULL;

    if (ifxUseNodedevAdd(use, (const char *) data, size, "device", &error))
        ifxFuzzCheckUse(use, &address);
    else
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_XML);
}

static bool
ifxFuzzCapture(const uint8_t *data,
               size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology =
        ifxTopologyNodedevParse((const char *) data, size, &error);

    if (!topology) {
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_HOST);
        return false;
    }
    ifxFuzzExpect(!error);
    ifxFuzzCheckTopology(topology);
    ifxFuzzCheckCapture(topology);
    ifxFuzzUse(data, size, topology);
    return true;
}

/* Each domain that is listed can be read, and is XML of its own. */
static void
ifxFuzzDomains(const ifxCapture *capture)
{
    const GPtrArray *names = ifxCaptureGetDomains(capture);
    g_autoptr(GError) error = NULL;
    guint i;

    for (i = 0; i < names->len; i++) {
        GBytes *bytes = ifxCaptureLookupDomain(capture, names->pdata[i]);
        g_autoptr(ifxXmlText) text = bytes ? ifxXmlTextParse(bytes, &error) : NULL;

        ifxFuzzExpectDone(text, error);
    }
}

static void
ifxFuzzHost(const uint8_t *data,
            size_t size)
{
    const int fd = memfd_create("capture", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxCapture) capture = NULL;

    ifxFuzzExpect(fd >= 0 && write(fd, data, size) == (ssize_t) size);
    capture = ifxCaptureLoad(path, &error);
    close(fd);
    if (capture) {
        ifxFuzzExpect(!error);
        ifxFuzzDomains(capture);
    } else {
        ifxFuzzExpect(error && error->domain == IFX_ERROR && *error->message);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    ifxFuzzDevice(data, size, true);
    ifxFuzzDevice(data, size, false);
    ifxFuzzDeviceUse(data, size);
    if (ifxFuzzCapture(data, size))
        ifxFuzzHost(data, size);
    return 0;
}
