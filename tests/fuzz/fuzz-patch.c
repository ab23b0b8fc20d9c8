/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input is an XML patch, read against a few documents.
 */
#include <libxml/parser.h>
#include <string.h>

#include "fuzz.h"
#include "xml/xml-doc.h"

static const char *const documents[] = {
    "<domain type='kvm'>\n  <name>a</name>\n  <devices>\n"
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n      <source>\n"
    "        <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"
    "      </source>\n    </hostdev>\n    <!-- c -->\n    <hostdev managed=\"no\"/>\n"
    "  </devices>\n</domain>\n",
    "<domain><devices/><devices><a/>text<a b=\"1\"   c='2'/></devices></domain>",
    "<?xml version='1.0' encoding='ISO-8859-1'?>\r\n<domain>\r\n\t<devices>\r\n"
    "\t\t<hostdev x=\"\xe4\"/>\r\n\t\t<a></a>\r\n\t\t<a\r\n\t\t\tb='&lt;'\r\n\t\t/>\r\n"
    "\t</devices>\r\n</domain>",
    "<domain xmlns:q='urn:q' q:b='1' b='2'>\n<q:devices><hostdev/></q:devices>\n"
    "<devices xmlns='urn:q'><hostdev/></devices>\n<devices><hostdev/>\n\n<hostdev/></devices>\n"
    "<devices>x<a/>y<![CDATA[<a/>]]></devices></domain>\n",
};

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    g_autoptr(xmlDoc) patch = NULL;
    guint i;

    if (size > G_MAXINT16)
        return 0;
    patch = xmlReadMemory((const char *) data, (int) size, NULL, NULL,
                          XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    /* No stylesheet makes names that namespaces do not allow. */
    if (!patch || !(patch->properties & XML_DOC_NSVALID))
        return 0;

    for (i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(documents[i], strlen(documents[i]));
        g_autoptr(GError) error = NULL;
        g_autoptr(ifxXmlText) text = ifxXmlTextParse(bytes, &error);

        ifxFuzzExpectDone(text, error);
        ifxFuzzCheckPatch(patch, text);
    }
    return 0;
}
