"""Compares generated pipelines with the model: scripts/python Tests/Generated --binary …"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import found  # noqa: E402
import properties  # noqa: E402
import shrink  # noqa: E402
from generate import generate  # noqa: E402
from harness import Binary  # noqa: E402

BINARY: Binary | None = None


def start(path: str, folder: str) -> None:
    global BINARY
    BINARY = Binary(path, Path(folder) / f"worker-{os.getpid()}")


def examine(task: tuple) -> properties.Outcome:
    seed, options = task
    outcome = properties.Outcome(seed)
    try:
        properties.examine(BINARY, generate(seed), outcome, options)
    except Exception:
        outcome.disagree("harness", " / ".join(traceback.format_exc().splitlines()[-5:]))
    return outcome


def signature(outcome: properties.Outcome) -> tuple | None:
    """What a disagreement is about, so that a smaller case is one of the same kind."""
    if not outcome.disagreements:
        return None
    name, message = outcome.disagreements[0]
    return name, message.split(":")[0] if name in ("verdict", "exit", "warnings") else ""


def make_small(seed: int, options) -> None:
    """Writes the smallest case that disagrees as a seed's does."""
    case = generate(seed)

    def examined(one) -> properties.Outcome:
        outcome = properties.Outcome(seed)
        properties.examine(BINARY, one, outcome, options)
        return outcome

    wanted = signature(examined(case))
    small = shrink.shrink(case, lambda one: signature(examined(one)) == wanted)
    found = "".join(f"- {name}: {message}\n" for name, message in examined(small).disagreements)
    spelling = re.search(r"spelling (\d+)", found)
    number = int(spelling.group(1)) if spelling else None
    shrink.write(
        small, Path(options.out) / f"seed-{seed}", [shrink.command_line(small)],
        f"Seed {seed}\n\n{found}", number, number is not None and number % 3 == 2)


def main() -> int:
    parser = argparse.ArgumentParser(prog="Tests/Generated", description=__doc__)
    parser.add_argument("--binary", default=".build/release/penstock")
    parser.add_argument("--seeds", default="1..1000", help="such as 1..1000, or one seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--spellings", type=int, default=3, help="how many of each pipeline")
    parser.add_argument("--runs", type=float, default=0.1,
                        help="the share of accepted pipelines that are run in a sandbox")
    parser.add_argument("--faults", type=int, default=4, help="how many steps of each run fail")
    parser.add_argument("--crashes", type=int, default=1, help="how often each run is killed")
    parser.add_argument("--edits", type=int, default=2, help="how many leaves of each are edited")
    parser.add_argument("--imports", type=float, default=0.2,
                        help="the share of accepted pipelines whose job flow is imported")
    parser.add_argument("--show", type=int, default=30, help="how many disagreements to print")
    parser.add_argument("--out", help="a folder for the cases that disagree, each made small")
    parser.add_argument("--small", type=int, default=10, help="how many of them")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("..")
    seeds = range(int(first), int(last or first) + 1)

    began = time.time()
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    folder = tempfile.mkdtemp(prefix="penstock-generated-", dir=place)
    binary = os.path.abspath(options.binary)
    verdicts: Counter = Counter()
    counts: Counter = Counter()
    kinds: Counter = Counter()
    failed = []
    try:
        with multiprocessing.Pool(options.jobs, start, (binary, folder)) as pool:
            for outcome in pool.imap_unordered(
                    examine, ((seed, options) for seed in seeds), chunksize=8):
                verdicts[outcome.verdict] += 1
                counts.update(outcome.counts)
                counts["asked"] += outcome.compared
                if outcome.disagreements:
                    failed.append(outcome)
                    for name, message in outcome.disagreements:
                        kinds[name] += 1
                        if len(failed) <= options.show:
                            print(f"seed {outcome.seed}: {name}: {message}", flush=True)
        cases, wrong = found.check_all(binary, Path(folder))
        if options.out:
            start(binary, folder)
            for outcome in sorted(failed, key=lambda one: one.seed)[: options.small]:
                make_small(outcome.seed, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    for one in wrong:
        print(one)
    table(verdicts, counts, kinds)
    refused = len({one.split(":")[0] for one in wrong})
    print(f"{len(seeds) + cases - len(failed) - refused} passed, {len(failed) + refused} failed "
          f"({time.time() - began:.0f} s)")
    return 1 if failed or wrong else 0


def table(verdicts: Counter, counts: Counter, kinds: Counter) -> None:
    print("\n| verdict | pipelines |\n| --- | ---: |")
    for verdict, number in verdicts.most_common():
        print(f"| {verdict or 'none'} | {number} |")
    print("\n| compared | how often |\n| --- | ---: |")
    for key, number in sorted(counts.items()):
        print(f"| {key} | {number} |")
    for kind, number in kinds.most_common():
        print(f"| disagreements: {kind} | {number} |")


if __name__ == "__main__":
    sys.exit(main())
