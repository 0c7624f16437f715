#!/usr/bin/env python3
"""Sends requests to EMR as moto plays it, by boto3, whose model of EMR checks every member.

usage: run_job_flow.py REGION < requests.json    (as `penstock compile --emit requests` writes them)
Prints what EMR then knows: the cluster's name and its steps' names, in order.
"""
import json
import sys

import boto3
from moto import mock_aws

with mock_aws():
    emr = boto3.client("emr", region_name=sys.argv[1], aws_access_key_id="test",
                       aws_secret_access_key="test")
    cluster = None
    for request in json.load(sys.stdin):
        if request["operation"] == "RunJobFlow":
            cluster = emr.run_job_flow(**request["body"])["JobFlowId"]
        elif request["operation"] == "AddJobFlowSteps":
            emr.add_job_flow_steps(**request["body"])
        else:
            sys.exit(f"what is {request['operation']}?")
    pages = emr.get_paginator("list_steps").paginate(ClusterId=cluster)
    steps = [step["Name"] for page in pages for step in page["Steps"]]
    described = emr.describe_cluster(ClusterId=cluster)["Cluster"]
    json.dump({"name": described["Name"], "steps": list(reversed(steps))}, sys.stdout)
