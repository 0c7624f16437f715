"""Judges the files of Dataflow Runner without Penstock's code.

    dataflow_runner.py CLUSTER PLAYBOOK PLAN

Fills in the templates, compares the types of all members with what Dataflow Runner reads, makes the
requests that `run-transient` would send, and compares them with those of the plan of one run. Writes
what is wrong, one complaint a line.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta

# What Dataflow Runner 0.7 reads: a type, a list with the type of its items, a map of members, or, as
# a tuple, a type that may be null.
DISKS = {
    "ebsOptimized": bool,
    "ebsBlockDeviceConfigs": [{
        "volumesPerInstance": int,
        "volumeSpecification": {"iops": int, "sizeInGB": int, "volumeType": str},
    }],
}
CREDENTIALS = {"accessKeyId": str, "secretAccessKey": str}
TAGS = ([{"key": str, "value": str}],)
CLUSTER = {
    "name": str,
    "logUri": str,
    "region": str,
    "credentials": CREDENTIALS,
    "roles": {"jobflow": str, "service": str},
    "ec2": {
        "amiVersion": str,
        "keyName": str,
        "location": {"classic": ({"availabilityZone": str},), "vpc": ({"subnetId": str},)},
        "instances": {
            "master": {"type": str, "ebsConfiguration": (DISKS,)},
            "core": {"type": str, "count": int, "ebsConfiguration": (DISKS,)},
            "task": {"type": str, "count": int, "bid": str, "ebsConfiguration": (DISKS,)},
        },
    },
    "tags": TAGS,
    "bootstrapActionConfigs": ([{
        "name": str, "scriptBootstrapAction": {"args": [str], "path": str}}],),
    "configurations": ([{"classification": str, "properties": dict}],),
    "applications": ([str],),
    "securityConfiguration": str,
}
PLAYBOOK = {
    "region": str,
    "credentials": CREDENTIALS,
    "steps": [{"name": str, "type": str, "actionOnFailure": str, "jar": str, "arguments": [str]}],
    "tags": TAGS,
}
SCHEMAS = {
    "iglu:com.snowplowanalytics.dataflowrunner/ClusterConfig/avro/1-1-0": CLUSTER,
    "iglu:com.snowplowanalytics.dataflowrunner/PlaybookConfig/avro/1-0-1": PLAYBOOK,
}


def mistyped(value, kind, path: str = ""):
    """What of a value isn't as it is read."""
    if isinstance(kind, tuple):
        if value is not None:
            yield from mistyped(value, kind[0], path)
    elif isinstance(kind, list):
        if not isinstance(value, list):
            yield f"{path}: not a list"
            return
        for index, item in enumerate(value):
            yield from mistyped(item, kind[0], f"{path}/{index}")
    elif kind is dict:
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            yield f"{path}: not a map of texts"
    elif isinstance(kind, dict):
        if not isinstance(value, dict):
            yield f"{path}: not a map"
            return
        for name in sorted(kind.keys() ^ value.keys()):
            yield f"{path}/{name}: {'missing' if name in kind else 'unknown'}"
        for name in kind.keys() & value.keys():
            yield from mistyped(value[name], kind[name], f"{path}/{name}")
    elif type(value) is not kind:
        yield f"{path}: {value!r} isn't {kind.__name__}"


