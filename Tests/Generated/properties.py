"""The properties that every case must have; each gives the disagreements that it finds."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field

import imports
import order
import spell
import tests_of
from harness import Binary, Program, forms_of, read_program
from model import Model, Verdict
from broken import Cannot, broken
from arrange import Arrangement
from edits import Edits
from runs import Runs
from syntax import Case

# Codes that the model doesn't predict: warnings about what has nothing to do with data.
UNPREDICTED = {"secret-in-arguments", "yaml-suspicious-text", "location-suspicious", "stage-unreachable"}


@dataclass
class Outcome:
    """What came of one case."""

    seed: int
    verdict: str = ""
    compared: int = 0  # how often the binary was asked
    disagreements: list = field(default_factory=list)  # (property, message)
    counts: dict = field(default_factory=dict)

    def disagree(self, name: str, message: str) -> None:
        self.disagreements.append((name, message))

    def count(self, key: str, amount: int = 1) -> None:
        self.counts[key] = self.counts.get(key, 0) + amount


def differences(program: Program, verdict: Verdict) -> list[str]:
    """How the compiled program differs from the model's."""
    out = []
    if program.stages != verdict.stages:
        out.append(f"stages: {program.stages}, by the model {verdict.stages}")
    names = [step["name"] for step in program.steps]
    wanted = [step.name for step in verdict.steps]
    if names != wanted:
        return out + [f"steps: {names}, by the model {wanted}"]
    for step, mine in zip(program.steps, verdict.steps):
        touches = {(touch.mode, str(touch.place)) for touch in mine.touches}
        if step["touches"] != touches:
            out.append(f"{mine.name} touches {sorted(step['touches'])}, by the model {sorted(touches)}")
        if step["action"] != mine.action:
            out.append(f"{mine.name}: {step['action']}, by the model {mine.action}")
        if step["retry"] != mine.retry:
            out.append(f"{mine.name}: retry {step['retry']}, by the model {mine.retry}")
        if step["stage"] != (mine.stage or "cluster"):
            out.append(f"{mine.name} is in {step['stage']}, by the model in {mine.stage}")
        if mine.arguments is not None and step["arguments"] != mine.arguments:
            secret = any("secret" in a or "key" in a for a in step["arguments"])
            if not secret:
                out.append(f"{mine.name}: {step['arguments']}, by the model {mine.arguments}")
    if program.resume != verdict.resume:
        out.append(f"resume points: {program.resume}, by the model {verdict.resume}")
    return out


def verdict_of(binary: Binary, case: Case, outcome: Outcome) -> tuple[Verdict, str] | None:
    """P1: accepted or refused, by which rules, with which steps, as the model has it."""
    verdict = Model(case).verdict()
    outcome.verdict = "accepted" if not verdict.errors else " ".join(sorted(verdict.errors))
    binary.write(spell.files(case))
    answer = binary.compile(case)
    outcome.compared += 1
    errors, warnings = answer.diagnostics()
    if case.command.strict and errors & UNPREDICTED:
        outcome.count("strict runs refused for what the model doesn't predict")
        return None
    if errors != verdict.errors:
        outcome.disagree(
            "verdict", f"{sorted(errors)}, by the model {sorted(verdict.errors)}: {messages(answer)}")
        return None
    if answer.status != verdict.exit and not (case.command.strict and not verdict.errors):
        outcome.disagree("exit", f"{answer.status}, by the model {verdict.exit}")
    if verdict.errors or answer.status != 0:
        return verdict, ""
    if warnings - UNPREDICTED != verdict.warnings:
        outcome.disagree(
            "warnings", f"{sorted(warnings)}, by the model {sorted(verdict.warnings)}")
    found = differences(read_program(answer.out), verdict)
    for message in found:
        outcome.disagree("program", message)
    if not found:
        ordered(binary, case, outcome, verdict, answer.out)
    return verdict, answer.out


