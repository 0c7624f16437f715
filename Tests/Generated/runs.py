"""Properties of runs: what the sandbox was sent, what it leaves, and that every recovery recovers."""

from __future__ import annotations

import copy
import json
import random
import re
import shlex
import shutil
from collections import Counter

import lineage
import simulate
import spell
from harness import Answer, Binary, tree_of
from model import Model, Verdict
from places import World, place
from recovery import recovery
from syntax import Case

# The process kills itself: a shell says 137.
CRASHED = -9
_validator = None


def request_is_valid(operation: str, body: dict) -> str | None:
    """What boto3 says against a request; nothing where it takes it."""
    global _validator
    if _validator is None:
        import botocore.session
        from botocore.validate import ParamValidator
        _validator = (botocore.session.get_session().get_service_model("emr"), ParamValidator())
    service, validator = _validator
    report = validator.validate(body, service.operation_model(operation).input_shape)
    return report.generate_report() if report.has_errors() else None


def events(answer: Answer) -> list[dict]:
    out = []
    for line in answer.out.splitlines():
        try:
            out.append(json.loads(line))
        except ValueError:
            pass
    return [one for one in out if isinstance(one, dict)]


def last_failure(answer: Answer) -> dict | None:
    failures = [one for one in events(answer) if one.get("event") == "failed"]
    return failures[-1] if failures else None


def by_folder(tree: dict) -> dict:
    """The different lines of each folder; not how many files hold them, nor what these are called."""
    out: dict = {}
    for path, text in tree.items():
        if text:
            out.setdefault(path.rpartition("/")[0], set()).update(text.splitlines())
    return out


def completed_of(answer: Answer) -> set:
    """The names of the steps that a run completed."""
    states = {one["name"]: one["state"] for one in events(answer) if one.get("event") == "step"}
    return {name for name, state in states.items() if state == "COMPLETED"}

DIGEST = re.compile(r"@[0-9a-f]{12}\}\}")


