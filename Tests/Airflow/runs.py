"""Runs DAGs whole by `airflow dags test`, against moto with a clock."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import follows

HERE = Path(__file__).resolve().parent
DATE = "2026-01-02"
RUN_ID, RUN_TIME = f"{DATE}-00-00-00", f"{DATE}T00:00:00Z"


def environment(home: Path, dags: Path, port: int = 1) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW_CONN_AWS_DEFAULT": "aws://",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def make_home(tools: Path, folder: Path, dags: Path) -> Path:
    home = folder / "home"
    home.mkdir()
    subprocess.run([tools / "airflow", "db", "migrate"], env=environment(home, dags), check=True,
                   capture_output=True)
    return home


class World:
    """One AWS, and an Airflow with the DAGs that are run."""

    def __init__(self, tools: Path, home: Path, dags: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.tools, self.dags = tools, dags
        self.environment = environment(home, dags, self.port)
        self.process = subprocess.Popen(
            [sys.executable, HERE / "aws.py", str(self.port)], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.process.stdout.readline()

    def ask(self, path: str, body=None, method: str = "GET"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def reset(self, objects: list[str], fail: dict[str, int]) -> None:
        import boto3
        self.ask("/moto-api/reset", {}, "POST")
        self.ask("/_clock/script", {"fail": fail}, "POST")
        s3 = boto3.client("s3", region_name="us-east-1", aws_access_key_id="test",
                          aws_secret_access_key="test", endpoint_url=f"http://127.0.0.1:{self.port}")
        buckets = set()
        for place in objects:
            bucket, _, key = place.removeprefix("s3://").partition("/")
            if bucket not in buckets:
                s3.create_bucket(Bucket=bucket)
                buckets.add(bucket)
            if key:
                s3.put_object(Bucket=bucket, Key=key, Body=b"data")

    def run(self, dag: str, variables: dict[str, str]) -> tuple[str, list[dict]]:
        """The run's end, and the clusters with their steps."""
        done = subprocess.run(
            [self.tools / "airflow", "dags", "test", dag, DATE], timeout=600,
            env=self.environment | variables, capture_output=True, text=True, check=False)
        with sqlite3.connect(Path(self.environment["AIRFLOW_HOME"]) / "airflow.db") as database:
            found = database.execute(
                "select state from dag_run where dag_id = ? order by id desc", (dag,)).fetchone()
        state = found[0] if found else done.stderr[-600:]
        time.sleep(0.5)  # a cluster that is ending ends at the next tick
        return state, json.loads(self.ask("/_clock"))


def prepare(dags: Path, folder: Path, names: list[str]) -> Path:
    """The DAGs that are run, in a hurry."""
    quick = folder / "quick"
    quick.mkdir()
    for name in names:
        path = next(path for path in dags.glob("*.py") if path.stem.replace("-", "_") == name)
        text = path.read_text()
        text = text.replace("POLL_INTERVAL = 60 ", "POLL_INTERVAL = 1 ")
        (quick / path.name).write_text(text.replace("            retries=2,\n", "            retries=0,\n"))
    return quick


def places(plan: dict, with_data: bool) -> list[str]:
    """What S3 holds so that a run finds what its plan says, or no data; and the buckets of its places."""
    out = {"/".join(access["place"].split("/")[:3]) for step in plan["steps"]
           for access in step.get("accesses", []) if access["place"].startswith("s3://")}
    for fact in plan["facts"]:
        question = fact["question"]
        location = question.get("location")
        if not location:
            continue
        bucket = location.removeprefix("s3://").partition("/")[0]
        out.add(f"s3://{bucket}")
        holds = (question["kind"] == "is-empty" and fact["answer"] is False
                 or question["kind"] == "has-match" and fact["answer"] is True)
        if question["kind"] in ("last", "last-folder") and with_data:
            # The run goes on with itself, as its plan assumes.
            out.add(f"{location}run={RUN_ID}/object")
        if holds and with_data:
            location = location.replace("2026-01-02-03-04-05", RUN_ID)
            out.add(location + "a/access-1.log.gz" if "access" in question.get("pattern", "")
                    else location + "object")
    return sorted(out)


