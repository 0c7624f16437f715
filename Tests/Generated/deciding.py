"""Generated pipelines whose steps decide, and hand values to later ones, run in sandboxes and killed anywhere.

    scripts/python Tests/Generated/deciding.py --binary .build/release/penstock --seeds 1..200

For each seed: a pipeline with outputs, conditions on them and arguments that take them; what the documentation
says of it (docs/language.md) is worked out here, without the compiler's help.
"""

from __future__ import annotations

import json
import random
import shlex
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field

from trial import BUCKET, CRASHED, Trial, error_codes, judge

RUN = "2026-03-01-00-00-00"
WORDS = ["full", "part", "none"]


@dataclass
class Output:
    """A value that a step leaves, and the one that it leaves in this trial."""

    name: str
    type: str
    value: object
    choices: list

    def yaml(self) -> str:
        more = f", enum: [{', '.join(self.choices)}]" if self.choices else ""
        return f'{{ at: "s3://{BUCKET}/control/{self.name}", type: {self.type}{more} }}'

    @property
    def text(self) -> str:
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


@dataclass
class Condition:
    """A condition as it is written, whether it holds, and the outputs that it asks."""

    text: str
    holds: bool
    needs: set


@dataclass
class Step:
    name: str
    outputs: list = field(default_factory=list)
    takes: list = field(default_factory=list)
    no_data: Condition | None = None

    def yaml(self, concurrency: int) -> str:
        words = [f'"{before}${{outputs.{one.name}}}{after}"' for one, before, after in self.takes]
        lines = [f"- name: {self.name}"]
        lines += ['  spark-submit: { application: "s3://code/job.py", args: [' + ", ".join(words) + "] }",
                  "  reads: [raw]", f"  writes: [out_{self.name.lower()}]"]
        if self.outputs:
            lines.append("  outputs:")
            lines += [f"    {one.name}: {one.yaml()}" for one in self.outputs]
        if self.no_data:
            lines.append("  no-data-if: '${" + self.no_data.text + "}'")
        if concurrency > 1:
            # EMR's condition for more than one step at a time.
            lines.append("  on-failure: CONTINUE")
        return "".join(f"      {line}\n" for line in lines)

    def arguments(self) -> list[str]:
        return [before + one.text + after for one, before, after in self.takes]


@dataclass
class Stage:
    name: str
    steps: list
    condition: Condition | None