def ordered(binary: Binary, case: Case, outcome: Outcome, verdict: Verdict, program: str) -> None:
    """P9: which step waits for which, and why, is what docs/order.md says; and what others submit is
    refused where they would not keep to it."""
    fed = any(line.startswith("cluster ") and " fed" in line for line in program.splitlines())
    for message in order.differences(verdict.steps, verdict.level, order.in_program(program), fed):
        outcome.disagree("order", message)
    plan = binary.compile(case, "plan")
    flow = binary.compile(case, "job-flow")
    outcome.compared += 2
    outcome.count("orders")
    outcome.count("orders: fed" if fed else "orders: one request")
    for message in order.plan_differences(verdict.steps, verdict.level, plan.out):
        outcome.disagree("order", f"plan: {message}")
    errors, _ = flow.diagnostics()
    if errors != verdict.alone:
        outcome.disagree("job flow", f"{sorted(errors)}, by the model {sorted(verdict.alone)}: "
                         f"{messages(flow)}")


def spelled(binary: Binary, case: Case, outcome: Outcome, plain: str, verdict: Verdict,
            seeds: list[int]) -> None:
    """P2: every spelling has the same verdict, the same program and the same bytes."""
    body = None
    for seed in seeds:
        places = seed % 3 == 2
        binary.write(spell.files(case, seed, places))
        answer = binary.compile(case)
        outcome.compared += 1
        outcome.count("spellings")
        errors, _ = answer.diagnostics()
        if case.command.strict:
            errors -= UNPREDICTED
        if errors != verdict.errors:
            outcome.disagree(
                "spelling", f"spelling {seed}: {sorted(errors)}, plain: {sorted(verdict.errors)}"
                f" {messages(answer)}")
        elif plain and answer.out:
            if places:
                if read_program(answer.out).resume != read_program(plain).resume:
                    outcome.disagree("spelling", f"spelling {seed} has other resume points")
            elif without_facts(answer.out) != without_facts(plain):
                outcome.disagree("spelling", f"spelling {seed} gives another program: "
                                 + first_difference(without_facts(plain), without_facts(answer.out)))
            elif body is None:
                body = without_references(binary.compile(case, "job-flow").out)
                binary.write(spell.files(case))
                if without_references(binary.compile(case, "job-flow").out) != body:
                    outcome.disagree("spelling", f"spelling {seed} gives another job flow")


def arranged(binary: Binary, case: Case, outcome: Outcome, plain: str, verdict: Verdict,
             seeds: list[int]) -> None:
    """Inputs as several files, values on the command line, parameters and modules change nothing."""
    body = None
    for seed in seeds:
        other = Arrangement(case, seed).make()
        if not other.done:
            continue
        binary.write(other.files)
        arguments = ["pipeline.yml", *other.inputs, *other.options]
        if case.has_facts:
            arguments += ["--facts", "facts.json"]
        arguments += ["--diagnostics", "json", *case.command.arguments()]
        answer = binary.call("compile", *arguments, "--emit", "ir")
        outcome.compared += 1
        for what in set(other.done):
            outcome.count(f"arranged: {what}")
        errors, _ = answer.diagnostics()
        if case.command.strict:
            errors -= UNPREDICTED
        if errors != verdict.errors:
            outcome.disagree(
                "arranged", f"arrangement {seed} ({' '.join(other.done)}): {sorted(errors)}, plain: "
                f"{sorted(verdict.errors)} {messages(answer)}")
        elif plain and answer.out:
            if without_facts(answer.out) != without_facts(plain):
                outcome.disagree(
                    "arranged", f"arrangement {seed} ({' '.join(other.done)}) gives another program: "
                    + first_difference(without_facts(plain), without_facts(answer.out)))
                continue
            mine = without_references(binary.call("compile", *arguments).out)
            if body is None:
                binary.write(spell.files(case))
                body = without_references(binary.compile(case, "job-flow").out)
            if mine != body:
                outcome.disagree(
                    "arranged", f"arrangement {seed} ({' '.join(other.done)}) gives another job flow: "
                    + first_difference(body, mine))


