"""Random inputs, conditions, datasets and locations, and what S3 holds at first."""

from __future__ import annotations

import random
from dataclasses import dataclass

from expressions import (
    Both, Choose, Compare, Config, ConfigOr, Either, Expression, Fact, FormatTime, Has, Let,
    Literal, Named, Not, Run, StageRuns, Text, Variable)
from model import Model
from places import Assumed, World, place
from syntax import Access, Case, Cluster, Dataset, Pipeline

BUCKETS = ["bka", "bkb", "logs.bkc"]
WORDS = ["in", "raw", "good", "bad", "out", "mid", "tmp", "fin", "all", "day"]


@dataclass
class Item:
    """A place as the generator knows it."""

    access: Access
    text: Expression
    is_ephemeral: bool
    has_data: bool
    dataset: str | None = None
    is_outside: bool = False
    is_there: bool = False  # whether the folder exists before the run


class DataGenerator:
    def __init__(self, seed: int):
        self.seed = seed
        self.r = random.Random(seed)
        self.items: list[Item] = []
        self.case = Case(seed, Pipeline())
        self.pipeline = self.case.pipeline
        self.pipeline.cluster = Cluster()
        self.counter = 0
        self.step_counter = 0

    def chance(self, probability: float) -> bool:
        return self.r.random() < probability

    # --------------------------------------------------------------------------- inputs

    def make_inputs(self) -> None:
        r, p = self.r, self.pipeline
        p.takes_config = self.chance(0.8)
        p.include = r.sample(["vacuum", "analyze", "extra"], r.randrange(0, 3))
        if p.takes_config:
            config = self.case.config
            config["bucket"] = r.choice(BUCKETS)
            config["flags"] = {f"f{i}": self.chance(0.6) for i in range(3)}
            config["n"] = r.randrange(0, 5)
            config["names"] = [f"zy{i}" for i in range(r.randrange(0, 4))]
            config["places"] = {}
            if self.chance(0.5):
                config["opt"] = f"o{r.randrange(9)}"
            if self.chance(0.5):
                self.case.secret = secret = f"hush{r.getrandbits(64):016x}Quiet"
                config["key"] = secret
                config["db"] = {"user": "joe", "token": secret}
                config["addr"] = r.choice([
                    f"https://joe:{secret}@db.example.com/x", f"jdbc:x://db/x?user=u&password={secret}",
                    f"https://h.example.com/x?X-Amz-Signature={secret}&y=1"])
        p.cluster.encrypted = self.condition(1, False) if self.chance(0.2) else None
    def make_lets(self) -> None:
        r, p = self.r, self.pipeline
        for index in range(r.randrange(0, 3)):
            if self.case.has_facts and self.chance(0.1):
                p.lets[f"c{index}"] = self.condition(0, False, facts=True)
            elif self.chance(0.5):
                p.lets[f"c{index}"] = self.condition(1, False)
            else:
                p.lets[f"t{index}"] = self.text_value()

    def make_schema(self) -> None:
        config = self.case.config
        place_type = {"type": "string"}
        self.pipeline.schema = {
            "type": "object", "additionalProperties": False,
            "required": ["bucket", "flags", "n", "names", "places"]
            + (["key", "db", "addr"] if "key" in config else []),
            "properties": {
                "bucket": {"type": "string"},
                "flags": {"type": "object", "additionalProperties": False,
                          "required": sorted(config.get("flags", {})),
                          "properties": {f: {"type": "boolean"} for f in config.get("flags", {})}},
                "n": {"type": "integer"},
                "names": {"type": "array", "items": {"type": "string"}},
                "places": {"type": "object", "additionalProperties": False,
                           "required": sorted(config.get("places", {})),
                           "properties": {q: place_type for q in config.get("places", {})}},
                "opt": {"type": "string"},
                "key": {"type": "string", "x-secret": True},
                # What these hold is told by a name and by its form alone.
                "db": {"type": "object", "required": ["user", "token"],
                       "properties": {"user": {"type": "string"}, "token": {"type": "string"}}},
                "addr": {"type": "string"}}}

    def text_value(self) -> Expression:
        if self.pipeline.takes_config and self.chance(0.5):
            return self.r.choice([
                ConfigOr("opt", Literal("none")), Config(("bucket",)),
                Text([Literal("v"), Config(("n",), "int")])])
        return self.r.choice([
            Literal("word"), Run("id"), Text([Literal("a-"), Run("id")]),
            FormatTime("%Y-%m-%d")])

    def condition(self, depth: int, has_lets: bool = True, stages: list | None = None,
                  facts: bool = False) -> Expression:
        r = self.r
        if depth > 0 and self.chance(0.4):
            sub = lambda: self.condition(depth - 1, has_lets, stages, facts)
            form = r.randrange(4)
            if form == 0:
                return Not(sub())
            if form == 1:
                return Both(sub(), sub())
            if form == 2:
                return Either(sub(), sub())
            return Choose(sub(), sub(), sub())
        leaves: list = [Run("debug", "bool"), Literal(True)]
        if self.pipeline.include:
            leaves.append(Named("include", r.choice(self.pipeline.include)))
        if self.pipeline.takes_config:
            leaves += [Config(("flags", f"f{i}"), "bool") for i in range(3)]
            leaves += [Has("opt"), Compare(Config(("n",), "int"), r.choice("<>"),
                                           Literal(r.randrange(5)))]
        if has_lets:
            leaves += [Let(n, "bool", e.is_pure) for n, e in self.pipeline.lets.items()
                       if e.type == "bool" and (e.is_pure or facts)]
        if stages:
            leaves.append(Not(Named("skip", r.choice(stages))))
            leaves += [StageRuns(r.choice(stages))] * 3
        if facts and self.sources:
            self.command_has_facts_conditions = True
            where = r.choice(self.sources).text
            leaves += [Not(Fact("isEmpty", where)), Fact("isEmpty", where)]
            if self.case.has_facts:
                leaves += [Not(Fact("isEmpty", where, r"\.gz$")),
                           Compare(Fact("count", where, r"run=([0-9-]+)/"), r.choice("<>"), Literal(1)),
                           Compare(Fact("lastFolder", where, r"run=([0-9-]+)/", "none"),
                                   r.choice(["==", "!="]),
                                   Fact("last", where, r"run=([0-9-]+)/", "none"))]
        return r.choice(leaves)

    def likely(self, condition: Expression) -> Expression:
        """The condition, or its contrary, whichever holds: most of the time."""
        try:
            holds = condition.value(Model(self.case).environment(self.case.command, self.world_facts()))
        except KeyError:
            return condition
        return condition if holds or self.chance(0.15) else Not(condition)

    def world_facts(self):
        return World.of(self.case.world) if self.case.has_facts else Assumed(set())

    # --------------------------------------------------------------------------- places

    def new_text(self, ephemeral: bool, by_run: bool | None = None) -> Expression:
        """A location that no other item has, as a rule."""
        r = self.r
        self.counter += 1
        word = f"{r.choice(WORDS)}{self.counter}"
        if ephemeral:
            scheme = "file" if self.chance(0.03) else "hdfs"
            return Literal(f"{scheme}:///{word}/")
        bucket = r.choice(BUCKETS)
        self.lies_in = None
        if self.items and self.chance(0.08):
            # In another one, or at it.
            other = r.choice(self.items)
            if isinstance(other.text, Literal) and other.text.constant.startswith("s3"):
                if other.dataset and not other.access.many and self.chance(0.7):
                    self.lies_in = other.dataset
                return Literal(other.text.constant + r.choice(["", f"{word}/", f"{word}/", f"{word}/"]))
        if self.pipeline.takes_config and self.chance(0.4):
            if self.chance(0.5):
                name = f"p{len(self.case.config['places'])}"
                self.case.config["places"][name] = f"s3://{bucket}/{word}/"
                base: Expression = Config(("places", name))
            else:
                base = Text([Literal("s3://"), Config(("bucket",)), Literal(f"/{word}/")])
        else:
            base = Literal(f"{r.choice(['s3', 's3', 's3', 's3a', 's3n'])}://{bucket}/{word}/")
        if by_run is None:
            by_run = self.chance(0.35)
        if by_run:
            parts = base.parts if isinstance(base, Text) else [base]
            if self.case.has_facts and self.chance(0.12):
                # The folder after the last one: another one, once the run has written there.
                last = Fact("last", base, r"run=([0-9]+)/", "0")
                return Text([*parts, Literal("run="), last, Literal("1/")])
            if self.chance(0.8):
                return Text([*parts, Literal("run="), Run("id"), Literal("/")])
            return Text([*parts, Literal("dt="), FormatTime("%Y-%m-%d"), Literal("/")])
        return base

    def new_dataset(self, ephemeral: bool, has_data: bool, by_run: bool | None = None) -> Item:
        name = f"d{len(self.pipeline.datasets)}"
        text = self.new_text(ephemeral, by_run)
        dataset = Dataset(name, [text])
        if not ephemeral:
            dataset.within = self.lies_in
            dataset.must_be_read = self.chance(0.25)
        if self.chance(0.015):
            dataset.when = self.condition(1)
        self.pipeline.datasets[name] = dataset
        item = Item(Access(dataset=name), text, ephemeral, has_data, name)
        self.items.append(item)
        return item

    def new_destination(self, each: str | None = None) -> Item:
        """Where a step writes: a dataset, a folder of one, or a location."""
        r = self.r
        form = r.random()
        owners = [i for i in self.items if i.dataset and not i.access.suffix and not i.is_outside
                  and not i.access.many and self.pipeline.datasets[i.dataset].when is None
                  and (i.has_data is False or self.chance(0.2))]
        ephemeral = self.chance(0.25)
        if each is not None or (form < 0.15 and owners):
            if each is not None and (not owners or self.chance(0.7)):
                owner = self.new_dataset(ephemeral, False)
                self.pipeline.datasets[owner.dataset].when = None
            else:
                owner = r.choice(owners)
            self.counter += 1
            tail: Expression = Literal(f"sub{self.counter}/")
            if each is not None:
                tail = Text([Literal(f"of{self.counter}="), Variable(each), Literal("/")])
                if "y" in self.each_of:
                    tail = Text([*tail.parts, Variable("y"), Literal("/")])
            access = Access(dataset=owner.dataset, suffix=tail)
            text = Text([owner.text, tail])
            item = Item(access, text, owner.is_ephemeral, False)
            if each is None:
                self.items.append(item)
            else:
                owner.has_data = True
            return item
        if form < 0.3:
            text = self.new_text(ephemeral)
            item = Item(Access(location=text), text, ephemeral, False)
            self.items.append(item)
            return item
        if form > 0.97:
            self.counter += 1
            text = Literal(f"jdbc:postgresql://db/t{self.counter}")
            item = Item(Access(location=text), text, False, False, is_outside=True)
            return item
        fresh = [i for i in self.items if i.dataset and not i.has_data and not i.access.suffix
                 and not i.access.many]
        if fresh and self.chance(0.15):
            return r.choice(fresh)
        return self.new_dataset(ephemeral, False)

    def source(self, durable: bool = False) -> Item:
        """Where a step reads: mostly where data is."""
        known = [i for i in self.items if not (durable and i.is_ephemeral) and not i.is_outside]
        there = [i for i in known if i.has_data]
        if there and not self.chance(0.03):
            return self.r.choice(there[-6:] if self.chance(0.7) else there)
        return self.r.choice(known or self.items)

    def make_sources(self) -> None:
        r = self.r
        self.sources: list[Item] = []
        for _ in range(r.randrange(1, 4)):
            item = self.new_dataset(False, True, by_run=False)
            self.sources.append(item)
            if self.chance(0.1):
                more = self.new_text(False, by_run=False)
                self.pipeline.datasets[item.dataset].at.append(more)
                item.access.many = True
        env = Model(self.case).environment(self.case.command, None)
        for item in self.sources:
            for at in self.pipeline.datasets[item.dataset].at:
                if self.chance(0.94):
                    self.fill(at.value(env))

    def fill(self, location: str) -> None:
        """Puts objects where a location is, and now and then a marker or a neighbour."""
        where = place(location)
        if where.scheme != "s3":
            return
        prefix = "".join(part + "/" for part in where.parts)
        bucket = self.case.world.setdefault(where.authority, {})
        for _ in range(self.r.randrange(1, 4)):
            self.counter += 1
            form = self.r.random()
            name = f"f{self.counter:03}"
            if form < 0.2:
                name += ".gz"
            elif form < 0.35:
                name = f"sub/{name}" if self.chance(0.7) else f"sub/deep/{name}"
            elif form < 0.5:
                name = f"run=2026-02-{self.r.randrange(10, 29)}/{name}"
            bucket[prefix + name] = "".join(
                f"l{self.counter}{i}\n" for i in range(self.r.randrange(1, 3)))
        if prefix and self.chance(0.1):
            bucket[prefix.rstrip("/") + "-more/x"] = "neighbour\n"
        if prefix and self.chance(0.1):
            bucket[prefix.rstrip("/") + "_$folder$"] = ""
        if self.chance(0.1):
            bucket[prefix + "run=2026-03-01/"] = ""
