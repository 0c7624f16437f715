"""Generated ranges of runs whose steps fail and are tried again, killed anywhere and continued.

    scripts/python Tests/Generated/ranges.py --binary .build/release/penstock --seeds 1..200

For each seed: a pipeline of a few steps per day, with `retries` in all forms; what the documentation says of it
(docs/language.md, docs/running.md) is worked out here, without the compiler's help.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections import Counter
from dataclasses import dataclass

from trial import BUCKET, CRASHED, Trial, error_codes, judge


@dataclass
class Step:
    """A step, and what its pipeline says of trying it again."""

    name: str
    kind: str  # spark or copy
    source: str
    target: str
    place: str  # own, fixed or disk
    retries: object  # None, a number, or a dict
    retry: bool | None
    fresh: bool | None
    reads_target: bool

    @property
    def claims(self) -> bool:
        """Whether it says, itself or by its kind, that it may be repeated."""
        said = self.kind == "copy" if self.retry is None else self.retry
        return said and not self.reads_target

    @property
    def is_fresh(self) -> bool:
        return self.kind == "spark" if self.fresh is None else self.fresh

    def is_safe(self) -> bool:
        if self.retry is False or self.reads_target:
            return False
        return self.place == "own" or not self.is_fresh and self.claims

    def waits(self, default: object) -> list[int]:
        """The seconds before each further try, of its own or by its stage."""
        own = self.retries is not None
        said = self.retries if own else default
        if said is None or not own and not self.is_safe():
            return []
        given = said if isinstance(said, dict) else {"times": said}
        wait = given.get("wait", 60)
        longest = given.get("max-wait", max(600, wait))
        out, seconds = [], float(wait)
        for _ in range(given["times"]):
            out.append(int(seconds))
            seconds = min(seconds * given.get("factor", 2), longest)
        return out

    def yaml(self) -> str:
        lines = [f"- name: {self.name}"]
        if self.kind == "copy":
            lines.append(f"  s3-dist-cp: {{ src: {self.source}, dest: {self.target} }}")
        else:
            lines += [f"  spark-submit: {{ application: s3://{BUCKET}/code/{self.name}.py }}",
                      f"  reads: [{self.source}{', ' + self.target if self.reads_target else ''}]",
                      f"  writes: [{self.target}]"]
        if self.retries is not None:
            lines.append(f"  retries: {spelled(self.retries)}")
        if self.retry is not None:
            lines.append(f"  retry: {str(self.retry).lower()}")
        if self.fresh is not None:
            lines.append(f"  fresh-output: {str(self.fresh).lower()}")
        return "\n".join("          " + line for line in lines)


def spelled(retries: object) -> str:
    if not isinstance(retries, dict):
        return str(retries)
    parts = [f"{key}: {value}s" if "wait" in key else f"{key}: {value}"
             for key, value in retries.items()]
    return "{ " + ", ".join(parts) + " }"


def some_retries(rng: random.Random) -> object:
    if rng.random() < 0.5:
        return rng.randrange(0, 4)
    out: dict = {"times": rng.randrange(1, 4)}
    if rng.random() < 0.6:
        out["wait"] = rng.choice([1, 30, 90, 700])
    if rng.random() < 0.4:
        out["factor"] = rng.choice([1, 1.5, 3])
    if rng.random() < 0.4:
        out["max-wait"] = out.get("wait", 60) + rng.choice([0, 60, 900])
    return out


class Case:
    def __init__(self, seed: int):
        self.seed = seed
        self.rng = rng = random.Random(f"ranges {seed}")
        is_wild = rng.random() < 0.3  # may be refused
        self.default = some_retries(rng) if rng.random() < 0.3 else None
        self.steps: list[Step] = []
        source = "raw"
        for number in range(rng.randrange(1, 5)):
            kind = rng.choice(["spark", "copy"])
            place = rng.choice(["own", "own", "fixed", "disk"]) if is_wild else "own"
            retries = some_retries(rng) if rng.random() < 0.6 else None
            retry = rng.choice([True, False, None]) if is_wild else rng.choice([True, None])
            fresh = rng.choice([True, False, None]) if is_wild and kind == "spark" else None
            loops = is_wild and kind == "spark" and rng.random() < 0.1
            self.steps.append(Step(f"Step{number}", kind, source, f"data{number}", place, retries,
                                   retry, fresh, loops))
            source = f"data{number}"
        if self.steps[-1].place == "disk":  # what nothing reads would be lost
            self.steps[-1].place = "own"
        self.days = sorted(rng.sample(range(1, 9), rng.randrange(1, 4)))
        self.with_data = [day for day in self.days if rng.random() < 0.8]
        self.is_single = any(step.place != "own" for step in self.steps)

    def wrong(self) -> bool:
        """Whether a step has retries that aren't safe."""
        return any(step.retries is not None and step.waits(None) and not step.is_safe()
                   for step in self.steps)

    def yaml(self) -> str:
        date = "${formatTime(run.time, '%Y-%m-%d')}"
        where = {"own": "s3://%s/%%s/run=${run.id}/" % BUCKET, "fixed": f"s3://{BUCKET}/%s/all/",
                 "disk": "hdfs:///%s/"}
        data = "".join(f'  {step.target}: {{ at: "{where[step.place] % step.target}" }}\n'
                       for step in self.steps)
        stage = f"    retries: {spelled(self.default)}\n" if self.default is not None else ""
        steps = "\n".join(step.yaml() for step in self.steps)
        return f"""penstock: v1
pipeline: ranges
run:
  notify: [{{ command: [page], on: [failure, success, no-data] }}]
datasets:
  raw: {{ at: "s3://{BUCKET}/raw/{date}/" }}
{data}stages:
  - stage: work
{stage}    requires: [{{ data: raw }}]
    steps:
{steps}
cluster:
  region: us-east-1
  job-flow:
    Name: ranges
    ReleaseLabel: emr-7.5.0
    Instances:
      InstanceGroups: [{{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }}]
    JobFlowRole: EMR_EC2_DefaultRole
    ServiceRole: EMR_DefaultRole
"""


