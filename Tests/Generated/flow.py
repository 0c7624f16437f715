"""The rules of docs/data-flow.md, each one method that is named after its diagnostic."""

from __future__ import annotations

import order
from expressions import Absent
from places import Place, place
from steps import RunStep, different_parts


def code_of(rule) -> str:
    name = rule.__name__.replace("_", "-")
    return {"reads-a-failed-restore": "data-after-failure"}.get(name, name)


class Flow:
    """The rules of docs/data-flow.md for the steps of one run."""

    def __init__(self, model: Model, program, full, env, runs, facts):
        self.model = model
        self.pipeline = model.pipeline
        self.program: list[RunStep] = program
        self.full: list[RunStep] = full  # with the steps that --skip-step leaves out, which are done
        self.env, self.runs, self.facts = env, runs, facts
        self.level = model.level(env)

    def check(self, verdict: Verdict) -> None:
        # What names are wrong is found first.
        for rule in (self.step_name_twice, self.after_unknown_step):
            if rule():
                verdict.errors.add(code_of(rule))
                return
        rules = [self.data_moved_onto_itself, self.data_deleted_before_read, self.data_not_produced,
                 self.data_written_twice, self.reads_a_failed_restore]
        fed = order.is_fed(self.program, self.level)
        verdict.fed = fed
        for rule in [*rules, *([] if fed else [self.data_after_failure])]:
            if rule():
                verdict.errors.add(code_of(rule))
        # Of a job flow that others submit.
        verdict.alone = {code_of(rule) for rule in (*rules, self.data_after_failure, self.data_race)
                         if rule()}
        # A step that may still be at work may also fail: one error says it.
        if "data-race" in verdict.alone:
            verdict.alone.discard("data-after-failure")
        if self.data_lost():
            verdict.warnings.add("data-lost")
        for is_error in self.data_unread():
            (verdict.errors if is_error else verdict.warnings).add("data-unread")

    def pairs(self):
        for later, second in enumerate(self.program):
            for first in self.program[:later]:
                yield first, second

    # Names

    def step_name_twice(self) -> bool:
        names = [step.name for step in self.program]
        return len(set(names)) < len(names)

    def after_unknown_step(self) -> bool:
        left_out = self.left_out()
        for index, step in enumerate(self.program):
            earlier = {one.name for one in self.program[:index]}
            in_run = {one.name for one in self.program}
            for name in step.after:
                if name in earlier or (name in left_out and name not in in_run):
                    continue
                return True
        return False

    def left_out(self) -> set:
        """The names of the steps that the pipeline has and this run may not have."""
        env, _, _ = self.model.select(self.model.plain(self.model.command), self.facts)
        names = {step.name for step in self.full}
        restoring = [step for dataset in self.pipeline.datasets.values()
                     for step in (dataset.restore, dataset.release) if step is not None]
        for declared in [restoring, *(stage.steps for stage in self.pipeline.stages)]:
            for step in declared:
                names |= self.model.names(step, env) | self.model.names(step, self.env)
        return names

    # Order

    def data_moved_onto_itself(self) -> bool:
        return any(
            step.touching(source, "write") for step in self.program for source in step.moves)

    def data_deleted_before_read(self) -> bool:
        for index, step in enumerate(self.program):
            for touch in step.touches:
                if touch.mode != "read":
                    continue
                for earlier in reversed(self.program[:index]):
                    # A write in the step that deletes is not earlier than the deletion.
                    if earlier.touching(touch.place, "write"):
                        break
                    if earlier.deletes_for(touch):
                        return True
        return False

    def data_not_produced(self) -> bool:
        for index, step in enumerate(self.program):
            for where in step.of("read"):
                if not where.is_ephemeral:
                    continue
                if any(one.touching(where, "write", "delete") for one in self.program[:index]):
                    continue
                return True
        return False

    def data_written_twice(self) -> bool:
        for later, second in enumerate(self.program):
            for earlier, first in enumerate(self.program[:later]):
                for a in first.touches:
                    for b in second.touches:
                        if a.mode != "write" or b.mode != "write" or not a.place.overlaps(b.place):
                            continue
                        if different_parts(a, b):
                            continue
                        between = self.program[earlier + 1: later]
                        if not any(one.touching(b.place, "delete") for one in between):
                            return True
        return False

    def data_lost(self) -> bool:
        if self.model.command.persistent:
            return False
        for index, step in enumerate(self.program):
            for where in step.of("write"):
                if where.is_ephemeral and not any(
                        one.touching(where, "read") for one in self.program[index + 1:]):
                    return True
        return False

    # Failures and concurrency

    def data_after_failure(self) -> bool:
        for first, second in self.pairs():
            if first.action != "CONTINUE":
                continue
            for touch in first.touches:
                if touch.mode == "write" and second.touching(touch.place, "read"):
                    return True
                if touch.mode in ("write", "read") and second.deletes_for(touch):
                    return True
        return False

    def reads_a_failed_restore(self) -> bool:
        """Whether a step reads what a recovery may restore before it, by a step after which EMR goes on."""
        if self.level > 1:
            # A recovery adds the reader when the data is there.
            return False
        in_run = {step.name for step in self.program}
        readers, seen = list(self.program), set()
        while readers:
            reader = readers.pop()
            for name, dataset in self.pipeline.datasets.items():
                if dataset.restore is None or not any(
                        one.is_ephemeral and reader.touching(one, "read")
                        for one in self.model.places(name, self.env)):
                    continue
                try:
                    restoring = self.model.expand(dataset.restore, self.env, None, "restore")
                except Absent:
                    continue
                for step in restoring:
                    if step.action == "CONTINUE" and step.name not in in_run and (
                            step.name not in reader.after):
                        return True
                if name not in seen:
                    seen.add(name)
                    readers += restoring
        return False

    def data_race(self) -> bool:
        return self.level > 1 and any(
            order.conflict(a, b) for first, second in self.pairs()
            for a in first.touches for b in second.touches)

    # Stages that don't run

    def would_be(self) -> dict:
        """What the stages that are skipped, or before the resume point, would do."""
        env, runs, _ = self.model.select(self.model.plain(self.model.command), self.facts)
        out: dict = {}
        for stage in self.pipeline.stages:
            if stage.name not in self.model.passed_over or not runs[stage.name]:
                continue
            out[stage.name] = []
            for step in stage.steps:
                try:
                    out[stage.name] += self.model.expand(step, env, stage.name, "written")
                except Absent:
                    out[stage.name].append(
                        RunStep("", stage.name, "", "written", [], reads_anything=True))
        return out

    def data_unread(self) -> list[bool]:
        """For each dataset that is moved away unread, whether that is an error."""
        found = []
        number = {stage.name: index for index, stage in enumerate(self.pipeline.stages)}
        would_be = self.would_be()
        for name, dataset in self.pipeline.datasets.items():
            places = self.model.places(name, self.env)
            if not places:
                continue
            reading = list(places)
            if dataset.must_be_read:
                reading += self.restored_from(places)

            def touches(step: RunStep, mode: str, among=places) -> bool:
                return any(step.touching(one, mode) for one in among)

            for index, step in enumerate(self.full):
                if step not in self.program or not touches(step, "delete"):
                    continue
                earlier = [i for i, one in enumerate(self.full[:index]) if touches(one, "write")]
                if not earlier:
                    continue
                between = self.full[earlier[0]: index]
                if any(touches(one, "read", reading) and not touches(one, "delete")
                       for one in between):
                    continue
                first = self.full[earlier[0]].stage
                readers = [
                    stage for stage, steps in would_be.items()
                    if step.stage is None or number[stage] < number[step.stage]
                    if first is None or number[first] < number[stage]
                    if any(touches(one, "read", reading) for one in steps)
                    and not any(touches(one, "delete") for one in steps)]
                if step.stage is not None and readers:
                    found.append(dataset.must_be_read)
        return found

    def restored_from(self, places: list[Place]) -> list[Place]:
        out: list[Place] = []
        for name, dataset in self.pipeline.datasets.items():
            if dataset.restore is None:
                continue
            try:
                steps = self.model.expand(dataset.restore, self.env, None, "restore")
            except Absent:
                continue
            if any(step.touching(one, "read") for step in steps for one in places):
                out += self.model.places(name, self.env)
        return out

    # Datasets in each other

    def dataset_overlap(self) -> bool:
        cleared_datasets: set = set()
        steps = list(self.program) + [
            step for step in self.full if step not in self.program]
        for stage, more in self.would_be().items():
            steps += more
        for dataset in self.pipeline.datasets.values():
            for step in (dataset.restore, dataset.release):
                if step is not None:
                    steps += self.model.expand_or_nothing(step, self.env)
        would_run = set(self.would_be()) | {name for name, runs in self.runs.items() if runs}
        for stage in self.pipeline.stages:
            if stage.name in would_run:
                for requirement in stage.requires:
                    if requirement.kind == "empty" and (
                            requirement.when is None or requirement.when.value(self.env)):
                        cleared_datasets.add(requirement.dataset)
        every = [
            (name, one) for name in self.pipeline.datasets
            for one in self.model.places(name, self.env)]

        def cleared(name: str, where: Place) -> bool:
            return name in cleared_datasets or any(step.touching(where, "delete") for step in steps)

        log = self.pipeline.cluster.log_uri
        if log is not None:
            log_place = place(log.value(self.env))
            if any(one.holds(log_place) and cleared(name, one) for name, one in every):
                return True
        for index, (name, one) in enumerate(every):
            for other_name, other in every[:index]:
                if not one.overlaps(other):
                    continue
                if name != other_name and (
                        self.is_within(name, other_name) or self.is_within(other_name, name)):
                    continue
                if cleared(name, one) or cleared(other_name, other):
                    return True
                if one == other and len({
                        id(step) for step in steps if one in step.of("write")}) > 1:
                    return True
        return False

    def is_within(self, name: str, outer: str) -> bool:
        seen: set = set()
        while name is not None and name not in seen:
            seen.add(name)
            name = self.pipeline.datasets[name].within
            if name == outer:
                return True
        return False
