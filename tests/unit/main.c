/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libxml/parser.h>
#include <locale.h>

#include "suite.h"

int
main(void)
{
    SRunner *runner = srunner_create(ifxSuitePciAddress());
    int failed;

    setlocale(LC_ALL, "C.UTF-8");
    xmlInitParser();

    srunner_add_suite(runner, ifxSuiteChild());
    srunner_add_suite(runner, ifxSuiteTerm());
    srunner_add_suite(runner, ifxSuiteFile());
    srunner_add_suite(runner, ifxSuiteFileReplace());
    srunner_add_suite(runner, ifxSuiteXmlText());
    srunner_add_suite(runner, ifxSuiteXmlCheck());
    srunner_add_suite(runner, ifxSuiteXmlPath());
    srunner_add_suite(runner, ifxSuiteDomain());
    srunner_add_suite(runner, ifxSuiteTopology());
    srunner_add_suite(runner, ifxSuiteTopologyNodedev());
    srunner_add_suite(runner, ifxSuiteTopologySysfs());
    srunner_add_suite(runner, ifxSuitePlan());
    srunner_add_suite(runner, ifxSuitePlanCarried());
    srunner_add_suite(runner, ifxSuitePlanClaims());
    srunner_add_suite(runner, ifxSuitePlanMembers());
    srunner_add_suite(runner, ifxSuitePlanMoved());
    srunner_add_suite(runner, ifxSuitePlanNamed());
    srunner_add_suite(runner, ifxSuitePlanByHand());
    srunner_add_suite(runner, ifxSuitePlanEvidence());
    srunner_add_suite(runner, ifxSuitePlanGive());
    srunner_add_suite(runner, ifxSuitePlanQuestions());
    srunner_add_suite(runner, ifxSuiteXmlPatch());
    srunner_add_suite(runner, ifxSuiteXmlPatchAdd());
    srunner_add_suite(runner, ifxSuiteXmlPatchLocal());
    srunner_add_suite(runner, ifxSuiteXmlPatchVerify());
    srunner_add_suite(runner, ifxSuiteXmlCompare());
    srunner_add_suite(runner, ifxSuiteStylesheet());
    srunner_add_suite(runner, ifxSuiteUndo());
    srunner_add_suite(runner, ifxSuiteUndoRefused());
    srunner_add_suite(runner, ifxSuiteDiff());
    srunner_add_suite(runner, ifxSuiteCaptureXml());
    srunner_add_suite(runner, ifxSuiteDomainNeeds());
    srunner_add_suite(runner, ifxSuiteUse());
    srunner_add_suite(runner, ifxSuiteUsePath());
    srunner_add_suite(runner, ifxSuiteUseConsole());
    srunner_add_suite(runner, ifxSuiteUseNetns());
    srunner_add_suite(runner, ifxSuiteUseNetwork());
    srunner_add_suite(runner, ifxSuiteUseNetworkStack());
    srunner_add_suite(runner, ifxSuiteUseProcess());
    srunner_add_suite(runner, ifxSuiteUseNode());
    srunner_add_suite(runner, ifxSuiteUseVirtual());
    srunner_add_suite(runner, ifxSuiteUseStorage());
    srunner_add_suite(runner, ifxSuiteUseAttached());
    srunner_add_suite(runner, ifxSuiteUseHeld());
    srunner_add_suite(runner, ifxSuiteGuests());
    srunner_add_suite(runner, ifxSuiteHost());
    srunner_add_suite(runner, ifxSuiteHostPart());
    srunner_add_suite(runner, ifxSuiteMoves());
    srunner_add_suite(runner, ifxSuiteStore());
    srunner_add_suite(runner, ifxSuiteWrite());
    srunner_add_suite(runner, ifxSuiteProperties());
    srunner_add_suite(runner, ifxSuiteUseNodedev());

    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
