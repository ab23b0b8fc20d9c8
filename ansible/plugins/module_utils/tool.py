# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs virt-iommufix and reads its JSON. All that the modules report is from there."""

from __future__ import absolute_import, division, print_function
__metaclass__ = type

import base64
import json
import re

from ansible.module_utils.common.text.converters import to_text

# The first version that prints all that the modules read.
MINIMUM = (0, 1, 0)
SCHEMA_VERSION = 1

# Exit statuses: EXIT STATUS in virt-iommufix(1).
DONE, INCOMPLETE, ERROR, REFUSED = range(4)


def arguments(**kinds):
    """An argument_spec: what all modules take, and kinds."""
    spec = dict(executable=dict(type='str', default='virt-iommufix'))
    spec.update(kinds)
    return spec


def options(module, **names):
    """The command line of the module's parameters: parameter=option."""
    words = []
    for parameter, option in sorted(names.items()):
        value = module.params[parameter]
        if value is True:
            words.append(option)
        elif isinstance(value, list):
            words.extend('%s=%s' % (option, item) for item in value)
        elif value not in (None, False):
            words.append('%s=%s' % (option, value))
    return words


def text_of(line, name):
    """A text of a line: NAME, or NAME-base64 if it is not UTF-8."""
    if name + '-base64' in line:
        return to_text(base64.b64decode(line[name + '-base64']), errors='surrogate_or_replace')
    return line.get(name, '')


class Run(object):
    """What one run of the tool printed."""

    def __init__(self, status, documents, messages):
        self.status = status
        self.documents = documents
        self.messages = messages

    def lines(self, kind):
        return [line for line in self.documents if line['kind'] == kind]

    def summary(self):
        """The numbers of the run; None: it did not come to its end."""
        for line in self.lines('summary'):
            return line['summary']
        return None


class Tool(object):
    def __init__(self, module):
        self.module = module
        self.path = module.get_bin_path(module.params['executable'], opt_dirs=['/usr/local/bin'])
        # The tool's JSON is UTF-8, and its messages are English.
        module.run_command_environ_update = dict(LC_ALL='C.UTF-8', LANGUAGE='')
        if not self.path:
            module.fail_json(
                msg="there is no %s on this host: install the package virt-iommufix, or name the "
                    "program with the parameter executable" % module.params['executable'])
        self.version = self._read_version()

    def _read_version(self):
        status, out, err = self.module.run_command([self.path, '--version'])
        match = re.match(r'virt-iommufix (\d+)\.(\d+)\.(\d+)', out)
        if status != DONE or not match:
            self.module.fail_json(msg='%s is not virt-iommufix' % self.path, rc=status,
                                  stdout=out, stderr=err)
        if tuple(int(number) for number in match.groups()) < MINIMUM:
            self.module.fail_json(
                msg='%s is too old: this collection needs virt-iommufix %s or later. Install a '
                    'newer package of virt-iommufix' % (
                        out.strip(), '.'.join(str(number) for number in MINIMUM)))
        return out.split()[1]

    def run(self, words):
        """Runs the tool; words have --json. Fails the module for what is no JSON of ours."""
        command = [self.path] + words
        status, out, err = self.module.run_command(command)
        try:
            documents = self._parse(out)
        except (KeyError, TypeError, ValueError) as error:
            self.module.fail_json(msg='%s printed no JSON: %s' % (self.path, to_text(error)),
                                  rc=status, cmd=command, stdout=out, stderr=err)
        for document in documents:
            if document['schema_version'] != SCHEMA_VERSION:
                self.module.fail_json(
                    msg='virt-iommufix %s prints JSON of version %s, and this collection reads '
                        'version %s. Install the collection of the same version as the tool' % (
                            self.version, document['schema_version'], SCHEMA_VERSION))
        return Run(status, documents, err.splitlines())

    @staticmethod
    def _parse(out):
        """One document, or a document a line."""
        try:
            documents = [json.loads(out)]
        except ValueError:
            # Not splitlines(), which also breaks at other characters than a newline.
            documents = [json.loads(line) for line in out.split('\n') if line]
        for document in documents:
            document['schema_version'], document['kind']
        return documents


def identity(line):
    """Which domain a line is about."""
    domain = line.get('domain', {})
    return dict((name, domain[name]) for name in ('name', 'uuid') if name in domain)


def refusal(line):
    """Why a domain was refused: the error of its line, and each verdict that refuses."""
    plan = line.get('plan', {})
    places = list(plan.get('claims', []))
    for group in plan.get('groups', []):
        places.extend(group['members'])
    reasons = [dict((name, place[name])
                    for name in ('address', 'name', 'reason', 'sentence', 'remedy', 'evidence')
                    if name in place)
               for place in places if place['verdict'] == 'refuse']
    entry = identity(line)
    entry['reasons'] = reasons
    if 'error' in line:
        entry['error'] = line['error']
    return entry
