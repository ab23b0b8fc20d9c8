/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

Suite *
ifxSuiteHostUse(void)
{
    return suite_create("host-use");
}
