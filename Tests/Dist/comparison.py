"""The published schemas against their metaschema, and against the sources: they accept and refuse the
same documents."""

import copy
import json
import pathlib
import random

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def registry(documents):
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    return Registry().with_resources(
        (uri, Resource.from_contents(each, default_specification=DRAFT202012))
        for uri, each in documents.items()
    )


def documents():
    """Documents of the repository, with the schema that each has to follow."""
    for path in sorted((ROOT / "pipelines").glob("*.yml")):
        yield "pipeline.schema.json", yaml.safe_load(path.read_text())
    for path in sorted((ROOT / "step-kinds").glob("*.yml")):
        yield "step-kind.schema.json", yaml.safe_load(path.read_text())
    example = ROOT / "examples/snowplow"
    yield "snowplow/resolver.schema.json", json.loads((example / "resolver.json").read_text())
    for path in sorted((example / "targets").glob("*.json")):
        yield "snowplow/storage-target.schema.json", json.loads(path.read_text())
    for path in sorted((example / "enrichments").glob("*.json")):
        yield "snowplow/enrichment.schema.json", json.loads(path.read_text())
    for path in sorted((ROOT / "Tests/Goldens/plans").glob("*.json")):
        plan = json.loads(path.read_text())
        yield "plan.schema.json", plan
        for request in plan["requests"]:
            if request["operation"] == "RunJobFlow":
                yield "emr/run-job-flow.schema.json", request["body"]


def changed(document, chance):
    """A document with one member removed, renamed, or of another type."""
    document = copy.deepcopy(document)
    nodes = []

    def walk(node):
        if isinstance(node, (dict, list)) and node:
            nodes.append(node)
        for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
            walk(each)

    walk(document)
    node = chance.choice(nodes)
    key = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
    kind = chance.randrange(3)
    if kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        node[f"{key}x"] = node.pop(key)
    else:
        node[key] = chance.choice([None, 1, "", "x", [], {}, True])
    return document


def compare(published, sources, base, rounds=40):
    """How many documents were compared. Both must accept the documents, and agree on changed ones."""
    uri = "https://ours.example/"
    old = registry({f"{uri}{name}": {**each, "$id": f"{uri}{name}"} for name, each in sources.items()})
    new = registry({each["$id"]: each for each in published.values()})
    chance, count, refused, seen = random.Random(14), 0, 0, set()
    for name, document in documents():
        former = jsonschema.Draft202012Validator({"$ref": f"{uri}{name}"}, registry=old)
        latter = jsonschema.Draft7Validator({"$ref": f"{base}/{name}"}, registry=new)
        assert former.is_valid(document), (name, next(former.iter_errors(document)))
        seen.add(name)
        for _ in range(rounds):
            other = changed(document, chance)
            verdict = former.is_valid(other)
            assert verdict == latter.is_valid(other), (name, other)
            refused += not verdict
            count += 1
        assert latter.is_valid(document), (name, next(latter.iter_errors(document)))
    assert refused > count / 10 and len(seen) == 7, (refused, count, seen)
    return count
