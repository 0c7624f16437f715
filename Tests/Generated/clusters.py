"""Generated clusters that outlive their runs, brought up with `up` or by a run, used, and ended.

    scripts/python Tests/Generated/clusters.py --binary .build/release/penstock --seeds 1..100

For each seed: a pipeline with or without stages, whose request says anything about how long its cluster lives. The
model says whether `up` is refused or warned about, what EMR is asked for, that a second `up` starts nothing, which runs
take the cluster, and that nothing is left after `down`. `up` is killed anywhere, too.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter

from trial import BUCKET, CRASHED, ENDED, Trial, error_codes, judge

# What the built-in kinds need of a cluster.
APPLICATIONS = {"hive": "Hive", "pig": "Pig", "spark-submit": "Spark", "s3-dist-cp": None, "command": None}
PARAMETERS = {
    "hive": "script: s3://code/q.hql", "pig": "script: s3://code/q.pig",
    "spark-submit": "application: s3://code/job.py", "command": "command: [sync]",
    "s3-dist-cp": f"src: s3://{BUCKET}/in/, dest: \"s3://{BUCKET}/out/run=${{run.id}}/\""}
LEASES = {"1m": 60, "90m": 5400, "1h30m": 5400, "2d": 172_800, "7d": 604_800}
NO_LEASES = ["0m", "8d", "7d1m", "h", "1h 30m", "3600", "1.5h"]
# EMR ends idle clusters since 5.30.0, but not with 6.0.0.
RELEASES = {"emr-5.29.0": False, "emr-5.30.0": True, "emr-6.0.0": False, "emr-6.15.0": True, "emr-7.5.0": True}


class Case:
    """A pipeline and how its cluster is brought up."""

    def __init__(self, seed: int):
        self.rng = rng = random.Random(seed)
        self.release = rng.choice([*RELEASES, "emr-7.5.0", "emr-7.5.0"])
        self.keep = rng.choice([None, "true", "false", "${run.isPersistent}"])
        self.idle = rng.choice([None, None, 60, 7200])
        self.reuse = rng.random() < 0.7
        self.lease = rng.choice([None, *LEASES, *LEASES])
        if not self.can_end and rng.random() < 0.7:
            self.lease = None
        if rng.random() < 0.06:
            self.lease = rng.choice(NO_LEASES)
        self.extra = rng.random() < 0.3  # an application that no step needs
        self.stages: list[tuple[str, bool]] = [
            (rng.choice(list(APPLICATIONS)), rng.random() < 0.7) for _ in range(rng.randrange(0, 4))]
        self.needs_data = rng.random() < 0.5
        # Copying nothing fails.
        self.has_data = not self.needs_data or rng.random() < 0.7

    def yaml(self) -> str:
        stages = "stages:\n" if self.stages else ""
        for number, (kind, runs) in enumerate(self.stages):
            stages += f"  - stage: s{number}\n"
            if not runs:
                stages += "    when: ${run.debug}\n"
            if self.needs_data:
                stages += "    requires: [{ data: in }]\n"
            stages += f"    steps: [{{ name: S{number}, {kind}: {{ {PARAMETERS[kind].replace('/out/', f'/out{number}/')} }} }}]\n"
        keep = "" if self.keep is None else f"      KeepJobFlowAliveWhenNoSteps: {self.keep}\n"
        idle = "" if self.idle is None else f"    AutoTerminationPolicy: {{ IdleTimeout: {self.idle} }}\n"
        extra = "    Applications: [{ Name: Ganglia }]\n" if self.extra and self.release < "emr-6.15" else ""
        reuse = "  reuse: { name: Shared }\n" if self.reuse else ""
        data = f"datasets:\n  in: {{ at: \"s3://{BUCKET}/in/\" }}\n" if self.needs_data and self.stages else ""
        return f"""penstock: v1
pipeline: clusters
{data}{stages}cluster:
  region: eu-west-1
{reuse}  job-flow:
    Name: Shared
    ReleaseLabel: {self.release}
{extra}{idle}    Instances:
      InstanceGroups: [{{ InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }}]
{keep}    JobFlowRole: EMR_EC2_DefaultRole
    ServiceRole: EMR_DefaultRole
