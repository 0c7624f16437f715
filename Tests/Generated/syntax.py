"""The pipelines that are generated, as trees."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from expressions import Environment, Expression


# ------------------------------------------------------------------------------- what is touched


@dataclass
class Access:
    """Data as a step names it: a dataset, a folder within one, or a location."""

    dataset: str | None = None
    suffix: Expression | None = None  # within the dataset
    location: Expression | None = None
    many: bool = False  # whether the dataset has several locations

    def places(self, env: Environment) -> list[str]:
        if self.dataset is None:
            return [self.location.value(env)]
        places = env.data(self.dataset)
        if self.suffix is None:
            return list(places)
        return [places[0] + self.suffix.value(env)]


# ------------------------------------------------------------------------------------ pipelines


@dataclass
class Kind:
    """A step kind: a built-in one, or a file of the pipeline's own."""

    name: str
    parameters: dict = field(default_factory=dict)  # name -> JSON Schema
    required: list = field(default_factory=list)
    reads: list = field(default_factory=list)
    writes: list = field(default_factory=list)
    deletes: list = field(default_factory=list)  # (parameter, bool parameter or None)
    part: list = field(default_factory=list)
    encrypted: dict = field(default_factory=dict)
    retry: bool = False
    fresh: bool = False  # whether an output folder must not exist
    applications: list = field(default_factory=list)
    jar: str = "command-runner.jar"
    arguments: list = field(default_factory=list)
    built_in: bool = False


@dataclass
class Step:
    name: Expression
    kind: str
    parameters: dict = field(default_factory=dict)  # name -> Access, Expression or a plain value
    reads: list = field(default_factory=list)  # Access
    writes: list = field(default_factory=list)
    deletes: list = field(default_factory=list)
    when: Expression | None = None
    each: dict = field(default_factory=dict)  # name -> Expression (a list)
    after: list | None = None  # names of steps: Expression
    on_failure: str | None = None
    retry: Expression | None = None
    timeout: str | None = None
    log: Expression | None = None
    before: str | None = None  # of a release
    read_depth: int | None = None
    fresh: bool | None = None  # `fresh-output`, where it isn't the kind's


@dataclass
class Requirement:
    kind: str  # empty, data, depth, require
    dataset: str | None = None
    condition: Expression | None = None
    when: Expression | None = None
    pattern: str | None = None
    folders: int | None = None  # of `depth`
    message: Expression | None = None
    severity: str | None = None
    exit: int | None = None


@dataclass
class Stage:
    name: str
    when: Expression | None = None
    part_of: str | None = None
    requires: list = field(default_factory=list)
    steps: list = field(default_factory=list)


@dataclass
class Dataset:
    name: str
    at: list  # Expression
    when: Expression | None = None
    must_be_read: bool = False
    within: str | None = None
    restore: Step | None = None
    release: Step | None = None


@dataclass
class Check:
    condition: Expression
    when: Expression | None = None
    message: str = "that does not hold"
    severity: str | None = None
    exit: int | None = None
    at: str | None = None


@dataclass
class Cluster:
    region: str = "eu-west-1"
    release: str = "7.5.0"
    log_uri: Expression | None = None
    concurrency: Expression | None = None
    encrypted: Expression | None = None
    reuse: str | None = None
    keeps: object = "${run.isPersistent}"  # what the request says of a cluster without steps; None: nothing
    on_create: list = field(default_factory=list)
    on_reuse: list = field(default_factory=list)


@dataclass
class Pipeline:
    name: str = "generated"
    takes_config: bool = True
    schema: dict = field(default_factory=dict)  # of `config`
    include: list = field(default_factory=list)
    lets: dict = field(default_factory=dict)  # name -> Expression
    checks: list = field(default_factory=list)
    datasets: dict = field(default_factory=dict)  # name -> Dataset
    stages: list = field(default_factory=list)
    cluster: Cluster = field(default_factory=Cluster)
    kinds: dict = field(default_factory=dict)  # the pipeline's own


@dataclass
class Command:
    """A command line's part that is about the run."""

    skip: list = field(default_factory=list)
    resume_from: str | None = None
    run_id: str | None = None
    run_time: str = "2026-03-01T02:00:00Z"
    skip_steps: list = field(default_factory=list)
    empty: list = field(default_factory=list)
    include: list = field(default_factory=list)
    debug: bool = False
    persistent: bool = False
    strict: bool = False

    def arguments(self) -> list[str]:
        out = []
        if self.skip:
            out += ["--skip", ",".join(self.skip)]
        if self.resume_from:
            out += ["--resume-from", self.resume_from]
        for name in self.skip_steps:
            out += ["--skip-step", name]
        for place in self.empty:
            out += ["--empty", place]
        if self.include:
            out += ["--include", ",".join(self.include)]
        if self.debug:
            out += ["--debug"]
        if self.persistent:
            out += ["--use-persistent-jobflow"]
        if self.strict:
            out += ["--strict"]
        if self.run_id:
            out += ["--run-id", self.run_id]
        return out + ["--run-time", self.run_time]

    @property
    def id(self) -> str:
        return self.run_id or re.sub(r"[T:]", "-", self.run_time.rstrip("Z"))


@dataclass
class Case:
    """A pipeline, the inputs and the world of a run, and the run's command line."""

    seed: int
    pipeline: Pipeline
    config: dict = field(default_factory=dict)
    world: dict = field(default_factory=dict)  # bucket -> {key: text}
    waiting: bool = False  # whether a cluster of the pipeline's name waits
    has_facts: bool = True
    restores_otherwise: bool = False  # whether something is restored from what isn't the same data
    command: Command = field(default_factory=Command)
    secret: str | None = None  # a text that no output may hold
    broken: str | None = None  # what was broken on purpose
    expected: set | None = None  # the codes that this gives


def facts_of(case: Case) -> dict:
    """The world as a facts file says it."""
    facts: dict = {"s3": {bucket: sorted(keys) for bucket, keys in case.world.items()}}
    if case.waiting:
        facts["clusters"] = [
            {"id": "j-2AXXXXXXGAPLF", "name": case.pipeline.cluster.reuse, "state": "WAITING"}]
    return facts


def to_json(value) -> str:
    return json.dumps(value, indent=1)
