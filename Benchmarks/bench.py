#!/usr/bin/env python3
"""Measures penstock as its users meet it: whole processes of the release binary.

Each command is run many times, in turn with all the others, so that a slow moment of the machine
meets all of them; medians and their ratios are what counts. `floor` is a C program that exits at once.

usage: bench.py [--rounds N] [--large-rounds N] [--steps N,…] [--only WORD] [--json FILE]
                [--penstock BINARY] [--before BINARY]
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent
EXAMPLE = TOP / "examples" / "snowplow"


def compile_c(name, folder, libraries=()):
    """A C program of this folder, built; None where what it needs is not there."""
    source, binary = HERE / f"{name}.c", folder / name
    if not source.exists():
        return None
    compiler = shutil.which("cc") or shutil.which("clang")
    command = [compiler, "-O2", "-o", binary, source, *libraries]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{name}.c: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return str(binary)


def example_arguments():
    """The options that name the example's inputs."""
    options = []
    for option, name in (("-c", "config.yml"), ("-r", "resolver.json"), ("-t", "targets"),
                         ("-n", "enrichments")):
        if (EXAMPLE / name).exists():
            options += [option, str(EXAMPLE / name)]
    return options + ["--facts", str(EXAMPLE / "facts.json"), "--run-time", "2026-03-01T00:00:00Z",
                      "--quiet"]


def generated(penstock, inputs):
    """The compilation of a generated pipeline."""
    return [penstock, "compile", str(inputs.pipeline), "--run-time", "2026-03-01T00:00:00Z", "-q",
            # EMR takes 256 steps; what is measured is what one costs.
            "--warn", "emr-too-many-steps"]


def with_before(rows, penstock, before):
    """Each row of Penstock's with the same command of an older binary before it."""
    for name, line in rows:
        if before and line[0] == penstock:
            yield f"{name}, before", [before, *line[1:]]
        yield name, line


def commands(penstock, folder, scale):
    """Names and command lines, those first that others are compared with."""
    small = [("floor", [compile_c("floor", folder)])]
    small.append(("penstock --version", [penstock, "--version"]))
    pipeline = TOP / "pipelines" / "snowplow.yml"
    libyaml = compile_c("libyaml_floor", folder, ["-lyaml"])
    if libyaml and pipeline.exists():
        small.append(("libyaml alone, same pipeline", [libyaml, str(pipeline)]))
    if EXAMPLE.exists():
        small.append(("penstock compile, example", [penstock, "compile", *example_arguments()]))
        small.append(("penstock check, example", [penstock, "check", *example_arguments()]))
    most = generate.write(folder / "steps-256", 256)
    small.append(("penstock compile, 256 steps", generated(penstock, most)))
    small += [(f"{name}, start-up", line) for name, line in peers_idle(folder)]
    large = []
    for steps in scale:
        inputs = generate.write(folder / f"steps-{steps}", steps)
        if libyaml:
            large.append((f"libyaml alone, {steps} steps", [libyaml, str(inputs.pipeline)]))
        large.append((f"penstock compile, {steps} steps", generated(penstock, inputs)))
        large += [(f"{name}, {steps} steps", line) for name, line in peers(inputs)]
    return small, large


def peers_idle(folder):
    """What the other tools cost before they do anything."""
    empty = folder / "empty.jsonnet"
    empty.write_text("{}\n")
    if shutil.which("jsonnet"):
        yield "jsonnet", [shutil.which("jsonnet"), str(empty)]
    if has_python_peers():
        yield "PyYAML + Jinja2", [sys.executable, "-c", "import yaml, jinja2"]


def peers(inputs):
    """The same job flow out of the same number of steps, written for other tools."""
    if shutil.which("jsonnet"):
        yield "jsonnet", [shutil.which("jsonnet"), str(inputs.jsonnet)]
    if has_python_peers():
        yield "PyYAML + Jinja2", [sys.executable, str(HERE / "peer_jinja.py"), str(inputs.jinja)]


def has_python_peers():
    check = [sys.executable, "-c", "import yaml, jinja2"]
    return subprocess.run(check, capture_output=True).returncode == 0


def measure(measure_binary, rounds, lines):
    arguments = [measure_binary, str(rounds)]
    for line in lines:
        arguments += ["--", *line]
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"measuring failed: {done.stderr.strip()[-400:]}")
    runs = [json.loads(text) for text in done.stdout.splitlines()]
    rows = [[run for run in runs if run["command"] == number] for number in range(len(lines))]
    for number, row in enumerate(rows):
        result = {key: statistics.median(run[key] for run in row) for key in ("wall", "cpu", "rss")}
        # In pairs: each run to the one just before it, which the row above may be of.
        if number > 0:
            pairs = zip(row, rows[number - 1])
            result["to_previous"] = statistics.median(a["cpu"] / b["cpu"] for a, b in pairs)
        yield result


def table(title, names, results):
    print(f"\n{title}\n{'':44}{'wall ms':>10}{'CPU ms':>10}{'MiB':>8}{'x first':>9}")
    for name, result in zip(names, results):
        ratio = result["wall"] / results[0]["wall"]
        before = f"  {result['to_previous']:.3f} of before" if f"{name}, before" in names else ""
        print(f"{name:44}{result['wall'] / 1e3:10.2f}{result['cpu'] / 1e3:10.2f}"
              f"{result['rss'] / 1024:8.1f}{ratio:9.2f}{before}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--penstock", default=str(TOP / ".build/release/penstock"))
    parser.add_argument("--before", help="an older binary, measured in pairs with this one")
    parser.add_argument("--rounds", type=int, default=300, help="runs of each small command")
    parser.add_argument("--large-rounds", type=int, default=5)
    parser.add_argument("--steps", default="1000,10000", help="sizes of generated pipelines")
    parser.add_argument("--only", default="", help="only commands whose name holds this")
    parser.add_argument("--json", help="write the figures to this file too")
    options = parser.parse_args()
    if not pathlib.Path(options.penstock).exists():
        sys.exit(f"{options.penstock} is not there: run `make build`")
    # What the example's configuration takes from the environment.
    os.environ |= {"AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000",
                   "AWS_SNOWPLOW_SECRET_KEY": "secret"}
    report = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        binary = compile_c("measure", folder)
        scale = [int(size) for size in options.steps.split(",") if size]
        groups = commands(options.penstock, folder, scale)
        for title, group, rounds in zip(("start-up and small inputs", "large pipelines"), groups,
                                        (options.rounds, options.large_rounds)):
            group = [row for row in group if row[0] == "floor" or options.only in row[0]]
            group = list(with_before(group, options.penstock, options.before))
            if not group:
                continue
            names = [name for name, _ in group]
            results = list(measure(binary, rounds, [line for _, line in group]))
            table(f"{title}: medians of {rounds} runs each", names, results)
            report |= dict(zip(names, results))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
