"""Compiles pipelines for Airflow, and has Airflow, ruff and mypy judge the files.

    scripts/python Tests/Airflow --binary .build/release/penstock

What is compared: the order of tasks with that of the plan's steps, and what each task submits with the
plan's requests. Some DAGs are run whole by `airflow dags test`, against moto with a clock.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Engines")]

import pipelines  # noqa: E402
import runs  # noqa: E402


class Judge:
    """Counts what was compared, and says what differs."""

    def __init__(self) -> None:
        self.compared = 0
        self.wrong: list[str] = []

    def equal(self, what: str, found, expected) -> None:
        self.compared += 1
        if found != expected:
            self.wrong.append(f"{what}: {found!r}, expected {expected!r}"[:1200])

    def skipped(self, what: str, why: str) -> None:
        print(f"skipped: {what}: {why}")


def compile_all(binary: str, dags: Path, folder: Path, number: int) -> dict[str, dict]:
    """A DAG file for each pipeline; their plans by the DAGs' names."""
    refusals: dict[str, int] = {}
    plans: dict[str, dict] = {}
    for one in [*pipelines.examples(binary, ["airflow"], folder),
                *pipelines.examples(binary, ["airflow"], folder, HERE / "pipelines"),
                *pipelines.examples(binary, ["airflow"], folder, HERE.parent / "Engines" / "follows"),
                *pipelines.generated(binary, ["airflow"], folder, number, refusals)]:
        name = one.name.replace("-", "_")
        text, = one.documents.values()
        if name.startswith("generated"):
            text = re.sub(r'dag_id="[^"]*"', f'dag_id="{name}"', text, count=1)
        (dags / f"{name}.py").write_text(text)
        plans[name] = one.plan
    print(f"{len(plans)} DAGs; generated ones that are refused: "
          + (", ".join(f"{code} {count}" for code, count in sorted(refusals.items())) or "none"), flush=True)
    return plans


# MARK: What Airflow sees


def bag(python: Path, dags: Path, home: Path, plans: dict) -> dict:
    """What Airflow makes of a folder, where a run finds in S3 what its plan says."""
    names = {name: pipelines.found(plan) for name, plan in plans.items()}
    done = subprocess.run(
        [python, HERE / "bag.py", dags, pipelines.RUN_TIME, json.dumps(names)],
        env=runs.environment(home, dags), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"bag.py failed: {done.stderr[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare_order(judge: Judge, name: str, tasks: list[dict], plan: dict) -> None:
    """A step comes after another in the DAG just if it does so in the plan."""
    submits = [task for task in tasks if task["type"] in ("EmrAddStepsOperator", "RepeatedStepOperator")]
    judge.equal(f"{name}: steps", [task["steps"][0]["Name"] for task in submits],
                [step["name"] for step in plan["steps"]])
    if len(submits) != len(plan["steps"]):
        return
    upstream = {task["id"]: set(task["after"]) for task in tasks}
    order = closure({task["id"]: upstream[task["id"]] for task in tasks})
    number = {task["id"]: index for index, task in enumerate(submits)}
    found = [sorted(number[other] for other in order[task["id"]] if other in number) for task in submits]
    names = {step["name"]: index for index, step in enumerate(plan["steps"])}
    before = {index: {names[other["step"]] for other in step.get("order", [])}
              for index, step in enumerate(plan["steps"])}
    wanted = closure(before)
    judge.equal(f"{name}: order", found, [sorted(wanted[index]) for index in range(len(submits))])
    # No step is submitted before the ones before it are done: what it follows waits for them.
    for task in submits:
        for other in upstream[task["id"]] & set(number):
            judge.equal(f"{name}: {task['id']} follows what waits", other,
                        next(one["id"] for one in submits
                             if one["id"] == other and one["type"] == "RepeatedStepOperator"))


def closure(before: dict) -> dict:
    """All that come before each, out of those directly before."""
    out: dict = {}

    def of(one):
        if one not in out:
            out[one] = set()
            out[one] = set(before[one]).union(*(of(other) for other in before[one]), set())
        return out[one]

    sys.setrecursionlimit(10_000)
    for one in before:
        of(one)
    return out


def compare_requests(judge: Judge, name: str, tasks: list[dict], plan: dict) -> None:
    """What tasks submit is what Penstock would, but for what Airflow takes over."""
    first, *_ = plan["requests"]
    steps = [step for request in plan["requests"] for step in request["body"].get("Steps", [])]
    submitted = [step for task in tasks for step in task["steps"] or []]
    for found, wanted in zip(submitted, steps):
        if wanted["ActionOnFailure"] == "CANCEL_AND_WAIT":
            # What comes after the step isn't there yet, and the rest goes on.
            wanted = wanted | {"ActionOnFailure": "CONTINUE"}
        judge.equal(f"{name}: request of {wanted['Name']}", normal(found), normal(wanted))
    cluster = [task["cluster"] for task in tasks if task["cluster"]]
    if first["operation"] != "RunJobFlow":
        judge.equal(f"{name}: cluster", cluster, [])
        return
    wanted = {key: value for key, value in first["body"].items()
              if key not in ("Steps", "StepExecutionRoleArn")}
    wanted["Instances"] = wanted["Instances"] | {"KeepJobFlowAliveWhenNoSteps": True}
    judge.equal(f"{name}: cluster", normal(cluster[0]), normal(wanted))


OWN_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|2026-01-02-03-04-05-[0-9]+")


def normal(value):
    """A value with `?` in place of each secret, and of each id that is made from the run's."""
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normal(item) for item in value]
    if not isinstance(value, str):
        return value
    return OWN_ID.sub("?", re.sub(r"\{\{secret: .*?\}\}", "?", value))


