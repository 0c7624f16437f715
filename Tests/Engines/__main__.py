"""Compiles pipelines for Step Functions and Dataflow Runner, and judges the files.

    scripts/python Tests/Engines --binary .build/release/penstock

A state machine has to do what Penstock's plan does, in its order; statelint, botocore's model of EMR
and parliament have to accept it; and moto's interpreter runs some to their ends. What Dataflow Runner
would submit has to be what the plan has.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Python")]

import dataflow_runner  # noqa: E402
import follows  # noqa: E402
import pipelines  # noqa: E402
import state_machine  # noqa: E402

OWN = HERE / "trials"
FOLLOWS = HERE / "follows"
STEP_FUNCTIONS = ["step-functions"]
POLLING = ["step-functions", "--target-option", "wait=polling", "--target-option", "poll=2"]
DATAFLOW_RUNNER = ["dataflow-runner", "--target-option", "facts=assumed"]


class Judge:
    def __init__(self) -> None:
        self.judged = 0
        self.wrong: list[str] = []

    def take(self, what: str, complaints: list[str]) -> None:
        self.judged += 1
        self.wrong += [f"{what}: {complaint}"[:1200] for complaint in complaints]

    def equal(self, what: str, found, expected) -> None:
        self.take(what, [] if found == expected else [f"{found!r}, expected {expected!r}"])


def judge_machines(judge: Judge, target: list[str], binary: str, folder: Path, number: int) -> dict:
    """The machines by their names."""
    refusals: dict[str, int] = {}
    made = {}
    # Asking often, a long pipeline has more events than an execution may have.
    known = [*pipelines.examples(binary, target, folder, only={"snowplow-rdb"} if target is POLLING else None),
             *pipelines.examples(binary, target, folder, FOLLOWS)]
    if target is POLLING:
        known += pipelines.examples(binary, target, folder, OWN)
    for one in [*known, *pipelines.generated(binary, target, folder, number, refusals)]:
        machine = json.loads(one.documents["state-machine.json"])
        policy = json.loads(one.documents["policy.json"])
        judge.take(f"{target[-1]}: {one.name}", list(state_machine.judge(machine, policy, one.plan)))
        made[one.name] = (machine, one.plan)
    report(target, len(made), refusals)
    return made


def judge_playbooks(judge: Judge, binary: str, folder: Path, number: int) -> None:
    refusals: dict[str, int] = {}
    count = 0
    pipelines.EXAMPLES.pop("lakehouse")  # its steps run side by side
    for one in [*pipelines.examples(binary, DATAFLOW_RUNNER, folder),
                *pipelines.generated(binary, DATAFLOW_RUNNER, folder, number, refusals)]:
        cluster, playbook = (one.documents[name] for name in ("cluster.json", "playbook.json"))
        judge.take(f"dataflow-runner: {one.name}", list(dataflow_runner.judge(cluster, playbook, one.plan)))
        count += 1
    report(DATAFLOW_RUNNER, count, refusals)


def report(target: list[str], count: int, refusals: dict[str, int]) -> None:
    told = ", ".join(f"{code} {times}" for code, times in sorted(refusals.items())) or "none"
    print(f"{' '.join(target)}: {count} pipelines; refused: {told}", flush=True)


class World:
    """The mock of AWS with Step Functions and a clock."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, HERE.parent / "Python" / "states_server.py"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline())

    def ask(self, path: str, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data) as answer:
            return json.loads(answer.read() or b"null")

    def put(self, objects: list[str]) -> None:
        import boto3
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="test",
                          aws_secret_access_key="test", endpoint_url=f"http://127.0.0.1:{self.port}")
        for place in objects:
            bucket, _, key = place.removeprefix("s3://").partition("/")
            s3.create_bucket(Bucket=bucket)
            if key:
                s3.put_object(Bucket=bucket, Key=key, Body=b"data")


