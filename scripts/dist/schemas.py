"""The JSON Schemas as editors take them: in draft 7, which every editor knows, under a stable `$id`.

usage: scripts/python-dist scripts/dist/schemas.py FOLDER     writes them, and SchemaStore's catalog.json"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = json.loads((ROOT / "packaging/project.json").read_text())["schemas"]
DRAFT = "http://json-schema.org/draft-07/schema#"
#: Keywords whose value is a schema, a list of schemas, or schemas by name.
ONE = {"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
MANY = {"allOf", "anyOf", "oneOf", "prefixItems"}
NAMED = {"$defs", "dependentSchemas", "patternProperties", "properties"}
#: What draft 7 can't express; none of our schemas has it.
LATER = {
    "$anchor", "$dynamicRef", "$recursiveRef", "maxContains", "minContains", "unevaluatedItems",
    "unevaluatedProperties",
}


def sources():
    """The schemas, by their paths. Iglu's own, for older resolvers, are Iglu's to publish."""
    folder = ROOT / "schemas"
    for path in sorted(folder.rglob("*.schema.json")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith("iglu/"):
            yield name, json.loads(path.read_text())


def published(name, schema):
    """A schema in draft 7."""
    converted = convert(schema, name)
    converted.pop("$schema", None)
    return {"$schema": DRAFT, "$id": f"{BASE}/{name}", **converted}


def convert(schema, name):
    if not isinstance(schema, dict):
        return schema
    result = {}
    for keyword, value in schema.items():
        if keyword in LATER:
            raise SystemExit(f"schemas/{name}: draft 7 has no `{keyword}`")
        if keyword in NAMED:
            value = {key: convert(each, name) for key, each in value.items()}
        elif keyword in MANY:
            value = [convert(each, name) for each in value]
        elif keyword in ONE:
            value = convert(value, name)
        if keyword == "$defs":
            result["definitions"] = value
        elif keyword == "$ref":
            result[keyword] = value.replace("#/$defs/", "#/definitions/")
        elif keyword in ("dependentRequired", "dependentSchemas"):
            result.setdefault("dependencies", {}).update(value)
        elif keyword == "prefixItems":
            result["items"] = value
        elif keyword == "items" and "prefixItems" in schema:
            result["additionalItems"] = value
        else:
            result[keyword] = value
    # Draft 7 ignores what stands beside a reference.
    beside = set(result) - {"$ref", "description", "title", "definitions", "x-secret"}
    if "$ref" in result and beside:
        reference = {"$ref": result.pop("$ref")}
        result["allOf"] = [reference, *result.get("allOf", [])]
    return result


def catalog():
    """The entries for SchemaStore's catalog."""
    entries = json.loads((ROOT / "packaging/schemastore.json").read_text())
    return {
        "$schema": "https://json.schemastore.org/schema-catalog.json",
        "version": 1,
        "schemas": [
            {**{key: entry[key] for key in ("name", "description", "fileMatch")},
             "url": f"{BASE}/{entry['schema']}"}
            for entry in entries
        ],
    }


def files():
    for name, schema in sources():
        yield name, text(published(name, schema))
    yield "catalog.json", text(catalog())


def build(release):
    import archives
    from release import Entry

    root = f"penstock-{release.version}-schemas"
    entries = [Entry(f"{root}/{path}", data) for path, data in files()]
    return f"{root}.tar.gz", archives.tar_gz(entries, release.epoch)


def text(value):
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    for path, data in files():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(data)
