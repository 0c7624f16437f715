"""What S3 holds at the end of a run in a sandbox.

Programs write, into each place that they write, one line `f(LINE)` for each line that they read; copies
copy files. The name of the function is not looked at: `normal` takes it away.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from places import Place, World, is_marker, place
from steps import RunStep


@dataclass
class Ending:
    """How a run ends."""

    failed: str | None = None  # the first step that fails
    objects: dict = field(default_factory=dict)  # (bucket, key) -> lines
    loads: dict = field(default_factory=dict)  # step -> Counter of lines
    completed: list = field(default_factory=list)
    is_certain: bool = True  # whether the documentation tells all of what is there


def normal(line: str) -> str:
    return re.sub(r"[A-Za-z0-9_]+\(", "f(", line)


def simulate(steps: list[RunStep], world: World) -> Ending:
    """The steps one after another, up to the first one that fails."""
    durable, disks = World(dict(world.objects)), World()
    ending = Ending()

    def of(where: Place) -> World:
        return disks if where.is_ephemeral else durable

    def prefix(where: Place) -> str:
        return "".join(part + "/" for part in where.parts)

    for step in steps:
        reads = [one for one in step.of("read") if not one.is_outside]
        writes = [one for one in step.of("write") if not one.is_outside]
        found = [
            (where, name) for where in reads for name in of(where).under(where)
            if not name[1].endswith("_SUCCESS")]
        if step.read_depth is not None and any(
                of(where).deep(str(where), step.read_depth) for where in reads):
            ending.failed = step.name
            break
        if reads and not found:
            ending.failed = step.name
            break
        if step.fresh and any(exists(of(where), where) for where in writes):
            ending.failed = step.name
            break
        if step.kind == "s3-dist-cp":
            source, target = place(step.parameters["src"]), place(step.parameters["dest"])
            pattern = step.parameters.get("srcPattern")
            moved = []
            if pattern is not None and any("part-0000" in key for _, key in of(source).under(source)):
                ending.is_certain = False  # how programs call their files is theirs
            for bucket, key in of(source).under(source):
                scheme = "hdfs://" if source.is_ephemeral else "s3://"
                if pattern is not None and not re.fullmatch(pattern, f"{scheme}{bucket}/{key}"):
                    continue
                relative = key[len(prefix(source)):]
                of(target).objects[(target.authority, prefix(target) + relative)] = (
                    of(source).objects[(bucket, key)])
                moved.append((bucket, key))
            if not moved:
                ending.is_certain = False  # whether an empty folder is there then is not said
            if step.parameters.get("deleteOnSuccess"):
                for name in moved:
                    of(source).objects.pop(name, None)
        else:
            lines = sorted(
                line for where, name in found for line in of(where).objects[name])
            if found and not step.of("delete", "write"):
                ending.loads[step.name] = Counter(map(normal, lines))
            output = [f"f({line})" for line in lines]
            for where in writes:
                for part in range(2):
                    mine = tuple(output[part::2])
                    of(where).objects[
                        (where.authority, f"{prefix(where)}part-0000{part}-{hash(mine):x}")] = mine
            for where in step.of("delete"):
                if not where.is_outside:
                    for name in of(where).under(where):
                        if name not in [n for w in writes for n in of(w).under(w)]:
                            of(where).objects.pop(name, None)
        ending.completed.append(step.name)
    ending.objects = durable.objects
    return ending


def exists(world: World, where: Place) -> bool:
    key = "".join(part + "/" for part in where.parts)
    return any(b == where.authority and k.startswith(key) for b, k in world.objects)


def contents(objects: dict) -> dict:
    """What each folder holds, whatever the files are called that programs write."""
    out: dict = {}
    for (bucket, key), lines in objects.items():
        if is_marker(key) or key.endswith("_SUCCESS"):
            continue
        folder = bucket + "/" + key.rpartition("/")[0]
        out.setdefault(folder, Counter()).update(normal(line) for line in lines)
    return {folder: lines for folder, lines in out.items() if lines}


def contents_of(tree: dict[str, str]) -> dict:
    """The same of a sandbox's folder."""
    objects = {}
    for path, text in tree.items():
        bucket, _, key = path.partition("/")
        objects[(bucket, key)] = tuple(text.split("\n")[:-1])
    return contents(objects)
