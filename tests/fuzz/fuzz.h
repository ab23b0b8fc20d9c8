/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz: what the fuzz targets share. Each target is one file with one function. run.sh links it
 * with libFuzzer, the Makefile links it with replay.c.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "host/topology.h"
#include "xml/xml-text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that must hold for every input: aborts where it does not. */
#define ifxFuzzExpect(promise) \
    do { \
        if (!(promise)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #promise); \
            abort(); \
        } \
    } while (0)

/* The same; prints what @error says. */
#define ifxFuzzExpectDone(done, error) \
    do { \
        if (!(done)) { \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
                    (error) ? (error)->message : "refused without an error"); \
            abort(); \
        } \
        ifxFuzzExpect(!(error)); \
    } while (0)

/* What was refused says so with one of two codes; clears it. */
#define ifxFuzzExpectError(error, one, other) \
    do { \
        ifxFuzzExpect((error) && (error)->domain == IFX_ERROR && *(error)->message); \
        if ((error)->code != (int) (one) && (error)->code != (int) (other)) \
            ifxFuzzExpectDone(FALSE, error); \
        g_clear_error(&(error)); \
    } while (0)

/* Reads @doc as a patch for @text. It is refused with IFX_ERROR_PATCH, or what its
 * edits make of @text can be read, is verified, and is what libxml2's tree becomes when the
 * instructions are carried out on it one after the other; and it may come as two that are
 * joined. */
void ifxFuzzCheckPatch(const xmlDoc *doc, const ifxXmlText *text);

/* Groups, members and devices name each other, in order and without a double. */
void ifxFuzzCheckTopology(const ifxTopology *topology);

/* The capture of a host that a loader read can be read, and the capture of that has its bytes. */
void ifxFuzzCheckCapture(const ifxTopology *topology);

/* A host whose group 1 has 0000:01:00.0 and 0000:01:00.1, and a domain that claims the first. */
#define IFX_FUZZ_SAVED_DOMAIN \
    "<domain type='kvm'><name>a</name><devices><hostdev type='pci'><source>" \
    "<address bus='1' slot='0' function='0'/></source></hostdev></devices></domain>"
ifxTopology *ifxFuzzSavedHost(void);

/* @bytes are no saved plan, or each domain in it is described safely, and approved or refused. */
void ifxFuzzCheckPlanFile(GBytes *bytes);

/* @text is no record, or it is written so that it is read as the same. */
void ifxFuzzCheckRecord(const char *text, gsize length);

/* The diff of @edits on @bytes, carried out as patch does it, makes @result. */
void ifxFuzzCheckDiff(const GArray *edits, const char *bytes, gsize length, GBytes *result);
