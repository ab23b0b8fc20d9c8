#!/usr/bin/python
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: LGPL-2.1-or-later

from __future__ import absolute_import, division, print_function
__metaclass__ = type

DOCUMENTATION = r'''
module: domain
short_description: Completes libvirt domains, so that they declare their whole IOMMU groups
version_added: 0.1.0
author:
  - The authors of virt-iommufix (!UNKNOWN)
description:
  - Redefines persistent domains of libvirt's QEMU driver, so that each declares every device of the
    IOMMU groups that it claims.
  - A domain that would take a device that its host uses is refused, and the others are completed.
  - The module runs C(virt-iommufix apply --json) and decides nothing itself.
  - A change takes effect when the guest starts again after a full power-off.
requirements:
  - virt-iommufix 0.1.0 or later on the host
options:
  state:
    description: What the domains are to be.
    type: str
    choices: [complete]
    default: complete
  domains:
    description:
      - The domains, by name or UUID.
      - Exactly one of I(domains), I(all) and I(plan) is needed.
    type: list
    elements: str
  all:
    description: Complete every persistent domain.
    type: bool
  plan:
    description:
      - A plan file on the host, as C(virt-iommufix plan --output) writes it. Exactly the changes in it
        are made.
      - The domains whose plan is stale, and those to which the plan was applied before, are refused.
      - The options that choose a change are in the file, so it goes with none of them but I(moved_from).
    type: path
  uri:
    description:
      - The libvirt connection. The default is that of virsh on the host.
      - A plan names its connection, too. The tool never connects to an address only because a plan names it.
    type: str
  managed:
    description: Set managed='yes' on every PCI device of the domains.
    type: bool
    default: false
  prune:
    description:
      - Remove placeholders whose device is gone.
      - With C(orphans) also those whose group the guest does not use.
    type: str
    choices: [gone, orphans]
  give:
    description:
      - Give the guests these devices of their groups instead of hiding them, by address.
      - C(card) is each function of a card of which the guest gets one.
    type: list
    elements: str
  allow_members:
    description:
      - Include these devices, by address, even if the host uses them or may use them.
      - Some refusals cannot be overridden. HOST USE in virt-iommufix(1) lists them.
    type: list
    elements: str
  only_needed:
    description: Add only devices that would keep the guest from starting.
    type: bool
    default: false
  moved_from:
    description:
      - A capture of the host, on the host, from before its cards moved, as C(virt-iommufix capture)
        prints it. Addresses in the domains follow their devices.
      - A plan that was made with it needs it, too.
    type: path
  fail_on_refused:
    description:
      - Fail if a domain is refused. The others are completed before that.
      - If it is false, C(refused) has what was refused.
    type: bool
    default: true
  executable:
    description: The tool, as a path, or as a name that is looked up in PATH.
    type: str
    default: virt-iommufix
'''

EXAMPLES = r'''
- name: Complete one guest
  virt_iommufix.iommu.domain:
    domains: [gaming]

- name: Complete all guests, and go on if one is refused
  virt_iommufix.iommu.domain:
    all: true
    managed: true
    fail_on_refused: false
  register: completed

- name: Show why guests were refused
  ansible.builtin.debug:
    var: completed.refused

- name: Make exactly the changes of a plan
  virt_iommufix.iommu.domain:
    plan: /root/change.plan
    uri: qemu:///system
'''

