/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * capture-xml: one host as a file that --host and virsh -c test:///FILE open.
 *
 *     <node>
 *       <device>...</device>             each PCI device, by address
 *       <iommuGroup>...</iommuGroup>     each group that no device above is in
 *       <domain>...</domain>
 *     </node>
 *
 * The form is libvirt's (virNodeDeviceCapPCIDefFormat in libvirt
 * src/conf/node_device_conf.c, testOpenParse in src/test/test_driver.c). What libvirt
 * can't say stands in elements that its parsers pass over, so that nothing which the
 * topology knows is lost, an unknown neither:
 *
 *     <driver/>                      the driver is unknown
 *     <capability type='endpoint'/>  the header is that of an endpoint
 *     <capability type='unknown'/>   the header is unknown
 *     <member name='AMDI0095:00'/>   in <iommuGroup>: a member that is no PCI function
 *
 * Names are escaped as by ifxTermEscape(). The text follows from the topology and the
 * domains alone: the capture of a capture has its bytes. A capture is written in this
 * order.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"
#include "host/topology.h"

/* <node>, the devices and the groups. */
void ifxCaptureXmlBegin(GString *out, const ifxTopology *topology);

/* The domain's element, byte for byte but for secrets: those that libvirt leaves out
 * without VIR_DOMAIN_XML_SECURE, a graphics' passwd and a disk's cookies. False with
 * IFX_ERROR_XML, and nothing appended, when it is not in UTF-8, as libvirt's XML is. */
bool ifxCaptureXmlAddDomain(GString *out, const ifxDomain *domain, GError **error);

void ifxCaptureXmlEnd(GString *out);

/* Does libvirt (9.0.0 at least) know domains of that type? Its test driver refuses the
 * whole capture for one that it does not know. */
bool ifxCaptureXmlIsKnownType(const ifxDomain *domain);
