/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * capture-xml: one host as a file, which --host and virsh -c test:///FILE open.
 *
 *     <node>
 *       <device>...</device>             each PCI device, by address, then the disks, interfaces,
 *                                        SCSI hosts, USB devices and displays on them
 *       <iommuGroup>...</iommuGroup>     each group that no device above is in
 *       <domain>...</domain>
 *     </node>
 *
 * The format is libvirt's (virNodeDeviceCapPCIDefFormat in libvirt src/conf/node_device_conf.c,
 * testOpenParse in src/test/test_driver.c). What libvirt's format cannot express is in elements
 * that its parsers ignore, so that the capture keeps everything that the topology knows, and also
 * what it does not know:
 *
 *     <driver/>                      the driver is unknown
 *     <vfio/>                        in <driver>: it serves VFIO by itself
 *     <vfio known='no'/>             in <driver>: it may do so
 *     <parent>                       the function whose driver made the device's root bus (VMD)
 *     <capability type='endpoint'/>  the header is that of an endpoint
 *     <capability type='no-answer'/> the device does not answer
 *     <capability type='unknown'/>   the header is unknown
 *     <member name='AMDI0095:00'/>   in <iommuGroup>: a member that is not a PCI function
 *     <carries><thing id='tty/ttyS4'/></carries>
 *                                    of a PCI device: what hangs on it, of each kind one, where
 *                                    sysfs was read (ifxUseAttached)
 *
 * Names are escaped as ifxTermEscape() does it. The text follows from the topology, what
 * hangs on the devices and the domains alone: the capture of a capture has the same bytes. Call the functions in the order below.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"
#include "host/topology.h"
#include "plan/plan.h"

/* Appends <node>, the devices and the groups. */
void ifxCaptureXmlBegin(GString *out, const ifxTopology *topology, ifxUseGraph *use);

/* Appends the domain's element, byte for byte except for secrets: those that libvirt leaves out
 * without VIR_DOMAIN_XML_SECURE, the passwd of a graphics device and the cookies of a disk. False
 * with IFX_ERROR_XML, and nothing appended, when it is not in UTF-8, as libvirt's XML is. */
bool ifxCaptureXmlAddDomain(GString *out, const ifxDomain *domain, GError **error);

void ifxCaptureXmlEnd(GString *out);

/* Does libvirt (at least 9.0.0) know the type of @domain? Its test driver refuses a whole capture
 * because of one domain with a type that it does not know. */
bool ifxCaptureXmlIsKnownType(const ifxDomain *domain);