def run_machine(judge: Judge, machine: dict, plan: dict) -> None:
    """A run that ends well, one that fails, and one without data."""
    name = plan["requests"][0]["body"]["Name"]
    inbox, news = "s3://trial-in/inbox/object", "s3://trial-in/news/object"
    buckets = ["s3://trial-in", "s3://trial-out"]
    cases = [
        ("it ends well", [inbox, news], {}, "SUCCEEDED", ["COMPLETED", "COMPLETED"]),
        ("a step is left out", [inbox], {}, "SUCCEEDED", ["COMPLETED"]),
        ("there is no data", [news], {}, "SUCCEEDED", None),
        ("a step fails", [inbox, news], {"[print] news": "FAILED"}, "FAILED", ["COMPLETED", "FAILED"]),
    ]
    for what, objects, failing, status, states in cases:
        world = World()
        try:
            world.put(buckets + objects)
            world.ask("/clock/script", {name: {"steps": failing}})
            ended = state_machine.run(world.port, machine, {})
            judge.equal(f"{what}: status", ended["status"], status)
            clusters = world.ask("/clock/clusters")
            if states is None:
                judge.equal(f"{what}: clusters", clusters, [])
                judge.equal(f"{what}: outcome", (ended["output"] or {}).get("outcome"), "no data")
                continue
            judge.equal(f"{what}: clusters", len(clusters), 1)
            judge.equal(f"{what}: end of the cluster",
                        [one["state"].startswith("TERMINAT") for one in clusters], [True])
            judge.equal(f"{what}: steps", sorted(state for one in clusters for _, state in one["steps"]),
                        states)
        finally:
            world.process.stdin.close()
            world.process.wait()


def run_following(judge: Judge, machines: dict, binary: str, folder: Path) -> None:
    """Machines do what Penstock would do with what they find."""
    run_id, run_time = "2026-01-02-00-00-00", "2026-01-02T00:00:00Z"
    for name, what, objects in follows.worlds(run_id):
        if name not in machines:
            continue
        status, steps = follows.expected(binary, name, objects, run_id, run_time, folder)
        world = World()
        try:
            world.put(objects)
            ended = state_machine.run(world.port, machines[name][0], {"runTime": run_time})
            judge.equal(f"{name}, {what}: status", ended["status"],
                        "SUCCEEDED" if status in (0, 3) else "FAILED")
            if status == 3:
                judge.equal(f"{name}, {what}: outcome", (ended["output"] or {}).get("outcome"), "no data")
            if status == 4:
                judge.equal(f"{name}, {what}: error", ended["error"], "Penstock.NotEmpty")
            submitted = [one["submitted"] for one in world.ask("/clock/clusters")]
            judge.equal(f"{name}, {what}: steps", submitted, [steps] if status == 0 else [])
        finally:
            world.process.stdin.close()
            world.process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="Tests/Engines", description=__doc__)
    parser.add_argument("--binary", default=".build/release/penstock")
    parser.add_argument("--generated", type=int, default=60, help="how many generated pipelines")
    options = parser.parse_args()
    binary = os.path.abspath(options.binary)
    began = time.time()
    folder = Path(tempfile.mkdtemp(prefix="penstock-engines-"))
    judge = Judge()
    try:
        for number, target in enumerate([STEP_FUNCTIONS, POLLING]):
            place = folder / f"machines-{number}"
            place.mkdir()
            made = judge_machines(judge, target, binary, place, options.generated // (number + 1))
            if target is POLLING:
                run_following(judge, made, binary, folder)
        run_machine(judge, *made["branches"])
        print(f"run by moto ({time.time() - began:.0f} s)", flush=True)
        place = folder / "playbooks"
        place.mkdir()
        judge_playbooks(judge, binary, place, options.generated // 5)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for one in judge.wrong[:40]:
        print(one)
    print(f"engines: {judge.judged} judgements, {len(judge.wrong)} complaints ({time.time() - began:.0f} s)")
    return 1 if judge.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
