"""A mock of AWS whose clusters live: they go through their states when the clock is told to tick.

Writes its port, and ends when its input does. `POST /clock/tick?n=3` lets three ticks pass;
`POST /clock/script` says what happens to clusters by their names:

    {"NAME": {"bootstrap": "fail", "steps": {"STEP": "FAILED"}, "times": 1}}

`GET /clock/clusters` shows all clusters, `GET /clock/complaints` what botocore's own model has against
requests to EMR that came in. Jobs are of `job_service`.
"""

import io
import json
import sys
import threading

import botocore.session
from botocore.validate import ParamValidator
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.emr import models, responses
from moto.emr.exceptions import ValidationException
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

import job_service

lock = threading.RLock()
script = {}
complaints = []
ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
OPEN = ("PENDING", "RUNNING", "CANCEL_PENDING")
emr_model = botocore.session.get_session().get_service_model("emr")


# Moto lets a cluster be ready at once and its first step run for ever; here the clock decides.


def begin(cluster):
    cluster.state = "STARTING"
    for step in cluster.steps:
        step.state = "PENDING"
        step.start_date_time = None
    cluster.ready_datetime = None
    cluster.reason = {}
    cluster.final = "TERMINATED"


def add_steps(cluster, steps):
    # Moto adds a cluster's first steps before it has a state.
    if getattr(cluster, "state", None) in ENDED + ("TERMINATING",):
        raise ValidationException(
            "A job flow that is shutting down, terminated, or finished may not be modified."
        )
    added = [models.Step(state="PENDING", **step) for step in steps]
    cluster.steps.extend(added)
    return added


def terminate(cluster, reason=("USER_REQUEST", "Terminated by user request"), failed=False):
    if cluster.state in ENDED:
        return
    cluster.state = "TERMINATING"
    cluster.reason = {"Code": reason[0], "Message": reason[1]}
    cluster.final = "TERMINATED_WITH_ERRORS" if failed else "TERMINATED"


def cluster_status(cluster):
    return {
        "State": cluster.state,
        "StateChangeReason": getattr(cluster, "reason", {}),
        "Timeline": {
            "CreationDateTime": cluster.creation_datetime,
            "ReadyDateTime": cluster.ready_datetime,
            "EndDateTime": cluster.end_datetime,
        },
    }


def step_status(step):
    status = {
        "State": step.state,
        "StateChangeReason": {},
        "Timeline": {
            "CreationDateTime": step.creation_date_time,
            "StartDateTime": step.start_date_time,
            "EndDateTime": step.end_date_time,
        },
    }
    if step.state == "FAILED":
        status["FailureDetails"] = {
            "Reason": "Unknown Error.",
            "Message": "Exception in thread main",
            "LogFile": "s3://acme-snowplow-etl/logs/stderr.gz",
        }
    return status


def cancel_steps(response):
    cluster = response.backend.describe_cluster(response._get_param("ClusterId"))
    wanted = response._get_param("StepIds", [])
    told = []
    with lock:
        for step in cluster.steps:
            if step.id in wanted and step.state in ("PENDING", "RUNNING"):
                step.state = "CANCELLED" if step.state == "PENDING" else "CANCEL_PENDING"
                told.append({"StepId": step.id, "Status": "SUBMITTED"})
    return ActionResult({"CancelStepsInfoList": told})


models.Cluster.run_bootstrap_actions = begin
models.Cluster.add_steps = add_steps
models.Cluster.terminate = terminate
models.Cluster.status = property(cluster_status)
models.Step.start = lambda step: None
models.Step.status = property(step_status)
responses.ElasticMapReduceResponse.cancel_steps = cancel_steps


