"""What pipelines do that go on from what they find in S3: worlds to run them in, and what Penstock would do."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pipelines

BEFORE = "2025-12-31-00-00-00"


def worlds(run_id: str) -> list[tuple[str, str, list[str]]]:
    """Pipelines' names, what is the case, and the objects of S3."""
    archive, out, sink = "s3://acme-snowplow-archive", "s3://acme-snowplow-out", "enriched/sink/part"
    staged = [f"{archive}/enriched/run=2025-12-30-00-00-00/part", f"{archive}/enriched/run={BEFORE}/part"]
    done = f"{out}/transformed/run={BEFORE}/shredding_complete.json"
    buckets = ["s3://trial-in", "s3://trial-out", "s3://trial-late", "s3://trial-done"]
    days = ["s3://trial-in/days/day=2025-12-29/a", "s3://trial-in/days/day=2025-12-30/", *buckets]
    made = ["s3://trial-out/run=2025-12-30/a", f"s3://trial-out/run={BEFORE}/a"]
    completed = f"s3://trial-done/run={BEFORE}/done"
    return [
        ("snowplow-rdb", "the first run", [f"{out}/{sink}", archive]),
        ("snowplow-rdb", "the last run is done", [f"{out}/{sink}", *staged, done]),
        ("snowplow-rdb", "the last run isn't done", [f"{out}/{sink}", *staged]),
        ("snowplow-rdb", "the last run isn't done, and there is nothing new", [out, *staged]),
        ("snowplow-rdb", "the run itself has staged", [f"{out}/{sink}", f"{archive}/enriched/run={run_id}/part"]),
        ("snowplow-rdb", "there is nothing new", [out, *staged, done]),
        ("follows", "a day is late, and the last run is done",
         [*days, *made, completed, "s3://trial-late/day=2025-12-30/a"]),
        ("follows", "no day is late", [*days, *made, completed]),
        ("follows", "there is no earlier run", [*days, "s3://trial-late/day=2025-12-30/a"]),
        ("follows", "the last run isn't done", [*days, *made]),
        ("follows", "only something with a similar name is there", [*days, *made, f"{completed}-not"]),
        ("follows", "no day has arrived", [*buckets, *made, completed]),
        ("follows", "the run goes on with itself", [*days, *made, f"s3://trial-out/run={run_id}/a"]),
    ]


def expected(binary: str, name: str, objects: list[str], run_id: str, run_time: str, folder: Path):
    """The exit status of Penstock's plan in a world, and the steps that it has."""
    buckets: dict[str, list[str]] = {}
    for place in objects:
        bucket, _, key = place.removeprefix("s3://").partition("/")
        buckets.setdefault(bucket, []).extend([key] if key else [])
    facts = folder / "facts.json"
    facts.write_text(json.dumps({"s3": buckets, "clusters": []}))
    if name in pipelines.EXAMPLES:
        place, arguments = pipelines.EXAMPLES[name]
        place, given = pipelines.ROOT / "examples" / place, [name, *arguments]
    else:
        place = Path(__file__).resolve().parent / "follows"
        given = [f"{name}.yml"]
    done = subprocess.run(
        [binary, "compile", *given, "-q", "--emit", "plan", "--facts", facts, "--run-id", run_id,
         "--run-time", run_time],
        cwd=place, env=os.environ, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        return done.returncode, []
    plan = json.loads(done.stdout)
    return 0, [[step["Name"], step["HadoopJarStep"]["Jar"], step["HadoopJarStep"].get("Args", [])]
               for request in plan["requests"] for step in request["body"].get("Steps", [])]
