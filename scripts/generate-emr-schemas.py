#!/usr/bin/env python3
"""Writes schemas/emr/run-job-flow.schema.json and add-job-flow-steps.schema.json.

From EMR's service model (2009-03-31), as botocore carries it: shapes, required members, limits and
enumerations. Rules that the model states in prose only are code, in EMRBackend.

usage: generate-emr-schemas.py [MODEL]     MODEL: a JSON file with "shapes"; else botocore's own
"""
import gzip
import json
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
ROOTS = {
    "run-job-flow": ("RunJobFlowInput", "The body of EMR's RunJobFlow."),
    "add-job-flow-steps": ("AddJobFlowStepsInput", "The body of EMR's AddJobFlowSteps."),
}
SECRETS = {"KdcAdminPassword", "CrossRealmTrustPrincipalPassword", "ADDomainJoinPassword"}
# Names that other tools and EMR's console use, and the API doesn't.
OTHER_NAMES = {
    "InstanceRoleType": {"PRIMARY": "MASTER", "LEADER": "MASTER", "SLAVE": "CORE", "WORKER": "CORE"},
    "InstanceFleetType": {"PRIMARY": "MASTER", "LEADER": "MASTER", "SLAVE": "CORE", "WORKER": "CORE"},
    "MarketType": {"ONDEMAND": "ON_DEMAND", "ON-DEMAND": "ON_DEMAND"},
    "ActionOnFailure": {"TERMINATE": "TERMINATE_CLUSTER", "CANCEL": "CANCEL_AND_WAIT", "IGNORE": "CONTINUE"},
}
# The size of EMR's numbers, in bits.
BITS = {"integer": 32, "long": 64}
# Descriptions of members whose name isn't enough.
SAYS = {
    "Name": "Its name.",
    "LogUri": "The S3 location that logs are written to.",
    "LogEncryptionKmsKeyId": "The KMS key that logs are encrypted with.",
    "ReleaseLabel": "The EMR release, such as emr-7.5.0.",
    "AmiVersion": "The AMI version, before release 4.0.0.",
    "ActionOnFailure": "What happens to the cluster when the step fails.",
    "StepConcurrencyLevel": "How many steps may run side by side.",
    "StepExecutionRoleArn": "The role that the steps of this request run as.",
    "JobFlowRole": "The instance profile of the cluster's instances.",
    "ServiceRole": "The role that EMR itself acts as.",
    "BidPrice": "The most that a spot instance may cost an hour, in US dollars.",
    "IdleTimeout": "Seconds of idleness after which the cluster ends.",
    "KeepJobFlowAliveWhenNoSteps": "Whether the cluster stays when its steps are done.",
    "Configurations": "Settings of the applications, by classification.",
    "Classification": "The file or part of it that properties belong to, such as spark-defaults.",
}


def model(argv):
    if len(argv) > 1:
        return json.loads(pathlib.Path(argv[1]).read_text())["shapes"]
    import botocore

    folder = pathlib.Path(botocore.__file__).parent / "data/emr/2009-03-31"
    packed = folder / "service-2.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    return json.loads(text)["shapes"]


def pattern(text):
    """Java's pattern over UTF-16 as one over scalars: a pair of surrogates is one character."""
    text = text.replace(r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010FFFF")
    return text if text.startswith("^") else f"^{text}$"


def schema(name, shapes):
    shape = shapes[name]
    kind = shape["type"]
    if kind == "structure":
        out = {"type": "object"}
        if shape.get("required"):
            out["required"] = shape["required"]
        out["properties"] = {}
        for member, value in shape["members"].items():
            entry = {"$ref": f"#/$defs/{value['shape']}"}
            if member in SAYS:
                entry["description"] = SAYS[member]
            if member in SECRETS:
                entry["x-secret"] = True
            out["properties"][member] = entry
        out["additionalProperties"] = False
        return out
    if kind == "list":
        out = {"type": "array", "items": {"$ref": f"#/$defs/{shape['member']['shape']}"}}
        limits = {"min": "minItems", "max": "maxItems"}
    elif kind == "map":
        out = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{shape['value']['shape']}"}}
        limits = {}
    elif kind == "string":
        out = {"type": "string"}
        if "enum" in shape:
            out["enum"] = shape["enum"]
        if "pattern" in shape:
            out["pattern"] = pattern(shape["pattern"])
            out["x-pattern-description"] = "characters that XML allows"
        limits = {"min": "minLength", "max": "maxLength"}
    else:
        out = {"type": {"integer": "integer", "long": "integer", "boolean": "boolean",
                        "double": "number", "float": "number", "timestamp": "string"}[kind]}
        limits = {"min": "minimum", "max": "maximum"}
        if kind in BITS:
            out["minimum"] = -(2 ** (BITS[kind] - 1))
            out["maximum"] = 2 ** (BITS[kind] - 1) - 1
    for key, keyword in limits.items():
        # A minimum length of 0 has no effect.
        if key in shape and not (keyword.startswith("min") and keyword != "minimum" and shape[key] == 0):
            out[keyword] = shape[key]
    return out


def reachable(root, shapes):
    found, todo = [], [root]
    while todo:
        name = todo.pop(0)
        if name in found:
            continue
        found.append(name)
        todo += re.findall(r'"\$ref": "#/\$defs/([A-Za-z0-9]+)"', json.dumps(schema(name, shapes)))
    return found


def add_marks(body, shape, marks):
    """What changes mean (`x-change`): data/change/emr.json says it, as the model doesn't."""
    known = marks["members"].get(shape, {})
    for member in known:
        if member not in body["properties"]:
            sys.exit(f"data/change/emr.json: {shape} has no member {member}")
    for member, entry in body.get("properties", {}).items():
        if member not in known:
            sys.exit(f"data/change/emr.json: {shape}.{member} has no class")
        body["properties"][member] = {"x-change": known[member], **entry}
    rules = [
        {"if": {"properties": {key: {"const": value} for key, value in rule["if"].items()},
                "required": list(rule["if"])},
         "then": {"properties": {key: {"x-change": value} for key, value in rule["then"].items()}}}
        for rule in marks["conditions"].get(shape, [])]
    if rules:
        body["allOf"] = rules


def main():
    shapes = model(sys.argv)
    folder = TOP / "schemas/emr"
    folder.mkdir(parents=True, exist_ok=True)
    marks = json.loads((TOP / "data/change/emr.json").read_text())
    for name, (root, title) in ROOTS.items():
        body = schema(root, shapes)
        document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **body}
        document["$defs"] = {n: schema(n, shapes) for n in reachable(root, shapes) if n != root}
        add_marks(document, root, marks)
        for shape, definition in document["$defs"].items():
            add_marks(definition, shape, marks)
        path = folder / f"{name}.schema.json"
        lines = json.dumps(document, indent=1, ensure_ascii=True)
        path.write_text(lines + "\n")


main()
