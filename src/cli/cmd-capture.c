/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/capture-xml.h"
#include "cli/command.h"
#include "cli/line.h"
#include "report/report.h"

static bool
ifxCaptureCheckOptions(const ifxOptions *options,
                       GError **error)
{
    if (options->connect && options->connect[1])
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "capture prints one host: use one --connect only");
    if (options->domains && options->sysroot && !options->connect)
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--domains: a sysfs tree has no domains. Add --connect or --host");
    return true;
}

static bool
ifxCaptureAddDomain(GString *out,
                    ifxHost *host,
                    const char *key,
                    GError **error)
{
    g_autoptr(ifxDomain) domain = ifxHostReadDomain(host, key, error);

    if (!domain || !ifxCaptureXmlAddDomain(out, domain, error))
        return false;
    if (!ifxCaptureXmlIsKnownType(domain))
        ifxTermNoteOn(domain->name, "the type of this domain is '%s'. A libvirt that does not know "
                      "this type cannot open the capture", domain->type ? domain->type : "");
    return true;
}

/* A domain that can't be read is reported and left out: the others are complete without it. */
static bool
ifxCaptureAddDomains(GString *out,
                     ifxHost *host,
                     ifxExit *status,
                     GError **error)
{
    g_autoptr(GPtrArray) keys = ifxHostListDomains(host, false, error);
    guint i;

    if (!keys)
        return false;
    for (i = 0; i < keys->len; i++) {
        const char *key = keys->pdata[i];
        g_autoptr(GError) problem = NULL;

        if (!ifxCaptureAddDomain(out, host, key, &problem)) {
            ifxTermNote("domain %s of %s is not in the capture: %s", key, ifxHostGetName(host),
                        problem->message);
            *status = IFX_EXIT_ERROR;
        }
    }
    return true;
}

static bool
ifxCaptureWrite(const ifxSession *session,
                const GString *capture,
                GError **error)
{
    const ifxReportSubject subject = {
        .command = session->command, .host = ifxHostGetName(session->hosts->pdata[0]),
    };
    g_autoptr(ifxReportLine) line = NULL;

    if (!session->options.json)
        return ifxOutputWriteDocument(&session->out, capture->str, capture->len, error);
    line = ifxReportLineNew("capture", &subject);
    ifxReportLineSetBytes(line, "xml", capture->str, capture->len);
    return ifxLineWrite(session, line, error);
}

static ifxExit
ifxCaptureRun(ifxSession *session,
              char **positionals G_GNUC_UNUSED,
              GError **error)
{
    g_autoptr(ifxTopology) topology = NULL;
    g_autoptr(ifxUseGraph) use = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    ifxExit status = IFX_EXIT_DONE;
    ifxHost *host;

    if (!ifxCaptureCheckOptions(&session->options, error) ||
        !ifxSessionOpenHosts(session, error))
        return IFX_EXIT_ERROR;
    host = session->hosts->pdata[0];
    topology = ifxHostLoadIdentities(host, error);
    use = topology ? ifxHostLoadOwnUse(host, error) : NULL;
    if (!use)
        return IFX_EXIT_ERROR;

    ifxReportNoGroups(ifxHostGetName(host), topology);
    ifxCaptureXmlBegin(out, topology, use);
    if (session->options.domains && !ifxCaptureAddDomains(out, host, &status, error))
        return IFX_EXIT_ERROR;
    ifxCaptureXmlEnd(out);
    return ifxCaptureWrite(session, out, error) ? status : IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandCapture = {
    .name = "capture",
    .positionals = "",
    .summary = "print the host as a file for --host and for virsh -c test:///FILE",
    .examples = "virt-iommufix capture --domains >host.xml\n"
        "virt-iommufix -c qemu+ssh://root@host/system capture >host.xml",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_CAPTURE | IFX_OPTIONS_JSON,
    .max_positionals = 0,
    .run = ifxCaptureRun,
};
