#!/usr/bin/env python3
"""Has an independent JSON Schema validator read our schemas, and documents by them.

usage: validate.py TOP    (the repository's top folder; prints one line for each fault)
"""
import json
import pathlib
import sys

import jsonschema
import yaml

top = pathlib.Path(sys.argv[1])
faults = 0


def fault(path, error):
    global faults
    faults += 1
    print(f"{path.relative_to(top)}: {error.message if hasattr(error, 'message') else error}")


for path in sorted(top.glob("schemas/**/*.json")):
    try:
        schema = json.loads(path.read_text())
        # Patterns are ECMAScript's, which Python's own cannot all read.
        jsonschema.validators.validator_for(schema).check_schema(
            schema, format_checker=jsonschema.FormatChecker(formats=()))
    except (ValueError, jsonschema.SchemaError) as error:
        fault(path, error)

for kind, pattern in (
    ("pipeline", "pipelines/*.yml"), ("step-kind", "step-kinds/*.yml"),
    ("plan", "Tests/Goldens/plans/*.json"),
):
    schema = json.loads((top / f"schemas/{kind}.schema.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    paths = sorted(top.glob(pattern))
    if not paths:
        fault(top / pattern, "there are none")
    for path in paths:
        for error in validator.iter_errors(yaml.safe_load(path.read_text())):
            fault(path, error)

print(f"{faults} faults")
sys.exit(1 if faults else 0)
