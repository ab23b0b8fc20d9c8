#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: LGPL-2.1-or-later

from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r'''
module: hook
short_description: Installs or removes the hook by which libvirt asks virt-iommufix before a guest starts
version_added: 0.1.0
author:
  - The authors of virt-iommufix (!UNKNOWN)
description:
  - With the hook, libvirt refuses to start a guest that lacks a device of an IOMMU group, or that would
    take what its host uses at that time.
  - The module runs C(virt-iommufix hook --install --json) or C(--uninstall).
  - libvirt looks for hooks only when it starts. If C(outcome) is C(installed), restart it once.
requirements:
  - virt-iommufix 0.1.0 or later on the host
options:
  state:
    description: Whether the hook is to be there.
    type: str
    choices: [present, absent]
    default: present
  rule:
    description:
      - C(viable) refuses a guest if a device that it does not declare would make the start fail.
      - C(strict) refuses it unless it declares every device that it can.
    type: str
    choices: [viable, strict]
    default: viable
  fail_closed:
    description: Refuse a guest also if the tool cannot check it.
    type: bool
    default: false
  allow_members:
    description: Let guests take these devices, by address, even if the host uses them or may use them.
    type: list
    elements: str
  sysroot:
    description: The root folder of the host.
    type: path
    default: /
  executable:
    description: The tool, as a path, or as a name that is looked up in PATH.
    type: str
    default: virt-iommufix
'''

EXAMPLES = r'''
- name: Let libvirt ask before each guest starts
  virt_iommufix.iommu.hook:
    rule: strict
  notify: Restart libvirt

- name: Remove the hook
  virt_iommufix.iommu.hook:
    state: absent
'''

RETURN = r'''
outcome:
  description:
    - C(installed), C(replaced), C(removed) or C(unchanged).
    - In check mode C(would-install), C(would-replace), C(would-remove) or C(unchanged).
  returned: always
  type: str
file:
  description: The path of the hook.
  returned: always
  type: str
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
            state=dict(type='str', choices=['present', 'absent'], default='present'),
            rule=dict(type='str', choices=['viable', 'strict'], default='viable'),
            fail_closed=dict(type='bool', default=False),
            allow_members=dict(type='list', elements='str'),
            sysroot=dict(type='path', default='/'),
        ),
        supports_check_mode=True,
    )
    tool = tools.Tool(module)
    words = ['hook', '--json'] + tools.options(module, sysroot='--sysroot')
    if module.params['state'] == 'present':
        words += ['--install'] + tools.options(module, rule='--rule', fail_closed='--fail-closed',
                                               allow_members='--allow-member')
    else:
        words += ['--uninstall']
    if module.check_mode:
        words += ['--dry-run']

    run = tool.run(words)
    lines = run.lines('hook')
    if run.status != tools.DONE or not lines:
        module.fail_json(msg='\n'.join(run.messages), messages=run.messages)
    module.exit_json(changed=lines[0]['outcome'] != 'unchanged', outcome=lines[0]['outcome'],
                     file=lines[0]['file'], messages=run.messages)


if __name__ == '__main__':
    main()
