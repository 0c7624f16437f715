"""The pipelines that are generated, as trees.

An expression evaluates itself in an environment (`value`) and writes itself as CEL (`cel`), in as
many spellings as the speller at hand likes: the evaluation never looks at a spelling, so that two
spellings of one tree must get the same answer from the compiler.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


# ------------------------------------------------------------------------------- environments


class Absent(Exception):
    """Something was asked for a value that it doesn't have, such as a dataset whose `when` is false."""


@dataclass
class Environment:
    """What an expression can see while it is evaluated."""

    config: dict
    run: dict  # id, time, isResumed, isIDGiven, debug, include, skip, isPersistent
    lets: dict = field(default_factory=dict)  # name -> Expression
    stages: dict = field(default_factory=dict)  # name -> bool
    data: Any = None  # name -> [location]; raises Absent
    facts: Any = None  # an oracle: is_empty, last, count
    variables: dict = field(default_factory=dict)

    def having(self, **variables) -> Environment:
        return Environment(
            self.config, self.run, self.lets, self.stages, self.data, self.facts,
            {**self.variables, **variables})


# -------------------------------------------------------------------------------- expressions


def quoted(text: str, mark: str = '"') -> str:
    """`text` as a CEL string literal."""
    body = text.replace("\\", "\\\\").replace(mark, "\\" + mark).replace("\n", "\\n")
    return mark + body + mark


