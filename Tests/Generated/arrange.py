"""A case arranged in other ways that mean the same: its inputs as several files, values on the command
line, literals as parameters, and parts of the pipeline in files that it uses."""

from __future__ import annotations

import copy
import json
import random

import yaml

from edits import leaves, at, edited
from spell import Speller, document, files
from syntax import Case

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Arrangement:
    """The files of a case in another arrangement, and the options that it then takes."""

    def __init__(self, case: Case, seed: int):
        self.r = random.Random(seed * 7919 + 5)
        self.case = case
        self.files = files(case)
        self.pipeline = yaml.load(self.files["pipeline.yml"], _Loader)
        self.config = copy.deepcopy(case.config) if case.pipeline.takes_config else None
        self.options: list[str] = []
        self.inputs: list[str] = []
        self.used: dict[str, dict] = {}
        self.done: list[str] = []

    def chance(self, probability: float) -> bool:
        return self.r.random() < probability

    def make(self) -> Arrangement:
        if self.config is not None:
            self.settings()
            self.layers()
        self.parameters()
        self.modules()
        speller = Speller(self.r.randrange(1 << 30) if self.chance(0.5) else None)
        self.files["pipeline.yml"] = document(self.pipeline, speller)
        for path, tree in self.used.items():
            self.files[path] = document(tree, speller)
        return self

    # ---------------------------------------------------------------------- inputs

    def other(self, value):
        """Another value, which isn't meant to be seen."""
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + 1
        return f"other {value}" if isinstance(value, str) else "other"

    def is_secret(self, path: tuple, value) -> bool:
        """Secrets are refused on the command line."""
        return isinstance(value, str) and bool(self.case.secret) and self.case.secret in value or any(
            word in str(key) for key in path for word in ("secret", "password"))

    def settings(self) -> None:
        """Some leaves are other ones in the file, and put right on the command line."""
        for path, value in values(self.config):
            if not self.chance(0.15) or not isinstance(value, (str, int, bool)):
                continue
            if self.is_secret(path, value):
                continue
            if any(not isinstance(key, int) and set(key) & set(".[]=\\") for key in path):
                continue
            self.config = edited(self.config, path, self.other(value))
            key = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path).lstrip(".")
            text = value if isinstance(value, str) else json.dumps(value)
            self.options += ["--set", f"{self.r.choice(['', 'config.'])}{key}={text}"]
            self.done.append("set")

    def layers(self) -> None:
        """The configuration as two files, of which the second says part of it otherwise, and takes
        away what is too much."""
        if not isinstance(self.config, dict) or not self.chance(0.7):
            self.files["config.yml"] = document(self.config, Speller(None))
            self.inputs = ["-c", "config.yml"]
            return
        base, over = self.split(self.config)
        if self.chance(0.3):
            base["too much"] = self.r.choice([1, {"a": 1}, ["x"]])
            over["too much"] = None
        self.files["config.yml"] = document(base, Speller(None))
        self.files["over.yml"] = json.dumps(over) if self.chance(0.3) else document(
            over, Speller(None))
        last = self.r.choice([["-c", "over.yml"], ["--input", "config=over.yml"]])
        self.inputs = ["-c", "config.yml", *last]
        self.done.append("layers")

    def split(self, tree: dict) -> tuple[dict, dict]:
        """Two maps that are the one, the second laid over the first, with its keys in their order."""
        base, over = {}, {}
        for key, value in tree.items():
            kind = self.r.choice(["base", "base", "over", "wrong"])
            if isinstance(value, dict) and value and self.chance(0.6):
                base[key], inner = self.split(value)
                if inner or self.chance(0.2):
                    over[key] = inner
            elif kind == "wrong" and value is not None:
                base[key] = self.other(value) if not isinstance(value, (dict, list)) else (
                    self.r.choice([1, "text", []]))
                over[key] = value
            else:
                base[key] = value
        return base, over

    # ------------------------------------------------------------------ parameters

    def parameters(self) -> None:
        """Some literals of steps become parameters: with a default, given, or both."""
        params: dict = {}
        for path, value in values(self.pipeline.get("stages", [])):
            if not self.chance(0.06) or not isinstance(value, (str, int)) or len(path) < 5:
                continue
            if path[1] != "steps" or path[3] in ("each", "name", "before", "within") or (
                    isinstance(value, str) and ("${" in value or not value)):
                continue
            if path[3] in ("reads", "writes", "deletes", "after") or self.names_data(path, value):
                continue
            if self.is_secret(path, value):
                continue
            name = f"p{len(params)}"
            kind = ("boolean" if isinstance(value, bool) else "integer" if isinstance(value, int)
                    else "string")
            params[name] = {"type": kind, "description": f"number {len(params)}"}
            text = value if isinstance(value, str) else json.dumps(value)
            if self.chance(0.5):
                params[name]["default"] = value
                if self.chance(0.3):
                    params[name]["default"] = self.other(value)
                    self.options += ["--param", f"{name}={text}"]
            else:
                if self.chance(0.5):
                    params[name]["enum"] = [value, self.other(value)]
                self.options += ["--param", f"{name}={text}"]
            self.pipeline["stages"] = edited(
                self.pipeline["stages"], path, "${params." + name + "}")
            self.done.append("params")
        if params:
            self.pipeline["params"] = params

    def names_data(self, path: tuple, value) -> bool:
        """Whether a value may be a dataset's name or a place, which have to be seen as such."""
        return isinstance(value, str) and (
            value in self.case.pipeline.datasets or "://" in value)

    # --------------------------------------------------------------------- modules

    def modules(self) -> None:
        """Parts of the pipeline in files of their own."""
        uses: list[dict] = []
        for number in range(self.r.choice([0, 1, 1, 2, 3])):
            module: dict = {"penstock": "v1", "module": f"m{number}"}
            self.move_datasets(module)
            self.move_lets(module)
            self.move_stages(module, number)
            self.move_steps(module, number)
            self.move_cluster(module)
            if len(module) == 2:
                continue
            use = {"file": f"parts/m{number}.yml"}
            self.with_values(module, use)
            if self.chance(0.3):
                use["as"] = f"use{number}"
                if any(key in module for key in ("datasets", "let", "stages")):
                    del use["as"]  # the names would be other ones
                else:
                    self.rename_place(f"m{number}", f"use{number}")
            self.used[use["file"]] = module
            uses.append(use)
            self.done.append("modules")
        if uses:
            self.pipeline["use"] = uses

    def move_datasets(self, module: dict) -> None:
        """The last datasets, since a module's come after the pipeline's."""
        tree = self.pipeline.get("datasets")
        if not tree or not self.chance(0.4) or self.used:
            return
        keys = list(tree)
        cut = self.r.randrange(len(keys))
        module["datasets"] = {key: tree.pop(key) for key in keys[cut:]}
        if not tree:
            del self.pipeline["datasets"]

    def move_lets(self, module: dict) -> None:
        """The last `let`s, since a module's come before those that need them."""
        tree = self.pipeline.get("let")
        if not tree or not self.chance(0.4) or self.used:
            return
        keys = list(tree)
        cut = self.r.randrange(len(keys))
        module["let"] = {key: tree.pop(key) for key in keys[cut:]}
        if not tree:
            del self.pipeline["let"]

    def move_stages(self, module: dict, number: int) -> None:
        stages = self.pipeline["stages"]
        if not stages or not self.chance(0.4):
            return
        first = self.r.randrange(len(stages))
        last = self.r.randrange(first, len(stages)) + 1
        if any("use" in stage for stage in stages[first:last]) or "steps" in module:
            return
        if any(has_place(stage) for stage in stages[first:last]):
            return
        module["stages"] = stages[first:last]
        stages[first:last] = [{"use": f"m{number}"}]

    def move_steps(self, module: dict, number: int) -> None:
        lists = [stage["steps"] for stage in self.pipeline["stages"] if stage.get("steps")]
        cluster = self.pipeline["cluster"]
        lists += [cluster[key] for key in ("on-create", "on-reuse") if cluster.get(key)]
        if not lists or not self.chance(0.3):
            return
        steps = self.r.choice(lists)
        first = self.r.randrange(len(steps))
        last = self.r.randrange(first, len(steps)) + 1
        if any("use" in step for step in steps[first:last]):
            return
        module["steps"] = steps[first:last]
        steps[first:last] = [{"use": f"m{number}"}]

    def move_cluster(self, module: dict) -> None:
        if not self.chance(0.4):
            return
        cluster = self.pipeline["cluster"]
        flow = cluster.get("job-flow", {})
        # What EMR gets is in the order of the files, so the last members go.
        keys = list(flow)
        if len(keys) > 1 and not any("cluster" in used for used in self.used.values()):
            cut = self.r.randrange(1, len(keys))
            module["cluster"] = {"job-flow": {key: flow.pop(key) for key in keys[cut:]}}
            if self.chance(0.5) and "region" in cluster:
                module["cluster"]["region"] = cluster.pop("region")

    def rename_place(self, old: str, new: str) -> None:
        def walk(node) -> None:
            if isinstance(node, dict):
                if node.get("use") == old:
                    node["use"] = new
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for item in node:
                    walk(item)
        walk(self.pipeline["stages"])
        walk(self.pipeline["cluster"])

    def with_values(self, module: dict, use: dict) -> None:
        """Values of steps and the cluster that the use gives: literals, and expressions."""
        params: dict = {}
        given: dict = {}
        for part in ("steps", "stages", "cluster"):
            if part not in module:
                continue
            for path, value in values(module[part]):
                if not self.chance(0.1) or not isinstance(value, (str, int)):
                    continue
                if not self.may_be_given(part, path, value):
                    continue
                name = f"q{len(params)}"
                kind = ("boolean" if isinstance(value, bool) else "integer"
                        if isinstance(value, int) else "string")
                params[name] = {"type": kind} if "${" not in str(value) else {}
                if self.chance(0.2) and "${" not in str(value):
                    params[name]["default"] = value
                else:
                    given[name] = value
                module[part] = edited(module[part], path, "${params." + name + "}")
        # A parameter that this file was given belongs to the pipeline: it has to be handed on.
        text = json.dumps(module)
        for name in self.pipeline.get("params", {}):
            if "${params." + name + "}" in text:
                params[name] = {}
                given[name] = "${params." + name + "}"
        if params:
            module["params"] = params
        if given:
            use["with"] = given

    def may_be_given(self, part: str, path: tuple, value) -> bool:
        if part == "cluster":
            return path[0] == "job-flow" and path[-1] not in ("ReleaseLabel", "Name") and not (
                any(str(key).startswith("$") for key in path)) and "${params." not in str(value)
        index = path.index("steps") if "steps" in path else -1
        inner = path[index + 2:] if part == "stages" else path[1:]
        if part == "stages" and index < 0 or len(inner) < 2 or inner[0] in (
                "each", "reads", "writes", "deletes", "after", "name"):
            return False
        text = str(value)
        if "${" in text:
            # Names of an `each` are the step's own.
            return text.startswith("${config.") and text.count("${") == 1 and text.endswith("}") and (
                "(" not in text)
        return bool(text) and not self.names_data(path, value)


def values(tree) -> list[tuple]:
    """The leaves, each with its path."""
    return [(path, at(tree, path)) for path in leaves(tree)]


def has_place(stage: dict) -> bool:
    """Whether one of a stage's steps stands for a module's."""
    return any("use" in step for step in stage.get("steps", []))
