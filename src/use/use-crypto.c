/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-crypto: accelerators whose ciphers the kernel uses, such as dm-crypt and IPsec.
 *
 * Nothing hangs on such a device in sysfs. /proc/crypto lists the ciphers: "module" registered it,
 * and "refcnt" is 1 while nobody has it (Linux crypto/proc.c, c_show(); crypto/api.c,
 * crypto_mod_get()). The module is the PCI driver's own, one that needs the driver's (ccp_crypto
 * needs ccp), or one that the driver's needs (qat_c62x needs intel_qat); /sys/module/NAME/holders has
 * those that need NAME. (Read in the kernel's sources, not run with such a device.)
 *
 * A driver can have several devices, and nothing shows which of them works. So each encryption
 * controller, co-processor and accelerator of such a driver is crypto/0000:0b:00.2, IFX_USE_UNCLEAR.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/pci-class.h"
#include "base/sysfs.h"

#define IFX_CRYPTO_MODULES "sys/module"

/* A kernel has some hundred ciphers, of 300 bytes each. */
#define IFX_CRYPTO_LIST_MAX (4 * 1024 * 1024)

static bool
ifxUseCryptoMatchClass(guint32 class_code)
{
    return IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_ENCRYPTION ||
        IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_ACCELERATOR ||
        IFX_PCI_SUBCLASS(class_code) == IFX_PCI_CLASS_CO_PROCESSOR;
}

/* What follows "KEY : " in the line; NULL: it is another line. */
static const char *
ifxUseCryptoGetValue(const char *line,
                     const char *key)
{
    const char *colon = g_str_has_prefix(line, key) ? strchr(line, ':') : NULL;

    return colon && colon[1] == ' ' ? colon + 2 : NULL;
}

/* The modules whose ciphers somebody has: new table of char *, module -> a cipher. NULL: there is no
 * list. */
static GHashTable *
ifxUseCryptoListBusy(const char *sysroot)
{
    g_autofree char *proc = g_build_filename(sysroot, "proc", NULL);
    g_autofree char *text = ifxSysfsReadAll(proc, "crypto", IFX_CRYPTO_LIST_MAX, NULL);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    GHashTable *busy = text ?
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) : NULL;
    const char *cipher = "";
    const char *module = "";
    guint i;

    for (i = 0; lines && lines[i]; i++) {
        const char *value;

        if ((value = ifxUseCryptoGetValue(lines[i], "driver")))
            cipher = value;
        else if ((value = ifxUseCryptoGetValue(lines[i], "module")))
            module = value;
        else if ((value = ifxUseCryptoGetValue(lines[i], "refcnt")) && strcmp(value, "1") != 0 &&
                 strcmp(module, "kernel") != 0)
            g_hash_table_insert(busy, g_strdup(module), g_strdup(cipher));
    }
    return busy;
}

/* Does the module @user need the module @name? */
static bool
ifxUseCryptoNeeds(const char *sysroot,
                  const char *user,
                  const char *name)
{
    g_autofree char *holders =
        g_build_filename(sysroot, IFX_CRYPTO_MODULES, name, "holders", NULL);

    return ifxSysfsExists(holders, user);
}

/* A cipher of the driver's module that somebody has, lent by @busy; NULL: there is none. */
static const char *
ifxUseCryptoFindCipher(const char *sysroot,
                       GHashTable *busy,
                       const char *driver_module)
{
    GHashTableIter iter;
    gpointer module;
    gpointer cipher;

    g_hash_table_iter_init(&iter, busy);
    while (g_hash_table_iter_next(&iter, &module, &cipher)) {
        if (strcmp(module, driver_module) == 0 ||
            ifxUseCryptoNeeds(sysroot, module, driver_module) ||
            ifxUseCryptoNeeds(sysroot, driver_module, module))
            return cipher;
    }
    return NULL;
}

static void
ifxUseCryptoAdd(const char *sysroot,
                ifxUseGraph *graph,
                GHashTable *busy,
                const ifxUsePci *device)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *driver = g_build_filename(
        sysroot, IFX_USE_PCI_DEVICES, ifxPciAddressFormat(&device->address, spelled), "driver", NULL);
    g_autofree char *module = ifxSysfsReadLink(driver, "module");
    const char *cipher = module ? ifxUseCryptoFindCipher(sysroot, busy, module) : NULL;
    g_autofree char *id = g_strconcat("crypto/", spelled, NULL);
    g_autofree char *what = NULL;

    if (!cipher)
        return;
    what = g_strdup_printf("the kernel may encrypt with it (%s)", cipher);
    ifxUseGraphAddThing(graph, id, device->driver);
    ifxUseGraphAddDevice(graph, id, &device->address);
    ifxUseGraphAddUse(graph, id, IFX_USE_UNCLEAR, false, what);
}

static bool
ifxUseCryptoLoad(const char *sysroot,
                 ifxUseGraph *graph)
{
    g_autoptr(GArray) devices = ifxUsePciList(sysroot, graph->scope, ifxUseCryptoMatchClass);
    g_autoptr(GHashTable) busy = NULL;
    guint i;

    if (!devices || devices->len == 0)
        return true;
    busy = ifxUseCryptoListBusy(sysroot);
    for (i = 0; busy && i < devices->len; i++) {
        const ifxUsePci *device = &g_array_index(devices, ifxUsePci, i);

        if (device->host_driver)
            ifxUseCryptoAdd(sysroot, graph, busy, device);
    }
    return true;
}

const ifxUseLoader ifxUseLoaderCrypto = {
    .name = "crypto",
    .load = ifxUseCryptoLoad,
};