def day_of(number: int) -> str:
    return f"2026-03-{number:02}"


def id_of(number: int) -> str:
    return f"{day_of(number)}-00-00-00"


class RangeTrial(Trial):
    """A case in sandboxes."""

    def fill(self, box: str) -> None:
        shutil.rmtree(self.folder / box, ignore_errors=True)
        for day in self.case.with_data:
            path = self.folder / box / BUCKET / "raw" / day_of(day) / "file"
            path.parent.mkdir(parents=True)
            path.write_text(f"line of {day}\n")
        (self.folder / box / BUCKET).mkdir(parents=True, exist_ok=True)

    def completed(self, box: str) -> Counter:
        """How often each step has completed on the clusters whose name is its run's first tag."""
        return Counter(step["name"] for cluster in self.world(box)["clusters"]
                       for step in cluster["steps"] if step["state"] == "COMPLETED")

    # ------------------------------------------------------------------------- properties

    def check(self) -> None:
        case = self.case
        status, _, err = self.call("compile", "p.yml", "--run-time", f"{day_of(case.days[0])}T00:00:00Z",
                                   "--diagnostics", "json")
        # A loop in the data is refused for other reasons, too.
        codes = error_codes(err)
        self.expect(("retries-unsafe" in codes) == case.wrong(),
                    f"verdict: {sorted(codes)}, by the model {'refused' if case.wrong() else 'accepted'}")
        if codes or status:
            return
        self.retried()
        if not case.is_single and len(case.days) > 1:
            self.killed()
            self.stopped()

    def reference(self, days: list[int]) -> dict[str, str]:
        """What S3 holds after a run of each day without faults."""
        self.fill("reference")
        for day in days:
            status, _, err = self.call("run", "p.yml", "--sandbox", "reference", "-q", "--run-time",
                                       f"{day_of(day)}T00:00:00Z", "--run-id", id_of(day))
            self.expect(status == 0, f"reference: {status}: {err[-300:]}")
        return self.contents("reference")

    def retried(self) -> None:
        """One run in which steps fail some times: exactly the tries and waits that it says."""
        case, rng = self.case, self.case.rng
        if not case.with_data:
            return
        day = case.with_data[0]
        wanted = self.reference([day])
        # A step whose half output stays and isn't written over would be read as whole.
        step = rng.choice(case.steps)
        waits = step.waits(case.default)
        failures = rng.randrange(1, len(waits) + 2)
        self.fill("box")
        status, out, err = self.call(
            "run", "p.yml", "--sandbox", "box", "--format", "json", "--run-time",
            f"{day_of(day)}T00:00:00Z", "--run-id", id_of(day), "--fault", f"{step.name}=fail:{failures}")
        events = [json.loads(line) for line in out.splitlines()]
        retrying = [one for one in events if one["event"] == "retrying"]
        what = f"{step.name} fails {failures} times, waits {waits}"
        expected = waits[:failures] if failures <= len(waits) else waits
        self.expect(len(retrying) == len(expected), f"{what}: {len(retrying)} waits")
        self.expect([one["try"] for one in retrying] == list(range(2, len(expected) + 2)),
                    f"{what}: tries {[one['try'] for one in retrying]}")
        self.expect(status == (0 if failures <= len(waits) else 1), f"{what}: status {status}: {err[-300:]}")
        self.check_over("box", what)
        told = [one["body"]["penstock"]["event"] for one in self.world("box").get("notices", [])]
        self.expect(told == ["succeeded" if status == 0 else "failed"], f"{what}: told {told}")
        if status:
            report = [one for one in events if one["event"] == "failed"][-1]
            self.expect(report["step"].get("failures", 1) == failures, f"{what}: report {report['step']}")
            if report["recovery"].get("emptyByHand"):
                return
            status, _, err = self.call(*report["recovery"]["command"].split()[1:], "-q")
            self.expect(status == 0, f"{what}: recovery {status}: {err[-300:]}")
            self.check_over("box", what + ", recovered")
        found = self.contents("box")
        self.expect(found == wanted, f"{what}: S3 has {sorted(found.items() ^ wanted.items())[:4]}")

    def range(self, box: str, *more: str) -> tuple[int, list[dict], str]:
        days = self.case.days
        status, out, err = self.call(
            "for", "p.yml", "--run-time", f"{day_of(days[0])}..{day_of(days[-1])}", "--sandbox", box,
            "--format", "json", *more)
        rows = [json.loads(line) for line in out.splitlines()]
        rows = [one for one in rows if one["event"] == "range"]
        return status, rows[0]["runs"] if rows else [], err

    def killed(self) -> None:
        """A range that is killed some times, with steps that fail, ends as one without."""
        case, rng = self.case, self.case.rng
        all_days = list(range(case.days[0], case.days[-1] + 1))
        wanted = self.reference([day for day in all_days if day in case.with_data])
        width = str(rng.choice([1, 1, 2, 3]))
        self.fill("box")
        points = []
        for _ in range(rng.randrange(1, 4)):
            points.append(rng.randrange(1, 60))
            fault = rng.choice(case.steps).name
            status, rows, _ = self.range("box", "--max-active", width, "--keep-going", "--fault",
                                         f"crash-after={points[-1]}", "--fault", f"{fault}=fail")
            self.expect(status in (CRASHED, 0, 1, 3), f"killed at {points}: status {status}")
        for _ in range(2):
            # A run that failed at the end of one command is recovered by the next.
            status, rows, err = self.range("box", "--max-active", width, "--keep-going")
        what = f"killed at {points}, {width} at a time"
        self.expect(status == (0 if case.with_data else 3) or not set(all_days) & set(case.with_data),
                    f"{what}: status {status}: {[row['result'] for row in rows]} {err[-300:]}")
        self.expect(len(rows) == len(all_days), f"{what}: {len(rows)} rows")
        for day, row in zip(all_days, rows):
            is_right = (row["result"] == "no data") == (day not in case.with_data)
            self.expect(is_right, f"{what}: {row}")
        found = self.contents("box")
        self.expect(found == wanted, f"{what}: S3 has {sorted(found.items() ^ wanted.items())[:4]}")
        if self.world("box")["clusters"]:
            self.check_over("box", what)
        told = Counter(one["body"]["penstock"]["run"] for one in self.world("box").get("notices", [])
                       if one["body"]["penstock"]["event"] == "succeeded")
        for day in case.with_data:
            if day in all_days:
                # A process that died after the run's end, and before it told, leaves it untold.
                self.expect(told[id_of(day)] <= 2, f"{what}: {id_of(day)} was told {told[id_of(day)]} times")

    def stopped(self) -> None:
        """In order, a failure keeps the days after it from being begun."""
        case, rng = self.case, self.case.rng
        all_days = list(range(case.days[0], case.days[-1] + 1))
        step = rng.choice(case.steps)
        tries = len(step.waits(case.default)) + 1
        self.fill("box")
        status, rows, _ = self.range("box", "--fault", f"{step.name}=fail:{tries}")
        expected, has_failed = [], False
        for day in all_days:
            if has_failed:
                expected.append("not begun: its turn didn't come")
            elif day not in case.with_data:
                expected.append("no data")
            else:
                expected.append("failed")
                has_failed = True
        said = [row["result"] for row in rows]
        self.expect(said == expected, f"stopped: {said}, by the model {expected}")
        self.expect(status == (1 if has_failed else 3), f"stopped: status {status}")


def main() -> int:
    counts: Counter = Counter()

    def note(trial: Trial) -> None:
        counts["ranges"] += 1
        counts["refused"] += trial.case.wrong()

    return judge(lambda binary, folder, seed: RangeTrial(binary, folder, Case(seed)), note,
                 lambda: f"{counts['ranges']} ranges, {counts['refused']} refused")


if __name__ == "__main__":
    sys.exit(main())
