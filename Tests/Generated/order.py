"""The order of steps that docs/order.md says, and what the compiler makes of it."""

from __future__ import annotations

import json
import re

from places import place
from steps import RunStep, Touch, different_parts


def conflict(a: Touch, b: Touch) -> bool:
    """Whether two accesses of different steps order the steps."""
    if not a.place.overlaps(b.place) or a.mode == b.mode == "read":
        return False
    # Both write, or neither: then other parts of the place are other data.
    return not ((a.mode == "write") == (b.mode == "write") and different_parts(a, b))


def reasons(first: RunStep, second: RunStep) -> set:
    """Why the second step waits for the first one: each reason as a plan has it."""
    found: set = set()
    if first.name in second.after:
        found.add(("after",))
    if "cluster" in (first.origin, second.origin):
        found.add(("cluster",))
    for a in first.touches:
        for b in second.touches:
            if conflict(a, b):
                found.add(("data", str(b.place), a.mode, b.mode))
    return found


def before(steps: list[RunStep]) -> list[set]:
    """For each step, all that come before it."""
    out: list[set] = []
    for later, step in enumerate(steps):
        mine: set = set()
        for earlier in range(later):
            if reasons(steps[earlier], step):
                mine |= {earlier} | out[earlier]
        out.append(mine)
    return out


def reduced(relation: list[set]) -> list[set]:
    """For each step, those before it that come before none of the others before it."""
    return [{one for one in mine if not any(one in relation[other] for other in mine)}
            for mine in relation]


def is_fed(steps: list[RunStep], level: int) -> bool:
    """Whether each step is added when those before it are completed."""
    if level > 1:
        return any(before(steps))
    proceeding = {step.name for step in steps if step.action == "CONTINUE"}
    return any(proceeding & set(step.after) for step in steps)


def longest(direct: list[set]) -> int:
    lengths: list[int] = []
    for mine in direct:
        lengths.append(1 + max((lengths[one] for one in mine), default=0))
    return max(lengths, default=0)


def widest(direct: list[set]) -> int:
    lengths: list[int] = []
    for mine in direct:
        lengths.append(1 + max((lengths[one] for one in mine), default=0))
    return max((lengths.count(one) for one in lengths), default=0)


def in_program(text: str) -> list[list[tuple]]:
    """What `--emit ir` says: for each step its predecessors with the reasons."""
    out: list[list[tuple]] = []
    for line in text.splitlines():
        if line.startswith("step "):
            out.append([])
        elif match := re.match(r"  follows (\d+) (.*)$", line):
            words = match[2].split(" ", 2)
            out[-1].append((int(match[1]), tuple(
                words if len(words) < 3 else ("data", str(place(words[2])), words[0], words[1]))))
    return out


def in_plan(plan: dict) -> list[list[tuple]]:
    """What a plan says."""
    numbers = {step["name"]: index for index, step in enumerate(plan["steps"])}
    return [[
        (numbers[one["step"]], (one["because"],) if one["because"] != "data" else (
            "data", str(place(one["place"])), one["first"], one["then"]))
        for one in step.get("order", [])] for step in plan["steps"]]


def differences(steps: list[RunStep], level: int, said: list[list[tuple]], fed: bool) -> list[str]:
    """How an order that the compiler says differs from the documented one."""
    relation = before(steps)
    direct = reduced(relation)
    out = []
    if len(said) != len(steps):
        return [f"{len(said)} steps have an order, by the model {len(steps)}"]
    closed: list[set] = []
    for index, mine in enumerate(said):
        name = steps[index].name
        numbers = [number for number, _ in mine]
        if any(number >= index for number in numbers):
            return out + [f"{name} waits for a later step: {numbers}"]
        closed.append(set(numbers).union(*(closed[number] for number in numbers)))
        if closed[-1] != relation[index]:
            out.append(f"before {name} come {sorted(closed[-1])}, by the model {sorted(relation[index])}")
        elif numbers != sorted(direct[index]):
            out.append(f"{name} waits for {numbers}, by the model {sorted(direct[index])}")
        for number, reason in mine:
            known = reasons(steps[number], steps[index])
            if reason not in known:
                out.append(f"{name} waits for {number} because of {reason}, by the model {sorted(known)}")
            elif ("after",) in known and reason != ("after",):
                out.append(f"{name} waits for {number} because of {reason}, not of its `after`")
    if fed != is_fed(steps, level):
        out.append(f"fed: {fed}, by the model {is_fed(steps, level)}")
    return out


def plan_differences(steps: list[RunStep], level: int, text: str) -> list[str]:
    plan = json.loads(text)
    out = differences(steps, level, in_plan(plan), plan["cluster"].get("fed", False))
    direct = reduced(before(steps))
    summary = plan.get("order")
    if (summary is not None) != any(direct):
        return out + [f"the plan's order is {summary}"]
    if summary is None:
        return out
    numbers = {step["name"]: index for index, step in enumerate(plan["steps"])}
    chain = [numbers[name] for name in summary["longestChain"]]
    if len(chain) != longest(direct) or any(
            one not in direct[other] for one, other in zip(chain, chain[1:])):
        out.append(f"the longest chain is {chain}, by the model it has {longest(direct)} steps")
    front = [numbers[name] for name in summary["widestFront"]]
    relation = before(steps)
    if len(front) != widest(direct) or any(
            one in relation[other] for one in front for other in front):
        out.append(f"the widest front is {front}, by the model it has {widest(direct)} steps")
    return out
