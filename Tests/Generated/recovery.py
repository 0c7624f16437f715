"""What docs/data-flow.md says of a recovery: which steps run again, and whether there is one."""

from __future__ import annotations

from dataclasses import dataclass, field

from model import Model, RunStep


@dataclass
class Recovery:
    runs: list = field(default_factory=list)  # names of the steps that run, in order
    is_possible: bool = True


def recovery(model: Model, steps: list[RunStep], completed: set[str]) -> Recovery:
    """Of a run whose cluster is gone, or whose data there is not trusted."""
    again = {step.name for step in steps if step.name not in completed}
    restorable = [
        one for name, dataset in model.pipeline.datasets.items() if dataset.restore is not None
        for one in model.places(name, model.env)]
    changed = True
    while changed:
        changed = False
        for index, step in enumerate(steps):
            if step.name not in again:
                continue
            for where in step.of("read"):
                if not where.is_ephemeral or any(where.overlaps(one) for one in restorable):
                    continue
                for earlier in steps[:index]:
                    if earlier.touching(where, "write") and earlier.name not in again:
                        again.add(earlier.name)
                        changed = True
    out = Recovery([step.name for step in steps if step.name in again])
    for index, step in enumerate(steps):
        if step.name not in again:
            continue
        for where in step.of("read"):
            if where.is_ephemeral or where.is_outside:
                continue
            gone = any(
                one.name in completed and one.touching(where, "delete")
                for one in steps[index:])
            made = any(
                one.name in again and one.touching(where, "write") for one in steps[:index])
            if gone and not made:
                out.is_possible = False
    return out
