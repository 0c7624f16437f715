#!/usr/bin/env python3
"""Measures the language server in Snowplow's pipeline with its inputs: from a change to the
diagnostics, and memory over many edits.

    scripts/python Tests/Editor/measure.py --binary .build/release/penstock
"""
import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from client import Client  # noqa: E402
from conftest import BINARY, ROOT  # noqa: E402


def position(text, offset):
    before = text[:offset]
    return {"line": before.count("\n"), "character": offset - before.rfind("\n") - 1}


def memory(process):
    """Resident memory in KiB."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(next(line.split()[1] for line in file if line.startswith("VmRSS")))


class Typist:
    """Types words into expressions and values of a pipeline, and takes them back."""

    def __init__(self, binary, folder):
        self.client = Client(binary, str(folder), {"runTime": "2026-03-01T02:03:04Z"})
        self.path = str(folder / "pipeline.yml")
        self.text = self.client.open(self.path)
        self.client.diagnostics(self.path, 1)
        self.version = 1
        self.places = [
            at for at in range(len(self.text)) if self.text.startswith("config.", at)]
        self.random = random.Random(1)

    def replace(self, start, end, new):
        """One change; the seconds until its diagnostics are there."""
        span = {"start": position(self.text, start), "end": position(self.text, end)}
        self.text = self.text[:start] + new + self.text[end:]
        self.version += 1
        begin = time.perf_counter()
        self.client.change(self.path, self.version, [{"range": span, "text": new}])
        self.client.diagnostics(self.path, self.version)
        return time.perf_counter() - begin

    def word(self):
        """Types a word somewhere, a letter at a time, and deletes it."""
        at = self.random.choice(self.places)
        times = [self.replace(at + n, at + n, letter) for n, letter in enumerate("has(x.y)")]
        times += [self.replace(at + n - 1, at + n, "") for n in range(8, 0, -1)]
        return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=BINARY)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--check", action="store_true", help="fail beyond 15 ms, 40 ms or growth")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made).resolve()
        shutil.copytree(ROOT / "examples/snowplow", folder, dirs_exist_ok=True)
        shutil.copy(ROOT / "pipelines/snowplow.yml", folder / "pipeline.yml")
        typist = Typist(arguments.binary, folder)
        times = []
        sizes = []
        while len(times) < arguments.edits:
            times += typist.word()
            if len(times) >= len(sizes) * arguments.edits / 20:
                sizes.append(memory(typist.client.process))
        typist.client.stop()
    times.sort()
    median = times[len(times) // 2] * 1000
    late = times[len(times) * 99 // 100] * 1000
    print(f"{len(times)} edits: median {median:.1f} ms, 99th percentile {late:.1f} ms")
    # The first tenth fills what is kept.
    early = sizes[len(sizes) // 10]
    print(f"memory: {early // 1024} MiB after a tenth of the edits, {sizes[-1] // 1024} MiB at the end")
    if arguments.check and (median > 15 or late > 40 or sizes[-1] > early * 1.1 + 4096):
        sys.exit(1)


if __name__ == "__main__":
    main()
