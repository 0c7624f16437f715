"""Breaks one thing of a case that is accepted; the code that this must give is known."""

from __future__ import annotations

import copy
import random

from spell import Speller, document, files, pipeline_tree
from syntax import Case


class Cannot(Exception):
    """The case has nothing of the kind to break."""


def steps_of(tree: dict) -> list[dict]:
    found = [step for stage in tree["stages"] for step in stage.get("steps", [])]
    if not found:
        raise Cannot
    return found


KEYS = {"name", "before", "when", "each", "reads", "writes", "deletes", "after", "on-failure",
        "retry", "timeout", "log", "summary"}


def kind_of(step: dict) -> str:
    return next(key for key in step if key not in KEYS)


def a_step(tree, r, kind=None) -> dict:
    found = [s for s in steps_of(tree) if kind is None or kind_of(s) == kind]
    if not found:
        raise Cannot
    return r.choice(found)


def selected_step(tree, r, case) -> dict:
    """A step that is in the run whatever happens."""
    from model import Model
    verdict = Model(case).verdict()
    names = [step.name for step in verdict.steps if step.origin == "written"]
    found = [step for step in steps_of(tree) if step["name"] in names
             and "when" not in step and "each" not in step]
    if not found:
        raise Cannot
    return r.choice(found)


def dataset_of(tree, r) -> dict:
    found = [d for d in tree.get("datasets", {}).values() if isinstance(d["at"], str)]
    if not found:
        raise Cannot
    return r.choice(found)


def unknown_dataset(tree, r, case):
    a_step(tree, r).setdefault("reads", []).append("nowhere")


def unknown_kind(tree, r, case):
    step = a_step(tree, r)
    step["s4-dist-cp"] = step.pop(kind_of(step))


def two_kinds(tree, r, case):
    step = a_step(tree, r)
    step["hive" if kind_of(step) != "hive" else "command"] = {}


def no_kind(tree, r, case):
    step = a_step(tree, r)
    step.pop(kind_of(step))


def unknown_parameter(tree, r, case):
    step = a_step(tree, r)
    step[kind_of(step)]["colour"] = "red"


def missing_parameter(tree, r, case):
    a_step(tree, r, "s3-dist-cp")["s3-dist-cp"].pop("dest")


def wrong_parameter(tree, r, case):
    a_step(tree, r, "s3-dist-cp")["s3-dist-cp"]["targetSize"] = "large"


def syntax(tree, r, case):
    a_step(tree, r)["when"] = "${run.debug &&}"


def unknown_name(tree, r, case):
    a_step(tree, r)["when"] = "${nothing == 1}"


def unknown_field(tree, r, case):
    if "inputs" not in tree:
        raise Cannot
    a_step(tree, r)["when"] = "${config.nothing == 1}"


def unknown_function(tree, r, case):
    a_step(tree, r)["when"] = "${sometimes(run.id)}"


def wrong_type(tree, r, case):
    a_step(tree, r)["when"] = r.choice(
        ["${1 + run.id == 2}", "${run.debug + run.debug}", "${run.id}"])


def absent_optional(tree, r, case):
    if "inputs" not in tree or any(
            "has(config.opt)" in str(one.get("when"))
            for stage in tree["stages"] for one in (stage, *stage.get("steps", []))):
        raise Cannot  # the condition proves that it is there
    a_step(tree, r)["name"] = "S99 ${config.opt}"


def cyclic_let(tree, r, case):
    tree.setdefault("let", {}).update(loop_a="${loop_b}", loop_b="${loop_a}")


def reserved_let(tree, r, case):
    tree.setdefault("let", {})["run"] = "mine"


def stage_twice(tree, r, case):
    tree["stages"].append({"stage": tree["stages"][0]["stage"]})


def unknown_part_of(tree, r, case):
    tree["stages"].append({"stage": "extra_one", "part-of": "nothing"})


def unknown_stage(tree, r, case):
    tree["stages"].append({"stage": "extra_one", "when": "${stages.nothing}"})


def unknown_key(tree, r, case):
    r.choice([tree, r.choice(tree["stages"])])["colour"] = "red"


def bad_action(tree, r, case):
    a_step(tree, r)["on-failure"] = "EXPLODE"


def bad_location(tree, r, case):
    dataset = dataset_of(tree, r)
    dataset.pop("when", None)
    dataset["at"] = r.choice([
        "s3://", "s3://ADD HERE/x/", "s3://my bucket/x/", "s3://-x/y/", "S3://bucket/x/",
        "s3://bucket/../x/", "s3://add_here/x/",
        "s3://a..b/x/", "s3://10.1.2.3/x/", "https://bucket.s3.amazonaws.com/x/", "s3:///x/",
        "s3://" + "a" * 64 + "/x/", "s3://bucket-/x/"])


def no_location(tree, r, case):
    dataset = dataset_of(tree, r)
    dataset.pop("when", None)
    dataset["at"] = "my-bucket/clicks/"


def name_twice(tree, r, case):
    from model import Model
    verdict = Model(case).verdict()
    names = [step.name for step in verdict.steps if step.origin == "written"]
    if not names:
        raise Cannot
    tree["stages"].append({"stage": "extra_one", "steps": [
        {"name": names[0], "command": {"command": ["true"]}, "on-failure": "CONTINUE"}]})


def after_unknown(tree, r, case):
    selected_step(tree, r, case)["after"] = ["Nothing of the kind"]


def too_many_steps(tree, r, case):
    tree["stages"].append({"stage": "extra_one", "steps": [
        {"name": "Many ${n}", "each": {"n": "${lists.range(10001)}"},
         "command": {"command": ["true"]}, "on-failure": "CONTINUE"}]})


