"""What the judges of one subject share: a case's pipeline in a folder, and the program's runs of it in sandboxes."""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Callable

BUCKET = "bucket"
ENDED = {"TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"}
# The process kills itself: a shell says 137.
CRASHED = -9


class Trial:
    """A case in sandboxes; `problems` is where the program and the model disagree."""

    def __init__(self, binary: str, folder: Path, case):
        self.binary, self.folder, self.case = binary, folder, case
        self.problems: list[str] = []
        (folder / "p.yml").write_text(case.yaml())

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.problems.append(what)

    def call(self, *words: str) -> tuple[int, str, str]:
        done = subprocess.run([self.binary, *words], cwd=self.folder, capture_output=True, text=True,
                              env={"TZ": "UTC", "PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
                              timeout=300)
        return done.returncode, done.stdout, done.stderr

    def world(self, box: str) -> dict:
        """What the sandbox's EMR has; nothing before the first request."""
        file = self.folder / box / ".penstock" / "emr.json"
        return json.loads(file.read_text()) if file.exists() else {"clusters": []}

    def contents(self, box: str) -> dict[str, str]:
        """What S3 holds, by key."""
        top = self.folder / box / BUCKET
        return {str(path.relative_to(top)): path.read_text() for path in sorted(top.rglob("*"))
                if path.is_file() and "_temporary" not in path.parts}

    def check_over(self, box: str, what: str) -> None:
        """Nothing is left that costs money."""
        states = [cluster["state"] for cluster in self.world(box)["clusters"]]
        self.expect(all(state in ENDED for state in states), f"{what}: clusters are {states}")


def error_codes(err: str) -> set:
    """The codes of the errors in what `--diagnostics json` wrote."""
    return {one["code"] for one in json.loads(err or "[]") if one["severity"] == "error"}


def judge(trial_of: Callable[[str, Path, int], Trial], note: Callable[[Trial], None],
          summary: Callable[[], str]) -> int:
    """Tries each seed of the command line, and prints where program and model disagree.

    `note` counts what a trial was about; `summary` says the counts.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seeds", default="1..100", help="such as 1..100, or one seed")
    parser.add_argument("--keep", help="a folder for the pipelines that disagree")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("..")
    bad = 0
    for seed in range(int(first), int(last or first) + 1):
        with tempfile.TemporaryDirectory() as folder:
            trial = trial_of(str(Path(given.binary).resolve()), Path(folder), seed)
            trial.check()
        note(trial)
        if trial.problems:
            bad += 1
            print(f"seed {seed}:", *trial.problems[:3], sep="\n  ", flush=True)
            if given.keep:
                Path(given.keep).mkdir(parents=True, exist_ok=True)
                (Path(given.keep) / f"{seed}.yml").write_text(trial.case.yaml())
    print(f"{summary()}, {bad} disagree")
    return 1 if bad else 0
