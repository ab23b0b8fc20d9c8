/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

Suite *
ifxSuiteUseNetwork(void)
{
    return suite_create("use-network");
}
