"""Has botocore's model check the jobs of a plan on standard input.

usage: job_requests.py emr-serverless|emr-on-eks
"""

import json
import sys

import botocore.session
from botocore.validate import ParamValidator

service = "emr-serverless" if sys.argv[1] == "emr-serverless" else "emr-containers"
model = botocore.session.get_session().get_service_model(service).operation_model("StartJobRun")


def unknown(value, shape, path):
    """Members that the model doesn't have, which the validator lets through."""
    if shape.type_name == "structure":
        for key, member in value.items():
            if key not in shape.members:
                yield f"{path}{key}"
            else:
                yield from unknown(member, shape.members[key], f"{path}{key}.")
    elif shape.type_name == "list":
        for item in value:
            yield from unknown(item, shape.member, path)


count = 0
for request in json.load(sys.stdin)["requests"]:
    for step in request["body"]["Steps"]:
        body = step["StartJobRun"] | {"clientToken": "0" * 32}
        report = ParamValidator().validate(body, model.input_shape)
        for fault in [report.generate_report()] * report.has_errors() + list(
            unknown(body, model.input_shape, "")
        ):
            print(f"{step['Name']}: {fault}")
        count += 1
print(f"{count} requests")