def compare_tasks(judge: Judge, name: str, tasks: list[dict], plan: dict) -> None:
    """Where each task comes from, how often it is tried, and that a cluster is ended in any case."""
    teardowns = [task["id"] for task in tasks if task["teardown"]]
    owns = plan["requests"][0]["operation"] == "RunJobFlow"
    judge.equal(f"{name}: teardowns", teardowns, ["terminate_cluster"] if owns else [])
    if owns:
        # Airflow takes the run's result from the task that nothing follows.
        followed = {other for task in tasks for other in task["after"]}
        judge.equal(f"{name}: last tasks", [task["id"] for task in tasks if task["id"] not in followed],
                    ["run_failed"])
    for step, task in zip(plan["steps"], [task for task in tasks if task["steps"]]):
        origin = step.get("origin")
        place = f"{origin['file']}:{origin['line']}" if origin else "added by Penstock"
        judge.equal(f"{name}: place of {step['name']}", task["doc"], f"`{place}`")
        judge.equal(f"{name}: tries of {step['name']}", task["retries"] + 1, step["maximumTries"])


def judge_bag(judge: Judge, found: dict, plans: dict) -> None:
    judge.equal("errors", found["errors"], {})
    judge.equal("warnings", found["warnings"], {})
    judge.equal("DAGs", sorted(found["dags"]), sorted(plans))
    for name, plan in plans.items():
        tasks = found["dags"].get(name, {}).get("tasks", [])
        compare_order(judge, name, tasks, plan)
        compare_requests(judge, name, tasks, plan)
        compare_tasks(judge, name, tasks, plan)


def lint(judge: Judge, tools: Path, dags: Path) -> None:
    """ruff's formatter and linter have nothing to say, nor has mypy."""
    for command in (["ruff", "format", "--check", "--quiet"], ["ruff", "check", "--quiet"]):
        done = subprocess.run([tools / command[0], *command[1:], "--isolated", "--no-cache", dags],
                              capture_output=True, text=True, check=False)
        judge.equal(" ".join(command), (done.returncode, done.stdout[-800:]), (0, ""))
    some = [path for path in sorted(dags.glob("*.py"))
            if not re.search(r"generated_\d*[1-9]\.py$", path.name)]
    done = subprocess.run(
        [tools / "mypy", "--python-executable", tools / "python", "--follow-imports", "silent",
         "--cache-dir", dags.parent / "mypy", "--scripts-are-modules", *some],
        cwd=dags, capture_output=True, text=True, check=False)
    judge.equal("mypy", (done.returncode, done.stdout[-800:] if done.returncode else ""), (0, ""))


def main() -> int:
    parser = argparse.ArgumentParser(prog="Tests/Airflow", description=__doc__)
    parser.add_argument("--binary", default=".build/release/penstock")
    parser.add_argument("--generated", type=int, default=200, help="how many generated pipelines")
    parser.add_argument("--runs", type=int, default=100, help="at most so many runs")
    parser.add_argument("--keep", help="a folder that keeps the DAGs")
    options = parser.parse_args()
    binary = os.path.abspath(options.binary)
    tools = ROOT / ".build-airflow" / "bin"
    if not (tools / "airflow").exists():
        print("skipped: Airflow isn't installed in .build-airflow (scripts/setup test says why)")
        return 0
    began = time.time()
    folder = Path(tempfile.mkdtemp(prefix="penstock-airflow-"))
    judge = Judge()
    try:
        dags = folder / "dags"
        dags.mkdir()
        (folder / "compiled").mkdir()
        everything = compile_all(binary, dags, folder / "compiled", options.generated)
        judge.equal("generated pipelines", len([name for name in everything if name.startswith("generated")]),
                    options.generated)
        print(f"compiled ({time.time() - began:.0f} s)", flush=True)
        home = runs.make_home(tools, folder, dags)
        judge_bag(judge, bag(tools / "python", dags, home, everything), everything)
        print(f"loaded by Airflow 2 ({time.time() - began:.0f} s)")
        third = ROOT / ".build-airflow-3" / "bin"
        if (third / "airflow").exists():
            judge_bag(judge, bag(third / "python", dags, folder / "home-3", everything), everything)
            print(f"loaded by Airflow 3 ({time.time() - began:.0f} s)")
        else:
            judge.skipped("loading by Airflow 3", "it isn't installed in .build-airflow-3")
        lint(judge, tools, dags)
        print(f"ruff and mypy ({time.time() - began:.0f} s)")
        runs.run_all(judge, binary, tools, folder, home, dags, everything, options.runs)
        if options.keep:
            shutil.copytree(dags, options.keep, dirs_exist_ok=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for one in judge.wrong[:40]:
        print(one)
    print(f"Airflow: {judge.compared} comparisons, {len(judge.wrong)} wrong ({time.time() - began:.0f} s)")
    return 1 if judge.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
