"""Edits of one leaf of an input: what `diff` may not miss.

For each edit of a case's files, by the documentation of `diff` alone:

- a comparison without changes is one of equal requests and equal plans;
- the changes have every class that the `x-change` nearest to the leaf says (`unknown` if none does),
  so that `--fail-on` of each ends with 2;
- an edit of two leaves has the lines of both.
"""

from __future__ import annotations

import copy
import json
import random
import re
import shutil
from pathlib import Path

import yaml

import spell
from harness import Binary
from syntax import Case, to_json

ROOT = Path(__file__).resolve().parent.parent.parent
# Parts of a pipeline that show in a run's requests only where they come into play.
UNSEEN = {"when", "requires", "checks", "retry", "must-be-read", "restore", "release"}
# What `x-change-of` names, besides step kinds.
DESCRIBED = {"job-flow": "schemas/emr/run-job-flow.schema.json",
             "schema": "schemas/json-schema.schema.json"}
CLASSES = ["security", "data", "new-cluster", "cost"]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_schemas: dict = {}


def schema_file(path: str) -> dict:
    if path not in _schemas:
        text = (ROOT / path).read_text()
        _schemas[path] = yaml.load(text, _Loader) if path.endswith(".yml") else json.loads(text)
    return _schemas[path]


# ------------------------------------------------------------------------------------- leaves


def leaves(tree, path: tuple = ()):
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, list) and tree:
        for index, value in enumerate(tree):
            yield from leaves(value, (*path, index))
    else:
        yield path


def at(tree, path: tuple):
    for key in path:
        tree = tree[key]
    return tree


def edited(tree, path: tuple, value):
    """A copy with another value at a path; `None` removes it."""
    if not path:
        return value
    out = copy.copy(tree)
    if len(path) == 1 and value is None:
        del out[path[0]]
    else:
        out[path[0]] = edited(tree[path[0]], path[1:], value)
    return out


# ------------------------------------------------------------------------------------- classes


class Place:
    """The schemas that describe a place, and the marks that apply there."""

    def __init__(self, nodes: list, marks: list | None):
        self.nodes = []
        for node in nodes:
            self.expand(node)
        own = [mark for schema, _ in self.nodes for mark in listed(schema.get("x-change"))]
        self.marks = own or marks or []

    def expand(self, node, depth: int = 0) -> None:
        schema, file = node
        if not isinstance(schema, dict) or depth > 20:
            return
        self.nodes.append(node)
        if "$ref" in schema:
            path, _, pointer = schema["$ref"].partition("#")
            target = file
            if path:
                target = str(Path("/" + file).parent.joinpath(path).resolve())[1:]
            found = schema_file(target)
            for key in pointer.split("/")[1:]:
                found = found[key]
            self.expand((found, target), depth + 1)
        for keyword in ("allOf", "anyOf", "oneOf"):
            for one in schema.get(keyword, []):
                self.expand((one, file), depth + 1)
        for keyword in ("then", "else"):
            if keyword in schema:
                self.expand((schema[keyword], file), depth + 1)

    def member(self, key, kinds: dict) -> Place:
        found = []
        for schema, file in self.nodes:
            if isinstance(key, int):
                if "items" in schema:
                    found.append((schema["items"], file))
                continue
            count = len(found)
            if key in schema.get("properties", {}):
                found.append((schema["properties"][key], file))
            for pattern, inner in schema.get("patternProperties", {}).items():
                if re.search(pattern, key):
                    found.append((inner, file))
            if len(found) == count and isinstance(schema.get("additionalProperties"), dict):
                inner = schema["additionalProperties"]
                found.append((inner, file))
                if inner.get("x-change-of") == "step-kind" and key in kinds:
                    found.append(kinds[key])
        for schema, file in list(found):
            if isinstance(schema, dict) and schema.get("x-change-of") in DESCRIBED:
                path = DESCRIBED[schema["x-change-of"]]
                found.append((schema_file(path), path))
        return Place(found, self.marks)