def run_all(judge, binary: str, tools: Path, folder: Path, home: Path, dags: Path, plans: dict, most: int) -> None:
    own = [name for name in plans if not name.startswith("generated")]
    generated = [name for name in plans if name.startswith("generated") and 2 <= len(plans[name]["steps"]) <= 4
                 and not plans[name]["facts"] and plans[name]["requests"][0]["operation"] == "RunJobFlow"][:2]
    quick = prepare(dags, folder, own + generated)
    world = World(tools, home, quick)
    began = time.time()
    try:
        cases = [(f"{name} ends well", lambda name=name: ends_well(judge, world, quick, name, plans[name]))
                 for name in own + generated if name != "follows"]
        cases += [
            ("a step fails, and the run is cleared", lambda: fails(judge, world, quick, plans)),
            ("a step is tried again", lambda: tried_again(judge, world, quick, plans)),
            ("there is no data", lambda: no_data(judge, world, quick, plans)),
        ]
        cases += [
            (f"{name}: {what}",
             lambda name=name, what=what, objects=objects: goes_on(
                 judge, binary, world, quick, folder, name, what, objects))
            for name, what, objects in follows.worlds(RUN_ID)]
        for name, case in cases[:most]:
            case()
            print(f"run: {name} ({time.time() - began:.0f} s)", flush=True)
        if len(cases) > most:
            judge.skipped(f"{len(cases) - most} runs", "--runs says so")
    finally:
        world.process.terminate()
        world.process.wait()


def variables(quick: Path, name: str) -> dict[str, str]:
    """Airflow's variables that a DAG reads."""
    path = next(path for path in quick.glob("*.py") if path.stem.replace("-", "_") == name)
    return {f"AIRFLOW_VAR_{variable.upper()}": "hidden"
            for variable in re.findall(r"\{\{ var\.value\.(\w+) \}\}", path.read_text())}


def ends_well(judge, world: World, quick: Path, name: str, plan: dict) -> None:
    world.reset(places(plan, True), {})
    state, clusters = world.run(name, variables(quick, name))
    judge.equal(f"run of {name}", state, "success")
    judge.equal(f"run of {name}: clusters", [one["state"] for one in clusters], ["TERMINATED"])
    if clusters:
        judge.equal(f"run of {name}: steps", sorted(state for _, state in clusters[0]["steps"]),
                    ["COMPLETED"] * len(plan["steps"]))


def fails(judge, world: World, quick: Path, plans: dict) -> None:
    """A step fails: the cluster ends and the run has failed. Then it is cleared and run again."""
    name = "chained"
    plan = plans[name]
    first, last = (step["name"] for step in plan["steps"])
    world.reset(places(plan, True), {first: 1})
    state, clusters = world.run(name, variables(quick, name))
    judge.equal("failed run", state, "failed")
    judge.equal("failed run: clusters", [one["state"] for one in clusters], ["TERMINATED_WITH_ERRORS"])
    judge.equal("failed run: steps", [one["steps"] for one in clusters], [[[first, "FAILED"]]])
    state, clusters = world.run(name, variables(quick, name))
    judge.equal("run after it was cleared", state, "success")
    judge.equal("run after it was cleared: clusters", [one["state"] for one in clusters],
                ["TERMINATED_WITH_ERRORS", "TERMINATED"])
    judge.equal("run after it was cleared: steps", clusters[-1]["steps"],
                [[first, "COMPLETED"], [last, "COMPLETED"]])


def tried_again(judge, world: World, quick: Path, plans: dict) -> None:
    name = "tried_again"
    world.reset(places(plans[name], True), {"[count] words": 2})
    state, clusters = world.run(name, {})
    judge.equal("run with tries", state, "success")
    judge.equal("run with tries: clusters", [one["state"] for one in clusters], ["TERMINATED"])
    steps = [step for one in clusters for step in one["steps"]]
    judge.equal("run with tries: steps", sorted(map(tuple, steps)), [
        ("[count] words", "COMPLETED"), ("[count] words", "FAILED"), ("[count] words", "FAILED"),
        ("[print] news", "COMPLETED")])


def no_data(judge, world: World, quick: Path, plans: dict) -> None:
    name = "snowplow"
    world.reset(places(plans[name], False), {})
    state, clusters = world.run(name, variables(quick, name))
    judge.equal("run without data", (state, clusters), ("success", []))


def goes_on(
    judge, binary: str, world: World, quick: Path, folder: Path, name: str, what: str, objects: list[str]
) -> None:
    """A run does what Penstock would do with what it finds."""
    status, steps = follows.expected(binary, name, objects, RUN_ID, RUN_TIME, folder)
    dag = name.replace("-", "_")
    world.reset(objects, {})
    state, clusters = world.run(dag, variables(quick, dag))
    judge.equal(f"{name}, {what}: state", state, "success" if status in (0, 3) else "failed")
    # Steps without an order are submitted as their tasks come.
    submitted = [sorted(one["submitted"]) for one in clusters]
    judge.equal(f"{name}, {what}: steps", submitted, [sorted(steps)] if status == 0 else [])
