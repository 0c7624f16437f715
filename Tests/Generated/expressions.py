"""Expressions as trees.

An expression evaluates itself in an environment (`value`) and writes itself as CEL (`cel`), in as
many spellings as the speller at hand likes: the evaluation never looks at a spelling, so that two
spellings of one tree must get the same answer from the compiler.
"""

from __future__ import annotations

import base64
import json
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
    facts: Any = None  # an oracle: is_empty, last, last_folder, count, is_too_deep
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
class Base64(Expression):
    operand: Expression
    type = "string"

    def value(self, env):
        return base64.b64encode(self.operand.value(env).encode()).decode()

    def core(self, s):
        return f"base64({self.operand.cel(s)})"

    def operands(self):
        return [self.operand]


@dataclass
class Document(Expression):
    """A map as a document."""

    members: dict  # name -> Expression
    form: str = "json"  # or yaml, whose text the model leaves out
    type = "string"

    def value(self, env):
        return json.dumps({name: one.value(env) for name, one in self.members.items()})

    def core(self, s):
        members = ", ".join(f"'{name}': {one.cel(s)}" for name, one in self.members.items())
        return f"{self.form}({{{members}}})"

    def operands(self):
        return list(self.members.values())


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
    """`s3.isEmpty`, `s3.count`, `s3.last` or `s3.lastFolder` of a location."""

    function: str
    location: Expression
    pattern: str | None = None
    default: str = ""  # of `last` and `lastFolder`, where there is none

    @property
    def type(self):
        return {"isEmpty": "bool", "count": "int"}.get(self.function, "string")

    def value(self, env):
        place = self.location.value(env)
        if self.function == "isEmpty":
            return env.facts.is_empty(place, self.pattern)
        if self.function == "count":
            return env.facts.count(place, self.pattern)
        if self.function == "lastFolder":
            return env.facts.last_folder(place, self.pattern) or self.default
        return env.facts.last(place, self.pattern) or self.default

    def core(self, s):
        arguments = [self.location.cel(s)]
        if self.pattern is not None:
            arguments.append(s.literal(self.pattern))
        call = f"s3.{self.function}({', '.join(arguments)})"
        if self.type == "string":
            return f"{call}.orValue({s.literal(self.default)})"
        return call

    @property
    def is_pure(self):
        return False

    def operands(self):
        return [self.location]


def true() -> Literal:
    return Literal(True)
