"""Locations, as docs/data-flow.md has them, and what S3 holds."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    scheme: str
    authority: str
    parts: tuple

    @property
    def is_ephemeral(self) -> bool:
        return self.scheme in ("hdfs", "file")

    @property
    def is_outside(self) -> bool:
        """Neither S3 nor a disk of the cluster: it is there whatever a run does."""
        return self.scheme not in ("s3", "hdfs", "file")

    def holds(self, other: Place) -> bool:
        """Whether the other place is this one or lies in it."""
        return (self.scheme, self.authority) == (other.scheme, other.authority) and (
            self.parts == other.parts[: len(self.parts)])

    def overlaps(self, other: Place) -> bool:
        return self.holds(other) or other.holds(self)

    def __str__(self) -> str:
        if self.is_outside:
            return f"{self.scheme}:{self.authority}"
        return f"{self.scheme}://{self.authority}/" + "".join(part + "/" for part in self.parts)


def place(text: str) -> Place:
    """The place that a location names."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("s3", "s3a", "s3n", "hdfs", "file"):
        scheme, _, rest = text.partition(":")
        return Place(scheme, rest.rstrip("/"), ())
    authority, _, path = rest.partition("/")
    parts = [part for part in path.split("/") if part]
    for index, part in enumerate(parts):
        if re.search(r"[*?\[{]", part):
            parts = parts[:index]
            break
    if scheme in ("hdfs", "file"):
        return Place(scheme, "", tuple(parts))
    return Place("s3", authority, tuple(parts))


def is_marker(key: str) -> bool:
    return key.endswith("/") or key.endswith("$folder$")


class World:
    """S3 (or a cluster's disks): the objects, each with its lines."""

    def __init__(self, objects: dict | None = None):
        self.objects: dict[tuple[str, str], tuple] = dict(objects or {})

    @classmethod
    def of(cls, buckets: dict) -> World:
        return cls({
            (bucket, key): tuple(text.split("\n")[:-1])
            for bucket, keys in buckets.items() for key, text in keys.items()})

    def under(self, where: Place, has_folders: bool = False) -> list[tuple[str, str]]:
        """The objects of a place that are data, or markers that end with a slash, in order."""
        prefix = "".join(part + "/" for part in where.parts)
        return sorted(
            (bucket, key) for bucket, key in self.objects
            if bucket == where.authority and key.startswith(prefix)
            and (not is_marker(key) or has_folders and key.endswith("/")))

    # Facts

    def is_empty(self, location: str, pattern: str | None = None) -> bool:
        return not any(
            pattern is None or re.search(pattern, key) for _, key in self.under(place(location)))

    def captures(self, location: str, pattern: str, has_folders: bool = False) -> list[str]:
        found = [re.search(pattern, key) for _, key in self.under(place(location), has_folders)]
        return [match.group(1) for match in found if match]

    def count(self, location: str, pattern: str) -> int:
        return len(set(self.captures(location, pattern)))

    def last(self, location: str, pattern: str) -> str | None:
        found = self.captures(location, pattern)
        return found[-1] if found else None

    def last_folder(self, location: str, pattern: str) -> str | None:
        found = self.captures(location, pattern, has_folders=True)
        return found[-1] if found else None

    def deep(self, location: str, folders: int) -> list[tuple[str, str]]:
        """The objects of a place that are more than so many folders below it."""
        where = place(location)
        return [(bucket, key) for bucket, key in self.under(where)
                if key.count("/") - len(where.parts) > folders]

    def is_too_deep(self, location: str, folders: int, pattern: str | None) -> bool:
        return any(pattern is None or re.search(pattern, key)
                   for _, key in self.deep(location, folders))


class Assumed:
    """The normal case: what a stage of the run fills is empty, any other place holds data."""

    def __init__(self, filled: set[Place]):
        self.filled = filled

    def is_empty(self, location: str, pattern: str | None = None) -> bool:
        where = place(location)
        return any(where.overlaps(one) for one in self.filled)

    def is_too_deep(self, location: str, folders: int, pattern: str | None) -> bool:
        return False


class Full:
    """A world in which every place holds data, and of which the rest is as in another."""

    def __init__(self, world: World):
        self.world = world

    def is_empty(self, location: str, pattern: str | None = None) -> bool:
        return False

    def count(self, location: str, pattern: str) -> int:
        return self.world.count(location, pattern)

    def last(self, location: str, pattern: str) -> str | None:
        return self.world.last(location, pattern)

    def is_too_deep(self, location: str, folders: int, pattern: str | None) -> bool:
        return self.world.is_too_deep(location, folders, pattern)

    def last_folder(self, location: str, pattern: str) -> str | None:
        return self.world.last_folder(location, pattern)
