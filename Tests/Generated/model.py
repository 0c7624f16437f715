"""What the documentation says of a case: whether it is accepted, and which steps it gives.

Written from docs/language.md and docs/data-flow.md alone. The rules for the steps of a run are in
flow.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from expressions import Absent, Environment, Expression, rendered
from flow import Flow
from kinds import KINDS, arguments
from places import Assumed, Full, Place, World, place
from steps import RunStep, Touch
from syntax import Access, Case, Command, Pipeline, Stage, Step


@dataclass
class Verdict:
    errors: set = field(default_factory=set)
    warnings: set = field(default_factory=set)
    exit: int = 0
    stages: dict = field(default_factory=dict)  # name -> whether it runs
    steps: list = field(default_factory=list)  # RunStep
    resume: dict = field(default_factory=dict)  # name -> bool
    strict: bool = False
    level: int = 1
    fed: bool = False  # whether steps are added in order
    alone: set = field(default_factory=set)  # errors of the job flow, if others submit it

    def refuse(self, codes: set, status: int = 1) -> Verdict:
        self.errors |= codes
        if self.strict:
            self.errors |= self.warnings
        self.exit = status
        self.steps = []
        return self


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


class Model:
    """A case under one command line, in one world."""

    def __init__(self, case: Case, command: Command | None = None, world: World | None = None):
        self.case = case
        self.pipeline: Pipeline = case.pipeline
        self.command = command or case.command
        self.facts = world if world is not None else (
            World.of(case.world) if case.has_facts else None)
        self.in_sandbox = False  # where no cluster waits

    # ------------------------------------------------------------------------ environments

    def environment(self, command: Command, facts) -> Environment:
        env = Environment(
            config=self.case.config,
            run={
                "id": command.id, "time": moment(command.run_time),
                "isResumed": command.resume_from is not None,
                "isIDGiven": command.run_id is not None, "debug": command.debug,
                "include": command.include, "skip": command.skip,
                "isPersistent": command.persistent},
            lets=self.pipeline.lets, facts=facts)
        env.data = lambda name: self.locations(name, env)
        return env

    def locations(self, name: str, env: Environment) -> list[str]:
        dataset = self.pipeline.datasets[name]
        if dataset.when is not None and not dataset.when.value(env):
            raise Absent(name)
        return [at.value(env) for at in dataset.at]

    def places(self, name: str, env: Environment) -> list[Place]:
        try:
            return [place(text) for text in self.locations(name, env)]
        except Absent:
            return []

    def select(self, command: Command, facts) -> tuple[Environment, dict, dict]:
        """Which stages run, and which of the others would in a run that skips nothing."""
        env = self.environment(command, facts)
        holds: dict = {}
        is_before = command.resume_from is not None
        for stage in self.pipeline.stages:
            if stage.name == command.resume_from:
                is_before = False
            holds[stage.name] = stage.when is None or bool(stage.when.value(env))
            runs = holds[stage.name] and not is_before and stage.name not in command.skip
            if stage.part_of is not None and not env.stages[stage.part_of]:
                runs = False
            env.stages[stage.name] = runs
        return env, dict(env.stages), holds

    # -------------------------------------------------------------------------------- steps

    def expand(self, step: Step, env: Environment, stage: str | None, origin: str) -> list[RunStep]:
        """The steps that a declaration gives, none where its `when` is false."""
        combinations: list[dict] = [{}]
        for name, expression in step.each.items():
            combinations = [
                {**one, name: item} for one in combinations
                for item in expression.value(env.having(**one))]
        out = []
        for index, variables in enumerate(combinations):
            inner = env.having(**variables, index=index)
            inner.data = env.data
            if step.when is None or step.when.value(inner):
                out.append(self.instance(step, inner, stage, origin))
        return out

    def instance(self, step: Step, env: Environment, stage, origin: str) -> RunStep:
        kind = KINDS.get(step.kind) or self.pipeline.kinds[step.kind]
        parameters: dict = {}
        places: dict[str, list[Place]] = {}
        for name, value in step.parameters.items():
            parameters[name] = self.parameter(value, env)
            if kind.parameters[name].get("x-data"):
                texts = parameters[name]
                places[name] = [place(t) for t in (texts if isinstance(texts, list) else [texts])]
        if self.pipeline.cluster.encrypted is not None and self.pipeline.cluster.encrypted.value(env):
            for name, value in kind.encrypted.items():
                parameters.setdefault(name, value)
        # Of what is read or deleted, the place itself tells where it is taken from.
        source = self.part(kind, {
            name: parameters[name] for name in parameters
            if not kind.parameters.get(name, {}).get("x-data")}, {})
        target = self.part(kind, parameters, places)
        touches = [Touch("read", one, source) for name in kind.reads for one in places.get(name, [])]
        touches += [Touch("write", one, target) for name in kind.writes
                    for one in places.get(name, [])]
        for name, flag in kind.deletes:
            if flag is None or parameters.get(flag) is True:
                touches += [Touch("delete", one, source if name in kind.reads else None)
                            for one in places.get(name, [])]
        for mode, entries in (("read", step.reads), ("write", step.writes), ("delete", step.deletes)):
            for entry in entries:
                touches += [Touch(mode, place(text)) for text in self.entry(entry, env)]
        unique: list[Touch] = []
        for touch in touches:
            if touch not in unique:
                unique.append(touch)
        persistent = self.command.persistent
        action = step.on_failure or (
            "CONTINUE" if self.level(env) > 1 else "CANCEL_AND_WAIT" if persistent else "TERMINATE_JOB_FLOW")
        retry = kind.retry if step.retry is None else bool(step.retry.value(env))
        # A second try would read what the first one left.
        retry = retry and not any(
            a.place.overlaps(b.place) for a in unique for b in unique
            if a.mode == "read" and b.mode == "write")
        fresh = kind.fresh if step.fresh is None else step.fresh
        after = [] if step.after is None else [name.value(env) for name in step.after]
        return RunStep(
            rendered(step.name.value(env)), stage, step.kind, origin, unique, action,
            step.on_failure is not None, after, arguments(kind, parameters), retry, fresh,
            step.read_depth, parameters,
            is_once=step.retry is not None and not step.retry.value(env))

    def part(self, kind, parameters: dict, places: dict) -> tuple | None:
        """What tells the part of a place that a step touches: the values of some of its parameters."""
        if not kind.part:
            return None
        return kind.name, tuple(
            tuple(map(str, places[name])) if name in places
            else None if parameters.get(name) is None else rendered(parameters[name])
            for name in kind.part)

    def expand_or_nothing(self, step: Step, env: Environment) -> list[RunStep]:
        try:
            return self.expand(step, env, None, "written")
        except Absent:
            return []

    def names(self, step: Step, env: Environment) -> set[str]:
        """The names that a declaration's steps have, whether or not its `when` holds."""
        combinations: list[dict] = [{}]
        for name, expression in step.each.items():
            combinations = [
                {**one, name: item} for one in combinations
                for item in expression.value(env.having(**one))]
        return {rendered(step.name.value(env.having(**variables, index=index)))
                for index, variables in enumerate(combinations)}

    def entry(self, access: Access, env: Environment) -> list[str]:
        """An entry of `reads`, `writes` or `deletes`; none where its dataset doesn't exist."""
        try:
            return access.places(env)
        except Absent:
            if access.suffix is not None:
                raise
            return []

    def parameter(self, value, env: Environment):
        if isinstance(value, Access):
            texts = value.places(env)
            return texts if value.many else texts[0]
        if isinstance(value, Expression):
            return value.value(env)
        if isinstance(value, list):
            out = []
            for item in value:
                inner = self.parameter(item, env)
                out += inner if isinstance(item, Access) and item.many else [inner]
            return out
        if isinstance(value, dict):
            return {key: self.parameter(item, env) for key, item in value.items()}
        return value

    def written(self, env: Environment, runs: dict, is_lenient: bool = False) -> list[RunStep]:
        """The steps of the stages that run, before data is restored and released."""
        def expand(step, stage, origin):
            try:
                return self.expand(step, env, stage, origin)
            except Absent:
                if not is_lenient:
                    raise
                return []

        steps: list[RunStep] = []
        cluster = self.pipeline.cluster
        takes = self.command.persistent and self.case.waiting and self.case.has_facts and not self.in_sandbox
        for step in cluster.on_reuse if takes else cluster.on_create:
            steps += expand(step, None, "cluster")
        for stage in self.pipeline.stages:
            if runs[stage.name]:
                for step in stage.steps:
                    steps += expand(step, stage.name, "written")
        return steps

    def program(self, env: Environment, runs: dict, steps: list[RunStep]) -> list[RunStep]:
        """All steps of a run in order: with what restores and releases ephemeral data."""
        out: list[RunStep] = []
        made: list[Place] = []  # what is written so far
        restoring: set = set()  # datasets

        def is_made(where: Place) -> bool:
            return any(where.overlaps(one) for one in made)

        def add(step: RunStep) -> None:
            for where in step.of("read"):
                if where.is_ephemeral and not is_made(where):
                    restore(where, step.stage)
            out.append(step)
            made.extend(step.of("write"))

        def restore(where: Place, stage: str | None) -> None:
            for name, dataset in self.pipeline.datasets.items():
                places = self.places(name, env)
                if dataset.restore is None or name in restoring or any(
                        is_made(one) for one in places if one.is_ephemeral):
                    continue
                if any(where.overlaps(one) for one in places):
                    restoring.add(name)
                    for step in self.expand(dataset.restore, env, stage, "restore"):
                        add(step)
                    restoring.discard(name)
                    made.extend(places)

        for step in steps:
            if step.stage is None:
                add(step)
        for stage in self.pipeline.stages:
            if not runs[stage.name]:
                continue
            for name, dataset in self.pipeline.datasets.items():
                if dataset.release is None or dataset.release.before != stage.name:
                    continue
                filled = any(
                    s.touching(one, "write") for one in self.places(name, env) for s in out)
                if filled:
                    for step in self.expand(dataset.release, env, stage.name, "release"):
                        add(step)
            for step in steps:
                if step.stage == stage.name:
                    add(step)
        return out

    # ------------------------------------------------------------------------------- verdict

    def oracle(self):
        """What answers facts: the world, or the normal case."""
        if self.facts is not None:
            return self.facts
        filled: set[Place] = set()
        for _ in range(2):
            facts = Assumed(filled)
            env, runs, _ = self.select(self.command, facts)
            filled = set()
            for stage in self.pipeline.stages:
                if not runs[stage.name]:
                    continue
                for step in stage.steps:
                    for one in self.expand_or_nothing(step, env):
                        if one.name not in self.command.skip_steps:
                            filled |= set(one.of("write"))
                for requirement in stage.requires:
                    if requirement.kind == "empty":
                        filled |= set(self.places(requirement.dataset, env))
        return Assumed(filled)

    def verdict(self) -> Verdict:
        command = self.command
        verdict = Verdict(strict=command.strict)
        names = [stage.name for stage in self.pipeline.stages]
        unknown = set()
        if any(name not in names for name in command.skip):
            unknown.add("skip-unknown-stage")
        if any(name not in self.pipeline.include for name in command.include):
            unknown.add("include-unknown")
        if command.resume_from is not None and command.resume_from not in names:
            unknown.add("resume-unknown-stage")
        if command.resume_from is not None and command.skip and command.run_id is None:
            unknown.add("resume-with-skip")
        if any(stage.name == command.resume_from and stage.part_of for stage in self.pipeline.stages):
            unknown.add("resume-unsafe")
        if unknown:
            return verdict.refuse(unknown)
        facts = self.oracle()
        env, runs, holds = self.select(command, facts)
        self.env, self.runs, self.facts_used = env, runs, facts
        # Those that `--skip` names or that come before the resume point, and whose own `when` holds.
        self.passed_over = {
            stage.name for stage in self.pipeline.stages
            if holds[stage.name] and not runs[stage.name]
            and (stage.part_of is None or runs[stage.part_of])}
        verdict.stages = runs

        # What a rule refuses is not looked at by the ones after it.
        resumed = None if command.resume_from is None else self.stage(command.resume_from)
        if resumed is not None and not runs[resumed.name]:
            return verdict.refuse({"resume-unsafe"})
        failed = self.checks(env, verdict)
        if failed is not None:
            return verdict.refuse({"check-failed"}, failed)
        # Before anything is asked of S3: of the steps that can be told by then.
        early = self.written(env, runs, True)
        if Flow(self, early, early, env, runs, facts).dataset_overlap():
            return verdict.refuse({"dataset-overlap"})
        if self.is_of_no_run():
            return verdict.refuse({"no-data-to-process"}, 3)
        codes, status = self.requirements(env, runs, verdict)
        if codes:
            return verdict.refuse(codes, status)
        try:
            steps = self.written(env, runs)
        except Absent:
            return verdict.refuse({"dataset-absent"})
        known = {step.name for step in steps if step.stage is not None}
        if any(name not in known for name in command.skip_steps):
            return verdict.refuse({"skip-unknown-step"})
        left = [step for step in steps
                if step.stage is None or step.name not in command.skip_steps]
        try:
            full = self.program(env, runs, steps)
            program = self.program(env, runs, left)
        except Absent:
            return verdict.refuse({"dataset-absent"})
        if resumed is not None and not self.is_safe(resumed.name, command, facts):
            return verdict.refuse({"resume-unsafe"})
        flow = Flow(self, program, full, env, runs, facts)
        flow.check(verdict)
        if verdict.errors:
            return verdict.refuse(set())
        if all(step.stage is None for step in program):
            verdict.errors.add("emr-no-steps")
        level = verdict.level = self.level(env)
        if level > 1 and any(step.action != "CONTINUE" for step in program):
            verdict.errors.add("emr-step-concurrency")
        if len(program) > 256:
            verdict.errors.add("emr-too-many-steps")
        if verdict.errors:
            return verdict.refuse(set())
        if command.strict and verdict.warnings:
            return verdict.refuse(verdict.warnings)
        verdict.steps = program
        verdict.resume = self.resume_points(runs, facts)
        return verdict

    def level(self, env: Environment) -> int:
        concurrency = self.pipeline.cluster.concurrency
        return 1 if concurrency is None else concurrency.value(env)

    def stage(self, name: str):
        return next(stage for stage in self.pipeline.stages if stage.name == name)

    def checks(self, env: Environment, verdict: Verdict) -> int | None:
        failed, status = False, None
        for check in self.pipeline.checks:
            if check.when is not None and not check.when.value(env):
                continue
            if check.condition.value(env):
                continue
            if check.severity == "warning":
                verdict.warnings.add("check-failed")
            else:
                failed = True
                status = status or check.exit
        return status or 1 if failed else None

    def requirements(self, env: Environment, runs: dict, verdict: Verdict) -> tuple[set, int]:
        """The codes of the requirements that don't hold, and the first one's exit status."""
        codes: set = set()
        status = 0
        for stage in self.pipeline.stages:
            if not runs[stage.name]:
                continue
            for requirement in stage.requires:
                if requirement.when is not None and not requirement.when.value(env):
                    continue
                code, exit_status = self.failing(requirement, stage, env)
                if code is None:
                    continue
                if requirement.severity == "warning" and code != "dataset-absent":
                    verdict.warnings.add(code)
                    continue
                codes.add(code)
                status = status or exit_status
        return codes, status or 1

    def failing(self, requirement, stage: Stage, env: Environment) -> tuple[str | None, int]:
        if requirement.kind == "require":
            if requirement.condition.value(env):
                return None, 0
            return "requirement-failed", requirement.exit or 1
        try:
            locations = self.locations(requirement.dataset, env)
        except Absent:
            return "dataset-absent", 0
        if requirement.kind == "depth":
            if any(env.facts.is_too_deep(text, requirement.folders, requirement.pattern)
                   for text in locations):
                return "data-too-deep", requirement.exit or 1
            return None, 0
        empty = [env.facts.is_empty(text, requirement.pattern) for text in locations]
        if requirement.kind == "empty":
            if all(empty) or self.is_filled_by_done_steps(requirement.dataset, stage, env):
                return None, 0
            return "dataset-not-empty", requirement.exit or 4
        if not all(empty):
            return None, 0
        return "no-data-to-process", requirement.exit or 3

    def is_filled_by_done_steps(self, dataset: str, stage: Stage, env: Environment) -> bool:
        """Rule 4 of recoveries, for a run that is named: a step that `--skip-step` leaves out wrote there."""
        return self.command.run_id is not None and any(
            step.name in self.command.skip_steps and step.touching(where, "write")
            for where in self.places(dataset, env)
            for one in stage.steps for step in self.expand_or_nothing(one, env))

    # ----------------------------------------------------------------------------- named runs

    def named_inputs(self) -> list[Place]:
        """Where a run that resumes a named one reads what is named after that: what it would read before
        it writes there, and a run with another id and time would not have."""
        command = self.command
        if command.resume_from is None or command.run_id is None or self.facts is None:
            return []
        later = moment(command.run_time) + timedelta(days=400, seconds=3661)
        other = replace(command, run_id=command.run_id + "-other",
                        run_time=later.strftime("%Y-%m-%dT%H:%M:%SZ"))
        found: list[Place] = []
        for facts in (self.facts, Full(self.facts)):
            reads = self.inputs(command, facts)
            others = self.all_places(other, facts)
            found += [one for one in reads
                      if one.scheme == "s3" and one not in others and one not in found]
        return found

    def is_of_no_run(self) -> bool:
        inputs = self.named_inputs()
        return bool(inputs) and all(self.facts.is_empty(str(one)) for one in inputs)

    def inputs(self, command: Command, facts) -> list[Place]:
        env, runs, _ = self.select(command, facts)
        made: list[Place] = []
        out: list[Place] = []
        for step in self.written(env, runs, True):
            if step.stage is None or step.name in command.skip_steps:
                continue
            for where in step.of("read"):
                if any(where.overlaps(one) for one in made):
                    continue
                if not where.is_ephemeral:
                    out.append(where)
                    continue
                for name, dataset in self.pipeline.datasets.items():
                    if dataset.restore is not None and any(
                            one.is_ephemeral and where.overlaps(one) for one in self.places(name, env)):
                        out += [one for step in self.expand_or_nothing(dataset.restore, env)
                                for one in step.of("read")]
            made += step.of("write")
        return [one for one in out if not one.is_ephemeral]

    def all_places(self, command: Command, facts) -> list[Place]:
        env, runs, _ = self.select(command, facts)
        out = [one for name in self.pipeline.datasets for one in self.places(name, env)]
        steps = [step for step in self.written(env, runs, True) if step.stage is not None]
        for dataset in self.pipeline.datasets.values():
            if dataset.restore is not None:
                steps += self.expand_or_nothing(dataset.restore, env)
        return out + [touch.place for step in steps for touch in step.touches]

    # ------------------------------------------------------------------------- resume points

    def resumed(self, name: str, command: Command) -> Command:
        return Command(
            skip=command.skip, resume_from=name, run_id=command.id, run_time=command.run_time,
            skip_steps=command.skip_steps, include=command.include, debug=command.debug,
            persistent=command.persistent)

    def is_safe(self, name: str, command: Command, facts) -> bool:
        """Whether the run can resume from a stage, by what its steps of it and of later stages touch."""
        stages = [stage.name for stage in self.pipeline.stages]
        later = stages[stages.index(name):]
        runs = {stage: self.runs[stage] and stage in later for stage in stages}
        resumed = command if command.resume_from == name else self.resumed(name, command)
        env, selected, _ = self.select(resumed, facts)
        if not selected[name]:
            return False
        steps = [step for step in self.written(self.env, runs, True)
                 if step.stage is None or step.name not in command.skip_steps]
        try:
            program = self.program(self.env, runs, steps)
        except Absent:
            return True
        for requirement in self.stage(name).requires:
            if requirement.kind != "empty" or (
                    requirement.when is not None and not requirement.when.value(env)):
                continue
            wanted = self.places(requirement.dataset, env)
            movers = [
                step for step in program if step.stage == name
                and any(not one.is_ephemeral for one in step.moves)
                and any(step.touching(one, "write") for one in wanted)]
            if len(movers) > 1:
                return False
        made: list[Place] = []
        for step in program:
            for where in step.of("read"):
                if where.is_ephemeral and not any(where.overlaps(one) for one in made):
                    return False
            made += step.of("write")
        return True

    def plain(self, command: Command) -> Command:
        """The command of a run that leaves nothing out."""
        return Command(
            run_id=command.run_id, run_time=command.run_time, include=command.include,
            debug=command.debug, persistent=command.persistent)

    def resume_points(self, runs: dict, facts) -> dict:
        points: dict = {}
        is_first = True
        for stage in self.pipeline.stages:
            if not runs[stage.name]:
                continue
            if stage.part_of is not None:
                points[stage.name] = False
                continue
            if is_first:
                points[stage.name] = False
                is_first = False
                continue
            points[stage.name] = self.is_safe(stage.name, self.command, facts)
        return points
