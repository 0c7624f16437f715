"""Generated pipelines whose steps run side by side, compared with the same steps one after another.

    scripts/python Tests/Generated/side_by_side.py --binary .build/release/penstock --seeds 1..100

For each seed: steps that read, write and name one another in any order, on a cluster that runs several at a time.
Whatever fails or is killed, S3 must end as after the steps one after another; no step may start before all that it
waits for are completed; and none may wait longer than the order and the cluster make it. The order is the one
that docs/order.md says, worked out in order.py without the compiler's help.
"""

from __future__ import annotations

import json
import random
import shlex
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field

import order
from places import place
from steps import RunStep, Touch
from trial import BUCKET, CRASHED, Trial, judge

RUN = "2026-03-01-00-00-00"
# The executor asks every 15 seconds, and what it then adds may be seen only with the next answer.
DELAY = 31


@dataclass
class Step:
    name: str
    reads: list
    writes: list
    after: list = field(default_factory=list)

    def yaml(self, level: int) -> str:
        lines = [f"- name: {self.name}", '  spark-submit: { application: "s3://code/job.py" }',
                 f"  reads: [{', '.join(self.reads)}]", f"  writes: [{', '.join(self.writes)}]"]
        if level > 1:
            # EMR's condition for more than one step at a time.
            lines.append("  on-failure: CONTINUE")
        if self.after:
            lines.append(f"  after: [{', '.join(self.after)}]")
        return "".join(f"      {line}\n" for line in lines)


class Case:
    """A pipeline with branches that meet and part again."""

    def __init__(self, seed: int):
        self.rng = rng = random.Random(seed)
        self.steps: list[Step] = []
        for number in range(rng.randrange(3, 13)):
            # Of the latest ones, so that chains are long; or of none, so that branches begin.
            near = self.steps[-rng.randrange(1, 6):] if self.steps and rng.random() < 0.8 else []
            reads = [name for one in near if rng.random() < 0.5 for name in one.writes]
            step = Step(f"S{number:02}", reads or ["raw"], [f"d{number:02}"])
            others = [one for one in self.steps if one not in near]
            if others and rng.random() < 0.2:
                step.after = [rng.choice(others).name]
            self.steps.append(step)
        self.level = rng.randrange(2, 6)

    def yaml(self, level: int | None = None) -> str:
        level = level or self.level
        data = "".join(f'  {name}: {{ at: "s3://{BUCKET}/{name}/run=${{run.id}}/" }}\n'
                       for step in self.steps for name in step.writes)
        stages = "".join(f"  - stage: {step.name.lower()}\n    steps:\n{step.yaml(level)}" for step in self.steps)
        return f"""penstock: v1
pipeline: side-by-side
datasets:
  raw: {{ at: "s3://{BUCKET}/raw/" }}
{data}stages:
{stages}cluster:
  region: us-east-1
  job-flow:
    Name: side-by-side
    ReleaseLabel: emr-7.5.0
    StepConcurrencyLevel: {level}
    Applications: [{{ Name: Spark }}]
    Instances:
      InstanceGroups: [{{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }}]
    JobFlowRole: EMR_EC2_DefaultRole
    ServiceRole: EMR_DefaultRole
"""

    def relation(self) -> dict[str, set]:
        """For each step, all that come before it."""
        def touch(mode: str, name: str) -> Touch:
            return Touch(mode, place(f"s3://{BUCKET}/{name}/"))

        steps = [RunStep(one.name, one.name.lower(), "spark-submit", "written",
                         touches=[touch("read", name) for name in one.reads]
                         + [touch("write", name) for name in one.writes], after=one.after)
                 for one in self.steps]
        return {step.name: {steps[earlier].name for earlier in found}
                for step, found in zip(steps, order.before(steps))}


