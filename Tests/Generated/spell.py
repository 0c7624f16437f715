"""Writes a case as files, in one of many spellings that all mean the same."""

from __future__ import annotations

import json
import random

import yaml

from expressions import Choose, Expression, ListOf, Literal, Text, quoted
from syntax import Access, Case, Kind, Pipeline, Step, facts_of, to_json

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Speller:
    """Chooses how expressions and accesses are written. Without a seed everything is plain.

    With `places`, locations are written otherwise too (`s3a://`, doubled slashes): what is sent to EMR
    is then another text, which must have the same verdict.
    """

    def __init__(self, seed: int | None = None, places: bool = False):
        self.random = random.Random(seed) if seed is not None else None
        self.places = places and seed is not None
        self.lets: dict[str, str] = {}
        self.variables = 0
        self.pipeline: Pipeline | None = None
        self.in_let = False

    def chance(self, probability: float) -> bool:
        return self.random is not None and self.random.random() < probability

    def pick(self, *choices):
        """One of the choices; the first one where all is plain."""
        return choices[0] if self.random is None else self.random.choice(choices)

    def variable(self) -> str:
        self.variables += 1
        return f"q{self.variables}"

    # ------------------------------------------------------------------------------ CEL

    def literal(self, value) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, list):
            return "[" + ", ".join(self.literal(item) for item in value) + "]"
        if len(value) > 1 and self.chance(0.1):
            cut = self.random.randrange(1, len(value))
            return f"({quoted(value[:cut])} + {quoted(value[cut:], chr(39))})"
        return quoted(value, self.pick('"', "'"))

    def path(self, root: str, keys: tuple) -> str:
        text = root
        for key in keys:
            text += f'[{quoted(key)}]' if root == "config" and self.chance(0.2) else f".{key}"
        return text

    def data(self, name: str) -> str:
        if self.chance(0.15):
            v = self.variable()
            return f"[data].map({v}, {v}.{name})[0]"
        return f'data[{quoted(name)}]' if self.chance(0.3) else f"data.{name}"

    def wrap(self, expression: Expression, core: str) -> str:
        """`core`, or something longer with the same value."""
        if not self.chance(0.12):
            return core
        v = self.variable()
        choices = [
            f"({core})", f"[{core}][0]", f'{{"k": {core}}}.k', f"[{core}].map({v}, {v})[0]",
            f"cel.bind({v}, {core}, {v})", f"(run.debug ? ({core}) : ({core}))"]
        if expression.type == "bool":
            choices += [f"!(!({core}))", f"(({core}) == true)", f"(({core}) ? true : false)"]
        if expression.type == "string":
            choices += [f'(({core}) + "")', f"string({core})"]
        return self.random.choice(choices)

    # ----------------------------------------------------------------------- YAML values

    def braces(self, expression: Expression, lift: bool = True) -> str:
        """`${…}`, perhaps through a `let` of its own."""
        if lift and not self.in_let and expression.is_pure and self.chance(0.12):
            self.in_let = True
            text = self.scalar(expression)
            self.in_let = False
            name = f"z{len(self.lets)}"
            self.lets[name] = text
            return "${" + name + "}"
        inner = expression.cel(self)
        return "${" + (f" {inner} " if self.chance(0.1) else inner) + "}"

    def scalar(self, expression: Expression, lift: bool = True):
        """An expression as a value of the document."""
        if isinstance(expression, Literal) and not isinstance(expression.constant, list):
            if self.chance(0.15):
                return self.braces(expression, lift)
            value = expression.constant
            return value.replace("${", "$${") if isinstance(value, str) else value
        if isinstance(expression, Text) and not self.chance(0.15):
            return "".join(
                part.constant.replace("${", "$${")
                if isinstance(part, Literal) and isinstance(part.constant, str)
                else self.braces(part, lift)
                for part in expression.parts)
        return self.braces(expression, lift)

    def place(self, expression: Expression):
        """A location, where a location may be written otherwise."""
        if self.places and isinstance(expression, Literal) and self.chance(0.5):
            return self.other_place(expression.constant)
        return self.scalar(expression)

    def other_place(self, text: str) -> str:
        """Another text for one place."""
        scheme, _, rest = text.partition("://")
        if scheme == "s3":
            bucket, _, key = rest.partition("/")
            key = self.pick(key, key.replace("/", "//", 1) if key.count("/") > 1 else key)
            if self.chance(0.3):
                key = key.rstrip("/")
            return self.pick("s3", "s3a", "s3n") + "://" + bucket + "/" + key
        if scheme == "hdfs" and rest.startswith("/"):
            return self.pick("hdfs://", "hdfs://master:8020", "hdfs://") + rest.rstrip("/") + "/"
        return text

    def access(self, access: Access):
        """What a step touches, as an entry or a parameter."""
        if access.dataset is None:
            return self.place(access.location)
        name, declared = access.dataset, self.pipeline.datasets[access.dataset]
        if access.suffix is not None:
            suffix = self.scalar(access.suffix)
            if self.places:
                return "${dir(" + self.data(name) + ")}" + suffix
            return "${" + self.data(name) + "}" + suffix
        spellings = ["name", "quoted"]
        if not access.many and declared.when is None:
            spellings += ["member", "member", "choose", "let"]
            if declared.when is None and declared.at[0].is_pure:
                spellings += ["location", "location"]
        spelling = self.pick(*spellings)
        if spelling == "quoted":
            return "${" + self.literal(name) + "}"
        if spelling == "member":
            return "${" + self.wrap(Literal(""), self.data(name)) + "}"
        if spelling == "choose":
            return "${" + Choose(Literal(self.chance(0.5)), Literal(name), Literal(name)).cel(self) + "}"
        if spelling == "let":
            let = f"z{len(self.lets)}"
            self.lets[let] = name
            return "${" + let + "}"
        if spelling == "location":
            return self.place(declared.at[0])
        return name


