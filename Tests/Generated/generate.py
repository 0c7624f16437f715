"""Random pipelines with inputs, a world and a command line: the same for the same seed.

Data flows through a list of `Item`s: places that hold data or will. Steps take some and make others,
mostly in an order that makes sense, and now and then in one that doesn't: the model tells which.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from model import Model
from places import place
from syntax import (
    Access, Both, Case, Check, Choose, Cluster, Command, Compare, Config, ConfigOr, Data, Dataset,
    Either, Expression, Fact, FormatTime, Has, Kind, Let, ListOf, Literal, Named, Not, Pipeline,
    Requirement, Run, Stage, StageRuns, Step, Text, Variable)

BUCKETS = ["bka", "bkb", "logs.bkc"]
WORDS = ["in", "raw", "good", "bad", "out", "mid", "tmp", "fin", "all", "day"]
CODE = "s3://code-bkt/job.py"


@dataclass
class Item:
    """A place as the generator knows it."""

    access: Access
    text: Expression
    is_ephemeral: bool
    has_data: bool
    dataset: str | None = None
    is_outside: bool = False


class Generator:
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
            if self.chance(0.3):
                self.case.secret = config["key"] = f"hush-{self.seed}-quiet"
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
            + (["key"] if "key" in config else []),
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
                "key": {"type": "string", "x-secret": True}}}

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
                           Compare(Fact("count", where, r"run=([0-9-]+)/"), r.choice("<>"), Literal(1))]
        return r.choice(leaves)

    def likely(self, condition: Expression) -> Expression:
        """The condition, or its contrary, whichever holds: most of the time."""
        try:
            holds = condition.value(Model(self.case).environment(self.case.command, self.world_facts()))
        except KeyError:
            return condition
        return condition if holds or self.chance(0.15) else Not(condition)

    def world_facts(self):
        from places import Assumed, World
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
                name = f"sub/{name}"
            elif form < 0.5:
                name = f"run=2026-02-{self.r.randrange(10, 29)}/{name}"
            bucket[prefix + name] = "".join(
                f"l{self.counter}{i}\n" for i in range(self.r.randrange(1, 3)))
        if prefix and self.chance(0.1):
            bucket[prefix.rstrip("/") + "-more/x"] = "neighbour\n"
        if prefix and self.chance(0.1):
            bucket[prefix.rstrip("/") + "_$folder$"] = ""

    # ---------------------------------------------------------------------------- steps

    def make_kinds(self) -> None:
        for index in range(self.r.choice([0, 0, 1, 1, 2])):
            name = f"job-{index}"
            data = {"type": "string", "x-data": True}
            kind = Kind(
                name,
                {"source": data, "target": data,
                 "extra": {"type": "array", "items": {"type": "string"}, "x-data": True},
                 "tag": {"type": "string"}, "wipe": {"type": "boolean"},
                 "level": {"type": "integer"}, "sealed": {"type": "boolean"}},
                ["source", "target"], ["source", "extra"], ["target"],
                [("source", "wipe")] if self.chance(0.7) else [],
                self.r.choice([[], ["tag"], ["source", "tag"]]),
                {"sealed": True} if self.chance(0.5) else {}, self.chance(0.4),
                self.can_be_fresh and self.chance(0.4), ["Spark"] if self.chance(0.3) else [],
                "command-runner.jar",
                ["run-job", {"value": "source"}, {"option": "target"}, {"option": "tag"},
                 {"option": "wipe"}, {"option": "sealed"}, {"option": "level"}])
            self.pipeline.kinds[name] = kind

    can_be_fresh = False
    each_of: dict = {}  # the lists of the step that is being made
    lies_in: str | None = None  # the dataset that the last new location lies in on purpose
    command_has_facts_conditions = False

    def step_name(self, each: str | None, is_double: bool = False) -> Expression:
        self.step_counter += 1
        parts: list = [Literal(f"S{self.step_counter:02}:")]
        if self.chance(0.2):
            parts.append(self.text_value())
        if each:
            parts += [Literal(" "), Variable(each)]
        if is_double:
            parts += [Literal(" "), Variable("y")]
        if each and self.chance(0.2):
            parts += [Literal(" "), Variable("index", "int")]
        return Text(parts) if len(parts) > 1 else parts[0]

    def make_step(self, stage: Stage) -> None:
        r = self.r
        each = None
        step = Step(Literal(""), "command")
        if self.chance(0.12):
            each = "x"
            items = ListOf([Literal(f"zz{i}") for i in range(r.randrange(0, 5))])
            if self.pipeline.takes_config and self.chance(0.4):
                items = Config(("names",), "list")
            step.each = {each: items}
            if self.chance(0.15):
                step.each["y"] = ListOf([Literal("a1"), Literal("b2")][: r.randrange(1, 3)])
        step.name = self.step_name(each, "y" in step.each)
        self.each_of = step.each
        form = r.random()
        if form < 0.45:
            self.copying(step, each)
        elif form < 0.85:
            self.program(step, each)
        elif form < 0.93:
            self.load(step)
        else:
            self.removal(step)
        if self.chance(0.12):
            step.when = self.likely(self.condition(
                1, True, [s.name for s in self.pipeline.stages], facts=self.chance(0.3)))
        if self.chance(0.1):
            step.retry = r.choice([Literal(True), Literal(False), self.condition(1)])
        if self.chance(0.06):
            step.timeout = r.choice(["4h", "90m", "1d12h"])
        if self.chance(0.03):
            step.log = Text([Literal("s3://log-bkt/own/"), Run("id"), Literal(".txt")])
        stage.steps.append(step)

    def copying(self, step: Step, each: str | None) -> None:
        """A copy or a move."""
        step.kind = "s3-dist-cp"
        source = self.source()
        while source.access.many:
            source = self.source()
            if self.chance(0.2):
                source = self.new_dataset(False, True, by_run=False)
        target = self.new_destination(each)
        if target.is_outside:
            target = self.new_dataset(False, False)
        parameters: dict = {"src": source.access, "dest": target.access}
        if each and target.access.suffix is not None and self.chance(0.5):
            parameters["srcPattern"] = Text([Literal(".*"), Variable(each), Literal(".*")])
        elif self.chance(0.07):
            parameters["srcPattern"] = Literal(self.r.choice([r".*\.gz", r".*/f[0-9]+"]))
        if self.chance(0.35 if not each else 0.3 if "srcPattern" in parameters else 0):
            parameters["deleteOnSuccess"] = (
                True if self.chance(0.8) or not self.pipeline.takes_config
                else Config(("flags", "f0"), "bool"))
            if "srcPattern" not in parameters:
                source.has_data = False
        if self.chance(0.1):
            parameters["targetSize"] = Literal(128)
        step.parameters = parameters
        target.has_data = True

    def program(self, step: Step, each: str | None) -> None:
        r = self.r
        sources = self.different([self.source() for _ in range(r.choice([1, 1, 1, 2, 2, 3]))])
        targets = [self.new_destination(each) for _ in range(r.choice([1, 1, 1, 2]))]
        kinds = ["spark-submit", "spark-submit", "hadoop-jar", "command", "script", "hive",
                 "hadoop-streaming", *self.pipeline.kinds, *self.pipeline.kinds]
        step.kind = r.choice(kinds)
        if step.kind == "hadoop-streaming":
            targets = [t for t in targets if not t.is_outside][:1] or [self.new_dataset(False, False)]
            step.parameters = {
                "input": [s.access for s in sources], "output": targets[0].access,
                "mapper": Literal("cat")}
        elif step.kind in self.pipeline.kinds:
            one = [s for s in sources if not s.access.many] or [self.new_dataset(False, True, False)]
            step.parameters = {"source": one[0].access, "target": targets[0].access}
            if len(one) > 1:
                step.parameters["extra"] = [s.access for s in one[1:]]
            if self.chance(0.4):
                step.parameters["tag"] = Variable(each) if each else Literal(r.choice("ab"))
            if self.chance(0.25):
                step.parameters["wipe"] = True
                if self.pipeline.kinds[step.kind].deletes:
                    one[0].has_data = False
            if self.chance(0.2):
                step.parameters["level"] = Literal(3)
            targets = targets[:1]
            if targets[0].is_outside:
                step.parameters["target"] = self.new_dataset(False, False).access
        else:
            self.plain_parameters(step)
            step.reads = [s.access for s in sources]
            step.writes = [t.access for t in targets]
            if self.chance(0.08):
                step.deletes = [sources[0].access]
                sources[0].has_data = False
        for target in targets:
            target.has_data = not target.is_outside

    def plain_parameters(self, step: Step) -> None:
        """Parameters of a kind that tells nothing of data."""
        extra: list = [Literal("--mode"), self.text_value()]
        if self.case.secret and self.chance(0.5):
            extra += [Literal("--password"), Config(("key",))]
        elif self.chance(0.3):
            extra += [Literal(3)]
        if step.kind == "spark-submit":
            step.parameters = {"application": Literal(CODE)}
            if self.chance(0.3):
                step.parameters["conf"] = {"spark.x": Literal("1"), "spark.y": Literal(True)}
            if self.chance(0.3):
                step.parameters["deploy-mode"] = Literal("cluster")
            if self.chance(0.5):
                step.parameters["args"] = extra
            elif self.pipeline.takes_config:
                step.parameters["args"] = {"opt": ConfigOr("opt", Literal("no")), "deep": True}
        elif step.kind == "hadoop-jar":
            step.parameters = {"jar": Literal("s3://code-bkt/job.jar"), "args": extra}
        elif step.kind == "command":
            step.parameters = {"command": [Literal("true"), *extra]}
        elif step.kind == "script":
            step.parameters = {"path": Literal("s3://code-bkt/x.sh"), "args": extra}
        elif step.kind == "hive":
            step.parameters = {"script": Literal("s3://code-bkt/x.q"),
                               "variables": {"A": Literal("1"), "B": self.text_value()}}

    def different(self, items: list[Item]) -> list[Item]:
        return [one for index, one in enumerate(items) if one not in items[:index]]

    def load(self, step: Step) -> None:
        step.kind = self.r.choice(["hadoop-jar", "command", "spark-submit"])
        self.plain_parameters(step)
        step.reads = [s.access for s in self.different(
            [self.source() for _ in range(self.r.choice([1, 1, 2]))])]

    def removal(self, step: Step) -> None:
        step.kind = self.r.choice(["script", "command"])
        self.plain_parameters(step)
        item = self.source()
        step.deletes = [item.access]
        item.has_data = False

    # --------------------------------------------------------------------------- stages

    def make_stages(self) -> None:
        r = self.r
        wanted = r.choice([1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 12]) if self.chance(0.95) else r.choice([0, 20, 40])
        count = max(1, min(r.randrange(1, 7), wanted or 1))
        for index in range(count):
            stage = Stage(f"s{index}")
            above = [s.name for s in self.pipeline.stages]
            if self.chance(0.2):
                stage.when = self.likely(self.condition(
                    1, True, above, facts=self.chance(0.3)))
            self.pipeline.stages.append(stage)
            share = wanted // count + (1 if index < wanted % count else 0)
            for _ in range(share):
                self.make_step(stage)
            if above and self.chance(0.08):
                others = [s for s in self.pipeline.stages if s.part_of is None and s is not stage]
                if others and not stage.steps:
                    stage.part_of = r.choice(others).name
            if stage.part_of is None:
                self.make_requirements(stage)
        parents = [s for s in self.pipeline.stages if s.part_of is None and s.steps]
        if parents and self.chance(0.12):
            parent = r.choice(parents)
            self.pipeline.stages.append(Stage(f"s{count}", part_of=parent.name))
            if self.chance(0.3):
                self.pipeline.stages[-1].when = self.likely(self.condition(1))
            step = r.choice(parent.steps)
            step.when = step.when or StageRuns(f"s{count}")

    def make_requirements(self, stage: Stage) -> None:
        env = Model(self.case).environment(self.case.command, self.world_facts())
        accesses = [a for step in stage.steps for a in self.accesses(step)]
        names = {a.dataset for a in accesses if a.dataset and a.suffix is None}
        for item in self.sources:
            if item.dataset in names and self.chance(0.3):
                stage.requires.append(Requirement("data", item.dataset, message=Literal("no data")))
                if self.chance(0.15) and self.case.has_facts:
                    stage.requires[-1].pattern = r"\.gz$"
        written = [
            a.dataset for step in stage.steps for a in self.written_accesses(step)
            if a.dataset and a.suffix is None and step.when is None and not step.each]
        for name in written:
            dataset = self.pipeline.datasets[name]
            if dataset.when is None and self.chance(0.2) and not place(
                    dataset.at[0].value(env)).is_ephemeral:
                stage.requires.append(Requirement("empty", name))
                if self.chance(0.5):
                    stage.requires[-1].when = Not(Both(
                        Run("isResumed", "bool"), Run("isIDGiven", "bool")))
                if self.chance(0.3):
                    stage.requires[-1].message = Literal("something is there")
        if self.chance(0.08):
            condition = self.likely(self.condition(1, True, facts=True))
            stage.requires.append(Requirement(
                "require", condition=condition, message=Literal("rule"),
                exit=self.r.choice([None, 5, 7])))
        for requirement in stage.requires:
            if requirement.kind != "empty" and self.chance(0.1):
                requirement.severity = "warning"

    def accesses(self, step: Step) -> list[Access]:
        out = [*step.reads, *step.writes, *step.deletes]
        for value in step.parameters.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Access):
                    out.append(one)
        return out

    def written_accesses(self, step: Step) -> list[Access]:
        out = list(step.writes)
        for name in ("dest", "target", "output"):
            if isinstance(step.parameters.get(name), Access):
                out.append(step.parameters[name])
        return out

    # ------------------------------------------------------------------ restore, release

    def make_restores(self) -> None:
        r = self.r
        for name, dataset in list(self.pipeline.datasets.items()):
            item = next(i for i in self.items if i.dataset == name and not i.access.suffix)
            if not item.is_ephemeral or dataset.when is not None:
                continue
            if self.chance(0.4):
                durable = [i for i in self.items if not i.is_ephemeral and not i.is_outside
                           and not i.access.many and i.dataset and not i.access.suffix]
                if not durable:
                    continue
                self.step_counter += 1
                dataset.restore = Step(
                    Literal(f"S{self.step_counter:02}:restore"), "s3-dist-cp",
                    {"src": r.choice(durable).access, "dest": item.access})
            if self.chance(0.25):
                last = max((index for index, stage in enumerate(self.pipeline.stages)
                            for step in stage.steps for a in self.accesses(step)
                            if a.dataset == name), default=None)
                if last is not None and last + 1 < len(self.pipeline.stages):
                    self.step_counter += 1
                    dataset.release = Step(
                        Literal(f"S{self.step_counter:02}:release"), "command",
                        {"command": [Literal("true")]}, deletes=[item.access],
                        before=self.pipeline.stages[last + 1].name)

    # --------------------------------------------------------------- failures, concurrency

    def make_failures(self) -> None:
        r = self.r
        mode = r.random()
        steps = [step for stage in self.pipeline.stages for step in stage.steps]
        extra = [s for d in self.pipeline.datasets.values() for s in (d.restore, d.release) if s]
        extra += self.pipeline.cluster.on_create + self.pipeline.cluster.on_reuse
        if mode < 0.6:
            return
        if mode < 0.8:
            for step in steps + extra:
                if self.chance(0.3):
                    step.on_failure = r.choice(
                        ["TERMINATE_JOB_FLOW", "TERMINATE_CLUSTER", "CANCEL_AND_WAIT", "CONTINUE"])
        else:
            for step in steps + extra:
                step.on_failure = "CONTINUE"
            if self.chance(0.5):
                level = r.choice([2, 3, 5])
                self.pipeline.cluster.concurrency = Literal(level)
        if self.chance(0.92):
            self.make_after(steps)

    def make_after(self, steps: list[Step]) -> None:
        """Names what each step has to wait for, so that the run is safe: mostly."""
        case = self.case
        model = Model(case)
        plain = Command(run_id=case.command.run_id, run_time=case.command.run_time,
                        include=case.command.include, debug=case.command.debug,
                        persistent=case.command.persistent)
        model.command = plain
        from syntax import Absent
        try:
            facts = self.world_facts()
            env, runs, _ = model.select(plain, facts)
            instances = []
            for stage in self.pipeline.stages:
                for step in stage.steps:
                    for one in model.expand(step, env, stage.name, "written"):
                        instances.append((step, one))
        except Absent:
            return
        level = model.level(env)
        for index, (step, one) in enumerate(instances):
            for earlier_step, earlier in instances[:index]:
                if earlier_step is step or (earlier.action != "CONTINUE" and level == 1):
                    continue
                conflict = any(
                    a.place.overlaps(b.place) and not (a.mode == b.mode == "read")
                    for a in earlier.touches for b in one.touches)
                if conflict and not self.chance(0.02):
                    step.after = step.after or []
                    name = Literal(earlier.name)
                    if name not in step.after:
                        step.after.append(name)

    # -------------------------------------------------------------------- the command line

    def make_command(self) -> None:
        r, command = self.r, self.case.command
        command.debug = self.chance(0.2)
        command.include = [w for w in self.pipeline.include if self.chance(0.4)]
        if self.chance(0.3):
            command.run_id = f"r-{r.randrange(100)}"
        if self.chance(0.1):
            command.persistent = True

    def make_selection(self) -> None:
        r, command = self.r, self.case.command
        names = [stage.name for stage in self.pipeline.stages]
        if self.chance(0.25) and len(names) > 1:
            command.skip = r.sample(names, 1 if self.chance(0.7) else 2)
        unskipped = [name for name in names if name not in command.skip]
        if unskipped and self.chance(0.15):
            command.resume_from = r.choice(unskipped)
            if command.skip and self.chance(0.9):
                command.run_id = "r-again"
        if self.chance(0.06):
            from syntax import Absent
            try:
                model = Model(self.case)
                env, runs, _ = model.select(command, self.world_facts())
                written = [one for one in model.written(env, runs) if one.stage is not None]
                if written:
                    command.skip_steps = [r.choice(written).name]
            except Absent:
                pass
        command.strict = self.chance(0.05)

    def make_cluster(self) -> None:
        r, cluster = self.r, self.pipeline.cluster
        if self.chance(0.7):
            cluster.log_uri = Literal("s3://log-bkt/emr/")
        if self.chance(0.04) and self.items:
            cluster.log_uri = r.choice([i.text for i in self.items if not i.is_outside])
            if isinstance(cluster.log_uri, Literal) and not cluster.log_uri.constant.startswith("s3"):
                cluster.log_uri = None
        cluster.release = r.choice(["7.5.0", "6.15.0"])
        if self.case.command.persistent or self.chance(0.1):
            cluster.reuse = "Shared"
            self.case.waiting = self.chance(0.5)
            if self.chance(0.5):
                cluster.on_create = [Step(
                    Literal("S90:create"), "command", {"command": [Literal("true")]})]
            if self.chance(0.5):
                cluster.on_reuse = [Step(
                    Literal("S91:reuse"), "command", {"command": [Literal("true")]})]
            if self.chance(0.3):
                for step in cluster.on_create:
                    step.when = Run("debug", "bool")

    def make_checks(self) -> None:
        for _ in range(self.r.choice([0, 0, 1, 2])):
            condition = self.condition(1, True)
            env = Model(self.case).environment(self.case.command, None)
            if not condition.value(env) and self.chance(0.95):
                condition = Not(condition)
            self.pipeline.checks.append(Check(
                condition, severity="warning" if self.chance(0.1) else None,
                exit=self.r.choice([None, None, 9])))

    def make(self) -> Case:
        self.case.has_facts = self.chance(0.85)
        self.make_inputs()
        self.make_command()
        self.make_sources()
        self.make_lets()
        self.make_kinds()
        self.make_stages()
        self.make_restores()
        self.make_cluster()
        self.make_failures()
        self.make_checks()
        self.make_selection()
        self.make_schema()
        if not self.case.has_facts and self.asks_of_written():
            self.case.has_facts = True
        return self.case

    def asks_of_written(self) -> bool:
        """Whether a fact is about a place that a step may write: what is assumed of it is not said."""
        if self.command_has_facts_conditions:
            return True
        written = {a.dataset for stage in self.pipeline.stages for step in stage.steps
                   for a in self.written_accesses(step)}
        return any(r.kind == "data" and r.dataset in written
                   for stage in self.pipeline.stages for r in stage.requires)


def generate(seed: int) -> Case:
    return Generator(seed).make()