def tick(cluster):
    plan = script.get(cluster.name, {})
    if cluster.state in ENDED:
        return
    if cluster.state == "TERMINATING":
        for step in cluster.steps:
            if step.state in OPEN:
                step.state = "CANCELLED"
        cluster.state = cluster.final
        cluster.end_datetime = utcnow()
    elif cluster.state == "STARTING":
        cluster.state = "BOOTSTRAPPING"
    elif cluster.state == "BOOTSTRAPPING":
        if plan.get("bootstrap") == "fail" and plan.get("times", 1) > 0:
            plan["times"] = plan.get("times", 1) - 1
            message = "On the master instance (i-1), bootstrap action 1 returned a non-zero return code"
            return terminate(cluster, ("BOOTSTRAP_FAILURE", message), failed=True)
        cluster.ready_datetime = utcnow()
        cluster.state = "RUNNING"
    else:
        run_steps(cluster, plan)


def run_steps(cluster, plan):
    for step in list(cluster.steps):
        if step.state == "CANCEL_PENDING":
            step.state = "CANCELLED"
        if step.state == "RUNNING":
            step.end_date_time = utcnow()
            step.state = "COMPLETED"
            if plan.get("times", 1) > 0 and step.name in plan.get("steps", {}):
                plan["times"] = plan.get("times", 1) - 1
                step.state = plan["steps"][step.name]
                after_failure(cluster, step)
                if cluster.step_concurrency_level == 1:
                    return
    busy = sum(step.state == "RUNNING" for step in cluster.steps)
    waiting = [step for step in cluster.steps if step.state == "PENDING"]
    for step in waiting[: max(0, cluster.step_concurrency_level - busy)]:
        step.state = "RUNNING"
        step.start_date_time = utcnow()
        busy += 1
    if busy:
        cluster.state = "RUNNING"
    elif cluster.keep_job_flow_alive_when_no_steps:
        cluster.state = "WAITING"
    else:
        terminate(cluster, ("ALL_STEPS_COMPLETED", "Steps completed"))


def after_failure(cluster, step):
    if step.action_on_failure in ("TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"):
        terminate(cluster, ("STEP_FAILURE", "Shut down as step failed"), failed=True)
    elif step.action_on_failure == "CANCEL_AND_WAIT":
        for other in cluster.steps:
            if other.state == "PENDING":
                other.state = "CANCELLED"


def clusters():
    return [
        cluster
        for account in list(models.emr_backends.values())
        for backend in list(account.values())
        for cluster in list(backend.clusters.values())
    ]


def check(target, body):
    """What botocore's model has against a request."""
    operation = emr_model.operation_model(target.split(".")[-1])
    report = ParamValidator().validate(json.loads(body), operation.input_shape)
    if report.has_errors():
        complaints.append(f"{operation.name}: {report.generate_report()}")


def answer(path, query, body):
    with lock:
        if path == "/clock/tick":
            for _ in range(int(query.split("=")[-1] or 1)):
                for cluster in clusters():
                    tick(cluster)
                job_service.tick()
        elif path == "/clock/script":
            script.clear()
            script.update(json.loads(body))
        elif path == "/clock/complaints":
            return complaints
        return [
            {
                "id": cluster.id,
                "name": cluster.name,
                "state": cluster.state,
                "tags": {tag["Key"]: tag["Value"] for tag in cluster.tags},
                "steps": [[step.name, step.state] for step in cluster.steps],
                "submitted": [[step.name, step.jar, step.args] for step in cluster.steps],
            }
            for cluster in clusters()
        ]


def application(inner):
    def serve(environment, start):
        with lock:
            served = job_service.serve(environment, start)
        if served is not None:
            return served
        length = int(environment.get("CONTENT_LENGTH") or 0)
        target = environment.get("HTTP_X_AMZ_TARGET", "")
        path = environment["PATH_INFO"]
        if path.startswith("/clock/"):
            body = environment["wsgi.input"].read(length)
            out = json.dumps(answer(path, environment.get("QUERY_STRING", ""), body)).encode()
            start("200 OK", [("Content-Type", "application/json")])
            return [out]
        if target.startswith("ElasticMapReduce."):
            body = environment["wsgi.input"].read(length)
            environment["wsgi.input"] = io.BytesIO(body)
            check(target, body)
        return inner(environment, start)

    return serve


server = make_server(
    "127.0.0.1", 0, application(DomainDispatcherApplication(create_backend_app)), threaded=True
)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