def only(binary: Binary, case: Case, outcome: Outcome, plain: str, seed: int) -> None:
    """`--only` is `--skip` of the other stages, and `--only-step` of all their steps is the same."""
    command = case.command
    if command.skip or command.resume_from or command.skip_steps or not plain:
        return
    r = random.Random(seed)
    stages = case.pipeline.stages
    named = [stage.name for stage in stages if r.random() < 0.5]
    if not named:
        return
    wanted = set(named)
    for stage in stages:
        if stage.part_of is None:
            continue
        parts = {other.name for other in stages if other.part_of == stage.part_of}
        if stage.name in named:
            wanted.add(stage.part_of)
        elif stage.part_of in named and not parts & set(named):
            wanted.add(stage.name)
    rest = [stage.name for stage in stages if stage.name not in wanted]
    binary.write(spell.files(case))
    one = binary.compile(case, "ir", "--only", ",".join(named))
    two = binary.compile(case, "ir", *(["--skip", ",".join(rest)] if rest else []))
    outcome.compared += 2
    outcome.count("only")
    uses_skip = "run.skip" in "".join(spell.files(case).values())
    if one.diagnostics() != two.diagnostics() and not uses_skip:
        outcome.disagree("only", f"--only {named}: {one.diagnostics()}, --skip {rest}: "
                         f"{two.diagnostics()}")
    if not uses_skip and one.out != two.out:
        outcome.disagree("only", f"--only {named} gives another program than --skip {rest}: "
                         + first_difference(one.out, two.out))
    full = [step for step in read_program(plain).steps if step["stage"] != "cluster"]
    mine = [step for step in read_program(one.out).steps if step["stage"] != "cluster"]
    names = {step["name"] for step in full}
    if one.status != 0 or not mine or any(step["name"] not in names for step in mine) or any(
            stage.part_of for stage in stages) or len(names) != len(full):
        return
    if {step["stage"] for step in mine} != {
            name for name, runs in read_program(one.out).stages.items() if runs}:
        return
    # What releases data isn't a step of a stage, and can't be named.
    if any(step["name"].endswith(":release") for step in mine):
        return
    options = [word for step in mine for word in ("--only-step", step["name"])]
    three = binary.compile(case, "ir", *options)
    outcome.compared += 1
    outcome.count("only steps")
    wanted_steps = [step["name"] for step in mine]
    if [s["name"] for s in read_program(three.out).steps if s["stage"] != "cluster"] != wanted_steps:
        outcome.disagree("only", f"--only-step of all of {named}: {three.diagnostics()[0]} "
                         f"{[s['name'] for s in read_program(three.out).steps]}, --only: {wanted_steps}")


def without_facts(program: str) -> str:
    """Which facts are asked for is up to the order in which conditions are written."""
    return without_references("".join(
        line for line in program.splitlines(True) if not line.startswith("fact ")))


def without_references(text: str) -> str:
    """A secret's reference says by which functions it was made, which is up to the spelling."""
    return re.sub(r"\{\{secret: [^}]*\}\}", "{{secret}}", text)


def messages(answer) -> str:
    """The errors of an answer, short."""
    try:
        found = json.loads(answer.err[: answer.err.rindex("]") + 1])
    except ValueError:
        return answer.err[-300:]
    return "; ".join(
        f"{one['code']} at line {one['range']['start']['line'] if one.get('range') else '?'}: "
        f"{one['message']}" for one in found if one["severity"] == "error")[:600]


