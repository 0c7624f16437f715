#!/usr/bin/env python3
"""Writes schemas/snowplow/enrichments and the part of enrichment.schema.json that refers to them.

usage: generate-enrichment-schemas.py SCHEMAS

SCHEMAS: the folder `schemas` of Iglu Central (https://github.com/snowplow/iglu-central, Apache-2.0)

What an enrichment's parameters may be is checked by these without asking a registry. Besides, its name has
to be the schema's: the enrichment job picks the code that it runs by that name, and skips other names.
"""
import json
import pathlib
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "schemas/snowplow"
VENDORS = ["com.snowplowanalytics.snowplow", "com.snowplowanalytics.snowplow.enrichments"]
# The other schemas of the first vendor are of events.
NAMES = {
    "anon_ip", "campaign_attribution", "cookie_extractor_config", "currency_conversion_config",
    "event_fingerprint_config", "ip_lookups", "javascript_script_config", "referer_parser",
    "ua_parser_config", "user_agent_utils_config",
}


def found(folder):
    for vendor in VENDORS:
        for path in sorted((folder / vendor).glob("*/jsonschema/*")):
            name = path.parent.parent.name
            if vendor != VENDORS[0] or name in NAMES:
                yield vendor, name, path


def schema(path, name):
    given = json.loads(path.read_text())
    own = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"{name} {path.name}",
           "x-change": ["data"]}
    own |= {key: value for key, value in given.items()
            if key not in ("$schema", "self", "description", "$supersededBy", "$supersedes")}
    own["properties"] = dict(own["properties"], name={
        "const": name, "description": "Its name, by which the enrichment job knows it."})
    own["properties"]["parameters"] = {"x-change": ["data", "by-name"]} | own["properties"].get("parameters", {})
    return own


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rules = []
    for vendor, name, path in found(pathlib.Path(sys.argv[1])):
        file = OUT / "enrichments" / name / f"{path.name}.schema.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(schema(path, name), indent=1) + "\n")
        rules.append({
            "if": {"properties": {"schema": {"const": f"iglu:{vendor}/{name}/jsonschema/{path.name}"}}},
            "then": {"properties": {"data": {"$ref": f"enrichments/{name}/{path.name}.schema.json"}}},
        })
    main_file = OUT / "enrichment.schema.json"
    whole = json.loads(main_file.read_text())
    own = [rule for rule in whole["allOf"] if "$ref" not in rule["then"]["properties"]["data"]]
    whole["allOf"] = own + rules
    main_file.write_text(json.dumps(whole, indent=1) + "\n")
    print(f"{len(rules)} schemas")


main()
