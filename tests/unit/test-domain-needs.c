/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

Suite *
ifxSuiteDomainNeeds(void)
{
    return suite_create("domain-needs");
}
