"""What docs/data-flow.md says of a recovery: which steps run again, and whether there is one."""

from __future__ import annotations

from dataclasses import dataclass, field

from model import Model
from steps import RunStep, Touch


@dataclass
class Recovery:
    runs: list = field(default_factory=list)  # names of the failed run's steps that run, in order
    left_out: set = field(default_factory=set)
    known: set = field(default_factory=set)  # the steps that stages have, which are left out by name
    is_possible: bool = True
    is_restored: bool = False  # whether data has to be restored: then more than this decides


def recovery(model: Model, steps: list[RunStep], completed: set[str]) -> Recovery:
    """Of a run whose cluster is gone."""
    again = {step.name for step in steps if step.name not in completed}
    out = Recovery(known={step.name for step in steps if step.origin == "written"})
    changed = True
    while changed:
        before = len(again)
        for index, step in enumerate(steps):
            if step.name in again:
                for where in step.of("read"):
                    if where.is_ephemeral:
                        out.is_restored |= needs_filling(model, where, steps[:index], again)
            else:
                earlier = [one for one in steps[:index] if one.name in again]
                if repeats_after(step, earlier) or feeds(step, earlier):
                    again.add(step.name)
        changed = len(again) > before
    out.runs = [step.name for step in steps if step.name in again]
    out.left_out = {step.name for step in steps if step.name not in again}
    for index, step in enumerate(steps):
        if step.name in again and any(
                is_gone(touch, index, steps, completed, again) for touch in step.touches):
            out.is_possible = False
    return out


def needs_filling(model: Model, where, earlier: list[RunStep], again: set) -> bool:
    """Whether a place on the cluster is restored; else the steps that filled it run again."""
    if any(where.overlaps(one) for name, dataset in model.pipeline.datasets.items()
           if dataset.restore is not None for one in model.places(name, model.env)):
        return True
    last = max((index for index, step in enumerate(earlier) if step.touching(where, "delete")), default=0)
    again |= {step.name for step in earlier[last:] if step.touching(where, "write")}
    return False


def repeats_after(step: RunStep, earlier: list[RunStep]) -> bool:
    """Whether a step is done again since an earlier one is: it deletes what that one writes, or writes
    what that one deletes. What is on a cluster is gone with it."""
    return any(
        any(one.touching(where, "write") for where in step.of("delete") if not where.is_ephemeral)
        or any(one.touching(where, "delete") for where in step.of("write") if not where.is_ephemeral)
        for one in earlier)


def feeds(step: RunStep, earlier: list[RunStep]) -> bool:
    """Whether a step wrote where one before it reads that is done again: it would read more then."""
    return any(one.touching(where, "read") for where in step.of("write")
               if not where.is_ephemeral and not where.is_outside for one in earlier)


def is_gone(touch: Touch, index: int, steps, completed: set, again: set) -> bool:
    """Whether a completed step took away what a step at `index` reads, and nothing writes it again."""
    if touch.mode != "read" or touch.place.is_ephemeral or touch.place.is_outside:
        return False
    deleted = [i for i, one in enumerate(steps) if one.name in completed and one.deletes_for(touch)]
    if not any(i >= index for i in deleted):
        return False
    last = max((i for i, one in enumerate(steps[:index]) if one.deletes_for(touch)), default=-1)
    writers = [one for i, one in enumerate(steps[:index])
               if i >= last and one.touching(touch.place, "write")]
    return not writers or any(one.name not in again for one in writers)