def listed(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


def classes(file: str, path: tuple, roots: dict, kinds: dict) -> set[str]:
    """What the nearest `x-change` says of a leaf."""
    place = Place([roots[file]], None)
    for key in path:
        place = place.member(key, kinds)
    out = {mark["class"] if isinstance(mark, dict) else mark for mark in place.marks}
    if "by-name" in out:
        names = schema_file("data/change/names.yml")
        sizes = names["sizes"]
        if any(key in sizes or str(key).startswith("spark.dynamicAllocation.") for key in path):
            out = out - {"data"} | {"cost"}
    return out - {"by-name"} or {"unknown"}


# ------------------------------------------------------------------------------------- edits


class Edits:
    def __init__(self, binary: Binary, case: Case, outcome, options):
        self.binary = binary
        self.case = case
        self.outcome = outcome
        self.random = random.Random(f"edits {case.seed}")
        self.marked = self.mark(copy.deepcopy(case))
        self.options = options
        self.files = spell.files(self.marked)
        self.trees = {
            name: json.loads(text) if name.endswith(".json") else yaml.load(text, _Loader)
            for name, text in self.files.items() if name != "facts.json"}
        self.roots = {"pipeline.yml": (schema_file("schemas/pipeline.schema.json"),
                                       "schemas/pipeline.schema.json")}
        if "config.yml" in self.trees:
            self.roots["config.yml"] = (self.marked.pipeline.schema, "config.schema.json")
            self.roots["config.schema.json"] = (
                schema_file("schemas/json-schema.schema.json"), "schemas/json-schema.schema.json")
        self.kinds = {}
        for path in sorted((ROOT / "step-kinds").glob("*.yml")):
            kind = schema_file(f"step-kinds/{path.name}")
            self.kinds[kind["step-kind"]] = (kind["parameters"], f"step-kinds/{path.name}")
        for name, tree in self.trees.items():
            if name.startswith("step-kinds/"):
                self.kinds[tree["step-kind"]] = (tree["parameters"], name)
                self.roots[name] = (schema_file("schemas/step-kind.schema.json"),
                                    "schemas/step-kind.schema.json")

    def mark(self, case: Case) -> Case:
        """Classes for some of the pipeline's own inputs and parameters, chosen by chance."""
        r = self.random

        def some() -> list:
            out: list = r.sample(CLASSES, r.choice([1, 1, 2]))
            if r.random() < 0.3:
                out[0] = {"class": out[0], r.choice(["weaker", "loses"]): [False, "removed"]}
            return out

        def walk(schema: dict) -> None:
            for inner in schema.get("properties", {}).values():
                if r.random() < 0.6:
                    inner["x-change"] = some()
                walk(inner)

        walk(case.pipeline.schema)
        for kind in case.pipeline.kinds.values():
            kind.parameters = {name: dict(inner) for name, inner in kind.parameters.items()}
            for inner in kind.parameters.values():
                if r.random() < 0.6:
                    inner["x-change"] = some()
        return case

    def other(self, value, path: tuple):
        """Another value for a leaf, of its kind, or `None` to take it away."""
        r = self.random
        if r.random() < 0.12:
            return None
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + r.randrange(1, 4)
        if isinstance(value, float):
            return value + 0.5
        if isinstance(value, str):
            if value.startswith("${") and value.endswith("}") and value.count("${") == 1:
                inner = value[2:-1]
                return r.choice([f"${{!({inner})}}", f"${{({inner}) + \"x\"}}", "${true}", "${false}",
                                 f"${{[{inner}][0]}}"])
            if value in ("INFO", "s3-dist-cp"):
                return value
            place = re.match(r"^(s3|hdfs)://", value)
            if place and value.endswith("/"):
                return value[:-1] + "x/"
            numbers = re.search(r"\d+(?=\D*$)", value)
            if numbers and r.random() < 0.5:
                return value[: numbers.start()] + str(int(numbers.group()) + 1) + value[numbers.end():]
            words = {"TERMINATE_JOB_FLOW": "CONTINUE", "TERMINATE_CLUSTER": "CANCEL_AND_WAIT",
                     "CONTINUE": "TERMINATE_CLUSTER", "error": "warning", "string": "integer",
                     "CANCEL_AND_WAIT": "CONTINUE", "m5.xlarge": "m5.2xlarge", "object": "array"}
            return words.get(value, value + r.choice(["x", "-y"]))
        return r.choice(["x", None])

    def write(self, folder: str, trees: dict) -> None:
        for name, tree in trees.items():
            text = to_json(tree) if name.endswith(".json") else spell.document(tree, spell.Speller(None))
            target = self.binary.folder / folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    def compiled(self, folder: str) -> tuple | None:
        """The requests and what the plan says besides; nil where it is refused."""
        inputs = [f"{folder}/pipeline.yml"]
        if "config.yml" in self.trees:
            inputs += ["-c", f"{folder}/config.yml"]
        if (self.binary.folder / folder / "facts.json").exists():
            inputs += ["--facts", f"{folder}/facts.json"]
        # Revealed: a placeholder says the same of two secrets.
        shown = self.binary.call(
            "compile", *inputs, "--emit", "requests", "--reveal-secrets", "--diagnostics", "json",
            *self.case.command.arguments(), quiet_secrets=False)
        if shown.status != 0:
            return None
        answer = self.binary.call(
            "compile", *inputs, "--emit", "plan", "--diagnostics", "json",
            *self.case.command.arguments())
        if answer.status != 0:
            return None
        plan = json.loads(answer.out)
        kept = {key: plan.get(key) for key in
                ("stages", "steps", "done", "restores", "settings", "cluster", "run")}
        text = re.sub(r'"(line|column)": \d+', "", json.dumps(without_origins(kept), sort_keys=True))
        (self.binary.folder / f"{folder}.json").write_text(answer.out)
        flow = self.binary.call(
            "compile", *inputs, "--emit", "job-flow", "--diagnostics", "json",
            *self.case.command.arguments())
        (self.binary.folder / f"{folder}-flow.json").write_text(flow.out)
        return json.loads(shown.out), text

    def diff(self, before: str, after: str, *more: str):
        answer = self.binary.call(
            "diff", before, after, "--format", "json", *self.case.command.arguments(), *more)
        try:
            return answer, json.loads(answer.out)
        except ValueError:
            return answer, None

    def check(self) -> None:
        for folder in ("a", "b", "c"):
            shutil.rmtree(self.binary.folder / folder, ignore_errors=True)
        self.write("a", self.trees)
        for folder in ("a", "b", "c"):
            target = self.binary.folder / folder
            target.mkdir(exist_ok=True)
            if "facts.json" in self.files:
                (target / "facts.json").write_text(self.files["facts.json"])
        self.binary.environment = {
            **self.binary.environment,
            "PENSTOCK_SECRETS_KEY": "k" * 40 if self.case.seed % 2 else ""}
        plain = self.compiled("a")
        if plain is None:
            return
        places = [(name, path) for name, tree in self.trees.items() for path in leaves(tree) if path]
        chosen = self.random.sample(places, min(self.options.edits, len(places)))
        tried = []
        for name, path in chosen:
            other = self.edit(name, path, plain)
            if other is not None:
                tried.append((name, path, other))
        for one, two in zip(tried[::2], tried[1::2]):
            self.both(one, two)

    def edit(self, name: str, path: tuple, plain: tuple):
        old = at(self.trees[name], path)
        new = self.other(old, path)
        if new == old:
            return None
        trees = dict(self.trees)
        trees[name] = edited(self.trees[name], path, new)
        self.write("b", trees)
        what = f"{name} {'/'.join(map(str, path))}: {old!r} -> {new!r}"
        comes = self.compiled("b")
        wanted = classes(name, path, self.roots, self.kinds)
        if new is None:
            # A container may go with its only leaf.
            wanted = set() if wanted == {"unknown"} else wanted
            if old in ({}, [], None):
                wanted = set()  # an empty container counts as absent
        one = self.random.choice(sorted(wanted - {"cosmetic", "unknown"}) or CLASSES)
        answer, told = self.diff("a", "b", "--fail-on", one)
        self.outcome.compared += 1
        if comes is None or told is None:
            self.outcome.count("edits refused")
            if comes is not None or (told is not None and answer.status == 0 and not told["changes"]):
                self.outcome.disagree("edit", f"{what}: compile and diff disagree: {answer.err[-300:]}")
            return None
        self.outcome.count("edits of one leaf")
        self.outcome.count(f"edits of one leaf: {name.split('/')[0]}")
        changes = [c for c in told["changes"] if not c["consequence"]]
        found = {c for change in changes for c in change["classes"]}
        if not told["changes"] and comes != plain:
            self.outcome.disagree("edit", f"{what}: no change is told")
        if comes[0] != plain[0] and not found - {"cosmetic"} and "cosmetic" not in wanted:
            self.outcome.disagree("edit", f"{what}: only cosmetic, but the requests differ")
        effects = found - {"cosmetic"}
        if wanted == {"unknown"} and effects:
            wanted = effects  # its effects say what it means
        if name == "pipeline.yml" and not effects and not set(path) & UNSEEN and "${" not in f"{old}{new}":
            # What a run of this pipeline evaluates has come to the same.
            wanted = wanted if comes[0] != plain[0] else set()
        missing = wanted - found - {"cosmetic"}
        if missing and "unknown" not in found:
            self.outcome.disagree("edit", f"{what}: {sorted(wanted)}, told are {sorted(found)}")
        is_closed = one in found or "unknown" in found
        if (answer.status == 2) != is_closed:
            self.outcome.disagree("edit", f"{what}: --fail-on {one} ends with {answer.status}")
        if comes[0] != plain[0]:
            shown = {c for change in changes if change["subject"]["kind"] != "input"
                     for c in change["classes"]}
            is_secret = self.case.secret is not None and self.case.secret in f"{old}"
            self.plans(what, shown - {"cosmetic"}, is_secret)
        causes = {(x["file"], x["line"]) for c in changes for x in c.get("causes", [])}
        return new, causes, {key(c): {(x["file"], x["line"]) for x in c.get("causes", [])}
                             for c in told["changes"]}

    def plans(self, what: str, wanted: set, is_secret: bool) -> None:
        """Two plans, and two job flows, whose requests differ don't compare equal, and no gate is
        weaker for them: what they don't know is `unknown`."""
        forms = [("plans", "a.json", "b.json")]
        # One that others must not submit is refused.
        is_whole = all((self.binary.folder / name).stat().st_size for name in ("a-flow.json", "b-flow.json"))
        if not is_secret and is_whole:
            forms.append(("job flows", "a-flow.json", "b-flow.json"))
        for form, one, two in forms:
            answer = self.binary.call("diff", one, two, "--format", "json")
            self.outcome.count(f"edits of one leaf, {form}")
            try:
                told = json.loads(answer.out)
            except ValueError:
                self.outcome.disagree(f"edit of {form}", f"{what}: {answer.err[-300:]}")
                continue
            found = {c for change in told["changes"] for c in change["classes"]}
            if not told["changes"]:
                self.outcome.disagree(f"edit of {form}", f"{what}: no change is told")
            elif wanted - found and "unknown" not in found and form == "plans":
                self.outcome.disagree(
                    f"edit of {form}", f"{what}: {sorted(found)}, of the inputs {sorted(wanted)}")

    def both(self, one: tuple, two: tuple) -> None:
        """P: two edits together have the causes of each."""
        (name, path, first), (other, where, second) = one, two
        trees = dict(self.trees)
        try:
            trees[name] = edited(trees[name], path, first[0])
            trees[other] = edited(trees[other], where, second[0])
        except (KeyError, IndexError, TypeError):
            return
        if name == other and (None in (first[0], second[0])):
            return  # the lines move
        self.write("b", trees)
        if self.compiled("b") is None:
            return
        answer, told = self.diff("a", "b")
        if told is None:
            return
        self.outcome.count("pairs of edits")
        known = first[1] | second[1]
        for change in told["changes"]:
            causes = {(x["file"], x["line"]) for x in change.get("causes", [])}
            if change["consequence"] or change["classes"] == ["cosmetic"]:
                continue
            wanted = first[2].get(key(change), set()) | second[2].get(key(change), set())
            if wanted and causes != wanted or not wanted and not causes <= known:
                self.outcome.disagree(
                    "causes", f"{name} {'/'.join(map(str, path))} and {other} "
                    f"{'/'.join(map(str, where))}: {change['label']} comes from {sorted(causes)}, "
                    f"alone from {sorted(wanted)}")
                return


def key(change: dict) -> str:
    return json.dumps([change.get("subject"), change["label"]], sort_keys=True)


def without_origins(value):
    if isinstance(value, dict):
        return {k: without_origins(v) for k, v in value.items() if k != "origin"}
    if isinstance(value, list):
        return [without_origins(v) for v in value]
    return value
