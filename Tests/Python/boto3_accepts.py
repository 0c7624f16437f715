#!/usr/bin/env python3
"""Sends what Penstock emits to moto's EMR server, by boto3, whose model checks each member.

usage: boto3_accepts.py PENSTOCK TOP [CASES]
The built-in pipelines are compiled over the examples of the repository TOP; or, where CASES is
given, the EmrEtlRunner runs that are recorded in that folder.
Prints one line for each body that is refused or not read back as sent, then how many were sent.
"""
import concurrent.futures
import json
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import boto3
import botocore.config
import botocore.validate
from moto.server import ThreadedMotoServer

BINARY = sys.argv[1]
TOP = pathlib.Path(sys.argv[2])
CASES = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None

# The built-in pipelines over each example: name, command line, folder. A pipeline without an
# example here is a fault, so that none is forgotten.
EXAMPLES = {
    "clickstream-hive": ("examples/clickstream", ["-c", "config.yml"]),
    "lakehouse": ("examples/lakehouse", ["-c", "config.yml"]),
    "snowplow-rdb": ("examples/snowplow-rdb",
                     ["-c", "config.yml", "-r", "resolver.json",
                      "--input", "transformer=transformer.hocon"]),
    "snowplow": ("examples/snowplow", ["-c", "config.yml", "-r", "resolver.json", "-t", "targets",
                                       "-n", "enrichments", "--facts", "facts.json"]),
}


class Fault(Exception):
    """What is said of a body that was not accepted."""


def environment(more):
    """The machine's own, without what is AWS's, in UTC."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return kept | {"TZ": "UTC"} | more


def penstock(arguments, folder, more):
    run = subprocess.run([BINARY, *arguments], cwd=folder, env=environment(more),
                         capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        raise Fault(f"penstock ended with {run.returncode}: {run.stderr.strip()[:300]}")
    return json.loads(run.stdout)


class EMR:
    """One client of the server; clients are not shared by threads."""

    def __init__(self, endpoint):
        self.client = boto3.client(
            "emr", region_name="eu-west-1", endpoint_url=endpoint, aws_access_key_id="test",
            aws_secret_access_key="test",
            config=botocore.config.Config(parameter_validation=True,
                                          retries={"total_max_attempts": 1}))

    def run(self, body):
        """A new cluster as the body asks for; what EMR then says of it must be what was asked."""
        cluster = self.client.run_job_flow(**body)["JobFlowId"]
        described = self.client.describe_cluster(ClusterId=cluster)["Cluster"]
        if described["Name"] != body["Name"]:
            raise Fault(f"the cluster is named {described['Name']!r}")
        tags = {tag["Key"]: tag["Value"] for tag in described["Tags"]}
        if tags != {tag["Key"]: tag["Value"] for tag in body.get("Tags", [])}:
            raise Fault(f"the cluster's tags are {tags}")
        self.expect_steps(cluster, body.get("Steps", []))
        return cluster

    def add(self, body, cluster):
        """Adds steps to a cluster of the server's, whichever it was compiled for."""
        if not body.get("JobFlowId", cluster).startswith("j-"):
            raise Fault(f"{body['JobFlowId']!r} names no cluster")
        before = self.steps(cluster)
        body = body | {"JobFlowId": cluster}
        answer = self.client.add_job_flow_steps(**body)
        if len(answer["StepIds"]) != len(body["Steps"]):
            raise Fault(f"{len(answer['StepIds'])} of {len(body['Steps'])} steps were added")
        self.expect_steps(cluster, body["Steps"], after=len(before))

    def steps(self, cluster):
        pages = self.client.get_paginator("list_steps").paginate(ClusterId=cluster)
        return [step for page in pages for step in page["Steps"]][::-1]

    def expect_steps(self, cluster, steps, after=0):
        known = self.steps(cluster)[after:]
        told = [(s["Name"], s["ActionOnFailure"], s["Config"]["Jar"], s["Config"]["Args"])
                for s in known]
        asked = [(s["Name"], s["ActionOnFailure"], s["HadoopJarStep"]["Jar"],
                  s["HadoopJarStep"].get("Args", [])) for s in steps]
        if told != asked:
            at = next((i for i, (a, b) in enumerate(zip(told, asked)) if a != b),
                      min(len(told), len(asked)))
            raise Fault(f"step {at} of {len(asked)} was not read back as it was sent")