class Case:
    """A pipeline, and what its steps find out."""

    def __init__(self, seed: int):
        self.rng = rng = random.Random(seed)
        self.stages: list[Stage] = []
        known: list[Output] = []
        number = 0
        for index in range(rng.randrange(2, 6)):
            condition = None
            if known and rng.random() < 0.6:
                condition = self.condition(known, rng.randrange(0, 3))
            steps, fresh = [], []
            for _ in range(rng.randrange(1, 4)):
                number += 1
                step = Step(f"S{number:02}")
                usable = known + fresh
                if usable and rng.random() < 0.6:
                    for one in rng.sample(usable, min(len(usable), rng.randrange(1, 3))):
                        step.takes.append((one, rng.choice(["", "--x=", "a "]), rng.choice(["", "/b"])))
                if rng.random() < (0.7 if index == 0 else 0.3):
                    step.outputs = [self.output(f"o{number}{letter}") for letter in "ab"[:rng.randrange(1, 3)]]
                    if not condition and rng.random() < 0.25:
                        step.no_data = self.condition(step.outputs, 1)
                fresh += step.outputs
                steps.append(step)
            # What a stage leaves that may be left out is for itself only.
            if not condition:
                known += fresh
            self.stages.append(Stage(f"stage{index}", steps, condition))
        self.concurrency = rng.choice([1, 1, 3])

    def output(self, name: str) -> Output:
        rng = self.rng
        kind = rng.choice(["string", "string", "int", "bool", "marker"])
        if kind == "string":
            choices = WORDS if rng.random() < 0.5 else []
            return Output(name, kind, rng.choice(choices or ["x", "a b", "{{output: o1a}}"]), choices)
        if kind == "int":
            return Output(name, kind, rng.choice([0, 1, -5, 2 ** 62]), [])
        return Output(name, kind, rng.random() < 0.5, [])

    def condition(self, outputs: list, depth: int) -> Condition:
        rng = self.rng
        if depth == 0 or rng.random() >= 0.6:
            return self.comparison(rng.choice(outputs))
        one, other = self.condition(outputs, depth - 1), self.condition(outputs, depth - 1)
        form = rng.choice(["and", "or", "not", "if", "known"])
        if form == "not":
            return Condition(f"!({one.text})", not one.holds, one.needs)
        if form == "known":
            return Condition(f"(params.small == 1 && {one.text})", one.holds, one.needs)
        needs = one.needs | other.needs
        if form == "and":
            return Condition(f"({one.text} && {other.text})", one.holds and other.holds, needs)
        if form == "or":
            return Condition(f"({one.text} || {other.text})", one.holds or other.holds, needs)
        rest = self.condition(outputs, 0)
        return Condition(f"(({one.text}) ? {other.text} : {rest.text})",
                         other.holds if one.holds else rest.holds, needs | rest.needs)

    def comparison(self, one: Output) -> Condition:
        rng = self.rng
        name = f"outputs.{one.name}"
        if one.type in ("bool", "marker"):
            if rng.random() < 0.7:
                return Condition(name, one.value, {one.name})
            return Condition(f"{name} == false", not one.value, {one.name})
        if one.type == "int":
            sign, other = rng.choice(["==", "!=", "<", "<=", ">", ">="]), rng.choice([0, 1, -6, 7])
            left, right = (one.value, other)
            text = f"{name} {sign} {other}"
            if rng.random() < 0.3:
                left, right = right, left
                text = f"{other} {sign} {name}"
            return Condition(text, {"==": left == right, "!=": left != right, "<": left < right,
                                    "<=": left <= right, ">": left > right, ">=": left >= right}[sign],
                             {one.name})
        other = rng.choice(one.choices or ["x", "y"])
        is_equal = rng.random() < 0.7
        return Condition(f'{name} {"==" if is_equal else "!="} "{other}"', (one.value == other) == is_equal,
                         {one.name})

    @property
    def steps(self) -> list[Step]:
        return [step for stage in self.stages for step in stage.steps]

    @property
    def outputs(self) -> list[Output]:
        return [one for step in self.steps for one in step.outputs]

    @property
    def decides(self) -> bool:
        return (any(stage.condition for stage in self.stages)
                or any(step.takes or step.no_data for step in self.steps))

    def yaml(self) -> str:
        data = "".join(f'  out_{step.name.lower()}: {{ at: "s3://{BUCKET}/{step.name}/run=${{run.id}}/" }}\n'
                       for step in self.steps)
        stages = ""
        for stage in self.stages:
            stages += f"  - stage: {stage.name}\n"
            if stage.condition:
                stages += f"    when: '${{{stage.condition.text}}}'\n"
            stages += "    steps:\n" + "".join(step.yaml(self.concurrency) for step in stage.steps)
        level = f"    StepConcurrencyLevel: {self.concurrency}\n" if self.concurrency > 1 else ""
        return f"""penstock: v1
pipeline: deciding
params:
  small: {{ type: integer, default: 1 }}
datasets:
  raw: {{ at: "s3://{BUCKET}/raw/" }}
{data}stages:
{stages}cluster:
  region: us-east-1
  job-flow:
    Name: deciding
    ReleaseLabel: emr-7.5.0
{level}    Applications: [{{ Name: Spark }}]
    Instances:
      InstanceGroups: [{{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }}]
    JobFlowRole: EMR_EC2_DefaultRole
    ServiceRole: EMR_DefaultRole
"""

    # ------------------------------------------------------------------------- the model

    def ending(self) -> tuple[set, set, set, set]:
        """The steps that are completed, and that may be; the stages that are left out, and that may be."""
        done, left = set(), set()
        for at, stage in enumerate(self.stages):
            if stage.condition and not stage.condition.holds:
                left.add(stage.name)
                continue
            for number, step in enumerate(stage.steps):
                done.add(step.name)
                if step.no_data and step.no_data.holds:
                    # Those above it that it doesn't need may have been under way.
                    return self.needed(step), done, set(), left
        return done, done, left, left

    @property
    def has_data(self) -> bool:
        return not any(step.no_data and step.no_data.holds for stage in self.stages for step in stage.steps
                       if not stage.condition)

    def needed(self, step: Step) -> set:
        """A step and those that must be completed before it."""
        found, open_ = set(), [step]
        while open_:
            one = open_.pop()
            if one.name in found:
                continue
            found.add(one.name)
            for other in self.before(one):
                open_.append(other)
        return found

    def before(self, step: Step) -> list[Step]:
        """What has to be completed before a step: what decides about it, and what it takes from."""
        stage = next(one for one in self.stages if step in one.steps)
        wanted = {one.name for one, _, _ in step.takes} | (stage.condition.needs if stage.condition else set())
        earlier = self.steps[:self.steps.index(step)]
        return [other for other in earlier
                if other.no_data or wanted & {one.name for one in other.outputs}]