class SideBySideTrial(Trial):
    """A case in sandboxes."""

    def check(self) -> None:
        case = self.case
        self.relation = case.relation()
        (self.folder / "one.yml").write_text(case.yaml(level=1))
        self.fill("one")
        status, _, err = self.run("one", pipeline="one.yml")
        self.expect(status == 0, f"one after another: status {status}: {err[-300:]}")
        self.wanted = self.contents("one")
        self.fill("box")
        status, _, err = self.run("box")
        self.ended("calm", "box", status, err)
        self.check_time(self.tries("box"))
        for _ in range(2):
            self.failing()
        self.killed()

    def fill(self, box: str) -> None:
        shutil.rmtree(self.folder / box, ignore_errors=True)
        for number in range(3):
            path = self.folder / box / BUCKET / "raw" / f"file{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"line {number}\n")

    def run(self, box: str, *more: str, pipeline: str = "p.yml") -> tuple[int, str, str]:
        return self.call("run", pipeline, "--run-id", RUN, "--sandbox", box, "--format", "json", *more)

    def tries(self, box: str) -> list[dict]:
        return [step for cluster in self.world(box)["clusters"] for step in cluster["steps"]]

    def ended(self, what: str, box: str, status: int, err: str) -> None:
        """A run that completed all: with the same data, in a right order, with nothing left."""
        self.expect(status == 0, f"{what}: status {status}: {err[-300:]}")
        found = self.contents(box)
        self.expect(found == self.wanted, f"{what}: S3 has {sorted(found.items() ^ self.wanted.items())[:4]}")
        self.check_over(box, what)
        self.check_order(what, box)

    def check_order(self, what: str, box: str) -> None:
        """No step starts before all that it waits for are completed, and never are there more than the cluster runs."""
        completed: dict[str, int] = {}
        for cluster in self.world(box)["clusters"]:
            tries = [one for one in cluster["steps"] if one.get("started")]
            ends = {one["name"]: one["ended"] for one in tries if one["state"] == "COMPLETED"}
            for one in tries:
                for earlier in self.relation[one["name"]]:
                    # On this cluster or on one before it.
                    end = ends.get(earlier) or completed.get(earlier)
                    self.expect(end is not None and end <= one["started"],
                                f"{what}: {one['name']} started before {earlier} was completed")
            most = max((running(tries, one["started"]) for one in tries), default=0)
            self.expect(most <= self.case.level, f"{what}: {most} at once, the level is {self.case.level}")
            completed |= ends

    def check_time(self, tries: list[dict]) -> None:
        """A step waits only for those before it, and for room: so a run lasts as long as its longest chain."""
        if any(not one.get("ended") for one in tries):
            return self.expect(False, "calm: a step has no end")
        ends = {one["name"]: one["ended"] for one in tries}
        first = min(one["started"] for one in tries)
        for one in tries:
            ready = max((ends[name] for name in self.relation[one["name"]]), default=first) + DELAY
            start = one["started"]
            # When each other step ends, there is room, unless others have taken it.
            for time in [ready] + [end for end in ends.values() if ready < end < start - DELAY]:
                if time < start - DELAY:
                    self.expect(
                        any(running(tries, time + DELAY / 4 * part) >= self.case.level for part in range(5)),
                        f"calm: {one['name']} was ready at {ready} and started at {start}, with room at {time}")

    def failing(self) -> None:
        """A failed step stops what waits for it and nothing else; the recovery does just what is missing."""
        case, rng = self.case, self.case.rng
        step = rng.choice(case.steps).name
        lost = {name for name, before in self.relation.items() if step in before} | {step}
        what = f"{step} fails"
        self.fill("failing")
        status, out, err = self.run("failing", "--fault", f"{step}=fail")
        failed = [json.loads(line) for line in out.splitlines() if '"event":"failed"' in line]
        if status != 1 or not failed:
            return self.expect(False, f"{what}: status {status}: {err[-300:]}")
        done = {one["name"] for one in self.tries("failing") if one["state"] == "COMPLETED"}
        wanted = {one.name for one in case.steps} - lost
        self.expect(done == wanted, f"{what}: completed {sorted(done)}, by the model {sorted(wanted)}")
        words = shlex.split(failed[-1]["recovery"].get("command", ""))[1:]
        if not words:
            return self.expect(False, f"{what}: no recovery")
        status, _, err = self.call(*words, "--format", "json")
        again = [one["name"] for one in self.world("failing")["clusters"][-1]["steps"]]
        self.expect(sorted(again) == sorted(lost), f"{what}: recovered by {again}, by the model {sorted(lost)}")
        self.ended(f"{what}, recovered", "failing", status, err)

    def killed(self) -> None:
        """Killed anywhere, some times, it goes on."""
        rng = self.case.rng
        self.fill("killed")
        points = [rng.randrange(1, 60)]
        status, _, err = self.run("killed", "--fault", f"crash-after={points[0]}")
        for _ in range(rng.randrange(0, 3)):
            if status == CRASHED:
                points.append(rng.randrange(1, 60))
                status, _, err = self.go_on("killed", "--fault", f"crash-after={points[-1]}")
        if status == CRASHED:
            status, _, err = self.go_on("killed")
        self.ended(f"killed at {points}", "killed", status, err)

    def go_on(self, box: str, *more: str) -> tuple[int, str, str]:
        answer = self.call("apply", RUN, "--sandbox", box, "--format", "json", *more)
        # It was killed before the journal had it: nothing was begun.
        return self.run(box, *more) if "run-unknown" in answer[2] else answer


def running(tries: list[dict], time: float) -> int:
    """How many steps run at a time."""
    return sum(1 for one in tries if one.get("ended") and one["started"] <= time < one["ended"])


def main() -> int:
    counts: Counter = Counter()

    def note(trial: Trial) -> None:
        counts["pipelines"] += 1
        counts["steps"] += len(trial.case.steps)
        counts["pairs"] += sum(map(len, trial.relation.values()))

    return judge(
        lambda binary, folder, seed: SideBySideTrial(binary, folder, Case(seed)), note,
        lambda: f"{counts['pipelines']} pipelines, {counts['steps']} steps, {counts['pairs']} pairs in order")


if __name__ == "__main__":
    sys.exit(main())