def send(emr, requests):
    """All calls of a run, in order; returns how many bodies there were."""
    cluster = None
    for request in requests:
        body = request["body"]
        if request["operation"] == "RunJobFlow":
            cluster = emr.run(body)
        elif request["operation"] == "AddJobFlowSteps":
            # The cluster that the facts knew is not the server's.
            cluster = cluster or emr.run({"Name": "waiting", "Instances": {}})
            emr.add(body, cluster)
        else:
            raise Fault(f"there is no call {request['operation']}")
    if not requests:
        raise Fault("there is no request")
    return len(requests)


def send_all_forms(emr, arguments, run_time, folder, more):
    """As a list of requests, and as the one body that --emit job-flow gives."""
    arguments = [*arguments, "--quiet", "--run-time", run_time]
    requests = penstock([*arguments, "--emit", "requests"], folder, more)
    sent = send(emr, requests)
    if len(requests) > 1:
        return sent  # steps that are added in order have no job flow
    body = penstock([*arguments, "--emit", "job-flow"], folder, more)
    if [body] == [request["body"] for request in requests]:
        return sent + 1  # what was sent already
    operation = "RunJobFlow" if "Instances" in body else "AddJobFlowSteps"
    return sent + send(emr, [{"operation": operation, "body": body}])


def recorded(emr, path):
    """A recorded run that Penstock has to compile as EmrEtlRunner did."""
    case = json.loads(path.read_text())
    if case["verdict"] != "same" or case["args"][0] != "run":
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("targets", "enrichments"):
            pathlib.Path(folder, name).mkdir()
        files = case["files"] | {"facts.json": json.dumps(case["facts"])}
        for name, text in files.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        arguments = ["compile", *case["args"][1:], "--facts", "facts.json"]
        return send_all_forms(emr, arguments, case["run_time"], folder, case["env"])


def example(emr, pipeline, more_arguments):
    if pipeline not in EXAMPLES:
        raise Fault("there is no example of this pipeline")
    folder, arguments = EXAMPLES[pipeline]
    keys = {"AWS_SNOWPLOW_ACCESS_KEY": "AKIA0000000000000000", "AWS_SNOWPLOW_SECRET_KEY": "secret"}
    return send_all_forms(emr, ["compile", pipeline, *arguments, *more_arguments],
                          "2026-11-01T02:03:04+01:00", TOP / folder, keys)


def every_member(emr):
    """A pipeline whose steps say all that a step can; what moto does not know is only validated."""
    body = penstock(["compile", "every-member.yml", "--quiet"], TOP / "Tests/Python", {})
    shape = emr.client.meta.service_model.operation_model("RunJobFlow").input_shape
    report = botocore.validate.ParamValidator().validate(body, shape)
    if report.has_errors():
        raise Fault(report.generate_report())
    for step in body["Steps"]:
        monitoring = step.pop("StepMonitoringConfiguration")["S3MonitoringConfiguration"]
        if monitoring.keys() != {"LogUri", "EncryptionKeyArn"} or (
                step["HadoopJarStep"]["Properties"] != [
                    {"Key": "mapreduce.job.queuename", "Value": "night"},
                    {"Key": "version", "Value": "1.0"}]):
            raise Fault("a step is not what was written")
        if step["HadoopJarStep"]["Args"] != ["1.0", "12345678901234567890", "1e3", "true", "x"]:
            raise Fault("a step's arguments are not what was written")
    return send(emr, [{"operation": "RunJobFlow", "body": body}])


def main():
    if CASES:
        jobs = [(path.stem, recorded, (path,)) for path in sorted(CASES.glob("*.json"))]
    else:
        listed = subprocess.run([BINARY, "pipelines"], capture_output=True, text=True, check=True)
        jobs = [(f"{pipeline} {' '.join(more)}", example, (pipeline, more))
                for pipeline in [line.split()[0] for line in listed.stdout.splitlines()]
                for more in ([], ["--reveal-secrets"], ["--debug", "--run-id", "by-hand"])]
        jobs.append(("every member", every_member, ()))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    workers = concurrent.futures.ThreadPoolExecutor(max_workers=4)
    own = threading.local()

    def work(job):
        name, action, arguments = job
        try:
            if not hasattr(own, "emr"):
                own.emr = EMR(f"http://{host}:{port}")
            return name, action(own.emr, *arguments), None
        except Exception as error:  # botocore's refusals, and our own
            return name, 0, f"{type(error).__name__}: {error}"

    sent = runs = faults = 0
    for name, count, fault in workers.map(work, jobs):
        sent += count
        runs += count > 0
        if fault:
            faults += 1
            print(f"{name}: {fault}")
    server.stop()
    print(f"{sent} bodies of {runs} runs were accepted, {faults} runs were not")
    sys.exit(1 if faults or not sent else 0)


main()
