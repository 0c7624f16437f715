"""A case as a file of tests: what the model says passes as an expectation, and falsified it fails."""

from __future__ import annotations

import base64
import json

from harness import Binary
from model import Verdict
from syntax import Case

NAME = "case.test.yml"
SIMPLE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:= ")


def given_of(case: Case) -> dict:
    """The case's inputs and command line, as tests have them."""
    command = case.command
    given: dict = {"run-time": command.run_time}
    if case.pipeline.takes_config:
        given["inputs"] = {"config": "config.yml"}
    if case.has_facts:
        given["facts"] = "facts.json"
    for name, value in (
            ("skip", command.skip), ("resume-from", command.resume_from),
            ("run-id", command.run_id), ("skip-steps", command.skip_steps),
            ("empty", command.empty), ("include", command.include), ("debug", command.debug),
            ("persistent", command.persistent)):
        if value:
            given[name] = value
    return given


def expect_of(verdict: Verdict, secret: str) -> dict:
    """What the model says, as tests expect it."""
    expect: dict = {"exit-status": verdict.exit}
    if verdict.errors:
        codes = sorted(verdict.errors)
        # One of them is there, and no other.
        expect["errors"] = {
            "contains": [codes[0]], "not": {"contains": [{"not": {"any-of": codes}}]}}
        return expect
    expect["errors"] = []
    expect["stages"] = [name for name, runs in verdict.stages.items() if runs]
    expect["skipped"] = [name for name, runs in verdict.stages.items() if not runs]
    expect["resume-from"] = [name for name, can in verdict.resume.items() if can]
    expect["steps"] = [step_of(step, secret) for step in verdict.steps]
    return expect


def step_of(step, secret: str) -> dict:
    out = {"name": step.name, "stage": step.stage or "", "on-failure": step.action}
    arguments = step.arguments
    if arguments is not None and all(set(one) <= SIMPLE for one in arguments):
        # A secret is a placeholder there.
        if not secret or not any(holds(one, secret) for one in arguments):
            out["arguments"] = {"exactly": arguments}
    return out


def holds(text: str, secret: str) -> bool:
    """Whether a text holds the secret, as it is or in Base64."""
    if secret in text:
        return True
    try:
        return holds(base64.b64decode(text, validate=True).decode(), secret)
    except (ValueError, UnicodeDecodeError):
        return False


def falsified(expect: dict, seed: int) -> dict:
    """The same with one thing changed."""
    other = json.loads(json.dumps(expect))
    steps = other.get("steps", [])
    choices = ["exit-status"]
    if steps:
        choices += ["name", "action", "one fewer"]
    if any("arguments" in step for step in steps):
        choices.append("arguments")
    if len(other.get("stages", [])) > 0:
        choices.append("stages")
    choice = choices[seed % len(choices)]
    if choice == "exit-status":
        other["exit-status"] = 1 if expect["exit-status"] != 1 else 3
    elif choice == "name":
        steps[seed % len(steps)]["name"] += "x"
    elif choice == "action":
        step = steps[seed % len(steps)]
        step["on-failure"] = "CONTINUE" if step["on-failure"] != "CONTINUE" else "CANCEL_AND_WAIT"
    elif choice == "one fewer":
        del steps[seed % len(steps)]
    elif choice == "arguments":
        step = next(step for step in steps if "arguments" in step)
        step["arguments"]["exactly"] = [*step["arguments"]["exactly"], "more"]
    else:
        other["skipped"], other["stages"] = sorted(other["skipped"] + other["stages"][:1]), other["stages"][1:]
    return other


def check(binary: Binary, case: Case, outcome, verdict: Verdict) -> None:
    """The files of the case are there already."""
    expect = expect_of(verdict, case.secret or "")
    document = {
        "penstock": "v1", "tests-of": "pipeline.yml", "given": given_of(case),
        "tests": [
            {"test": "as the model has it", "expect": expect},
            {"test": "falsified", "expect": falsified(expect, case.seed)}]}
    (binary.folder / NAME).write_text(json.dumps(document))
    answer = binary.call("test", NAME, "--format", "json")
    outcome.compared += 1
    outcome.count("tests")
    try:
        file = json.loads(answer.out)["files"][0]
    except (ValueError, IndexError, KeyError):
        return outcome.disagree("tests", f"no report: {answer.err[-300:]}")
    if file["mistakes"]:
        # What is wrong with the pipeline itself is told of the file.
        codes = {one["code"] for one in file["mistakes"]}
        if not codes <= verdict.errors:
            outcome.disagree("tests", f"mistakes {sorted(codes)}, by the model {sorted(verdict.errors)}")
        return None
    true, false = file["tests"]
    if not true["passed"]:
        found = [(one["message"], one["difference"][:6]) for one in true["failures"]]
        outcome.disagree("tests", f"what the model says fails: {found[:3]}")
    if false["passed"]:
        outcome.disagree("tests", f"passes although falsified: {document['tests'][1]['expect']}")
    return None