RETURN = r'''
domains:
  description: What came of each domain, as the tool reports it.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The name of the domain.
      type: str
    uuid:
      description: The UUID of the domain. A domain that cannot be read has none.
      type: str
    outcome:
      description:
        - C(changed), C(would-change), C(unchanged), C(refused), C(failed) or C(not-done).
      type: str
    changed:
      description:
        - Whether the domain has another definition now, or would have it.
        - It is null if the connection broke before that was known.
      type: bool
    result:
      description: The result of the plan. PLAN DOCUMENT in virt-iommufix(1) lists the words.
      type: str
    starts:
      description: Whether the guest would start as it is.
      type: str
    diff:
      description: The change as a unified diff, without passwords.
      type: str
    transaction:
      description: The ID of the transaction, for C(virt-iommufix undo).
      type: str
    error:
      description: Why the domain was refused or failed, if that is not in the plan.
      type: str
refused:
  description: The domains that were refused, and why.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The name of the domain.
      type: str
    uuid:
      description: The UUID of the domain.
      type: str
    error:
      description: Why, if that is not in the plan. For example, the plan is stale.
      type: str
    reasons:
      description: Each device that is in the way.
      type: list
      elements: dict
      contains:
        address:
          description: The device.
          type: str
        reason:
          description: The reason code.
          type: str
        sentence:
          description: The reason in words, to follow the name of the device.
          type: str
        remedy:
          description: What to do, where there is something.
          type: str
        evidence:
          description: What the host uses the device for.
          type: list
          elements: dict
failures:
  description: The domains that failed, each with its error.
  returned: always
  type: list
  elements: dict
summary:
  description: The numbers of the run. It is null for a run that ended early.
  returned: always
  type: dict
transaction:
  description: The ID of the transaction, for C(virt-iommufix undo).
  returned: if something was written
  type: str
messages:
  description: What the tool reports on standard error, such as what the host loses.
  returned: always
  type: list
  elements: str
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.virt_iommufix.iommu.plugins.module_utils import tool as tools


def report_domain(line):
    entry = tools.identity(line)
    for name in ('outcome', 'changed', 'transaction', 'error'):
        if name in line:
            entry[name] = line[name]
    for name in ('result', 'starts'):
        if name in line.get('plan', {}):
            entry[name] = line['plan'][name]
    if 'diff' in line or 'diff-base64' in line:
        entry['diff'] = tools.text_of(line, 'diff')
    return entry


def report_diff(line, dry):
    """The change of a line for --diff; dry: the lines of the dry run by UUID. If what was written is
    not what the dry run showed, the diff is what was written."""
    shown = dry.get(line['domain'].get('uuid'), {})
    diff = tools.text_of(line, 'diff')
    name = line['domain']['name']
    if tools.text_of(shown, 'diff') != diff or not tools.text_of(shown, 'before'):
        return dict(prepared=diff)
    return dict(before_header='%s (before)' % name, before=tools.text_of(shown, 'before'),
                after_header='%s (after)' % name, after=tools.text_of(shown, 'xml'))


def choose(module):
    """The words of the command line that choose domains and change."""
    words = tools.options(module, uri='--connect', plan='--plan', all='--all', managed='--managed',
                          prune='--prune', give='--give', allow_members='--allow-member',
                          only_needed='--only-needed', moved_from='--moved-from')
    return words + ['--'] + (module.params['domains'] or [])


def explain(run, result, fail_on_refused):
    """Why the module fails; None: it does not. Errors about no domain are messages alone."""
    if run.summary() is None or run.status not in (tools.DONE, tools.REFUSED):
        errors = [failure['error'] for failure in result['failures']] or run.messages
        return '\n'.join(errors) or 'virt-iommufix ended with status %s' % run.status
    if run.status == tools.REFUSED and fail_on_refused:
        names = ', '.join(entry.get('name', '?') for entry in result['refused'])
        return 'refused: %s. See "refused" for the reasons and what to do' % names
    return None


def main():
    module = AnsibleModule(
        argument_spec=tools.arguments(
            state=dict(type='str', choices=['complete'], default='complete'),
            domains=dict(type='list', elements='str'),
            all=dict(type='bool'),
            plan=dict(type='path'),
            uri=dict(type='str'),
            managed=dict(type='bool', default=False),
            prune=dict(type='str', choices=['gone', 'orphans']),
            give=dict(type='list', elements='str'),
            allow_members=dict(type='list', elements='str'),
            only_needed=dict(type='bool', default=False),
            moved_from=dict(type='path'),
            fail_on_refused=dict(type='bool', default=True),
        ),
        mutually_exclusive=[('domains', 'all', 'plan')],
        required_one_of=[('domains', 'all', 'plan')],
        supports_check_mode=True,
    )
    tool = tools.Tool(module)
    result = dict(changed=False, domains=[], refused=[], failures=[], summary=None, messages=[])
    if module.params['domains'] == []:
        module.exit_json(**result)

    words = choose(module)
    dry = None
    if module.check_mode or module._diff:
        dry = tool.run(['apply', '--json', '--dry-run'] + words)
    run = dry if module.check_mode else tool.run(['apply', '--json', '--yes'] + words)

    lines = run.lines('domain')
    result['domains'] = [report_domain(line) for line in lines]
    result['refused'] = [tools.refusal(line) for line in lines if line['outcome'] == 'refused']
    result['failures'] = [entry for entry in result['domains'] if entry['outcome'] == 'failed']
    # Unknown is not unchanged.
    result['changed'] = any(line['changed'] is not False for line in lines)
    result['summary'] = run.summary()
    result['messages'] = run.messages
    for line in lines:
        if 'transaction' in line:
            result['transaction'] = line['transaction']
    if module._diff:
        shown = dict((line['domain'].get('uuid'), line) for line in dry.lines('domain'))
        result['diff'] = [report_diff(line, shown) for line in lines
                          if line['outcome'] in ('changed', 'would-change')]

    problem = explain(run, result, module.params['fail_on_refused'])
    if problem:
        module.fail_json(msg=problem, **result)
    module.exit_json(**result)


if __name__ == '__main__':
    main()
