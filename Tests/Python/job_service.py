"""EMR Serverless and EMR on EKS for tests: an application `00app` and a virtual cluster `vc1` whose jobs
go through their states when the clock ticks.

`script` says what happens to jobs, by the beginnings of their names:

    {"fail": {"NAME": TIMES}, "lose": {"NAME": TIMES}, "forget": ["NAME"]}

A lost request is carried out and answered with 500; a forgotten job is missing in lists. `complaints` is
what botocore's model has against requests.
"""

import json
import re
import time
from urllib.parse import parse_qsl, unquote

import botocore.session
from botocore.validate import ParamValidator

SERVICES = {
    "applications": botocore.session.get_session().get_service_model("emr-serverless"),
    "virtualclusters": botocore.session.get_session().get_service_model("emr-containers"),
}
HOSTS = {"00app": "applications", "vc1": "virtualclusters"}
DONE = {"applications": "SUCCESS", "virtualclusters": "COMPLETED"}
STOPPING = {"applications": "CANCELLING", "virtualclusters": "CANCEL_PENDING"}
PATH = re.compile(r"/(applications|virtualclusters)/([^/]+)(/jobruns)?(?:/([^/]+))?$")

script = {}
complaints = []
jobs = []
tags = {}
# What was asked for, in order: the names of jobs, repetitions too.
asked = []


def is_scripted(what, name):
    for start, times in script.get(what, {}).items():
        if name.startswith(start) and times > 0:
            script[what][start] -= 1
            return True
    return False


def tick():
    for job in jobs:
        if job["state"] == "PENDING":
            job["state"] = "RUNNING"
            job["startedAt"] = time.time()
        elif job["state"] == "RUNNING":
            job["state"] = "FAILED" if is_scripted("fail", job["name"]) else DONE[job["service"]]
            job["stateDetails"] = "The program ended with 1" if job["state"] == "FAILED" else ""
        elif job["state"] in STOPPING.values():
            job["state"] = "CANCELLED"


def shown(job):
    """A job as its service describes it."""
    if job["service"] == "virtualclusters":
        iso = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(job["createdAt"]))
        return {"id": job["id"], "name": job["name"], "state": job["state"], "createdAt": iso,
                "stateDetails": job.get("stateDetails", ""), "virtualClusterId": job["host"]}
    found = {"jobRunId": job["id"], "id": job["id"], "name": job["name"], "state": job["state"],
             "stateDetails": job.get("stateDetails", ""), "createdAt": job["createdAt"],
             "updatedAt": time.time(), "applicationId": job["host"]}
    return found | ({"startedAt": job["startedAt"]} if "startedAt" in job else {})


def check(service, operation, parameters):
    model = SERVICES[service].operation_model(operation)
    report = ParamValidator().validate(parameters, model.input_shape)
    if report.has_errors():
        complaints.append(f"{operation}: {report.generate_report()}")
    missing = set(parameters) - set(model.input_shape.members)
    if missing:
        complaints.append(f"{operation}: unknown members {sorted(missing)}")


def start(service, host, body):
    key = "applicationId" if service == "applications" else "virtualClusterId"
    check(service, "StartJobRun", body | {key: host})
    asked.append(body["name"])
    job = next((one for one in jobs if one["token"] == body["clientToken"]), None)
    if job is None:
        job = {"id": f"job{len(jobs) + 1}", "name": body["name"], "state": "PENDING",
               "createdAt": time.time(), "token": body["clientToken"], "host": host,
               "service": service, "body": body}
        jobs.append(job)
    if is_scripted("lose", job["name"]):
        return 500, {"message": "lost"}
    return 200, {"jobRunId" if service == "applications" else "id": job["id"]}


def listed(service, host, query):
    since = query.get("createdAtAfter") or query.get("createdAfter")
    found = [
        shown(job) for job in jobs
        if job["host"] == host and query.get("name", job["name"]) == job["name"]
        and not any(job["name"].startswith(start) for start in script.get("forget", []))
    ]
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", since or ""):
        complaints.append(f"ListJobRuns: since {since}")
    # Small pages, of one entry.
    at = int(query.get("nextToken", 0))
    page = {"jobRuns": found[at:at + 1]}
    return 200, page | ({"nextToken": str(at + 1)} if at + 1 < len(found) else {})


def answer(method, raw, query, body):
    """The status and the answer's members; nothing if the path is another service's."""
    parts = raw.split("/")
    if len(parts) == 3 and parts[1] == "tags" and method == "POST":
        arn = unquote(parts[2])
        host = arn.split("/")[-1]
        check(HOSTS.get(host, "applications"), "TagResource", {"resourceArn": arn} | body)
        tags.setdefault(host, {}).update(body["tags"])
        return 200, {}
    match = PATH.fullmatch(raw)
    if not match:
        return None
    service, host, is_of_jobs, job_id = match.groups()
    if HOSTS.get(host) != service:
        return 404, {"message": f"{host} does not exist", "code": "ResourceNotFoundException"}
    if not is_of_jobs:
        name = "emr-serverless" if service == "applications" else "emr-containers"
        described = {"id": host, "name": "jobs", "tags": tags.get(host, {}), "createdAt": 1.0e9,
                     "state": "STOPPED" if service == "applications" else "RUNNING",
                     "arn": f"arn:aws:{name}:eu-central-1:123456789012:/{service}/{host}"}
        return 200, {"application" if service == "applications" else "virtualCluster": described}
    if job_id is None:
        if method == "POST":
            return start(service, host, body)
        return listed(service, host, dict(parse_qsl(query)))
    job = next((one for one in jobs if one["id"] == job_id and one["host"] == host), None)
    if job is None:
        return 404, {"message": f"{job_id} does not exist", "code": "ResourceNotFoundException"}
    if method == "DELETE":
        if job["state"] in ("PENDING", "RUNNING"):
            job["state"] = STOPPING[service]
        return 200, {}
    return 200, {"jobRun": shown(job)}


def state():
    return {"jobs": [[job["name"], job["state"], job["host"], job["body"]] for job in jobs],
            "asked": asked, "tags": tags, "complaints": complaints}


def serve(environment, start_response):
    """Serves a request; false if it isn't one of these services."""
    raw = environment.get("RAW_URI") or environment.get("REQUEST_URI") or ""
    path = raw.split("?")[0]
    if not path.startswith(("/applications/", "/virtualclusters/", "/tags/", "/jobs/")):
        return None
    length = int(environment.get("CONTENT_LENGTH") or 0)
    text = environment["wsgi.input"].read(length)
    body = json.loads(text) if text else {}
    if path.startswith("/jobs/"):
        if path == "/jobs/script":
            script.clear()
            script.update(body)
        status, members = 200, state()
    else:
        status, members = answer(
            environment["REQUEST_METHOD"], path, environment.get("QUERY_STRING", ""), body)
    start_response(f"{status} X", [("Content-Type", "application/json")])
    return [json.dumps(members).encode()]