def commands(binary: Binary, case: Case, outcome: Outcome, verdict: Verdict) -> None:
    """P8: the other commands say the same of a case, in every form, and never crash."""
    binary.write(spell.files(case))
    inputs = [*binary.inputs(case), *case.command.arguments()]
    if case.has_facts:
        for command in (["check"], ["plan", "--format", "json"]):
            answer = binary.call(*command, *inputs, "--diagnostics", "json")
            errors, _ = answer.diagnostics()
            if case.command.strict:
                errors -= UNPREDICTED
            elif answer.status != verdict.exit:
                outcome.disagree("commands", f"{command[0]} ends with {answer.status}, compile with "
                                 f"{verdict.exit}")
            if errors != verdict.errors:
                outcome.disagree("commands", f"{command[0]}: {sorted(errors)}, compile: "
                                 f"{sorted(verdict.errors)}")
            outcome.compared += 1
    forms = [
        ["graph", *inputs, "--format", binary.pick(case.seed, "mermaid", "dot")],
        ["plan", *inputs, "--offline", "--format", binary.pick(case.seed, "text", "markdown")],
        ["compile", *inputs, "--explain", "--diagnostics",
         binary.pick(case.seed, "text", "sarif", "github")],
        ["check", *inputs, "--verbose"]]
    for form in forms:
        binary.call(*form)
        outcome.compared += 1
    compiled = binary.compile(case, "job-flow")
    if not verdict.errors and compiled.status == 0:
        (binary.folder / "body.json").write_text(compiled.out)
        answer = binary.call("diff", "body.json", "body.json", "--exit-code")
        if answer.status != 0:
            outcome.disagree("commands", f"diff of a job flow with itself: {answer.status}: "
                             f"{answer.err[-300:]} {answer.out[-300:]}")
        if "{{secret: " in compiled.out:
            # What is looked for is found where it is shown on purpose.
            shown = binary.call(
                "compile", *inputs, "--reveal-secrets", "--diagnostics", "json", quiet_secrets=False)
            outcome.count("secrets revealed")
            if not any(form in shown.out for form in binary.secrets):
                outcome.disagree("secrets", "--reveal-secrets shows none that is recognized")
    outcome.count("other commands", 6)


def one_thing_broken(binary: Binary, case: Case, outcome: Outcome) -> None:
    """A case that is accepted, with one thing broken, is refused for that and nothing else."""
    try:
        other, files, what, code = broken(case, case.seed)
    except Cannot:
        return
    binary.write(files)
    answer = binary.compile(other)
    outcome.compared += 1
    outcome.count("broken")
    outcome.count(f"broken: {code}")
    errors, _ = answer.diagnostics()
    if errors != {code} or answer.status != 1:
        outcome.disagree("broken", f"{what}: {sorted(errors)}, exit status {answer.status}, expected "
                         f"{code}: {messages(answer)}")


def first_difference(a: str, b: str) -> str:
    for x, y in zip(a.splitlines(), b.splitlines()):
        if x != y:
            return f"`{x}` and `{y}`"
    return "one is longer"


def examine(binary: Binary, case: Case, outcome: Outcome, options) -> None:
    """All properties of one case."""
    binary.troubles.clear()
    binary.secrets = forms_of(case.secret) if case.secret else set()
    rules = case.pipeline.checks + [r for s in case.pipeline.stages for r in s.requires]
    binary.own_statuses = {rule.exit for rule in rules if rule.exit is not None}
    result = verdict_of(binary, case, outcome)
    if result is not None and result[0] is not None:
        verdict, plain = result
        spelled(binary, case, outcome, plain, verdict,
                [case.seed * 10 + n for n in range(options.spellings)])
        arranged(binary, case, outcome, plain, verdict,
                 [case.seed * 10 + n for n in range(max(1, options.spellings - 1))])
        if case.seed % 3 == 2:
            only(binary, case, outcome, plain, case.seed)
        if case.seed % 5 == 2:
            commands(binary, case, outcome, verdict)
        if not case.command.strict and case.seed % 2 == 0:
            binary.write(spell.files(case))
            tests_of.check(binary, case, outcome, verdict)
        if not verdict.errors and not case.command.strict and case.seed % 3 == 1:
            one_thing_broken(binary, case, outcome)
        if not verdict.errors and plain and case.seed % 100 < options.imports * 100:
            binary.write(spell.files(case))
            imports.check(binary, case, outcome)
        if not verdict.errors and plain and options.edits > 0:
            Edits(binary, case, outcome, options).check()
        if not outcome.disagreements and case.seed % 1000 < options.runs * 1000:
            if runnable(case, verdict):
                Runs(binary, case, outcome, options).check()
    for trouble in binary.troubles:
        outcome.disagree("trouble", trouble)


def runnable(case: Case, verdict: Verdict) -> bool:
    """Whether a run in a sandbox tells more than a compilation does."""
    return not case.command.strict and not case.command.skip_steps and (
        not verdict.errors or verdict.exit in (3, 4))
