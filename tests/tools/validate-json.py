#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Validates JSON by a schema: validate-json.py SCHEMA FILE...

A file is one document, or a document a line. Prints what is wrong, a line each, and exits with 1
then; with 77 where there is no jsonschema that knows the schema's draft."""

import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("there is no python3-jsonschema 4.0 or later")
    sys.exit(77)


def no_twins(pairs):
    names = [name for name, value in pairs]
    if len(names) != len(set(names)):
        raise ValueError("an object has a name twice")
    return dict(pairs)


def documents(text):
    try:
        return [json.loads(text, object_pairs_hook=no_twins)]
    except ValueError:
        # Not splitlines(), which also breaks at other characters than a newline.
        return [json.loads(line, object_pairs_hook=no_twins)
                for line in text.split("\n") if line]


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
wrong = False
for path in sys.argv[2:]:
    try:
        with open(path, encoding="utf-8") as file:
            errors = [error for document in documents(file.read())
                      for error in validator.iter_errors(document)]
    except ValueError as error:
        errors = [error]
    for error in errors:
        where = "/".join(map(str, getattr(error, "absolute_path", [])))
        print(f"{path}: {where}: {getattr(error, 'message', error)}"[:500])
        wrong = True
sys.exit(1 if wrong else 0)
