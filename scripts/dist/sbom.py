"""penstock-VERSION.cdx.json: a CycloneDX 1.6 bill of what is linked into the binary."""

import hashlib
import json
import time
import uuid

from project import HOME, SUMMARY
from release import NAME


def build(release, linked):
    digest = hashlib.sha256(release.binary.read_bytes()).hexdigest()
    root = f"pkg:github/penstock/penstock@{release.version}"
    parts = [part(component) for component in linked]
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"{HOME}#{digest}").urn,
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(release.epoch)),
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": NAME,
                "version": release.version,
                "description": SUMMARY,
                "purl": root,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "externalReferences": [{"type": "vcs", "url": HOME}],
                "properties": [{"name": "penstock:commit", "value": release.commit}],
            },
        },
        "components": parts,
        "dependencies": [
            {"ref": root, "dependsOn": sorted(each["bom-ref"] for each in parts)},
            *({"ref": each["bom-ref"]} for each in parts),
        ],
    }
    text = json.dumps(bill, indent=2, ensure_ascii=False) + "\n"
    return f"{NAME}-{release.version}.cdx.json", text.encode()


def part(component):
    licence = component.licence
    is_expression = " " in licence
    return {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "description": component.row["what"],
        "purl": component.purl,
        "licenses": [{"expression": licence} if is_expression else {"license": {"id": licence}}],
        "properties": [{"name": "penstock:linkedBytes", "value": str(component.bytes)}],
    }
