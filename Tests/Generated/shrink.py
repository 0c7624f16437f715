"""Makes a case that disagrees as small as it can be, and writes it as a folder."""

from __future__ import annotations

import copy
import shlex
from pathlib import Path

import spell
from expressions import Literal
from syntax import Case, to_json


def smaller(case: Case):
    """Cases that lack one thing that this one has."""

    def without(change):
        other = copy.deepcopy(case)
        change(other)
        return other

    pipeline = case.pipeline
    for index in range(len(pipeline.stages)):
        yield without(lambda c, i=index: c.pipeline.stages.pop(i))
    for index, stage in enumerate(pipeline.stages):
        for number in range(len(stage.steps)):
            yield without(lambda c, i=index, n=number: c.pipeline.stages[i].steps.pop(n))
        for number in range(len(stage.requires)):
            yield without(lambda c, i=index, n=number: c.pipeline.stages[i].requires.pop(n))
            if stage.requires[number].when is not None:
                yield without(lambda c, i=index, n=number: setattr(
                    c.pipeline.stages[i].requires[n], "when", None))
        for name in ("when", "part_of"):
            if getattr(stage, name) is not None:
                yield without(lambda c, i=index, a=name: setattr(c.pipeline.stages[i], a, None))
    for name in ("skip", "skip_steps", "include", "empty"):
        for number in range(len(getattr(case.command, name))):
            yield without(lambda c, a=name, n=number: getattr(c.command, a).pop(n))
    for name in ("resume_from", "run_id"):
        if getattr(case.command, name) is not None:
            yield without(lambda c, a=name: setattr(c.command, a, None))
    for name in ("debug", "persistent", "strict"):
        if getattr(case.command, name):
            yield without(lambda c, a=name: setattr(c.command, a, False))
    for name in list(pipeline.datasets):
        yield without(lambda c, n=name: c.pipeline.datasets.pop(n))
        dataset = pipeline.datasets[name]
        for member in ("when", "restore", "release", "within"):
            if getattr(dataset, member) is not None:
                yield without(lambda c, n=name, m=member: setattr(c.pipeline.datasets[n], m, None))
        if dataset.must_be_read:
            yield without(lambda c, n=name: setattr(c.pipeline.datasets[n], "must_be_read", False))
    for name in list(pipeline.lets):
        yield without(lambda c, n=name: c.pipeline.lets.pop(n))
    for name in list(pipeline.kinds):
        yield without(lambda c, n=name: c.pipeline.kinds.pop(n))
    for number in range(len(pipeline.checks)):
        yield without(lambda c, n=number: c.pipeline.checks.pop(n))
    for member in ("on_create", "on_reuse"):
        if getattr(pipeline.cluster, member):
            yield without(lambda c, m=member: setattr(c.pipeline.cluster, m, []))
    for member in ("log_uri", "concurrency", "encrypted", "reuse"):
        if getattr(pipeline.cluster, member) is not None:
            yield without(lambda c, m=member: setattr(c.pipeline.cluster, m, None))
    for index, stage in enumerate(pipeline.stages):
        for number, step in enumerate(stage.steps):
            def at(c, i=index, n=number):
                return c.pipeline.stages[i].steps[n]
            for member in ("when", "after", "on_failure", "retry", "timeout", "log"):
                if getattr(step, member) is not None:
                    yield without(lambda c, m=member, f=at: setattr(f(c), m, None))
            for n in range(len(step.after or [])):
                yield without(lambda c, k=n, f=at: f(c).after.pop(k))
            if step.each:
                yield without(lambda c, f=at: f(c).each.clear())
            if not isinstance(step.name, Literal):
                yield without(lambda c, f=at, n=index * 100 + number: setattr(
                    f(c), "name", Literal(f"N{n}")))
            for name in list(step.parameters):
                yield without(lambda c, n=name, f=at: f(c).parameters.pop(n))
            for member in ("reads", "writes", "deletes"):
                for k in range(len(getattr(step, member))):
                    yield without(lambda c, m=member, n=k, f=at: getattr(f(c), m).pop(n))
            if step.kind in ("hadoop-jar", "script", "spark-submit", "hive") and step.reads:
                yield without(lambda c, f=at: (
                    setattr(f(c), "kind", "command"),
                    setattr(f(c), "parameters", {"command": [Literal("true")]})))
    for bucket in list(case.world):
        yield without(lambda c, b=bucket: c.world.pop(b))
        for key in list(case.world[bucket]):
            yield without(lambda c, b=bucket, k=key: c.world[b].pop(k))
    if pipeline.include:
        yield without(lambda c: c.pipeline.include.clear())
    if pipeline.takes_config:
        yield without(lambda c: setattr(c.pipeline, "takes_config", False))


def shrink(case: Case, still_fails, limit: int = 600) -> Case:
    """The smallest case found for which `still_fails` holds."""
    tries = 0
    changed = True
    while changed and tries < limit:
        changed = False
        for other in smaller(case):
            tries += 1
            if tries >= limit:
                break
            try:
                fails = still_fails(other)
            except Exception:
                continue
            if fails:
                case, changed = other, True
                break
    return case


def write(case: Case, folder: Path, lines: list[str], notes: str, seed: int | None = None,
          places: bool = False) -> None:
    """The case as a folder: its files, the command, and what was found."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in spell.files(case, seed, places).items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(text)
    (folder / "world.json").write_text(to_json(case.world))
    (folder / "cmd.txt").write_text("".join(line + "\n" for line in lines))
    (folder / "notes.md").write_text(notes)


def command_line(case: Case, emit: str = "ir") -> str:
    inputs = ["pipeline.yml"] + (["-c", "config.yml"] if case.pipeline.takes_config else [])
    if case.has_facts:
        inputs += ["--facts", "facts.json"]
    return shlex.join(
        ["penstock", "compile", *inputs, "--emit", emit, *case.command.arguments()])