class Runs:
    """One case in sandboxes."""

    def __init__(self, binary: Binary, case: Case, outcome, options):
        self.binary, self.outcome, self.options = binary, outcome, options
        case = copy.deepcopy(case)
        case.waiting = False
        case.has_facts = True
        self.case = case
        self.random = random.Random(case.seed)
        self.model = Model(case, world=World.of(case.world))
        self.model.in_sandbox = True
        # The sandbox's programs call files by the patterns that the run's copies look for.
        self.names_depend = any(
            "srcPattern" in step.parameters for stage in case.pipeline.stages for step in stage.steps)

    def disagree(self, name: str, message: str) -> None:
        self.outcome.disagree(name, message)

    # ------------------------------------------------------------------------------ calls

    def run(self, box: str, *more: str, allowed: set | None = None) -> Answer:
        answer = self.binary.call(
            "run", *self.binary.inputs(self.case, facts=False), "--sandbox", box, "--format", "json",
            *self.case.command.arguments(), *more,
            **({"allowed": allowed} if allowed else {}))
        self.outcome.count("runs")
        return answer

    def tree(self, box: str) -> dict:
        return {path: text for path, text in tree_of(self.binary.folder / box).items()
                if "/j-SANDB" not in path}

    def loads(self, box: str) -> dict:
        """How often each load was made."""
        folder = self.binary.folder / box / ".penstock" / "loads"
        if not folder.exists():
            return {}
        out: dict = {}
        for path, text in tree_of(folder).items():
            step = path.rpartition("/")[0]
            out.setdefault(step, []).append(tuple(sorted(text.splitlines())))
        return {step: sorted(found) for step, found in out.items()}

    # ------------------------------------------------------------------------- properties

    def check(self) -> None:
        verdict = self.model.verdict()
        self.binary.write(spell.files(self.case))
        self.binary.fill("box", self.case.world)
        answer = self.run("box")
        if verdict.errors:
            if answer.status != verdict.exit:
                self.disagree("run", f"exit status {answer.status}, by the model {verdict.exit} for "
                              f"{sorted(verdict.errors)}: {answer.err[-400:]}")
            return
        ending = simulate.simulate(verdict.steps, World.of(self.case.world))
        if self.lists_a_place_twice():
            ending.is_certain = False  # whether a program reads it twice is up to the program
        ending.is_certain = ending.is_certain and not self.reads_logs(verdict)
        if ending.failed is not None and ending.is_certain:
            failure = last_failure(answer)
            said = failure and failure.get("step", {}).get("name")
            self.outcome.count("runs that fail for want of data")
            if answer.status != 1 or (verdict.steps[0].action == "" and said != ending.failed):
                self.disagree("run", f"exit status {answer.status}, by the model `{ending.failed}` "
                              "fails for want of data")
            return
        if answer.status == 1 and not ending.is_certain:
            return
        if answer.status != 0:
            self.disagree("run", f"exit status {answer.status}, by the model all steps are "
                          f"completed: {self.why(answer)}")
            return
        final, loads = self.tree("box"), self.loads("box")
        self.sent(verdict)
        self.lineage(verdict)
        names = {step.name for step in verdict.steps}
        self.again("the run succeeded", names, names)
        self.next_night()
        mine, theirs = simulate.contents(ending.objects), simulate.contents_of(final)
        if mine != theirs and ending.is_certain:
            differing = sorted(k for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k))
            self.disagree("content", f"{differing[0]} holds {dict(theirs.get(differing[0], {}))}, by "
                          f"the model {dict(mine.get(differing[0], {}))}")
        said = {step: sum((Counter(map(simulate.normal, one)) for one in found), Counter())
                for step, found in loads.items()}
        if said != ending.loads and ending.is_certain:
            self.disagree("loads", f"{said}, by the model {ending.loads}")
        if not self.outcome.disagreements and self.is_comparable(verdict):
            self.faults(verdict, final, loads)

    def lists_a_place_twice(self) -> bool:
        listed = [self.model.places(name, self.model.env) for name in self.case.pipeline.datasets]
        return any(len(set(places)) < len(places) for places in listed)

    def is_comparable(self, verdict: Verdict) -> bool:
        """Whether a run with a failure has to end as one without.

        Not where the cluster's logs, of which a failure leaves more, lie in what the steps read; nor
        where the pipeline restores data from what isn't the same.
        """
        if self.case.restores_otherwise or self.changes_what_restores(verdict.steps):
            return False
        return not self.reads_logs(verdict)

    def reads_logs(self, verdict: Verdict) -> bool:
        """Whether the cluster's logs lie in what the steps read."""
        log = self.case.pipeline.cluster.log_uri
        where = log and place(log.value(self.model.env))
        return bool(where) and any(
            where.overlaps(one) for step in verdict.steps for one in step.of("read"))

    def changes_what_restores(self, steps: list) -> bool:
        """Whether data is restored from where a step writes after that data was made."""
        for name, dataset in self.case.pipeline.datasets.items():
            if dataset.restore is None:
                continue
            made = [index for index, step in enumerate(steps)
                    if any(step.touching(one, "write") for one in self.model.places(name, self.model.env))]
            sources = [where for step in self.model.expand_or_nothing(dataset.restore, self.model.env)
                       for where in step.of("read")]
            if made and any(step.touching(where, "write") for step in steps[made[0]:]
                            for where in sources if not where.is_ephemeral):
                return True
        return False

    def why(self, answer: Answer) -> str:
        failure = last_failure(answer)
        if failure is None:
            return answer.err[-300:]
        return f"{failure['summary']} ({failure.get('step', {}).get('message')})"

    def sent(self, verdict: Verdict) -> None:
        """P3 and P7: what is compiled is what is planned and what the sandbox was sent."""
        compiled = self.binary.compile(self.case, "requests")
        planned = self.binary.compile(self.case, "plan")
        # Where steps are added in order, EMR is asked for more than once.
        flow = None if verdict.fed else self.binary.compile(self.case, "job-flow")
        try:
            # A job flow tells documents with secrets apart by digests of the rest of them.
            requests = json.loads(DIGEST.sub("}}", compiled.out))
            plan = json.loads(planned.out)
            body = flow and json.loads(DIGEST.sub("}}", flow.out))
        except ValueError as error:
            self.disagree("sent", f"{error}: {compiled.err[-300:]}")
            return
        if requests != plan["requests"]:
            self.disagree("sent", "the plan's requests are not those of --emit requests")
        if body is not None and requests[-1]["body"] != body:
            self.disagree("sent", "the request's body is not that of --emit job-flow")
        for request in requests:
            # The id of the cluster that the first request starts isn't known yet.
            started = {} if request is requests[0] or "Instances" not in requests[0]["body"] else {"JobFlowId": "j-1"}
            trouble = request_is_valid(request["operation"], started | request["body"])
            if trouble:
                self.disagree("boto3", trouble)
        kept = json.loads((self.binary.folder / "box/.penstock/emr.json").read_text())
        steps = [step for request in requests for step in request["body"].get("Steps", [])]
        sent = [(one["name"], one["actionOnFailure"], one["jar"], one["arguments"])
                for one in kept["clusters"][-1]["steps"]]
        wanted = [(one["Name"], one["ActionOnFailure"], one["HadoopJarStep"]["Jar"],
                   one["HadoopJarStep"].get("Args", [])) for one in steps]
        if verdict.fed:
            # In the order in which the steps before them were completed.
            sent.sort()
            wanted.sort()
        # The sandbox refuses placeholders, and keeps them in the place of the secrets it was sent.
        if sent != wanted:
            self.disagree("sent", f"the sandbox was sent {sent}, the job flow has {wanted}")
        self.binary.search_files("box/.penstock")

    def lineage(self, verdict: Verdict) -> None:
        """P20: lineage says what each step does to data, by the model."""
        told, trouble = lineage.read(self.binary.folder / "box/.penstock/lineage.jsonl")
        trouble = trouble or lineage.incomplete(told)
        if trouble:
            self.disagree("lineage", trouble)
            return
        self.outcome.count("lineages")

        def datasets(found: list) -> set:
            return {str(place(one["facets"]["dataSource"]["uri"])) for one in found}

        def by_model(step, *modes: str) -> set:
            return {str(where) for where in step.of(*modes)}

        steps = [one for one in told if "parent" in one["run"]["facets"]]
        for kind in ("START", "COMPLETE"):
            said = {one["job"]["name"]: (datasets(one["inputs"]), datasets(one["outputs"]))
                    for one in steps if one["eventType"] == kind}
            wanted = {f"{self.case.pipeline.name}.{step.name}": (
                by_model(step, "read"), by_model(step, "write", "delete")) for step in verdict.steps}
            if said != wanted:
                name = next(name for name in sorted(said.keys() | wanted.keys())
                            if said.get(name) != wanted.get(name))
                self.disagree("lineage", f"{kind} of `{name}`: {said.get(name)}, by the model "
                              f"{wanted.get(name)}")
                return
        for one in told:
            for data in one["inputs"] + one["outputs"]:
                where = place(data["facets"]["dataSource"]["uri"])
                name = "/".join(where.parts)
                if where.scheme == "s3" and (data["namespace"], data["name"]) != (
                        f"s3://{where.authority}", name or "/") and "*" not in data["name"]:
                    self.disagree("lineage", f"{where} is called {data['namespace']} {data['name']}")
                    return

    def lineage_after_crash(self, what: str) -> None:
        """However often a run was killed, its lineage is complete, and what was sent again is the same."""
        told, trouble = lineage.read(self.binary.folder / "box/.penstock/lineage.jsonl")
        trouble = trouble or lineage.incomplete(told)
        if trouble:
            self.disagree("lineage", f"{what}: {trouble}")
        self.outcome.count("lineages after crashes")

    # ----------------------------------------------------------------------------- faults

    def faults(self, verdict: Verdict, final: dict, loads: dict) -> None:
        steps = verdict.steps
        chosen = steps if len(steps) <= self.options.faults else self.random.sample(
            steps, self.options.faults)
        for step in chosen:
            self.fault(verdict, final, loads, step, "fail")
            if self.outcome.disagreements:
                return
        if self.random.random() < 0.3:
            self.lost_answer(steps, final, loads)
        for _ in range(self.options.crashes):
            self.crash(final, loads)
            self.lose_journal(final, loads)

    def fault(self, verdict, final, loads, step, how: str) -> None:
        """P5: after the printed recovery all is as without the fault."""
        self.binary.fill("box", self.case.world)
        answer = self.run("box", "--fault", f"{step.name}={how}")
        self.outcome.count("faults")
        what = f"`{step.name}` failed"
        if answer.status == 0 and self.case.command.persistent and step.retry:
            # It was submitted again.
            self.compare(what, final, loads)
            return
        if answer.status != 1:
            self.disagree("fault", f"{what}: exit status {answer.status}")
            return
        completed = completed_of(answer)
        expected = recovery(self.model, verdict.steps, completed)
        # Whether the recovery fails once too: told by the step, so that a smaller case is the same.
        chooser = random.Random(f"{self.case.seed} {step.name}")
        again = chooser.random() < 0.25
        self.planned(what, answer, expected)
        self.again(what, completed, expected.left_out)
        for attempt in range(4):
            failure = last_failure(answer)
            if failure is None:
                self.disagree("recovery", f"{what}: exit status {answer.status} and no report: "
                              f"{answer.err[-400:]}")
                return
            command = (failure.get("recovery") or {}).get("command")
            if not command:
                self.outcome.count("recoveries that are left to the user")
                if expected.is_possible and not expected.is_restored and any(
                        name in expected.known for name in expected.runs):
                    self.disagree("recovery", f"{what}: no command, though by the model there is one: "
                                  f"{json.dumps(failure.get('recovery'))[:600]}")
                return
            if not expected.is_possible and not expected.is_restored:
                self.disagree("recovery", f"{what}: a command, though by the model there is none: "
                              f"{command}")
                return
            self.by_hand(failure)
            words = shlex.split(command)[1:]
            faulty = again and attempt == 0
            if faulty:
                name = chooser.choice(expected.runs)
                words += ["--fault", f"{name}=fail"]
                what += f", then `{name}`"
            answer = self.binary.call(*words, "--format", "json")
            self.outcome.count("recoveries")
            if answer.status == 0:
                break
            if not faulty:
                self.disagree("recovery", f"{what}: the recovery fails with {answer.status}: {command}: "
                              f"{self.why(answer)}")
                return
            completed = completed - set(expected.runs) | completed_of(answer)
            expected = recovery(self.model, verdict.steps, completed)
        self.compare(what, final, loads)

    def again(self, what: str, completed: set, left_out: set) -> None:
        """Resumed by hand, a run doesn't do twice what must not be done twice."""
        if self.case.command.persistent:
            return
        chooser = random.Random(f"{self.case.seed} {what}")
        stages = [stage.name for stage in self.case.pipeline.stages
                  if stage.name not in self.case.command.skip]
        if not stages or self.outcome.disagreements:
            return
        command = self.model.resumed(chooser.choice(stages), self.case.command)
        buckets: dict = {}
        for path, text in self.tree("box").items():
            bucket, _, key = path.partition("/")
            buckets.setdefault(bucket, {})[key] = text
        model = Model(self.case, command, World.of(buckets))
        model.in_sandbox = True
        verdict = model.verdict()
        if verdict.errors:
            return
        if completed == left_out and {step.name for step in verdict.steps} == completed:
            return  # it does what the run did, so it is that run, which has succeeded
        done = {step.name for step in verdict.steps
                if step.stage is not None and step.name in completed and not step.retry
                and (not step.of("write", "delete") or step.is_once and step.name in left_out)}
        answer = self.plan_by_hand(command)
        self.outcome.count("plans by hand of what was done")
        if done:
            self.outcome.count("plans by hand that do something twice")
        said = {one["message"].split("`")[1] for one in self.told(answer) if one["code"] == "step-done"}
        if said != done or (answer.status == 0) == bool(done):
            self.disagree("again", f"{what}, then --resume-from {command.resume_from}: exit status "
                          f"{answer.status}, done are {sorted(said)}, by the model {sorted(done)}: "
                          f"{answer.err[-300:]}")

    def next_night(self) -> None:
        """A new run, with the same data or what is left of it, isn't taken for the last one."""
        command = copy.deepcopy(self.case.command)
        if command.resume_from is not None or self.outcome.disagreements:
            return
        for bucket, keys in self.case.world.items():
            for key, text in keys.items():
                self.binary.put("box", bucket, key, text)
        command.run_time = "2026-03-02T02:00:00Z"
        if command.run_id is not None:
            command.run_id += "-next"
        answer = self.plan_by_hand(command)
        self.outcome.count("next nights")
        if "step-done" in answer.err:
            self.disagree("again", f"the next night: {answer.err[-300:]}")

    def plan_by_hand(self, command) -> Answer:
        return self.binary.call(
            "plan", *self.binary.inputs(self.case, facts=False), "--sandbox", "box", "--format", "json",
            "--diagnostics", "json", *command.arguments())

    @staticmethod
    def told(answer: Answer) -> list[dict]:
        """The diagnostics, of which there may be several lists."""
        out: list[dict] = []
        decoder, text = json.JSONDecoder(), answer.err.strip()
        while text.startswith("["):
            found, end = decoder.raw_decode(text)
            out += found
            text = text[end:].strip()
        return out

    def planned(self, what: str, answer: Answer, expected) -> None:
        """Whether the report leaves out the steps that the model leaves out."""
        recovery = (last_failure(answer) or {}).get("recovery") or {}
        if not recovery.get("command") or expected.is_restored or self.case.command.persistent:
            return
        left_out = set(recovery.get("leftOut", [])) & expected.known
        if left_out != expected.left_out & expected.known:
            self.disagree("recovery", f"{what}: {sorted(left_out)} are left out, by the model "
                          f"{sorted(expected.left_out)}")

    def by_hand(self, failure: dict) -> None:
        """Takes out what a run left where the report says that it has to be done by hand."""
        box = self.binary.folder / "box"
        clusters = box / ".penstock" / "hdfs"
        before = {f"{bucket}/{key}": text for bucket, keys in self.case.world.items()
                  for key, text in keys.items()}
        for one in (failure.get("recovery") or {}).get("emptyByHand", []):
            scheme, _, path = one["place"].partition("://")
            if scheme.startswith("s3"):
                # What was there before the run stays.
                for key, text in self.tree("box").items():
                    kept = any(key.startswith(keep.partition("://")[2]) for keep in one["keep"])
                    if key.startswith(path) and before.get(key) != text and not kept:
                        (box / key).unlink()
                for folder in sorted((box / path).glob("**/"), reverse=True):
                    if not any(folder.iterdir()):
                        folder.rmdir()
            else:
                for root in clusters.glob("*"):
                    shutil.rmtree(root / path.lstrip("/"), ignore_errors=True)
            self.outcome.count("folders emptied by hand")

    def compare(self, what: str, final: dict, loads: dict) -> None:
        """Whether S3 and the loads are as without the fault."""
        now, loaded = self.tree("box"), self.loads("box")
        if self.names_depend and by_folder(now) == by_folder(final):
            now = final
        if now != final:
            differing = sorted(k for k in now.keys() | final.keys() if now.get(k) != final.get(k))
            self.disagree("recovered", f"{what}: after the recovery {differing[:3]}: "
                          f"{now.get(differing[0])!r} in place of {final.get(differing[0])!r}")
        if loaded != loads:
            self.disagree("recovered", f"{what}: loads {loaded} in place of {loads}")

    def lost_answer(self, steps, final, loads) -> None:
        step = self.random.choice(steps)
        for fault in (f"{step.name}=lost-answer", "RunJobFlow=lost-answer",
                      "RunJobFlow=throttled-but-created"):
            self.binary.fill("box", self.case.world)
            answer = self.run("box", "--fault", fault)
            self.outcome.count("lost answers")
            if answer.status != 0:
                self.disagree("lost-answer", f"{fault}: exit status {answer.status}: {self.why(answer)}")
                return
            self.compare(fault, final, loads)

    def crash(self, final, loads) -> None:
        """P6: killed anywhere, and applied again."""
        self.binary.fill("box", self.case.world)
        at = self.random.randrange(1, 50)
        answer = self.run("box", "--fault", f"crash-after={at}", allowed={0, CRASHED})
        self.outcome.count("crashes")
        what = f"killed after {at}"
        for _ in range(6):
            if answer.status == 0:
                break
            if answer.status != CRASHED:
                self.disagree("crash", f"{what}: exit status {answer.status}: {answer.err[-400:]}")
                return
            more = self.random.randrange(1, 50) if self.random.random() < 0.3 else None
            fault = ["--fault", f"crash-after={more}"] if more else []
            answer = self.binary.call(
                "apply", self.case.command.id, "--sandbox", "box", "--format", "json", *fault,
                allowed={0, 1, CRASHED})
            if more:
                what += f", then after {more}"
            if answer.status == 1 and "run-unknown" in answer.err:
                # It was killed before the journal had it: nothing was begun.
                answer = self.run("box", allowed={0, CRASHED})
        self.compare(what, final, loads)
        if answer.status == 0:
            self.lineage_after_crash(what)

    def lose_journal(self, final, loads) -> None:
        """Killed anywhere, and applied again from the plan's file alone: the journal is gone."""
        if self.case.command.persistent or self.outcome.disagreements:
            return
        self.binary.fill("box", self.case.world)
        planned = self.binary.call(
            "plan", *self.binary.inputs(self.case, facts=False), "--sandbox", "box", "-o", "lost.json",
            "-q", *self.case.command.arguments())
        if planned.status != 0:
            self.disagree("lost-journal", f"exit status {planned.status} of plan: {planned.err[-300:]}")
            return
        at = self.random.randrange(1, 60)
        apply = ["apply", "lost.json", "--sandbox", "box", "--format", "json"]
        answer = self.binary.call(*apply, "--fault", f"crash-after={at}", allowed={0, CRASHED})
        self.outcome.count("lost journals")
        what = f"killed after {at}, and the journal lost"
        if answer.status == CRASHED:
            for file in (self.binary.folder / "box" / ".penstock").glob("journal*"):
                file.unlink()
            answer = self.binary.call(*apply)
        if answer.status != 0:
            self.disagree("lost-journal", f"{what}: exit status {answer.status}: {self.why(answer)}")
            return
        kept = json.loads((self.binary.folder / "box/.penstock/emr.json").read_text())
        if len(kept["clusters"]) != 1:
            self.disagree("lost-journal", f"{what}: {len(kept['clusters'])} clusters")
        self.compare(what, final, loads)