# ---------------------------------------------------------------------------------- documents


def step_tree(step: Step, s: Speller) -> dict:
    tree = {"name": s.scalar(step.name)}
    if step.before is not None:
        tree["before"] = step.before
    if step.when is not None:
        tree["when"] = s.braces(step.when)
    if step.each:
        tree["each"] = {name: s.scalar(value) for name, value in step.each.items()}
    tree[step.kind] = {name: parameter_tree(value, s) for name, value in step.parameters.items()}
    if step.kind == "s3-dist-cp" and s.chance(0.1):
        # A parameter that is nothing is left out.
        tree[step.kind][s.pick("outputCodec", "groupBy")] = "${optional.none()}"
    for key in ("reads", "writes", "deletes"):
        entries = getattr(step, key)
        if entries:
            tree[key] = [s.access(entry) for entry in entries]
    if step.after is not None:
        tree["after"] = [s.scalar(name) for name in step.after]
        if s.chance(0.3):
            tree["after"] = s.braces(ListOf(step.after), lift=False)
    if step.on_failure is not None:
        tree["on-failure"] = step.on_failure
    if step.retry is not None:
        tree["retry"] = s.braces(step.retry) if s.chance(0.5) else s.scalar(step.retry)
    if step.timeout is not None:
        tree["timeout"] = step.timeout
    if step.read_depth is not None:
        tree["read-depth"] = s.scalar(Literal(step.read_depth))
    if step.fresh is not None:
        tree["fresh-output"] = step.fresh
    if step.log is not None:
        tree["log"] = s.scalar(step.log)
    return shuffled(tree, s)


def parameter_tree(value, s: Speller):
    if isinstance(value, Access):
        return s.access(value)
    if isinstance(value, Expression):
        return s.scalar(value)
    if isinstance(value, list):
        return [parameter_tree(item, s) for item in value]
    if isinstance(value, dict):
        return {key: parameter_tree(item, s) for key, item in value.items()}
    return value


def shuffled(tree: dict, s: Speller) -> dict:
    """The same keys in another order: where order means nothing."""
    if not s.chance(0.3):
        return tree
    keys = list(tree)
    s.random.shuffle(keys)
    return {key: tree[key] for key in keys}


def requirement_tree(requirement, s: Speller) -> dict:
    tree: dict = {}
    if requirement.kind == "require":
        tree["require"] = s.braces(requirement.condition)
    else:
        tree[requirement.kind] = requirement.dataset
    if requirement.folders is not None:
        tree["folders"] = s.scalar(Literal(requirement.folders))
    if requirement.pattern is not None:
        tree["pattern"] = requirement.pattern
    if requirement.when is not None:
        tree["when"] = s.braces(requirement.when)
    if requirement.message is not None:
        tree["message"] = s.scalar(requirement.message)
    if requirement.severity is not None:
        tree["severity"] = requirement.severity
    if requirement.exit is not None:
        tree["exit"] = requirement.exit
    return tree


