/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

Suite *
ifxSuiteUseProcess(void)
{
    return suite_create("use-process");
}
