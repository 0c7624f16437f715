"""Random step kinds and steps."""

from __future__ import annotations

from expressions import (
    Base64, Config, ConfigOr, Document, Expression, ListOf, Literal, Run, Text, Variable)
from generate_data import DataGenerator, Item
from syntax import Access, Kind, Stage, Step

CODE = "s3://code-bkt/job.py"


class StepGenerator(DataGenerator):
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

    can_be_fresh = True  # whether kinds of its own may say `fresh-output`
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
        if self.chance(0.15) or any(target.is_there for target in targets):
            step.fresh = self.chance(0.15)
        if self.chance(0.1):
            step.read_depth = r.choice([0, 1, 1, 2])
        for target in targets:
            target.has_data = not target.is_outside

    def plain_parameters(self, step: Step) -> None:
        """Parameters of a kind that tells nothing of data."""
        extra: list = [Literal("--mode"), self.text_value()]
        if self.case.secret and self.chance(0.7):
            extra += self.secret_arguments()
        elif self.chance(0.3):
            extra += [Literal(3)]
        if step.kind == "spark-submit":
            step.parameters = {"application": Literal(CODE)}
            if self.chance(0.3):
                step.parameters["conf"] = {"spark.x": Literal("1"), "spark.y": Literal(True)}
            if self.case.secret and self.chance(0.2):
                step.parameters["conf"] = {"spark.x.password": Config(("key",)), "spark.y": Literal("1")}
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
            if self.case.secret and self.chance(0.3):
                step.parameters["variables"]["PASSWORD"] = Config(("db", "token"))

    def secret_arguments(self) -> list:
        """Arguments with a secret in one of many positions: out of the input, or as it is written."""
        key, token, address = Config(("key",)), Config(("db", "token")), Config(("addr",))
        document = Document(
            {"user": Config(("db", "user")), "password": self.r.choice([key, token]), "at": address},
            self.r.choice(["json", "yaml"]))
        return self.r.choice([
            [Literal("--password"), key],
            [Text([Literal("--db-password="), token])],
            [Base64(key)], [token], [address],
            [document], [Base64(document)], [Base64(Base64(document))],
            [Text([Literal("https://joe:"), token, Literal("@db.example.com/")])],
            [Text([Literal("Authorization: Bearer "), key])],
            [Literal("--token"), Literal(self.case.secret)],
            [Literal(f"--api-key={self.case.secret}")],
            [Literal(f"https://joe:{self.case.secret}@db.example.com/")],
            [Literal(f"-Dx.password={self.case.secret}")],
        ])

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
