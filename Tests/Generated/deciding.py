"""Generated pipelines whose steps decide, and hand values to later ones, run in sandboxes and killed anywhere.

    scripts/python Tests/Generated/deciding.py --binary .build/release/penstock --seeds 1..200

For each seed: a pipeline with outputs, conditions on them and arguments that take them; what the documentation
says of it (docs/language.md) is worked out here, without the compiler's help.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

BUCKET = "bucket"
RUN = "2026-03-01-00-00-00"
WORDS = ["full", "part", "none"]
ENDED = {"TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"}


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
    """A condition as it is written, and whether it holds."""

    text: str
    holds: bool


@dataclass
class Step:
    name: str
    outputs: list = field(default_factory=list)
    takes: list = field(default_factory=list)
    no_data: Condition | None = None
    when: str | None = None

    def yaml(self) -> str:
        words = [f'"{before}${{outputs.{one.name}}}{after}"' for one, before, after in self.takes]
        lines = [f"- name: {self.name}"]
        if self.when:
            lines.append(f"  when: {self.when}")
        lines += ['  spark-submit: { application: "s3://code/job.py", args: [' + ", ".join(words) + "] }",
                  "  reads: [raw]", f"  writes: [out_{self.name.lower()}]"]
        if self.outputs:
            lines.append("  outputs:")
            lines += [f"    {one.name}: {one.yaml()}" for one in self.outputs]
        if self.no_data:
            lines.append("  no-data-if: ${" + self.no_data.text + "}")
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
        if depth > 0 and rng.random() < 0.6:
            one, other = self.condition(outputs, depth - 1), self.condition(outputs, depth - 1)
            form = rng.choice(["and", "or", "not", "if", "known"])
            if form == "and":
                return Condition(f"({one.text} && {other.text})", one.holds and other.holds)
            if form == "or":
                return Condition(f"({one.text} || {other.text})", one.holds or other.holds)
            if form == "not":
                return Condition(f"!({one.text})", not one.holds)
            if form == "if":
                rest = self.condition(outputs, 0)
                return Condition(f"(({one.text}) ? {other.text} : {rest.text})",
                                 other.holds if one.holds else rest.holds)
            return Condition(f"(params.small == 1 && {one.text})", one.holds)
        one = rng.choice(outputs)
        name = f"outputs.{one.name}"
        if one.type in ("bool", "marker"):
            if rng.random() < 0.7:
                return Condition(name, one.value)
            return Condition(f"{name} == false", not one.value)
        if one.type == "int":
            sign, other = rng.choice(["==", "!=", "<", "<=", ">", ">="]), rng.choice([0, 1, -6, 7])
            left, right = (one.value, other)
            text = f"{name} {sign} {other}"
            if rng.random() < 0.3:
                left, right = right, left
                text = f"{other} {sign} {name}"
            return Condition(text, {"==": left == right, "!=": left != right, "<": left < right,
                                    "<=": left <= right, ">": left > right, ">=": left >= right}[sign])
        other = rng.choice(one.choices or ["x", "y"])
        is_equal = rng.random() < 0.7
        return Condition(f'{name} {"==" if is_equal else "!="} "{other}"', (one.value == other) == is_equal)

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
            stages += "    steps:\n" + "".join(step.yaml() for step in stage.steps)
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
        wanted = {one.name for one, _, _ in step.takes}
        earlier = self.steps[:self.steps.index(step)]
        return [other for other in earlier
                if other.no_data or wanted & {one.name for one in other.outputs}]


class Trial:
    """A case in sandboxes."""

    def __init__(self, binary: str, folder: Path, case: Case):
        self.binary, self.folder, self.case = binary, folder, case
        self.problems: list[str] = []
        (folder / "p.yml").write_text(case.yaml())

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.problems.append(what)

    def call(self, *words: str) -> tuple[int, str, str]:
        done = subprocess.run([self.binary, *words], cwd=self.folder, capture_output=True, text=True,
                              env={"TZ": "UTC", "PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
                              timeout=300)
        return done.returncode, done.stdout, done.stderr

    def run(self, box: str, *more: str) -> tuple[int, str, str]:
        outcomes = [word for one in self.case.outputs for word in ("--outcome", f"{one.name}={one.text}")]
        return self.call("run", "p.yml", "--run-id", RUN, "--sandbox", box, "--format", "json", *outcomes, *more)

    def fill(self, box: str) -> None:
        """S3 has data, and what other runs have left as outputs."""
        shutil.rmtree(self.folder / box, ignore_errors=True)
        for name, text in [("raw/file", "a line\n")] + [
                (f"control/{one.name}", "stale") for one in self.case.outputs]:
            path = self.folder / box / BUCKET / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def steps(self, box: str) -> list[dict]:
        world = json.loads((self.folder / box / ".penstock" / "emr.json").read_text())
        self.expect(all(cluster["state"] in ENDED for cluster in world["clusters"]), "a cluster is left")
        self.expect(len(world["clusters"]) == 1, f"{len(world['clusters'])} clusters")
        return [step for cluster in world["clusters"] for step in cluster["steps"]]

    def check(self) -> None:
        case = self.case
        status, _, err = self.call("compile", "p.yml", "--run-id", RUN, "--diagnostics", "json")
        codes = {one["code"] for one in json.loads(err or "[]") if one["severity"] == "error"}
        self.expect(codes == ({"decided-in-run"} if case.decides else set()), f"compile: {codes}")
        self.calm()
        self.killed()
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
        steps = self.steps(box)
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
        points = []
        for _ in range(rng.randrange(1, 4)):
            points.append(rng.randrange(1, 40))
            status, _, err = self.run("killed", "--fault", f"crash-after={points[-1]}")
            self.expect(status in (-9, 137, 0, 3), f"killed at {points}: status {status}: {err[-300:]}")
        status, _, err = self.run("killed")
        self.judge(f"killed at {points}", status if status else (0 if case.has_data else status), "killed", err)

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
        codes = {found["code"] for found in json.loads(err or "[]") if found["severity"] == "error"}
        self.expect(code in codes, f"refused: {codes}, by the model {code}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seeds", default="1..100")
    parser.add_argument("--keep", help="a folder for the pipelines that disagree")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("..")
    bad = count = deciding = without = 0
    for seed in range(int(first), int(last or first) + 1):
        case = Case(seed)
        count += 1
        deciding += case.decides
        without += not case.has_data
        with tempfile.TemporaryDirectory() as folder:
            trial = Trial(str(Path(given.binary).resolve()), Path(folder), case)
            trial.check()
        if trial.problems:
            bad += 1
            print(f"seed {seed}:", *trial.problems[:3], sep="\n  ")
            if given.keep:
                Path(given.keep).mkdir(parents=True, exist_ok=True)
                (Path(given.keep) / f"{seed}.yml").write_text(case.yaml())
    print(f"{count} pipelines, {deciding} decide, {without} end without data, {bad} disagree")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
