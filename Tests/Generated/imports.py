"""A compiled job flow, imported: the pipeline that comes of it asks EMR for the same."""

from __future__ import annotations

import json
import re
import shutil

from harness import Binary
from syntax import Case


def check(binary: Binary, case: Case, outcome) -> None:
    """Compiles, imports, compiles again; with secrets in the clear, and with their placeholders."""
    clear = binary.compile_quietly(case, "--reveal-secrets")
    if clear.status != 0 or '"JobFlowId"' in clear.out:
        return
    round_trip(binary, outcome, "clear", clear.out)
    if "{{secret: " in (shown := binary.compile(case, "job-flow").out):
        round_trip(binary, outcome, "placeholders", shown)


def round_trip(binary: Binary, outcome, how: str, body: str) -> None:
    folder = binary.folder / "imported"
    if folder.exists():
        shutil.rmtree(folder)
    (binary.folder / "body.json").write_text(body)
    answer = binary.call("import", "body.json", "-o", "imported", "--diagnostics", "json")
    outcome.compared += 1
    outcome.count(f"imported: {how}")
    if answer.status != 0:
        said = re.findall(r'"message": *"([^"]*)"', answer.err)
        outcome.disagree("import", f"{how}: exit status {answer.status}: {said[:6]} {answer.out[-600:]}")
        return
    pipeline = next(path.name for path in folder.glob("*.yml") if path.name != "config.yml")
    inputs = [f"imported/{pipeline}", "-c", "imported/config.yml"]
    time = re.search(r"--run-time ([0-9TZ:.-]+)", answer.err)
    if time:
        inputs += ["--run-time", time.group(1)]
    checked = binary.call("check", *inputs, "--diagnostics", "json")
    if checked.status != 0:
        outcome.disagree("import", f"{how}: check ends with {checked.status}: {checked.err[-600:]}")
        return
    made = binary.call("compile", *inputs, "--reveal-secrets", quiet_secrets=False)
    for difference in differences(json.loads(body), json.loads(made.out)):
        outcome.disagree("import", f"{how}: {difference}")


def differences(source: dict, made: dict) -> list[str]:
    """What is different between two requests, to EMR. This knows nothing of `diff`."""
    out = []
    for key in sorted((source.keys() | made.keys()) - {"Steps"}):
        if normal(source.get(key)) != normal(made.get(key)):
            out.append(f"{key}: {normal(source.get(key))}, made {normal(made.get(key))}"[:500])
    before, after = source.get("Steps", []), made.get("Steps", [])
    if len(before) != len(after):
        return [*out, f"{len(before)} steps, made {len(after)}"]
    for one, other in zip(before, after):
        one, other = json.loads(json.dumps(one)), json.loads(json.dumps(other))
        # A program takes its options in any order.
        for step in (one, other):
            arguments = step["HadoopJarStep"].get("Args", [])
            step["HadoopJarStep"]["Args"] = sorted(map(normal, arguments))
            step["ActionOnFailure"] = step["ActionOnFailure"].replace(
                "TERMINATE_JOB_FLOW", "TERMINATE_CLUSTER")
        if one != other:
            out.append(f"step {one['Name']}: {one}, made {other}"[:900])
    return out


def normal(value):
    """A value with what stands for an unknown secret in place of each placeholder."""
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"\{\{secret: .*?\}\}|unknown-[a-z0-9-]*", "?", value)
    return value
