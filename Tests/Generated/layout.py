"""Writes generated pipelines badly, formats them, and judges the result:
scripts/python Tests/Generated/layout.py --binary …

The judge is PyYAML and a few lines of its own: the same events (values, types, tags, anchors, which texts
are plain) with the same tokens in each expression, all comments, a text that a second `fmt` leaves alone, and
for a share the same compilation, byte by byte."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import yaml  # noqa: E402

import spell  # noqa: E402
from generate import generate  # noqa: E402
from untidy import Untidy, normal  # noqa: E402

# How many documents one process formats.
BATCH = 100


def events(text: str, takes_expressions: bool) -> list:
    out = []
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        one = [type(event).__name__, getattr(event, "anchor", None), getattr(event, "tag", None)]
        if isinstance(event, yaml.ScalarEvent):
            value = normal(event.value) if takes_expressions else event.value
            is_plain = not event.style and "${" not in event.value
            one += [value, is_plain]
        out.append(one)
    return out


def judge(before: str, after: str, comments: list[str], takes_expressions: bool) -> list[str]:
    wrong = []
    try:
        if events(before, takes_expressions) != events(after, takes_expressions):
            wrong.append("another meaning")
    except yaml.YAMLError as error:
        wrong.append(f"not YAML: {error}")
    found = re.findall(r"#[ \t]*(note \d+[^\n]*)", after)
    if sorted(found) != sorted(comments):
        wrong.append(f"comments: {set(comments) ^ set(found)}")
    if "\r" in after or "\ufeff" in after:
        wrong.append("line ends, or a byte order mark")
    if re.search(r"[ \t]$", after, re.M):
        wrong.append("blanks at a line's end")
    if "\n\n\n" in after or not after.endswith("\n") or after.endswith("\n\n") or after.startswith("\n"):
        wrong.append("empty lines")
    for line in after.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        if indent % 2 and "#" not in line:
            # A line of an expression keeps how it is indented in its block.
            if ">" not in after and "|" not in after:
                wrong.append(f"indentation: {line!r}")
    return wrong


def plain(value, takes_expressions: bool):
    """A tree to compare, with expressions as tokens."""
    if isinstance(value, dict):
        return {key: plain(member, takes_expressions) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(item, takes_expressions) for item in value]
    return normal(value) if takes_expressions and isinstance(value, str) else value


def written(tree: dict, seed: int, takes_expressions: bool) -> tuple[str, list[str]]:
    """A tree as a badly written document. What isn't what was meant is thrown away."""
    for attempt in range(20):
        writer = Untidy(seed * 100 + attempt, takes_expressions)
        text = writer.document(tree)
        try:
            read = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            continue
        if plain(read, takes_expressions) == plain(tree, takes_expressions):
            return text, writer.comments
    raise ValueError(f"no document for {seed}")


def untidy(seed: int):
    """The files of a seed: those to format, written badly, and the others."""
    case = generate(seed)
    files = spell.files(case, seed)
    out = {}
    for number, (name, text) in enumerate(files.items()):
        if name.endswith(".yml"):
            out[name] = written(yaml.safe_load(text), seed * 10 + number, name != "config.yml")
        else:
            out[name] = (text, None)
    return case, out


def compiled(binary: str, folder: Path, case) -> tuple:
    arguments = ["compile", "pipeline.yml"]
    if case.pipeline.takes_config:
        arguments += ["-c", "config.yml"]
    if case.has_facts:
        arguments += ["--facts", "facts.json"]
    done = subprocess.run(
        [binary, *arguments, "--emit", "requests", *case.command.arguments()], cwd=folder,
        capture_output=True, env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "TZ": "UTC"})
    # Places in messages move; their codes don't, but for the warning of text on the line below its key.
    codes = re.findall(rb"(?:error|warning)\[([a-z-]+)\]", done.stderr)
    return done.returncode, done.stdout, sorted(set(codes) - {b"yaml-suspicious-text"})


def examine(task: tuple) -> tuple[int, int, list[str]]:
    seeds, binary, place, compile_every = task
    folder = Path(tempfile.mkdtemp(prefix="penstock-layout-", dir=place))
    wrong: list[str] = []
    count = compilations = 0
    try:
        cases = {}
        for seed in seeds:
            case, files = untidy(seed)
            cases[seed] = case, files
            for name, (text, _) in files.items():
                target = folder / str(seed) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode())
        before = {seed: compiled(binary, folder / str(seed), cases[seed][0])
                  for seed in seeds if seed % compile_every == 0}
        done = subprocess.run([binary, "fmt", "."], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            wrong.append(f"fmt: {done.returncode}: {done.stderr[:2000]}")
        for seed, (case, files) in cases.items():
            for name, (text, comments) in files.items():
                if comments is None:
                    continue
                count += 1
                after = (folder / str(seed) / name).read_bytes().decode()
                found = judge(text, after, comments, name != "config.yml")
                wrong += [f"seed {seed}: {name}: {one}" for one in found]
        again = subprocess.run(
            [binary, "fmt", "--check", "."], cwd=folder, capture_output=True, text=True)
        if again.returncode or again.stdout:
            wrong.append(f"formatted twice, it isn't the same: {again.stdout[:500]}")
        for seed, first in before.items():
            compilations += 1
            second = compiled(binary, folder / str(seed), cases[seed][0])
            if first != second:
                wrong.append(f"seed {seed}: compiled otherwise: {first[0]} {first[2]} -> {second[0]} {second[2]}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return count, compilations, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=".build/release/penstock")
    parser.add_argument("--seeds", default="1..300", help="such as 1..300, or one seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--compile-every", type=int, default=10, help="compile one seed of so many")
    parser.add_argument("--show", type=int, default=20, help="how many disagreements to print")
    parser.add_argument("--write", help="write a seed's badly written files to this folder, and stop")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("..")
    seeds = list(range(int(first), int(last or first) + 1))
    if options.write:
        for name, (text, _) in untidy(seeds[0])[1].items():
            target = Path(options.write) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
        return 0
    began = time.time()
    place = "/dev/shm" if os.path.isdir("/dev/shm") else None
    binary = os.path.abspath(options.binary)
    tasks = [(seeds[at: at + BATCH], binary, place, options.compile_every)
             for at in range(0, len(seeds), BATCH)]
    documents = compilations = 0
    wrong: list[str] = []
    with multiprocessing.Pool(options.jobs) as pool:
        for count, compiled_pairs, found in pool.imap_unordered(examine, tasks):
            documents += count
            compilations += compiled_pairs
            for one in found[: max(0, options.show - len(wrong))]:
                print(one, flush=True)
            wrong += found
    print(f"{documents} documents formatted, {compilations} pipelines compiled before and after, "
          f"{len(wrong)} disagreements ({time.time() - began:.0f} s)")
    return 1 if wrong or not documents else 0


if __name__ == "__main__":
    sys.exit(main())
