#!/usr/bin/env python3
"""Writes what fuzzing starts from: seeds for each target, and the words of our languages.

usage: seeds.py TOP OUT [CONFORMANCE]
OUT gets seeds-TARGET/ and words.dict. CONFORMANCE is recorded truth from elsewhere; what is not
there gives no seeds.
"""
import hashlib
import json
import pathlib
import re
import sys

TOP = pathlib.Path(sys.argv[1])
OUT = pathlib.Path(sys.argv[2])
CONFORMANCE = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "/nonesuch")

LARGEST = 64 << 10


def seed(target, *parts):
    data = b"\0".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    if len(data) <= LARGEST:
        folder = OUT / f"seeds-{target}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(data).hexdigest()[:20]).write_bytes(data)


def files(*patterns):
    return [path for pattern in patterns for path in sorted(TOP.glob(pattern)) if path.is_file()]


def documents():
    for path in files("pipelines/*.yml", "step-kinds/*.yml", "examples/**/*.yml"):
        for target in ("yaml", "ruby"):
            seed(target, path.read_bytes())
    for path in files("schemas/**/*.json", "examples/**/*.json"):
        seed("json", path.read_bytes())
    for path in files("examples/**/*.hocon", "examples/**/*.json"):
        seed("hocon", path.read_bytes())
    for path in sorted(CONFORMANCE.glob("yaml/public/*.json"))[:1]:
        for case in json.loads(path.read_text()):
            if isinstance(case, dict) and isinstance(case.get("yaml"), str):
                seed("yaml", case["yaml"])


def expressions():
    for path in files("pipelines/*.yml", "step-kinds/*.yml"):
        for line in path.read_text().splitlines():
            for found in re.findall(r"\$\{(.*?)\}[\"\s]*$", line):
                seed("expression", found)
                seed("template", "${" + found + "}")
    for path in sorted(CONFORMANCE.glob("cel/public/*.json")):
        for case in json.loads(path.read_text()):
            seed("expression", case["expr"])


def schemas():
    instances = [p.read_bytes() for p in files("examples/**/*.json")]
    for path in files("schemas/**/*.json"):
        seed("schema", path.read_bytes(), *instances[:2])
    for path in sorted(CONFORMANCE.glob("json-schema/public/*/*.json")):
        for group in json.loads(path.read_text()):
            data = [json.dumps(test["data"]) for test in group["tests"]]
            seed("schema", json.dumps(group["schema"]), *data[:2])


def migrations():
    configs = []
    for folder in ("eer_sample_history", "eer_config", "storageloader_config"):
        configs += [p.read_bytes() for p in sorted(CONFORMANCE.glob(f"real-world/{folder}/*"))]
    for config in configs:
        seed("migration", config)
    for path in sorted(CONFORMANCE.glob("real-world/storageloader_config/*")):
        seed("migration", configs[0], path.read_bytes())
    for path in files("examples/**/config.yml"):
        seed("migration", path.read_bytes())


def descriptions():
    for path in files("examples/**/*.json"):
        seed("iglu", b"{}", path.read_bytes())
    for path in sorted(CONFORMANCE.glob("iglu/public/*.json")):
        for case in json.loads(path.read_text()):
            schema = CONFORMANCE / "iglu/schemas" / case["schema"]
            if schema.is_file():
                blank = " " if "/avro/" in case["schema"] else ""
                seed("iglu", blank + schema.read_text(), json.dumps(case["instance"]))


def pipelines():
    config = {p: (TOP / f"examples/{p}/config.yml").read_bytes()
              for p in ("clickstream", "lakehouse", "snowplow")}
    for name, example in (("clickstream-hive", "clickstream"), ("lakehouse", "lakehouse")):
        seed("pipeline", name, config[example])
        seed("pipeline", (TOP / f"pipelines/{name}.yml").read_bytes(), config[example])
    seed("pipeline", (TOP / "pipelines/snowplow.yml").read_bytes())
    for skip in ("", "enrich,archive_raw", "shred"):
        seed("pipeline", "snowplow", config["snowplow"],
             (TOP / "examples/snowplow/resolver.json").read_bytes(),
             *[max(files(f"examples/snowplow/{kind}/*.json")).read_bytes()
               for kind in ("targets", "enrichments")],
             (TOP / "examples/snowplow/facts.json").read_bytes(), "", "", skip)
    written = blocks()
    for pipeline in written["pipeline"]:
        for kind in written["kind"] or [""]:
            seed("pipeline", pipeline, "", "", "", "", "", "", kind)
    own = TOP / "Fuzz/pipelines"
    parts = [(own / name).read_bytes() for name in (
        "features.yml", "config.yml", "own.schema.json", "step-kinds/own.yml")]
    for skip in ("", "first", "end", "first,middle"):
        seed("pipeline", *parts[:2], "", "", "", "", *parts[2:], skip)
    # A sample: each is the built-in pipeline, which takes a few milliseconds.
    for path in sorted(CONFORMANCE.glob("emr-etl-runner/cases/*.json"))[::40]:
        case = json.loads(path.read_text())
        of = case["files"]

        def first(folder):
            return next((text for name, text in of.items() if name.startswith(folder)), "")
        seed("pipeline", "snowplow", of.get("config.yml", ""), of.get("resolver.json", ""),
             first("targets/"), first("enrichments/"), json.dumps(case["facts"]))


def blocks():
    """The pipelines and step kinds that the documents show whole."""
    found = {"pipeline": [], "kind": []}
    for path in files("docs/*.md"):
        for block in re.findall(r"^```yaml\n(.*?)^```", path.read_text(), re.M | re.S):
            if "penstock: v1" in block:
                found["kind" if "step-kind:" in block else "pipeline"].append(block)
    return found


def words():
    found = set()
    for path in files("schemas/*.json", "step-kinds/*.yml"):
        found |= set(re.findall(r"[$A-Za-z][A-Za-z0-9-]{2,24}(?=\"?:)", path.read_text()))
    found |= {"${", "}", "has(", ".orValue(", ".?", "data.", "run.id", "s3.isEmpty(", "s3://",
              "hdfs:///", "\\x00", "|-", ">-", "&a", "*a", "<<:", "$ref", "#/$defs/",
              "unevaluatedProperties", "dependentSchemas", "prefixItems", "$dynamicRef"}
    (OUT / "words.dict").write_text("".join(f'"{word}"\n' for word in sorted(found)))


for write in (documents, expressions, schemas, migrations, descriptions, pipelines, words):
    write()