class DecidingTrial(Trial):
    """A case in sandboxes."""

    def outcomes(self, without: set = frozenset()) -> list[str]:
        """What steps leave, as options of the command."""
        return [word for step in self.case.steps if step.name not in without for one in step.outputs
                for word in ("--outcome", f"{one.name}={one.text}")]

    def run(self, box: str, *more: str) -> tuple[int, str, str]:
        return self.call("run", "p.yml", "--run-id", RUN, "--sandbox", box, "--format", "json",
                         *self.outcomes(), *more)

    def fill(self, box: str) -> None:
        """S3 has data, and what other runs have left as outputs."""
        shutil.rmtree(self.folder / box, ignore_errors=True)
        for name, text in [("raw/file", "a line\n")] + [
                (f"control/{one.name}", "stale") for one in self.case.outputs]:
            path = self.folder / box / BUCKET / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def steps(self, box: str, what: str) -> list[dict]:
        self.check_over(box, what)
        clusters = self.world(box)["clusters"]
        self.expect(len(clusters) == 1, f"{what}: {len(clusters)} clusters")
        return [step for cluster in clusters for step in cluster["steps"]]

    def check(self) -> None:
        case = self.case
        status, _, err = self.call("compile", "p.yml", "--run-id", RUN, "--diagnostics", "json")
        codes = error_codes(err)
        self.expect(codes == ({"decided-in-run"} if case.decides else set()), f"compile: {codes}")
        self.calm()
        self.killed()
        self.broken()
        self.refused()

    def calm(self) -> None:
        self.fill("box")
        status, out, err = self.run("box")
        self.judge("calm", status, "box", err)
        events = [json.loads(line) for line in out.splitlines() if line]
        left = {one["stage"] for one in events if one["event"] == "stage-decided" and not one["runs"]}
        must, may = self.case.ending()[2:]
        self.expect(must <= left and (left <= may or not self.case.has_data),
                    f"left out: {sorted(left)}, by the model {sorted(must)}")

    def judge(self, what: str, status: int, box: str, err: str) -> None:
        case = self.case
        must, may, _, _ = case.ending()
        self.expect(status == (0 if case.has_data else 3), f"{what}: status {status}: {err[-300:]}")
        steps = self.steps(box, what)
        done = [step["name"] for step in steps if step["state"] == "COMPLETED"]
        self.expect(len(done) == len(set(done)), f"{what}: done twice: {done}")
        self.expect(must <= set(done) <= may,
                    f"{what}: completed {sorted(done)}, by the model {sorted(must)} to {sorted(may)}")
        by_name = {step.name: step for step in case.steps}
        for step in steps:
            wanted = by_name[step["name"]].arguments()
            found = step["arguments"][-len(wanted):] if wanted else []
            self.expect(found == wanted, f"{what}: {step['name']} has {found}, by the model {wanted}")
        ended = {step["name"]: step.get("ended") for step in steps}
        for step in steps:
            for other in case.before(by_name[step["name"]]):
                if step.get("started") is not None and ended.get(other.name) is not None:
                    self.expect(ended[other.name] <= step["started"],
                                f"{what}: {step['name']} started before {other.name} ended")

    def killed(self) -> None:
        """Killed anywhere, it continues with the same answers; so does a run whose step failed."""
        case, rng = self.case, self.case.rng
        self.fill("killed")
        points: list[int] = []
        status, _, err = self.run("killed", "--fault", f"crash-after={rng.randrange(1, 40)}")
        for _ in range(rng.randrange(0, 3)):
            if status == CRASHED:
                points.append(rng.randrange(1, 40))
                status, _, err = self.go_on("killed", "--fault", f"crash-after={points[-1]}")
        if status == CRASHED:
            status, _, err = self.go_on("killed")
        self.judge(f"killed, then at {points}", status, "killed", err)

    def go_on(self, box: str, *more: str) -> tuple[int, str, str]:
        """Continues a run that was killed."""
        answer = self.call("apply", RUN, "--sandbox", box, "--format", "json", *self.outcomes(), *more)
        # It was killed before the journal had it: nothing was begun.
        return self.run(box, *more) if "run-unknown" in answer[2] else answer

    def broken(self) -> None:
        """A value that can't be read ends the run, and the recovery does its step again."""
        case, rng = self.case, self.case.rng
        must = case.ending()[0]
        writers = [(step, one) for step in case.steps if step.name in must
                   for one in step.outputs if one.type in ("int", "bool")]
        if not writers:
            return
        step, one = rng.choice(writers)
        what = f"{one.name} of {step.name} unreadable"
        self.fill("broken")
        status, out, err = self.run("broken", "--outcome", f"{one.name}=neither")
        failed = [json.loads(line) for line in out.splitlines() if '"event":"failed"' in line]
        if status != 1 or not failed:
            return self.expect(False, f"{what}: status {status}: {err[-300:]}")
        recovery = failed[-1].get("recovery") or {}
        self.expect(step.name not in recovery.get("leftOut", []), f"{what}: the recovery leaves it out")
        done = {one["name"] for one in self.steps("broken", what) if one["state"] == "COMPLETED"}
        if "command" not in recovery:
            return self.expect(False, f"{what}: no recovery")
        words = shlex.split(recovery["command"])[1:]
        # What is left out has no outcome: what it left before is read.
        left_out = set(recovery.get("leftOut", []))
        status, _, err = self.call(*words, "--format", "json", *self.outcomes(left_out))
        self.expect(status == (0 if case.has_data else 3), f"{what}, recovered: status {status}: {err[-300:]}")
        self.check_over("broken", what)
        last = self.world("broken")["clusters"][-1]["steps"]
        again = {one["name"] for one in last if one["state"] == "COMPLETED"}
        self.expect(done & again == {step.name}, f"{what}: done again {sorted(done & again)}")
        must, may, _, _ = case.ending()
        self.expect(must <= done | again <= may,
                    f"{what}: completed {sorted(done | again)}, by the model {sorted(must)} to {sorted(may)}")

    def refused(self) -> None:
        """One mistake in an otherwise good pipeline."""
        case, rng = self.case, self.case.rng
        if not case.outputs:
            return
        one = rng.choice(case.outputs)
        name = f"outputs.{one.name}"
        text = case.yaml()
        first = text.index("- name: S01")
        mistakes = {
            "output-misplaced": text.replace("datasets:", f'let:\n  early: "${{{name}}}"\ndatasets:', 1),
            "output-computed": text + "" if one.type != "int" else text.replace(
                "cluster:\n  region", "  - stage: more\n    steps:\n      - name: More\n"
                '        spark-submit: { application: "s3://code/job.py", args: ["${%s + 1}"] }\n'
                "cluster:\n  region" % name, 1),
            "output-too-early": text[:first] + "- name: S00\n"
            '        spark-submit: { application: "s3://code/job.py", args: ["${%s}"] }\n      ' % name
            + text[first:],
        }
        code = rng.choice(sorted(mistakes))
        if mistakes[code] == text:
            return
        (self.folder / "bad.yml").write_text(mistakes[code])
        _, _, err = self.call("check", "bad.yml", "--diagnostics", "json")
        codes = error_codes(err)
        self.expect(code in codes, f"refused: {codes}, by the model {code}")


def main() -> int:
    counts: Counter = Counter()

    def note(trial: Trial) -> None:
        counts["pipelines"] += 1
        counts["decide"] += trial.case.decides
        counts["without"] += not trial.case.has_data
        counts["left out"] += bool(trial.case.ending()[2])

    return judge(
        lambda binary, folder, seed: DecidingTrial(binary, folder, Case(seed)), note,
        lambda: f"{counts['pipelines']} pipelines, {counts['decide']} decide, {counts['left out']} leave "
        f"stages out, {counts['without']} end without data")


if __name__ == "__main__":
    sys.exit(main())