"""

    # ------------------------------------------------------------------------------ model

    @property
    def can_end(self) -> bool:
        return RELEASES[self.release]

    def errors(self) -> set:
        """The codes of the errors for which `up` is refused."""
        if self.lease in NO_LEASES:
            return {"invalid-option-value"}
        if self.can_end:
            return set()
        return {"cluster-lease"} if self.lease else {"emr-release-too-old"} if self.idle else set()

    @property
    def idle_after(self) -> int | None:
        return LEASES.get(self.lease or "", self.idle)

    @property
    def applications(self) -> set:
        own = {"Ganglia"} if self.extra and self.release < "emr-6.15" else set()
        return own | {APPLICATIONS[kind] for kind, runs in self.stages if runs and APPLICATIONS[kind]}

    @property
    def runs(self) -> bool:
        """Whether a run of the pipeline's stages is accepted."""
        return any(runs for _, runs in self.stages) and (self.has_data or not self.needs_data)


class ClusterTrial(Trial):
    """A case in a sandbox."""

    def check(self) -> None:
        case = self.case
        self.checked = self.refused = self.killed = 0
        self.compiled()
        if case.errors():
            return self.refuse()
        self.fill("box")
        status, _, err = self.up("box")
        if status != 0:
            return self.expect(False, f"up: status {status}: {err[-400:]}")
        warned = "warning[cluster-no-lease]" in err
        self.expect(warned == (case.idle_after is None), f"up: warned is {warned}")
        self.asked("box", 1)
        self.same_again()
        self.used()
        self.ended()
        self.kill()

    def options(self) -> list[str]:
        return ["--lease", self.case.lease] if self.case.lease else []

    def up(self, box: str, *more: str) -> tuple[int, str, str]:
        return self.call("up", "p.yml", *self.options(), "--sandbox", box, "--run-id", f"up-{box}", *more)

    def fill(self, box: str) -> None:
        path = self.folder / box / BUCKET / "in" / "file"
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.case.has_data:
            path.write_text("line\n")

    def compiled(self) -> None:
        """Without stages, `compile` is about the cluster as well."""
        if self.case.stages:
            return
        status, out, err = self.call(
            "compile", "p.yml", *self.options(), "--diagnostics", "json", "--emit", "requests")
        if self.case.errors():
            return self.expect(error_codes(err) == self.case.errors(), f"compile: {err[-300:]}")
        if status != 0:
            return self.expect(False, f"compile: status {status}: {err[-300:]}")
        requests = json.loads(out)
        self.expect([one["operation"] for one in requests] == ["RunJobFlow"], f"compile: {requests}")
        self.body(requests[0]["body"], "compile")

    def refuse(self) -> None:
        self.refused = 1
        status, _, err = self.up("box", "--diagnostics", "json")
        wanted = self.case.errors()
        self.expect(status != 0 and error_codes(err) == wanted, f"up: {status}, {err[-300:]}, by the model {wanted}")
        self.expect(not self.world("box")["clusters"], "up was refused, and started a cluster")

    def body(self, body: dict, what: str) -> None:
        case = self.case
        self.expect("Steps" not in body, f"{what}: steps are asked for")
        keep = body["Instances"].get("KeepJobFlowAliveWhenNoSteps")
        self.expect(keep is True, f"{what}: KeepJobFlowAliveWhenNoSteps is {keep}")
        idle = body.get("AutoTerminationPolicy", {}).get("IdleTimeout")
        self.expect(idle == case.idle_after, f"{what}: IdleTimeout is {idle}, by the model {case.idle_after}")
        found = {one["Name"] for one in body.get("Applications", [])}
        self.expect(found == case.applications, f"{what}: applications {found}, by the model {case.applications}")

    def asked(self, box: str, count: int) -> None:
        """The sandbox has so many clusters, the last of which waits for steps, and was asked for as it has to be."""
        clusters = self.world(box)["clusters"]
        self.expect(len(clusters) == count, f"{len(clusters)} clusters, by the model {count}")
        self.expect(clusters[-1]["state"] == "WAITING", f"the cluster is {clusters[-1]['state']}")
        self.expect(not clusters[-1]["steps"], "the cluster has steps")
        status, out, _ = self.call("plan", "p.yml", *self.options(), "--sandbox", "none", "--format", "json")
        if not self.case.stages and status == 0:
            self.body(json.loads(out)["requests"][0]["body"], "plan")
        self.checked += 1

    def same_again(self) -> None:
        name = self.world("box")["clusters"][-1]["id"]
        status, out, err = self.call("up", "p.yml", *self.options(), "--sandbox", "box")
        self.expect((status, out) == (0, f"the cluster {name} is up already\n"), f"again: {status}: {out}{err[-300:]}")
        self.asked("box", 1)

    def used(self) -> None:
        """A run takes the cluster by its name or its id; without data, or without steps, it doesn't run."""
        case = self.case
        name = self.world("box")["clusters"][-1]["id"]
        by = ["--use-persistent-jobflow"] if case.reuse and case.rng.random() < 0.7 else ["--cluster", name]
        if by[0] == "--cluster" and case.lease:
            status, _, err = self.call(
                "run", "p.yml", *by, *self.options(), "--sandbox", "box", "--diagnostics", "json")
            self.expect(status == 1 and error_codes(err) == {"cluster-lease"}, f"run {by} with a lease: {err[-300:]}")
        for number in range(2):
            status, _, err = self.call(
                "run", "p.yml", *by, "--sandbox", "box", "--run-id", f"run-{number}", "--diagnostics", "json")
            if not case.stages:
                wanted = 0 if by[0] == "--use-persistent-jobflow" else 1
            else:
                wanted = 0 if case.runs else 1 if not any(runs for _, runs in case.stages) else 3
            self.expect(status == wanted, f"run {by}: status {status}, by the model {wanted}: {err[-400:]}")
            clusters = self.world("box")["clusters"]
            self.expect(len(clusters) == 1, f"run {by}: {len(clusters)} clusters")
            self.expect(clusters[-1]["state"] == "WAITING", f"run {by} left it {clusters[-1]['state']}")
            count = sum(runs for _, runs in case.stages) * (number + 1) if case.runs else 0
            done = [step["state"] for step in clusters[-1]["steps"]]
            self.expect(done == ["COMPLETED"] * count, f"run {by}: steps {done}, by the model {count}")

    def ended(self) -> None:
        status, out, err = self.call("down", "up-box", "--sandbox", "box")
        self.expect(status == 0 and "is being terminated" in out, f"down: {status}: {out}{err[-300:]}")
        self.check_over("box", "down")

    def kill(self) -> None:
        """Killed anywhere, some times, it goes on, and there is one cluster."""
        rng = self.case.rng
        self.fill("killed")
        points = [rng.randrange(1, 12)]
        status, _, err = self.up("killed", "--fault", f"crash-after={points[0]}")
        while status == CRASHED and len(points) < 3 and rng.random() < 0.6:
            points.append(rng.randrange(1, 12))
            status, _, err = self.go_on("--fault", f"crash-after={points[-1]}")
        if status == CRASHED:
            self.killed = 1
            status, _, err = self.go_on()
        self.expect(status == 0, f"killed at {points}: status {status}: {err[-300:]}")
        states = [one["state"] for one in self.world("killed")["clusters"]]
        self.expect(states == ["WAITING"], f"killed at {points}: clusters are {states}")
        status, out, _ = self.call("down", "--sandbox", "killed")
        self.expect(status == 0, f"down after kills: {out}")
        states = [one["state"] for one in self.world("killed")["clusters"]]
        self.expect(all(state in ENDED for state in states), f"down after kills: {states}")

    def go_on(self, *more: str) -> tuple[int, str, str]:
        answer = self.call("apply", "up-killed", "--sandbox", "killed", *more)
        # It was killed before the journal had it: nothing was begun.
        return self.up("killed", *more) if "run-unknown" in answer[2] else answer


def main() -> int:
    counts: Counter = Counter()

    def note(trial: Trial) -> None:
        counts["pipelines"] += 1
        counts["alone"] += not trial.case.stages
        counts["refused"] += trial.refused
        counts["killed"] += trial.killed

    return judge(
        lambda binary, folder, seed: ClusterTrial(binary, folder, Case(seed)), note,
        lambda: f"{counts['pipelines']} pipelines, {counts['alone']} without stages, {counts['refused']} refused, "
                f"{counts['killed']} killed and continued")


if __name__ == "__main__":
    sys.exit(main())