def long_name(tree, r, case):
    tree["stages"].append({"stage": "extra_one", "steps": [
        {"name": "N" * 257, "command": {"command": ["true"]}, "on-failure": "CONTINUE"}]})


def list_in_arguments(tree, r, case):
    a_step(tree, r, "hadoop-jar")["hadoop-jar"]["args"] = ["a", ["b", "c"]]


def moved_onto_itself(tree, r, case):
    tree["stages"].append({"stage": "extra_one", "steps": [
        {"name": "Around", "on-failure": "CONTINUE", "s3-dist-cp": {
            "src": "s3://extra-bkt/a/", "dest": r.choice(["s3a://extra-bkt/a", "s3://extra-bkt/a/b/"]),
            "deleteOnSuccess": True}}]})


def deleted_first(tree, r, case):
    tree["stages"].append({"stage": "extra_one", "steps": [
        {"name": "Away", "command": {"command": ["true"]}, "deletes": ["s3://extra-bkt/a/"]},
        {"name": "Look", "command": {"command": ["true"]}, "reads": ["s3n://extra-bkt/a/b"]}]})
    if case.pipeline.cluster.concurrency is not None:
        raise Cannot


def not_produced(tree, r, case):
    if case.command.resume_from is not None:
        raise Cannot  # it is `resume-unsafe` then
    tree["stages"].append({"stage": "extra_one", "steps": [
        {"name": "Look", "command": {"command": ["true"]}, "reads": ["hdfs:///extra/"],
         "on-failure": "CONTINUE"}]})


def missing_config(tree, r, case):
    if "inputs" not in tree:
        raise Cannot
    case.config.pop("n")


def unknown_config(tree, r, case):
    if "inputs" not in tree:
        raise Cannot
    case.config["colour"] = "red"


def wrong_config(tree, r, case):
    if "inputs" not in tree:
        raise Cannot
    case.config["n"] = "many"


def skip_unknown(tree, r, case):
    case.command.skip = [*case.command.skip, "nothing"]
    if case.command.resume_from and case.command.run_id is None:
        raise Cannot


def skip_step_unknown(tree, r, case):
    case.command.skip_steps = ["Nothing of the kind"]


def include_unknown(tree, r, case):
    case.command.include = [*case.command.include, "nothing"]


def resume_unknown(tree, r, case):
    case.command.resume_from = "nothing"
    if case.command.skip:
        raise Cannot


def key_twice(texts, r, case):
    texts["pipeline.yml"] += "pipeline: again\n"


def not_yaml(texts, r, case):
    texts["pipeline.yml"] += "run: [1, 2\n"


def config_key_twice(texts, r, case):
    if "config.yml" not in texts:
        raise Cannot
    texts["config.yml"] += "n: 3\n"


def no_config(texts, r, case):
    if not case.pipeline.takes_config:
        raise Cannot
    case.pipeline.takes_config = False


def wrong_facts(texts, r, case):
    if not case.has_facts:
        raise Cannot
    texts["facts.json"] = '{"s3": 5}'


# What is broken in a file's text.
TEXT_BREAKS = [
    (key_twice, "yaml-duplicate-key"), (not_yaml, "yaml-syntax"),
    (config_key_twice, "yaml-duplicate-key"), (no_config, "input-missing"),
    (wrong_facts, "facts-shape")]

BREAKS = [
    (unknown_dataset, "pipeline-unknown-dataset"), (unknown_kind, "pipeline-unknown-step-kind"),
    (two_kinds, "pipeline-several-step-kinds"), (no_kind, "pipeline-step-kind-missing"),
    (unknown_parameter, "schema-unknown-key"), (missing_parameter, "schema-missing-key"),
    (wrong_parameter, "schema-wrong-type"), (syntax, "expression-syntax"),
    (unknown_name, "expression-unknown-name"), (unknown_field, "expression-unknown-field"),
    (unknown_function, "expression-unknown-function"), (wrong_type, "expression-type"),
    (absent_optional, "expression-absent-optional"), (cyclic_let, "pipeline-cyclic-let"),
    (reserved_let, "pipeline-reserved-name"), (stage_twice, "pipeline-duplicate-name"),
    (unknown_part_of, "pipeline-unknown-stage"), (unknown_stage, "expression-unknown-field"),
    (unknown_key, "schema-unknown-key"), (bad_action, "schema-bad-enum"),
    (bad_location, "location-invalid"), (no_location, "location-invalid"),
    (name_twice, "step-name-twice"), (after_unknown, "after-unknown-step"),
    (too_many_steps, "emr-too-many-steps"), (long_name, "emr-step-name"),
    (list_in_arguments, "schema-wrong-type"), (moved_onto_itself, "data-moved-onto-itself"),
    (deleted_first, "data-deleted-before-read"), (not_produced, "data-not-produced"),
    (missing_config, "schema-missing-key"), (unknown_config, "schema-unknown-key"),
    (wrong_config, "schema-wrong-type"), (skip_unknown, "skip-unknown-stage"),
    (skip_step_unknown, "skip-unknown-step"), (include_unknown, "include-unknown"),
    (resume_unknown, "resume-unknown-stage")]


def broken(case: Case, seed: int) -> tuple[Case, dict, str, str]:
    """The case with one thing broken, its files, what was broken, and the code to expect."""
    r = random.Random(seed)
    for _ in range(20):
        other = copy.deepcopy(case)
        change, code = r.choice(BREAKS + TEXT_BREAKS)
        s = Speller(None)
        tree = pipeline_tree(other.pipeline, s)
        out = files(other)
        try:
            if (change, code) in TEXT_BREAKS:
                change(out, r, other)
            else:
                change(tree, r, other)
                out = files(other)
                out["pipeline.yml"] = document(tree, s)
        except Cannot:
            continue
        return other, out, change.__name__, code
    raise Cannot
