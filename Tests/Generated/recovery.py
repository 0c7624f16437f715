"""What docs/data-flow.md says of a recovery: which steps run again, and whether there is one."""

from __future__ import annotations

from dataclasses import dataclass, field

from model import Model
from steps import RunStep, Touch


@dataclass
class Recovery:
    runs: list = field(default_factory=list)  # names of the failed run's steps that run, in order
    is_possible: bool = True


def recovery(model: Model, steps: list[RunStep], completed: set[str]) -> Recovery:
    """Of a run whose cluster is gone."""
    again = {step.name for step in steps if step.name not in completed}
    restored: set[str] = set()
    changed = True
    while changed:
        changed = False
        for index, step in enumerate(steps):
            if step.name not in again:
                continue
            for where in step.of("read"):
                if not where.is_ephemeral:
                    continue
                names = [name for name, dataset in model.pipeline.datasets.items()
                         if dataset.restore is not None
                         and any(where.overlaps(one) for one in model.places(name, model.env))]
                if names:
                    restored |= set(names)
                    continue
                for earlier in steps[:index]:
                    if earlier.touching(where, "write") and earlier.name not in again:
                        again.add(earlier.name)
                        changed = True
    out = Recovery([step.name for step in steps if step.name in again])

    def is_gone(touch: Touch, index: int) -> bool:
        """Whether a completed step took away what a step at `index` reads."""
        if touch.mode != "read" or touch.place.is_ephemeral or touch.place.is_outside:
            return False
        gone = any(one.name in completed and one.deletes_for(touch) for one in steps[index:])
        made = any(
            one.name in again and one.touching(touch.place, "write") for one in steps[:index])
        return gone and not made

    for index, step in enumerate(steps):
        if step.name not in again:
            continue
        if any(is_gone(touch, index) for touch in step.touches):
            out.is_possible = False
        for name in restored:
            wanted = [where for where in step.of("read") if where.is_ephemeral
                      and any(where.overlaps(one) for one in model.places(name, model.env))]
            written_again = any(
                one.name in again and any(one.touching(where, "write") for where in wanted)
                for one in steps[:index])
            if not wanted or written_again:
                continue
            for one in model.expand(
                    model.pipeline.datasets[name].restore, model.env, step.stage, "restore"):
                # What it reads may have gone at any time before the recovery.
                if any(is_gone(touch, 0) for touch in one.touches):
                    out.is_possible = False
    return out
