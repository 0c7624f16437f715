"""Pipelines compiled for another engine, each with Penstock's own plan of one run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "Tests" / "Generated"))

RUN = ["--run-id", "2026-01-02-03-04-05", "--run-time", "2026-01-02T03:04:05Z"]
RUN_TIME = "2026-01-02T03:04:05+00:00"
EXAMPLES = {
    "snowplow": ("snowplow", ["-c", "config.yml", "-r", "resolver.json", "-t", "targets", "-n", "enrichments"]),
    "clickstream-hive": ("clickstream", ["-c", "config.yml"]),
    "lakehouse": ("lakehouse", ["-c", "config.yml"]),
    "snowplow-rdb": ("snowplow-rdb", ["-c", "config.yml", "-r", "resolver.json", "--input",
                                      "transformer=transformer.hocon"]),
}


@dataclass
class Compiled:
    name: str
    plan: dict
    # The documents by their files' names.
    documents: dict[str, str]


def found(plan: dict) -> str | None:
    """The name that a plan's questions find in S3; without facts that is the run's id."""
    names = {fact["answer"] for fact in plan["facts"]
             if fact["question"]["kind"] in ("last", "last-folder") and fact["answer"]}
    if len(names) > 1:
        raise ValueError(f"several names: {names}")
    return next(iter(names), None)


def read(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def examples(
    binary: str, target: list[str], folder: Path, own: Path | None = None, only: set[str] | None = None
) -> Iterator[Compiled]:
    """The built-in pipelines, or some; or those of a folder, with what their plans find in `NAME.facts.json`."""
    environment = os.environ | {"AWS_SNOWPLOW_ACCESS_KEY": "AKIA0", "AWS_SNOWPLOW_SECRET_KEY": "x"}
    if own:
        cases = [(str(path), own, []) for path in sorted(own.glob("*.yml"))]
    else:
        cases = [(name, ROOT / "examples" / place, arguments)
                 for name, (place, arguments) in EXAMPLES.items() if not only or name in only]
    for name, place, arguments in cases:
        def call(*more: str) -> str:
            done = subprocess.run(
                [binary, "compile", name, *arguments, "-q", *more],
                cwd=place, env=environment, check=False, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"{name} isn't compiled: {done.stderr[-2000:]}")
            return done.stdout
        stem = Path(name).stem
        out = folder / stem
        call("--target", *target, "-o", f"{out}/")
        facts = place / f"{stem}.facts.json"
        known = ["--facts", str(facts)] if facts.exists() else []
        yield Compiled(stem, json.loads(call("--emit", "plan", *RUN, *known)), read(out))


def generated(
    binary: str, target: list[str], folder: Path, number: int, refusals: dict[str, int]
) -> Iterator[Compiled]:
    """So many pipelines of the generator that the engine can run; counts why others are refused."""
    import spell
    from generate import generate
    from harness import Binary
    program = Binary(binary, folder / "case")
    found = 0
    for seed in range(1, 20 * number):
        if found == number:
            break
        case = generate(seed)
        program.write(spell.files(case))
        arguments = without_run(case.command.arguments())
        plan = program.call(
            "compile", *program.inputs(case), "--emit", "plan", "--diagnostics", "json", *RUN, *arguments)
        if plan.status != 0:
            continue
        out = folder / f"generated-{seed}"
        made = program.call(
            "compile", *program.inputs(case), "--target", *target, "--diagnostics", "json", "-o", f"{out}/",
            *arguments)
        if made.status != 0:
            for code in sorted(made.diagnostics()[0]) or [f"exit status {made.status}"]:
                refusals[code] = refusals.get(code, 0) + 1
            continue
        found += 1
        yield Compiled(f"generated-{seed}", json.loads(plan.out), read(out))


def without_run(arguments: list[str]) -> list[str]:
    """Without the run's own id and time."""
    out, skips = [], False
    for argument in arguments:
        if not skips and argument not in ("--run-id", "--run-time"):
            out.append(argument)
        skips = not skips and argument in ("--run-id", "--run-time")
    return out
