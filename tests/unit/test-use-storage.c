/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

Suite *
ifxSuiteUseStorage(void)
{
    return suite_create("use-storage");
}