class Template:
    """Go's text templates, as far as the files use them."""

    ACTION = re.compile(r"\{\{(.*?)\}\}", re.S)

    def __init__(self, plan: dict):
        self.run = plan["run"]
        self.parameters = plan.get("params") or {}
        self.secrets = set(plan["secrets"])
        self.unknown: list[str] = []

    def fill(self, text: str) -> str:
        # An action that writes braces has braces in it.
        text = text.replace('{{"{{"}}', "\ue000")
        return self.ACTION.sub(lambda found: self.value(found[1].strip()), text).replace("\ue000", "{{")

    def value(self, action: str) -> str:
        if time := re.fullmatch(r'timeWithFormat \.(\w+) "([^"]*)"', action):
            return self.formatted(self.moment(time[1]), time[2])
        if re.fullmatch(r'systemEnv "\w+"', action):
            return "?"
        name = re.fullmatch(r"\.(\w+)", action)
        if name and name[1] == "runId":
            return self.run["id"]
        if name and name[1].startswith("runTime"):
            return str(int(self.moment(name[1]).timestamp()))
        for parameter, value in self.parameters.items():
            if name and re.sub(r"\W", "_", parameter) == name[1]:
                return json.dumps(value)[1:-1]
        self.unknown.append(action)
        return ""

    def moment(self, variable: str) -> datetime:
        time = datetime.fromisoformat(self.run["time"])
        found = re.fullmatch(r"runTime(?:(Minus|Plus)(\d+)([dhs]))?", variable)
        if not found:
            self.unknown.append(variable)
            return time
        if not found[1]:
            return time
        unit = {"d": "days", "h": "hours", "s": "seconds"}[found[3]]
        distance = timedelta(**{unit: int(found[2])})
        return time - distance if found[1] == "Minus" else time + distance

    @staticmethod
    def formatted(time: datetime, layout: str) -> str:
        for go, python in [("2006", "%Y"), ("01", "%m"), ("02", "%d"), ("15", "%H"), ("04", "%M"), ("05", "%S")]:
            layout = layout.replace(go, python)
        return time.strftime(layout)


def instance_groups(instances: dict) -> list[dict]:
    groups = []
    for role in ("master", "core", "task"):
        group = instances[role]
        count = 1 if role == "master" else group["count"]
        if count < 1:
            continue
        made = {"InstanceRole": role.upper(), "InstanceType": group["type"], "InstanceCount": count}
        if group.get("bid"):
            made |= {"BidPrice": group["bid"], "Market": "SPOT"}
        if disks := group["ebsConfiguration"]:
            made["EbsConfiguration"] = {
                "EbsOptimized": disks["ebsOptimized"],
                "EbsBlockDeviceConfigs": [{
                    "VolumesPerInstance": config["volumesPerInstance"],
                    "VolumeSpecification": volume(config["volumeSpecification"]),
                } for config in disks["ebsBlockDeviceConfigs"]],
            }
        groups.append(made)
    return groups


def volume(given: dict) -> dict:
    made = {"SizeInGB": given["sizeInGB"], "VolumeType": given["volumeType"]}
    return made if given["volumeType"] in ("gp2", "gp3") else made | {"Iops": given["iops"]}


def job_flow(cluster: dict) -> dict:
    """The request that Dataflow Runner makes of a cluster."""
    ec2 = cluster["ec2"]
    version = ec2["amiVersion"]
    location = ec2["location"]
    made = {
        "Name": cluster["name"],
        "LogUri": cluster["logUri"],
        "JobFlowRole": cluster["roles"]["jobflow"],
        "ServiceRole": cluster["roles"]["service"],
        "SecurityConfiguration": cluster["securityConfiguration"],
        "VisibleToAllUsers": True,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in cluster["tags"]],
        "Applications": [{"Name": name} for name in cluster["applications"]],
        "Configurations": [
            {"Classification": one["classification"], "Properties": one["properties"]}
            for one in cluster["configurations"]],
        "BootstrapActions": [{
            "Name": one["name"],
            "ScriptBootstrapAction": {
                "Path": one["scriptBootstrapAction"]["path"],
                "Args": one["scriptBootstrapAction"]["args"]},
        } for one in cluster["bootstrapActionConfigs"]],
        "Instances": {
            "Ec2KeyName": ec2["keyName"],
            "Ec2SubnetId": location["vpc"]["subnetId"] if location["vpc"] else "",
            "Placement": {
                "AvailabilityZone": location["classic"]["availabilityZone"] if location["classic"] else ""},
            "InstanceGroups": instance_groups(ec2["instances"]),
            "KeepJobFlowAliveWhenNoSteps": False,
        },
    }
    key = "AmiVersion" if int(version[0]) < 4 else "ReleaseLabel"
    made[key] = version if key == "AmiVersion" else "emr-" + version
    return made