def pipeline_tree(pipeline: Pipeline, s: Speller) -> dict:
    s.pipeline = pipeline
    head: dict = {"penstock": "v1", "pipeline": pipeline.name}
    if pipeline.takes_config:
        head["inputs"] = {"config": {"schema": "./config.schema.json"}}
    if pipeline.include:
        head["options"] = {"include": pipeline.include}
    lets = {}
    s.in_let = True
    for name, value in pipeline.lets.items():
        lets[name] = s.scalar(value)
    s.in_let = False
    tail: dict = {}
    if pipeline.checks:
        tail["checks"] = []
        for check in pipeline.checks:
            entry = {"require": s.braces(check.condition), "message": check.message}
            if check.when is not None:
                entry["when"] = s.braces(check.when)
            for key in ("severity", "exit", "at"):
                if getattr(check, key) is not None:
                    entry[key] = getattr(check, key)
            tail["checks"].append(shuffled(entry, s))
    if pipeline.datasets:
        tail["datasets"] = {}
        for name, dataset in pipeline.datasets.items():
            places = [s.place(at) for at in dataset.at]
            entry = {"at": places if len(places) > 1 or s.chance(0.1) and False else places[0]}
            if dataset.when is not None:
                entry["when"] = s.braces(dataset.when)
            if dataset.must_be_read:
                entry["must-be-read"] = True
            if dataset.within:
                entry["within"] = dataset.within
            if dataset.restore:
                entry["restore"] = step_tree(dataset.restore, s)
            if dataset.release:
                entry["release"] = step_tree(dataset.release, s)
            tail["datasets"][name] = shuffled(entry, s)
    tail["stages"] = []
    for stage in pipeline.stages:
        entry = {"stage": stage.name}
        if stage.when is not None:
            entry["when"] = s.braces(stage.when)
        if stage.part_of is not None:
            entry["part-of"] = stage.part_of
        if stage.requires:
            entry["requires"] = [requirement_tree(r, s) for r in stage.requires]
        if stage.steps:
            entry["steps"] = [step_tree(step, s) for step in stage.steps]
        tail["stages"].append(shuffled(entry, s))
    tail["cluster"] = cluster_tree(pipeline, s)
    lets.update(s.lets)
    if lets:
        head["let"] = lets
    return {**head, **tail}


def cluster_tree(pipeline: Pipeline, s: Speller) -> dict:
    cluster = pipeline.cluster
    tree: dict = {"region": cluster.region}
    if cluster.encrypted is not None:
        tree["encrypted"] = s.braces(cluster.encrypted)
    if cluster.reuse is not None:
        tree["reuse"] = {"name": cluster.reuse}
    if cluster.on_create:
        tree["on-create"] = [step_tree(step, s) for step in cluster.on_create]
    if cluster.on_reuse:
        tree["on-reuse"] = [step_tree(step, s) for step in cluster.on_reuse]
    flow: dict = {"Name": cluster.reuse or "generated", "ReleaseLabel": f"emr-{cluster.release}",
                  "ServiceRole": "EMR_DefaultRole", "JobFlowRole": "EMR_EC2_DefaultRole"}
    if cluster.log_uri is not None:
        flow["LogUri"] = s.scalar(cluster.log_uri)
    if cluster.concurrency is not None:
        flow["StepConcurrencyLevel"] = s.scalar(cluster.concurrency)
    instances: dict = {
        "InstanceGroups": [
            {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}]}
    if cluster.reuse is not None and cluster.keeps is not None:
        instances["KeepJobFlowAliveWhenNoSteps"] = cluster.keeps
    flow["Instances"] = instances
    tree["job-flow"] = flow
    return tree


def kind_tree(kind: Kind) -> dict:
    tree: dict = {
        "penstock": "v1", "step-kind": kind.name,
        "parameters": {
            "type": "object", "required": kind.required, "additionalProperties": False,
            "properties": kind.parameters}}
    if not kind.required:
        del tree["parameters"]["required"]
    for key in ("reads", "writes", "part", "encrypted", "applications"):
        if getattr(kind, key):
            tree[key] = getattr(kind, key)
    if kind.deletes:
        tree["deletes"] = [
            parameter if flag is None else {"parameter": parameter, "if": flag}
            for parameter, flag in kind.deletes]
    if kind.retry:
        tree["retry"] = True
    if kind.fresh:
        tree["fresh-output"] = True
    tree["jar"] = kind.jar
    tree["arguments"] = kind.arguments
    return tree


def document(tree: dict, s: Speller) -> str:
    """A document in YAML, or in JSON, which is YAML too."""
    style = s.pick("block", "block", "flow", "json")
    if style == "json":
        return json.dumps(tree, indent=s.pick(1, None))
    return yaml.dump(
        tree, Dumper=_Dumper, sort_keys=False, width=100_000, allow_unicode=True,
        default_flow_style=True if style == "flow" else None if s.chance(0.5) else False)


def files(case: Case, seed: int | None = None, places: bool = False) -> dict[str, str]:
    """The files of a case, by name, in the spelling that the seed chooses."""
    s = Speller(seed, places)
    out = {"pipeline.yml": document(pipeline_tree(case.pipeline, s), s)}
    if case.pipeline.takes_config:
        out["config.yml"] = document(case.config, Speller(None))
        out["config.schema.json"] = to_json(case.pipeline.schema)
    for kind in case.pipeline.kinds.values():
        out[f"step-kinds/{kind.name}.yml"] = document(kind_tree(kind), Speller(None))
    if case.has_facts:
        out["facts.json"] = to_json(facts_of(case))
    return out
