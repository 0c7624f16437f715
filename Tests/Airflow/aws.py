"""moto with a clock: clusters and steps go through their states, and steps fail as a script says.

    aws.py PORT

`POST /_clock/script` sets `{"fail": {"name of a step": how many times}}`; `GET /_clock` lists the
clusters in the order in which they were made, with what became of their steps. `POST
/moto-api/reset` forgets both.
"""

from __future__ import annotations

import json
import sys
import threading
import time

import moto.backends  # noqa: F401
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.emr import models, responses
from moto.emr.exceptions import ValidationException
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

TICK = 0.1
LOCK = threading.RLock()
SCRIPT: dict = {"fail": {}}
ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
DONE = ("COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED")


def begin(cluster) -> None:
    cluster.state, cluster.ready_datetime, cluster.reason = "STARTING", None, {}
    for step in cluster.steps:
        step.state, step.start_date_time = "PENDING", None


def add_steps(cluster, steps):
    with LOCK:
        # moto adds a cluster's first steps before it has a state.
        if getattr(cluster, "state", None) in (*ENDED, "TERMINATING"):
            raise ValidationException("A job flow that is shutting down may not be modified.")
        added = [models.Step(state="PENDING", **step) for step in steps]
        cluster.steps.extend(added)
        return added


def terminate(cluster, code: str = "USER_REQUEST", final: str = "TERMINATED") -> None:
    if cluster.state not in ENDED:
        cluster.state, cluster.final, cluster.reason = "TERMINATING", final, {"Code": code}


def cluster_status(cluster):
    return {
        "State": cluster.state,
        "StateChangeReason": cluster.reason,
        "Timeline": {
            "CreationDateTime": cluster.creation_datetime,
            "ReadyDateTime": cluster.ready_datetime,
            "EndDateTime": cluster.end_datetime,
        },
    }


def cancel_steps(response):
    cluster = response.backend.describe_cluster(response._get_param("ClusterId"))
    told = []
    with LOCK:
        for step in cluster.steps:
            if step.id in response._get_param("StepIds", []) and step.state not in DONE:
                step.state = "CANCELLED"
                told.append({"StepId": step.id, "Status": "SUBMITTED"})
    return ActionResult({"CancelStepsInfoList": told})


def start(step) -> None:
    """moto starts a cluster's first step at once; here the clock does."""


models.Cluster.run_bootstrap_actions = begin
models.Cluster.add_steps = add_steps
models.Cluster.terminate = terminate
models.Cluster.status = property(cluster_status)
models.Step.start = start
responses.ElasticMapReduceResponse.cancel_steps = cancel_steps


def tick(cluster) -> None:
    if cluster.state in ENDED:
        return
    if cluster.state == "TERMINATING":
        for step in cluster.steps:
            if step.state not in DONE:
                step.state = "CANCELLED"
        cluster.state, cluster.end_datetime = cluster.final, utcnow()
        return
    if cluster.state in ("STARTING", "BOOTSTRAPPING"):
        cluster.state = {"STARTING": "BOOTSTRAPPING", "BOOTSTRAPPING": "WAITING"}[cluster.state]
        return
    for step in cluster.steps:
        if step.state == "RUNNING":
            step.end_date_time = utcnow()
            left = SCRIPT["fail"].get(step.name, 0)
            if not left:
                step.state = "COMPLETED"
                continue
            SCRIPT["fail"][step.name] = left - 1
            step.state = "FAILED"
            if step.action_on_failure in ("TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW"):
                terminate(cluster, "STEP_FAILURE", "TERMINATED_WITH_ERRORS")
                return
    running = sum(step.state == "RUNNING" for step in cluster.steps)
    for step in cluster.steps:
        if step.state == "PENDING" and running < cluster.step_concurrency_level:
            step.state, step.start_date_time = "RUNNING", utcnow()
            running += 1
    if running:
        cluster.state = "RUNNING"
    elif cluster.keep_job_flow_alive_when_no_steps:
        cluster.state = "WAITING"
    else:
        terminate(cluster, "ALL_STEPS_COMPLETED")


def clusters() -> list:
    return [
        cluster
        for account in list(models.emr_backends.values())
        for region in list(account.values())
        for cluster in list(region.clusters.values())
    ]


def run_clock() -> None:
    while True:
        time.sleep(TICK)
        with LOCK:
            for cluster in clusters():
                tick(cluster)


def main() -> None:
    aws = DomainDispatcherApplication(create_backend_app)

    def application(environment, respond):
        path = environment["PATH_INFO"]
        if path == "/moto-api/reset":
            SCRIPT["fail"] = {}
        if not path.startswith("/_clock"):
            return aws(environment, respond)
        if path.endswith("/script"):
            length = int(environment.get("CONTENT_LENGTH") or 0)
            SCRIPT.update(json.loads(environment["wsgi.input"].read(length)))
        with LOCK:
            told = [
                {
                    "name": cluster.name,
                    "state": cluster.state,
                    "steps": [[step.name, step.state] for step in cluster.steps],
                    "submitted": [[step.name, step.jar, step.args] for step in cluster.steps],
                }
                for cluster in sorted(clusters(), key=lambda cluster: cluster.creation_datetime)
            ]
        respond("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]

    server = make_server("127.0.0.1", int(sys.argv[1]), application, threaded=True)
    threading.Thread(target=run_clock, daemon=True).start()
    print("ready", flush=True)
    server.serve_forever()


main()
