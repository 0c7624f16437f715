"""Judges a state machine of Step Functions without Penstock's code.

    state_machine.py judge MACHINE POLICY PLAN
    state_machine.py run PORT MACHINE INPUT

`judge` compares a machine with the plan of one run of the same pipeline: each step occurs once, with
the request that the plan has; the order is kept; every way from the cluster on leads through its
termination; statelint, botocore's model of EMR and parliament have nothing against it. It writes what
is wrong, one complaint a line.

`run` starts an execution in the mock of AWS at a port and writes its status and output as JSON.
"""

import json
import re
import sys
import time

import botocore.session
import jsonata
import parliament
from botocore.validate import ParamValidator
from statelint.config import Config
from statelint.linter import Linter

ADDS = ("elasticmapreduce:addStep.sync", "aws-sdk:emr:addJobFlowSteps")
CREATES = ("elasticmapreduce:createCluster.sync", "aws-sdk:emr:runJobFlow")
TERMINATES = ("elasticmapreduce:terminateCluster", "aws-sdk:emr:terminateJobFlows")


def action(state):
    return state.get("Resource", "").split(":states:::")[-1]


def following(state, caught=True):
    """The states that one may go on with."""
    names = [state[key] for key in ("Next", "Default") if key in state]
    names += [choice["Next"] for choice in state.get("Choices", [])]
    if caught:
        names += [catch["Next"] for catch in state.get("Catch", [])]
    return names


def reachable(states, starts, without=()):
    seen, open_ = set(), [name for name in starts if name not in without]
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        open_ += [other for other in following(states[name]) if other not in without]
    return seen


class Machine:
    """A machine's tasks with the scopes that they lie in."""

    def __init__(self, machine):
        self.machine = machine
        self.tasks = []  # (name, state, path), where a path is [(states, name), …] from the top
        self.walk(machine, [])

    def walk(self, scope, path):
        for name, state in scope["States"].items():
            here = path + [(scope["States"], name)]
            self.tasks.append((name, state, here))
            for branch in state.get("Branches", []):
                self.walk(branch, here)

    def acting(self, actions):
        return [task for task in self.tasks if action(task[1]) in actions]

    @staticmethod
    def is_before(one, other):
        """Whether a task ends before another one starts, whatever happens."""
        for (states, name), (others, other_name) in zip(one[2], other[2]):
            if states is not others:
                return False
            if name != other_name:
                return other_name in reachable(states, following(states[name])) and (
                    name not in reachable(others, following(others[other_name]))
                )
        return False


