from datetime import datetime, timedelta
import os

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)

STAGE = os.environ.get("STAGE", "dev")
BUCKET = Variable.get("lighthouse_bucket")
CODE = "s3://" + BUCKET + "/code"
SUBNET = os.environ["SUBNET"]


def submit(name, script, *more):
    return None


def spark(name, script, day="{{ ds }}"):
    args = ["spark-submit", "--deploy-mode", "cluster", f"{CODE}/{script}", "--day", day]
    return {
        "Name": name,
        "ActionOnFailure": "TERMINATE_CLUSTER",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": args},
    }


STEPS = [
    spark("Flashes", "flashes.py"),
    spark("Compare", "compare.py", day="{{ macros.ds_add(ds, -7) }}"),
]
for lamp in ["north", "south"]:
    STEPS.append(
        {
            "Name": "Lamp %s" % lamp,
            "ActionOnFailure": "CONTINUE",
            "HadoopJarStep": {
                "Jar": "command-runner.jar",
                "Args": [
                    "hive-script",
                    "--run-hive-script",
                    "--args",
                    "-f",
                    "{}/{}.q".format(CODE, lamp),
                    "-d",
                    "HOUR={{ execution_date.strftime('%Y%m%d%H') }}",
                    "-d",
                    "KEEPER={{ params.keeper }}",
                    "-d",
                    "MODE={{ var.value.lighthouse_mode }}",
                    "-d",
                    "PREVIOUS={{ ti.xcom_pull(task_ids='look') }}",
                ],
            },
        }
    )

JOB_FLOW_OVERRIDES = {
    "Name": f"lighthouse-{STAGE}",
    "ReleaseLabel": "emr-6.10.0",
    "Applications": [{"Name": app} for app in ("Spark", "Hive")],
    "Instances": {
        "InstanceGroups": [
            {
                "Name": "Primary",
                "Market": "ON_DEMAND",
                "InstanceRole": "MASTER",
                "InstanceType": "m5.xlarge",
                "InstanceCount": 1,
            },
            dict(Name="Core", InstanceRole="CORE", InstanceType="m5.2xlarge", InstanceCount=1 + 2),
        ],
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": False,
        "Ec2SubnetId": SUBNET,
    },
    "JobFlowRole": "LighthouseNodes",
    "ServiceRole": "LighthouseEMR",
}
JOB_FLOW_OVERRIDES["LogUri"] = f"s3://{BUCKET}/logs/{datetime.utcnow():%Y/%m}/"
JOB_FLOW_OVERRIDES["Instances"]["Ec2KeyName"] = "lighthouse"

with DAG("lighthouse", params={"keeper": "ada"}, start_date=datetime(2026, 1, 1)) as dag:
    start = EmptyOperator(task_id="start")
    look = BashOperator(task_id="look", bash_command="date")
    create = EmrCreateJobFlowOperator(
        task_id="create",
        job_flow_overrides=JOB_FLOW_OVERRIDES,
        emr_conn_id="emr_lighthouse",
        region_name="eu-north-1",
    )
    add = EmrAddStepsOperator(task_id="add", job_flow_id=create.output, steps=STEPS)
    end = EmrTerminateJobFlowOperator(task_id="end", job_flow_id=create.output)
    start >> look >> create >> add >> end
