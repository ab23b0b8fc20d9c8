/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

Suite *
ifxSuiteProperties(void)
{
    return suite_create("properties");
}