def steps(playbook: dict) -> list[dict]:
    return [{
        "Name": step["name"],
        "ActionOnFailure": step["actionOnFailure"],
        "HadoopJarStep": {"Jar": step["jar"], "Args": step["arguments"]},
    } for step in playbook["steps"]]


def plain(value, run_id: str):
    """A value without what is empty, with `?` in place of secrets and of ids made from the run's."""
    if isinstance(value, dict):
        items = {key: plain(item, run_id) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in ("", [], {}, None)}
    if isinstance(value, list):
        return [plain(item, run_id) for item in value]
    if not isinstance(value, str):
        return value
    uuid = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    value = re.sub(f"{uuid}|{re.escape(run_id)}-[0-9]+", "?", value)
    return re.sub(r"\{\{secret: .*?\}\}", "?", value)


def expected(plan: dict) -> tuple[dict, list[dict]]:
    """The plan's requests, as far as Dataflow Runner can make them."""
    first = plan["requests"][0]["body"]
    cluster = {"VisibleToAllUsers": True} | {
        key: value for key, value in first.items() if key not in ("Steps", "StepConcurrencyLevel")}
    cluster["Instances"] = cluster["Instances"] | {"KeepJobFlowAliveWhenNoSteps": False}
    groups = []
    for group in cluster["Instances"]["InstanceGroups"]:
        group = {key: value for key, value in group.items() if key != "Name"}
        if group.get("Market") == "ON_DEMAND":
            del group["Market"]
        if disks := group.get("EbsConfiguration"):
            # EMR's own defaults.
            configs = [{"VolumesPerInstance": 1} | one for one in disks["EbsBlockDeviceConfigs"]]
            group["EbsConfiguration"] = {"EbsOptimized": False} | disks | {"EbsBlockDeviceConfigs": configs}
        groups.append(group)
    order = ["MASTER", "CORE", "TASK"]
    cluster["Instances"]["InstanceGroups"] = sorted(groups, key=lambda one: order.index(one["InstanceRole"]))
    found = [step for request in plan["requests"] for step in request["body"].get("Steps", [])]
    for step in found:
        if step["ActionOnFailure"] != "CONTINUE":
            # The cluster ends after its steps.
            step["ActionOnFailure"] = "CANCEL_AND_WAIT"
    return cluster, found


def judge(cluster: str, playbook: str, plan: dict):
    filled = []
    for text in (cluster, playbook):
        template = Template(plan)
        document = json.loads(template.fill(text))
        for action in template.unknown:
            yield f"unknown action: {action}"
        schema = SCHEMAS.get(document["schema"])
        if schema is None:
            yield f"unknown schema: {document['schema']}"
            return
        yield from mistyped(document["data"], schema, document["schema"].split("/")[1])
        filled.append(document["data"])
    run_id = plan["run"]["id"]
    wanted, wanted_steps = (plain(part, run_id) for part in expected(plan))
    made, made_steps = plain(job_flow(filled[0]), run_id), plain(steps(filled[1]), run_id)
    for key in sorted(wanted.keys() | made.keys()):
        if wanted.get(key) != made.get(key):
            yield f"the cluster's {key} is {made.get(key)!r} instead of {wanted.get(key)!r}"
    for found, step in zip(made_steps, wanted_steps):
        if found != step:
            yield f"the step is {found!r} instead of {step!r}"
    if len(made_steps) != len(wanted_steps):
        yield f"there are {len(made_steps)} steps instead of {len(wanted_steps)}"
    for region in (filled[0]["region"], filled[1]["region"]):
        if region != plan["cluster"]["region"]:
            yield f"the region is {region}"


def main() -> int:
    cluster, playbook, plan = (open(path, encoding="utf-8").read() for path in sys.argv[1:4])
    complaints = list(judge(cluster, playbook, json.loads(plan)))
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
