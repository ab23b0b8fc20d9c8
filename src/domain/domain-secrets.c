/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include <string.h>

#include "xml/edit.h"

/* Is the name at @offset @local, in any namespace? libvirt reads an attribute in all of them. */
static bool
ifxDomainSecretsIsNamed(const char *bytes,
                        gsize offset,
                        gsize length,
                        const char *local)
{
    const gsize wanted = strlen(local);

    return length >= wanted && memcmp(bytes + offset + length - wanted, local, wanted) == 0 &&
        (length == wanted || bytes[offset + length - wanted - 1] == ':');
}

/* Includes the white space before it, so that no empty line is left. */
static void
ifxDomainSecretsCut(GArray *edits,
                    const char *bytes,
                    gsize start,
                    gsize end)
{
    while (g_ascii_isspace(bytes[start - 1]))
        start--;
    ifxEditsAdd(edits, start, end - start, g_strdup(""));
}

static void
ifxDomainSecretsCutPassword(GArray *edits,
                            const ifxXmlText *text,
                            const ifxXmlElement *graphics)
{
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, graphics);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    guint i;

    for (i = 0; i < graphics->n_attributes; i++) {
        const ifxXmlAttribute *attribute = &attributes[i];

        if (ifxDomainSecretsIsNamed(bytes, attribute->name, attribute->name_length, "passwd"))
            ifxDomainSecretsCut(edits, bytes, attribute->name,
                                attribute->value + attribute->raw_length + 1);
    }
}

GArray *
ifxDomainSecretsFind(const ifxXmlText *text)
{
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    GArray *edits = ifxEditsNew();
    guint i = 1;

    while (i < ifxXmlTextGetCount(text)) {
        const ifxXmlElement *element = ifxXmlTextGetElement(text, i);
        const gsize name = element->start + 1;

        if (ifxDomainSecretsIsNamed(bytes, name, element->name_length, "cookies")) {
            ifxDomainSecretsCut(edits, bytes, element->start, element->end);
            i = element->past;
            continue;
        }
        if (ifxDomainSecretsIsNamed(bytes, name, element->name_length, "graphics"))
            ifxDomainSecretsCutPassword(edits, text, element);
        i++;
    }
    return edits;
}
