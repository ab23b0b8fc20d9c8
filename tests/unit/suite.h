/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * suite: the unit tests, a Check suite for each part of the library.
 *
 * A test is named for what it shows, so that a failure reads as a sentence. Add a
 * suite: write test-THING.c, declare it here, list it in main.c and Makefile.am.
 */

#pragma once

#include <check.h>

Suite *ifxSuiteCaptureXml(void);
Suite *ifxSuiteChild(void);
Suite *ifxSuiteDiff(void);
Suite *ifxSuiteDomain(void);
Suite *ifxSuiteDomainNeeds(void);
Suite *ifxSuiteFile(void);
Suite *ifxSuiteFileReplace(void);
Suite *ifxSuiteGuests(void);
Suite *ifxSuiteHost(void);
Suite *ifxSuiteHostPart(void);
Suite *ifxSuiteMoves(void);
Suite *ifxSuitePciAddress(void);
Suite *ifxSuitePlan(void);
Suite *ifxSuitePlanByHand(void);
Suite *ifxSuitePlanCarried(void);
Suite *ifxSuitePlanClaims(void);
Suite *ifxSuitePlanEvidence(void);
Suite *ifxSuitePlanGive(void);
Suite *ifxSuitePlanQuestions(void);
Suite *ifxSuitePlanMembers(void);
Suite *ifxSuitePlanMoved(void);
Suite *ifxSuitePlanNamed(void);
Suite *ifxSuiteProperties(void);
Suite *ifxSuiteStore(void);
Suite *ifxSuiteStylesheet(void);
Suite *ifxSuiteTerm(void);
Suite *ifxSuiteTopology(void);
Suite *ifxSuiteTopologyNodedev(void);
Suite *ifxSuiteTopologySysfs(void);
Suite *ifxSuiteUndo(void);
Suite *ifxSuiteUndoRefused(void);
Suite *ifxSuiteUse(void);
Suite *ifxSuiteUseConsole(void);
Suite *ifxSuiteUseNetns(void);
Suite *ifxSuiteUseNetwork(void);
Suite *ifxSuiteUseNetworkStack(void);
Suite *ifxSuiteUseNode(void);
Suite *ifxSuiteUseNodedev(void);
Suite *ifxSuiteUseAttached(void);
Suite *ifxSuiteUseHeld(void);
Suite *ifxSuiteUsePath(void);
Suite *ifxSuiteUseProcess(void);
Suite *ifxSuiteUseStorage(void);
Suite *ifxSuiteUseVirtual(void);
Suite *ifxSuiteWrite(void);
Suite *ifxSuiteXmlCheck(void);
Suite *ifxSuiteXmlCompare(void);
Suite *ifxSuiteXmlPatch(void);
Suite *ifxSuiteXmlPatchAdd(void);
Suite *ifxSuiteXmlPatchLocal(void);
Suite *ifxSuiteXmlPatchVerify(void);
Suite *ifxSuiteXmlPath(void);
Suite *ifxSuiteXmlText(void);
