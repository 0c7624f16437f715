"""Random pipelines with inputs, a world and a command line: the same for the same seed.

Data flows through a list of `Item`s: places that hold data or will. Steps take some and make others,
mostly in an order that makes sense, and now and then in one that doesn't: the model tells which.
"""

from __future__ import annotations

import random

from expressions import Absent, Both, Literal, Not, Run, StageRuns
from generate_steps import StepGenerator
from model import Model
from places import place
from syntax import Access, Case, Check, Command, Requirement, Stage, Step


class Generator(StepGenerator):
    # --------------------------------------------------------------------------- stages

    def make_stages(self) -> None:
        r = self.r
        usual = self.chance(0.95)
        wanted = r.choice([1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 12] if usual else [0, 20, 40])
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
            if item.dataset in names and self.chance(0.1):
                stage.requires.append(Requirement(
                    "depth", item.dataset, folders=self.r.choice([0, 1, 1, 1]),
                    exit=self.r.choice([None, None, 5])))
                if self.chance(0.2):
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
            copy = self.copy_that_makes(name)
            if copy is not None and self.chance(0.7):
                self.step_counter += 1
                dataset.restore = Step(
                    Literal(f"S{self.step_counter:02}:restore"), "s3-dist-cp",
                    {"src": copy.parameters["src"], "dest": item.access})
            elif self.chance(0.15):
                self.case.restores_otherwise = True
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
                if last is not None and any(
                        step.when is None and not step.each
                        for stage in self.pipeline.stages[last + 1: last + 2]
                        for step in stage.steps):
                    self.step_counter += 1
                    dataset.release = Step(
                        Literal(f"S{self.step_counter:02}:release"), "command",
                        {"command": [Literal("true")]}, deletes=[item.access],
                        before=self.pipeline.stages[last + 1].name)

    def copy_that_makes(self, name: str) -> Step | None:
        """The copy out of S3 that is all that fills a dataset, if there is one."""
        writers = [step for stage in self.pipeline.stages for step in stage.steps
                   if any(a.dataset == name for a in self.written_accesses(step))]
        if len(writers) != 1 or writers[0].kind != "s3-dist-cp" or writers[0].each:
            return None
        source = writers[0].parameters["src"]
        there = any(i.access == source and not i.is_ephemeral for i in self.items)
        is_plain = set(writers[0].parameters) <= {"src", "dest", "targetSize"}
        return writers[0] if there and is_plain and source.suffix is None else None

    # --------------------------------------------------------------- failures, concurrency

    def make_failures(self) -> None:
        r = self.r
        mode = r.random()
        steps = [step for stage in self.pipeline.stages for step in stage.steps]
        extra = self.extra_steps()
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
            for dataset in self.pipeline.datasets.values():
                restore = dataset.restore
                if restore is None or restore.on_failure != "CONTINUE" or self.chance(0.1):
                    continue
                if any(a.dataset == dataset.name for a in self.accesses(step)
                       if a not in self.written_accesses(step)):
                    step.after = step.after or []
                    if restore.name not in step.after:
                        step.after.append(restore.name)

    def make_default_actions(self) -> None:
        """Of steps that run at once, some don't say that they continue: it goes without saying."""
        r = random.Random(f"actions {self.case.seed}")
        if self.pipeline.cluster.concurrency is None:
            return
        for step in [s for stage in self.pipeline.stages for s in stage.steps] + self.extra_steps():
            if step.on_failure == "CONTINUE" and r.random() < 0.5:
                step.on_failure = None

    def extra_steps(self) -> list[Step]:
        """Those outside of stages."""
        extra = [s for d in self.pipeline.datasets.values() for s in (d.restore, d.release) if s]
        return extra + self.pipeline.cluster.on_create + self.pipeline.cluster.on_reuse

    def make_order(self) -> None:
        """Several steps at a time, and `after` in random places: for some, beside all else."""
        r = random.Random(f"order {self.case.seed}")
        steps = [step for stage in self.pipeline.stages for step in stage.steps]
        extra = self.extra_steps()
        form = r.random()
        if form > 0.3 or len(steps) < 2:
            return
        if form < 0.2:
            self.pipeline.cluster.concurrency = Literal(r.choice([2, 2, 3, 4, 16]))
            for step in steps + extra:
                step.on_failure = "CONTINUE"
        if form > 0.1:
            for index, step in enumerate(steps):
                earlier = [one.name for one in steps[:index] if isinstance(one.name, Literal)]
                if earlier and r.random() < 0.3:
                    step.after = (step.after or []) + [
                        name for name in r.sample(earlier, min(len(earlier), r.choice([1, 1, 2, 3])))
                        if name not in (step.after or [])]

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
            try:
                model = Model(self.case)
                env, runs, _ = model.select(command, self.world_facts())
                written = [one for one in model.written(env, runs) if one.stage is not None]
                if written:
                    command.skip_steps = [r.choice(written).name]
            except Absent:
                pass
        command.strict = self.chance(0.05)

    def make_named_run(self) -> None:
        """What the run that is resumed has left, most of the time."""
        model = Model(self.case)
        try:
            places = model.named_inputs()
        except Absent:
            return
        for one in places:
            if self.chance(0.6):
                self.case.world.setdefault(one.authority, {}).setdefault(
                    "".join(part + "/" for part in one.parts) + "part-0", "of the named run\n")

    def make_cluster(self) -> None:
        r, cluster = self.r, self.pipeline.cluster
        if self.chance(0.7):
            cluster.log_uri = Literal("s3://log-bkt/emr/")
        if self.chance(0.04) and self.items:
            item = r.choice([i for i in self.items if not i.is_outside])
            cluster.log_uri = None if item.is_ephemeral else item.text
        cluster.release = r.choice(["7.5.0", "6.15.0"])
        if self.case.command.persistent or self.chance(0.1):
            cluster.reuse = "Shared"
            # Not out of the same numbers, so that everything else of a seed stays.
            cluster.keeps = random.Random(f"{self.case.seed} keeps").choice(["${run.isPersistent}", False, None])
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
        self.make_order()
        self.make_default_actions()
        self.make_checks()
        self.make_selection()
        self.make_named_run()
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
