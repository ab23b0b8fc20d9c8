#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: LGPL-2.1-or-later

from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r'''
module: group_info
short_description: Reads the IOMMU groups of a host, what uses them, and whether domains are complete
version_added: 0.1.0
author:
  - The authors of virt-iommufix (!UNKNOWN)
description:
  - Reads the IOMMU groups of a host with their devices, drivers, what the host uses each device for,
    and the domains that claim it.
  - Reads for domains whether each declares every device of its groups, with the verdict on each
    device.
  - It changes nothing. It runs C(virt-iommufix groups --json) and C(virt-iommufix check --json).
requirements:
  - virt-iommufix 0.1.0 or later on the host
options:
  groups:
    description: Only these groups, by number, or by the address of a device in it.
    type: list
    elements: str
  shared:
    description: Only groups with more than one assignable device.
    type: bool
    default: false
  why:
    description: Also read why devices share a group. It needs root on the host itself.
    type: bool
    default: false
  domains:
    description: The domains to check, by name or UUID.
    type: list
    elements: str
  all:
    description: Check every persistent domain.
    type: bool
    default: false
  allow_members:
    description: For the check, include these devices even if the host uses them or may use them.
    type: list
    elements: str
  uri:
    description: The libvirt connection. The default is that of virsh on the host.
    type: str
  executable:
    description: The tool, as a path, or as a name that is looked up in PATH.
    type: str
    default: virt-iommufix
'''

EXAMPLES = r'''
- name: Read which devices share a group, and whether all guests are complete
  virt_iommufix.iommu.group_info:
    shared: true
    all: true
  register: iommu

- name: Show the guests that are not complete or will not start
  ansible.builtin.debug:
    msg: "{{ item.domain.name }}: {{ item.state }}"
  loop: "{{ iommu.domains | selectattr('problem') }}"
  loop_control:
    label: "{{ item.domain.name }}"
'''

RETURN = r'''
hosts:
  description:
    - The host with its groups, as C(virt-iommufix groups --json) prints it.
    - JSON OUTPUT in virt-iommufix(1) describes the fields.
  returned: always
  type: list
  elements: dict
domains:
  description:
    - What the check found about each domain, as C(virt-iommufix check --json) prints it.
    - C(state) is the result in words, C(problem) whether the domain is not complete or will not
      start, C(plan) has the verdict on each device.
  returned: always
  type: list
  elements: dict
refused:
  description:
    - The domains that cannot be completed, and why.
    - The fields are those of M(virt_iommufix.iommu.domain).
  returned: always
  type: list
  elements: dict
summary:
  description: The numbers of the check. It is null if nothing was checked.
  returned: always
  type: dict
messages:
  description: What the tool reports on standard error.
  returned: always
  type: list
  elements: str
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.virt_iommufix.iommu.plugins.module_utils import tool as tools


def main():
    module = AnsibleModule(
        argument_spec=tools.arguments(
            groups=dict(type='list', elements='str'),
            shared=dict(type='bool', default=False),
            why=dict(type='bool', default=False),
            domains=dict(type='list', elements='str'),
            all=dict(type='bool', default=False),
            allow_members=dict(type='list', elements='str'),
            uri=dict(type='str'),
        ),
        supports_check_mode=True,
    )
    tool = tools.Tool(module)
    words = tools.options(module, uri='--connect', shared='--shared', why='--why')
    run = tool.run(['groups', '--json'] + words + ['--'] + (module.params['groups'] or []))
    documents = run.lines('hosts')
    if run.status != tools.DONE or not documents:
        module.fail_json(msg='\n'.join(run.messages), messages=run.messages)
    result = dict(changed=False, hosts=documents[0]['hosts'], domains=[], refused=[], summary=None,
                  messages=run.messages)

    if module.params['all'] or module.params['domains']:
        words = tools.options(module, uri='--connect', all='--all', allow_members='--allow-member')
        names = [] if module.params['all'] else module.params['domains']
        run = tool.run(['check', '--json'] + words + ['--'] + names)
        result['domains'] = run.lines('domain')
        result['refused'] = [tools.refusal(line) for line in result['domains']
                             if line['outcome'] == 'refused']
        result['summary'] = run.summary()
        result['messages'] += run.messages
        if run.status not in (tools.DONE, tools.INCOMPLETE) or result['summary'] is None:
            module.fail_json(msg='\n'.join(run.messages), **result)
    module.exit_json(**result)


if __name__ == '__main__':
    main()
