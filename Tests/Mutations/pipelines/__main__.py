"""Changes the built-in pipelines in one place each, and expects their tests to notice.

usage: scripts/python Tests/Mutations/pipelines --binary BINARY [--only PIPELINE] [--jobs N]

NAME.txt has the mutations of pipelines/NAME.yml. Of each:

  [what is changed]
  find  a part of a line of the pipeline
  nth   which of the places where it is, from 1 on; without, it has to be there just once
  with  what takes its place

A mutation is noticed if a test in pipelines/tests fails. One that makes the pipeline itself invalid
doesn't count, since no test is needed to notice it: it is a mistake in the list.
"""

import argparse
import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent.parent
FEWEST = 20


def mutations(path):
    """The mutations of a list, each as a dictionary with `name`, `find`, `with` and maybe `nth`."""
    found = []
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            found.append({"name": line.strip()[1:-1]})
        else:
            key, value = line.split(" = ", 1)
            found[-1][key.strip()] = value
    return found


def mutate(text, mutation):
    """The pipeline with one change."""
    parts = text.split(mutation["find"])
    count = len(parts) - 1
    nth = int(mutation.get("nth", 1))
    if count < nth or "nth" not in mutation and count != 1:
        raise SystemExit(f"{mutation['name']}: `{mutation['find']}` is there {count} times")
    find, new = mutation["find"], mutation["with"]
    changed = find.join(parts[:nth]) + new + find.join(parts[nth:])
    if changed == text:
        raise SystemExit(f"{mutation['name']}: it changes nothing")
    return changed


def outcome(binary, pipeline, mutation):
    """`caught`, `survived`, or what is wrong with the mutation."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "pipelines").mkdir()
        (folder / "examples").symlink_to(REPOSITORY / "examples")
        shutil.copytree(REPOSITORY / "pipelines" / "tests", folder / "pipelines" / "tests")
        text = (REPOSITORY / "pipelines" / f"{pipeline}.yml").read_text()
        (folder / "pipelines" / f"{pipeline}.yml").write_text(mutate(text, mutation))
        run = subprocess.run(
            [binary, "test", "--format", "json"] + files(pipeline), cwd=folder,
            capture_output=True, text=True)
        if run.returncode not in (0, 1):
            return f"exit status {run.returncode}: {run.stderr}"
        report = json.loads(run.stdout)
        mistakes = [m["message"] for file in report["files"] for m in file["mistakes"]]
        if mistakes:
            return "the pipeline is invalid: " + mistakes[0]
        return "caught" if report["failed"] else "survived"


def files(pipeline):
    """The tests of a pipeline."""
    return [
        f"pipelines/tests/{path.name}"
        for path in sorted((REPOSITORY / "pipelines" / "tests").glob("*.yml"))
        if f"tests-of: ../{pipeline}.yml\n" in path.read_text()
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--only")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    binary = str(pathlib.Path(options.binary).resolve())
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path in sorted((REPOSITORY / "pipelines").glob("*.yml")):
            pipeline = path.stem
            if options.only not in (None, pipeline):
                continue
            listed = mutations(HERE / f"{pipeline}.txt")
            found = list(pool.map(lambda m: outcome(binary, pipeline, m), listed))
            caught = found.count("caught")
            print(f"{pipeline}: {caught} of {len(listed)} mutations are caught by its tests")
            for mutation, result in zip(listed, found):
                if result != "caught":
                    failures += 1
                    print(f"  {result}: {mutation['name']}: {mutation['find']}")
            if len(listed) < FEWEST:
                failures += 1
                print(f"  there have to be {FEWEST} mutations at least")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