def rendered(value) -> str:
    """A value as it is rendered within text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


class Expression:
    type = "string"

    def value(self, env: Environment):
        raise NotImplementedError

    def core(self, s) -> str:
        """The expression as CEL; `s` is the speller that writes the operands."""
        raise NotImplementedError

    def cel(self, s) -> str:
        return s.wrap(self, self.core(s))

    @property
    def is_pure(self) -> bool:
        """Whether it has the same value everywhere in a pipeline: no `data`, stages, facts, variables."""
        return all(operand.is_pure for operand in self.operands())

    def operands(self) -> list[Expression]:
        return []


@dataclass
class Literal(Expression):
    constant: Any

    @property
    def type(self):
        kinds = {bool: "bool", int: "int", str: "string", list: "list"}
        return kinds[type(self.constant)]

    def value(self, env):
        return self.constant

    def core(self, s):
        return s.literal(self.constant)


@dataclass
class Config(Expression):
    """A member of the input `config` that its schema requires."""

    path: tuple
    type: str = "string"

    def value(self, env):
        value = env.config
        for key in self.path:
            value = value[key]
        return value

    def core(self, s):
        return s.path("config", self.path)


@dataclass
class ConfigOr(Expression):
    """A member that may be absent, with a default."""

    key: str
    default: Expression
    type: str = "string"

    def value(self, env):
        value = env.config.get(self.key)
        return self.default.value(env) if value is None else value

    def core(self, s):
        if s.chance(0.3):
            return f"(has(config.{self.key}) ? config.{self.key} : {self.default.cel(s)})"
        return f"config.?{self.key}.orValue({self.default.cel(s)})"

    def operands(self):
        return [self.default]


@dataclass
class Has(Expression):
    key: str
    type = "bool"

    def value(self, env):
        return env.config.get(self.key) is not None

    def core(self, s):
        return f"config.?{self.key}.hasValue()" if s.chance(0.3) else f"has(config.{self.key})"


@dataclass
class Let(Expression):
    name: str
    type: str = "string"
    pure: bool = True

    def value(self, env):
        return env.lets[self.name].value(env)

    def core(self, s):
        return self.name

    @property
    def is_pure(self):
        return self.pure


@dataclass
class Data(Expression):
    """The location of a dataset: a string, or a list of strings."""

    name: str
    type: str = "string"

    def value(self, env):
        places = env.data(self.name)
        return places if self.type == "list" else places[0]

    def core(self, s):
        return s.data(self.name)

    @property
    def is_pure(self):
        return False


@dataclass
class Run(Expression):
    member: str
    type: str = "string"

    def value(self, env):
        return env.run[self.member]

    def core(self, s):
        return s.path("run", (self.member,))


@dataclass
class StageRuns(Expression):
    name: str
    type = "bool"

    def value(self, env):
        return env.stages[self.name]

    def core(self, s):
        return s.path("stages", (self.name,))

    @property
    def is_pure(self):
        return False


@dataclass
class Named(Expression):
    """Whether `--include` or `--skip` names something."""

    member: str  # include, skip
    word: str
    type = "bool"

    def value(self, env):
        return self.word in env.run[self.member]

    def core(self, s):
        if s.chance(0.3):
            v = s.variable()
            return f"run.{self.member}.exists({v}, {v} == {s.literal(self.word)})"
        return f"{s.literal(self.word)} in run.{self.member}"


@dataclass
class Variable(Expression):
    """A name that `each` binds."""

    name: str
    type: str = "string"

    def value(self, env):
        return env.variables[self.name]

    def core(self, s):
        return self.name

    @property
    def is_pure(self):
        return False


@dataclass
class Not(Expression):
    operand: Expression
    type = "bool"

    def value(self, env):
        return not self.operand.value(env)

    def core(self, s):
        return f"!({self.operand.cel(s)})"

    def operands(self):
        return [self.operand]


@dataclass
class Both(Expression):
    left: Expression
    right: Expression
    type = "bool"

    def value(self, env):
        return self.left.value(env) and self.right.value(env)

    def core(self, s):
        left, right = self.left.cel(s), self.right.cel(s)
        if s.chance(0.2):
            left, right = right, left
        if s.chance(0.2):
            return f"!(!({left}) || !({right}))"
        return f"({left}) && ({right})"

    def operands(self):
        return [self.left, self.right]


@dataclass
class Either(Expression):
    left: Expression
    right: Expression
    type = "bool"

    def value(self, env):
        return self.left.value(env) or self.right.value(env)

    def core(self, s):
        left, right = self.left.cel(s), self.right.cel(s)
        if s.chance(0.2):
            return f"!(!({left}) && !({right}))"
        return f"({left}) || ({right})"

    def operands(self):
        return [self.left, self.right]


@dataclass
class Compare(Expression):
    left: Expression
    sign: str  # ==, !=, <, >, <=, >=
    right: Expression
    type = "bool"

    def value(self, env):
        a, b = self.left.value(env), self.right.value(env)
        return {"==": a == b, "!=": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[
            self.sign] if self.sign not in ("==", "!=") else (a == b) == (self.sign == "==")

    def core(self, s):
        left, right, sign = self.left.cel(s), self.right.cel(s), self.sign
        if s.chance(0.3):
            left, right = right, left
            sign = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign)
        return f"({left}) {sign} ({right})"

    def operands(self):
        return [self.left, self.right]


@dataclass
class Choose(Expression):
    condition: Expression
    then: Expression
    otherwise: Expression

    @property
    def type(self):
        return self.then.type

    def value(self, env):
        return (self.then if self.condition.value(env) else self.otherwise).value(env)

    def core(self, s):
        then, otherwise, condition = self.then.cel(s), self.otherwise.cel(s), self.condition.cel(s)
        if s.chance(0.2):
            return f"(!({condition}) ? {otherwise} : {then})"
        return f"(({condition}) ? {then} : {otherwise})"

    def operands(self):
        return [self.condition, self.then, self.otherwise]


@dataclass
class Text(Expression):
    """Pieces of text one after another."""

    parts: list

    def value(self, env):
        return "".join(rendered(part.value(env)) for part in self.parts)

    def core(self, s):
        parts = []
        for part in self.parts:
            piece = part.cel(s)
            parts.append(f"string({piece})" if part.type != "string" else f"({piece})")
        if s.chance(0.2):
            return "[" + ", ".join(parts) + '].join("")'
        return "(" + " + ".join(parts) + ")"

    def operands(self):
        return self.parts


@dataclass
class FormatTime(Expression):
    pattern: str

    def value(self, env):
        moment: datetime = env.run["time"]
        return moment.strftime(self.pattern)

    def core(self, s):
        return f"formatTime({s.path('run', ('time',))}, {s.literal(self.pattern)})"


@dataclass
class ListOf(Expression):
    items: list
    type = "list"

    def value(self, env):
        return [item.value(env) for item in self.items]

    def core(self, s):
        items = [item.cel(s) for item in self.items]
        if len(items) > 1 and s.chance(0.2):
            return f"([{items[0]}] + [{', '.join(items[1:])}])"
        return "[" + ", ".join(items) + "]"

    def operands(self):
        return self.items


@dataclass
class Fact(Expression):
    """`s3.isEmpty`, `s3.count` or `s3.last` of a location."""

    function: str
    location: Expression
    pattern: str | None = None
    default: str = ""  # of `last`, where there is none

    @property
    def type(self):
        return {"isEmpty": "bool", "count": "int", "last": "string"}[self.function]

    def value(self, env):
        place = self.location.value(env)
        if self.function == "isEmpty":
            return env.facts.is_empty(place, self.pattern)
        if self.function == "count":
            return env.facts.count(place, self.pattern)
        return env.facts.last(place, self.pattern) or self.default

    def core(self, s):
        arguments = [self.location.cel(s)]
        if self.pattern is not None:
            arguments.append(s.literal(self.pattern))
        call = f"s3.{self.function}({', '.join(arguments)})"
        if self.function == "last":
            return f"{call}.orValue({s.literal(self.default)})"
        return call

    @property
    def is_pure(self):
        return False

    def operands(self):
        return [self.location]


def true() -> Literal:
    return Literal(True)


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


@dataclass
class Requirement:
    kind: str  # empty, data, require
    dataset: str | None = None
    condition: Expression | None = None
    when: Expression | None = None
    pattern: str | None = None
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