def evaluate(value, variables):
    if isinstance(value, dict):
        return {key: evaluate(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluate(item, variables) for item in value]
    if not isinstance(value, str) or not value.startswith("{%"):
        return value
    expression = jsonata.Jsonata(value[2:-2].strip())
    frame = expression.create_frame()
    for name, item in variables.items():
        frame.bind(name, item)
    return expression.evaluate(None, frame)


def normal(value, run_id):
    """A value with `?` in place of each id that is made from the run's."""
    if isinstance(value, dict):
        return {key: normal(item, run_id) for key, item in value.items()}
    if isinstance(value, list):
        return [normal(item, run_id) for item in value]
    if not isinstance(value, str):
        return value
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    return re.sub(f"{uuid}|{re.escape(run_id)}-[0-9]+", "?", value)


def variables_of(plan):
    run = plan["run"]
    moment = jsonata.Jsonata(f"$toMillis('{run['time']}')").evaluate(None)
    return {
        "runId": run["id"],
        "runTime": moment,
        "params": plan.get("params") or {},
        "clusterId": "j-1",
        "secrets": {reference: "{{secret: %s}}" % reference for reference in plan["secrets"]},
        **{f"answer{number}": found(plan) for number in range(1000)},
    }


def found(plan):
    """The name that a plan's questions find in S3."""
    names = [fact["answer"] for fact in plan["facts"]
             if fact["question"]["kind"] in ("last", "last-folder") and fact["answer"]]
    return names[0] if names else ""


def judge(machine, policy, plan):
    for complaint in Linter.validate(machine, Config(evaluate_jsonata=True)):
        # The language takes an expression for `Seconds` too, which statelint doesn't know; and it compares a
        # condition's value with the type that its expression has.
        known = r'\.Seconds is "\{% .* %\}" but should be an Integer|\.Condition is (true|false) but should be a String'
        if not re.search(known, str(complaint)):
            yield str(complaint)
    parsed = Machine(machine)
    variables = variables_of(plan)
    expected = [
        (step, request["body"].get("ExecutionRoleArn") or request["body"].get("StepExecutionRoleArn"))
        for request in plan["requests"]
        for step in request["body"].get("Steps", [])
    ]
    found = {}
    for task in parsed.acting(ADDS):
        arguments = evaluate(task[1]["Arguments"], variables)
        step = arguments.get("Step") or arguments["Steps"][0]
        found.setdefault(step["Name"], []).append((step, arguments.get("ExecutionRoleArn"), task))
        yield from valid("AddJobFlowSteps", {
            "JobFlowId": "j-1", "Steps": [step],
            **({"ExecutionRoleArn": arguments["ExecutionRoleArn"]} if "ExecutionRoleArn" in arguments else {}),
        })
    tasks = {}
    for number, (step, role) in enumerate(expected):
        same = found.get(step["Name"], [])
        wanted = normal(step, plan["run"]["id"])
        matching = [
            (s, r, t) for s, r, t in same if normal(s, plan["run"]["id"]) == wanted and r == role
        ]
        if len(matching) != 1:
            yield f"{step['Name']}: {len(matching)} tasks do what the plan has"
        for _, _, task in matching:
            tasks[plan["steps"][number]["name"]] = task
    extra = sum(map(len, found.values())) - len(expected)
    gated = sum(name.startswith("Do ") for name, _, _ in parsed.tasks)
    if extra > gated:
        yield f"{extra} tasks add steps that the plan doesn't have"
    for step in plan["steps"]:
        for predecessor in step.get("order", []):
            earlier = predecessor["step"] if isinstance(predecessor, dict) else predecessor
            if earlier in tasks and step["name"] in tasks:
                if not Machine.is_before(tasks[earlier], tasks[step["name"]]):
                    yield f"{earlier} isn't before {step['name']}"
    yield from creation(parsed, plan, variables)
    yield from ending(parsed)
    yield from names(parsed)
    for finding in parliament.analyze_policy_string(json.dumps(policy)).findings:
        if finding.severity not in ("LOW", "MUTED"):
            yield f"policy: {finding}"


def valid(operation, body):
    model = botocore.session.get_session().get_service_model("emr").operation_model(operation)
    report = ParamValidator().validate(body, model.input_shape)
    if report.has_errors():
        yield f"{operation}: {report.generate_report()}"


def creation(parsed, plan, variables):
    wanted = [r["body"] for r in plan["requests"] if r["operation"] == "RunJobFlow"]
    made = parsed.acting(CREATES)
    if plan["cluster"].get("persistent"):
        if made:
            yield "it creates a persistent cluster"
        return
    if len(made) != len(wanted):
        yield f"it creates {len(made)} clusters"
    for body, task in zip(wanted, made):
        arguments = evaluate(task[1]["Arguments"], variables)
        yield from valid("RunJobFlow", arguments)
        body = {k: v for k, v in body.items() if k not in ("Steps", "StepExecutionRoleArn")}
        body["Instances"] = {**body["Instances"], "KeepJobFlowAliveWhenNoSteps": True}
        if "AutoTerminationPolicy" not in body:
            arguments.pop("AutoTerminationPolicy", None)
        if arguments != body:
            yield f"the cluster differs: {arguments} instead of {body}"


def ending(parsed):
    """Whether every way from the cluster on leads through its termination."""
    created = parsed.acting(CREATES)
    terminates = [name for name, _, _ in parsed.acting(TERMINATES)]
    if created and len(terminates) != 1:
        yield "there isn't one state that terminates the cluster"
    for _, _, path in created:
        states, name = path[0]
        after = reachable(states, [states[name].get("Next")], without=terminates)
        for other in after:
            state = states[other]
            if state["Type"] in ("Succeed", "Fail") and other != "The cluster has failed":
                yield f"{other} ends the run without terminating the cluster"
            if state["Type"] in ("Task", "Parallel") and other != name:
                caught = [e for c in state.get("Catch", []) for e in c["ErrorEquals"]]
                if "States.ALL" not in caught and not other.startswith("Lift"):
                    yield f"an error of {other} isn't caught"


def names(parsed):
    seen = set()
    for name, _, _ in parsed.tasks:
        if name in seen:
            yield f"two states are named {name}"
        if len(name) > 80:
            yield f"{name} is longer than 80 characters"
        seen.add(name)


def run(port, machine, given):
    import boto3

    def client(service):
        return boto3.client(
            service, endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-central-1",
            aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret",
        )

    states = client("stepfunctions")
    made = states.create_state_machine(
        name=f"machine-{time.time_ns()}", definition=json.dumps(machine),
        roleArn="arn:aws:iam::123456789012:role/states",
    )
    execution = states.start_execution(
        stateMachineArn=made["stateMachineArn"], input=json.dumps(given)
    )["executionArn"]
    limit = time.time() + 120
    while True:
        told = states.describe_execution(executionArn=execution)
        if told["status"] != "RUNNING" or time.time() > limit:
            break
        time.sleep(0.2)
    history = states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    return {
        "status": told["status"],
        "output": json.loads(told.get("output") or "null"),
        "error": told.get("error"),
        "cause": told.get("cause"),
        "events": len(history),
        "states": [
            event["stateEnteredEventDetails"]["name"]
            for event in history
            if "stateEnteredEventDetails" in event
        ],
    }


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    if verb == "judge":
        complaints = list(judge(*map(read, arguments)))
        print("\n".join(complaints))
        sys.exit(1 if complaints else 0)
    print(json.dumps(run(arguments[0], read(arguments[1]), json.loads(arguments[2]))))
