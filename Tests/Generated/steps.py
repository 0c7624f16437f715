"""The steps of a run, all of them evaluated, and what they touch."""

from __future__ import annotations

from dataclasses import dataclass, field

from places import Place


@dataclass
class Touch:
    mode: str  # read, write, delete
    place: Place
    part: tuple | None = None  # of a kind that tells parts: it, and the values of the parameters that do


@dataclass
class RunStep:
    """A step of a run, all of it evaluated."""

    name: str
    stage: str | None
    kind: str
    origin: str  # written, restore, release, cluster
    touches: list
    action: str = ""
    declares_action: bool = False
    after: list = field(default_factory=list)
    arguments: list | None = None
    retry: bool = False
    fresh: bool = False
    read_depth: int | None = None
    parameters: dict = field(default_factory=dict)
    reads_anything: bool = False
    is_once: bool = False  # whether the pipeline says that it is not to be retried

    def of(self, *modes: str) -> list[Place]:
        return [touch.place for touch in self.touches if touch.mode in modes]

    def touching(self, where: Place, *modes: str) -> bool:
        return (self.reads_anything and "read" in modes
                or any(where.overlaps(one) for one in self.of(*modes)))

    def deletes_for(self, touch: Touch) -> bool:
        """Whether it deletes what an access of another step is about.

        A move deletes its own part only: what a step of its kind with another part reads or deletes
        there, it leaves alone.
        """
        return any(
            mine.mode == "delete" and mine.place.overlaps(touch.place)
            and not (mine.place in self.moves and touch.mode != "write"
                     and different_parts(mine, touch))
            for mine in self.touches)

    @property
    def moves(self) -> list[Place]:
        """What it moves away: places that it reads and deletes."""
        return [one for one in self.of("delete") if one in self.of("read")]

    @property
    def is_load(self) -> bool:
        """Whether it changes what nothing else tells of, such as a database."""
        return not self.retry and not any(
            touch.mode in ("write", "delete") for touch in self.touches)


def different_parts(a: Touch, b: Touch) -> bool:
    """Whether two accesses are known to be of different parts of one place."""
    if a.place != b.place or a.part is None or b.part is None or a.part[0] != b.part[0]:
        return False
    pairs = list(zip(a.part[1], b.part[1]))
    if any(one is not None and other is not None and one != other for one, other in pairs):
        return True
    return (any(one is not None and other is None for one, other in pairs)
            and any(one is None and other is not None for one, other in pairs))
