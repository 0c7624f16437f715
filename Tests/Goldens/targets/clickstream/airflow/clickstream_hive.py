"""The pipeline `clickstream-hive` on Amazon EMR.

Made by penstock 0.1.0. Change the pipeline and compile it again rather than this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)
from airflow.providers.amazon.aws.sensors.emr import EmrJobFlowSensor, EmrStepSensor
from airflow.providers.common.compat.sdk import (
    DAG,
    AirflowFailException,
    AirflowSkipException,
    BaseOperator,
    TaskGroup,
    chain,
)
from airflow.providers.common.compat.standard.operators import (
    PythonOperator,
    ShortCircuitOperator,
)

AWS_CONN_ID = "aws_default"
REGION = "us-west-2"
SCHEDULE: str | None = None  # a cron expression
DEFERRABLE = False  # waiting takes no worker, but needs a triggerer
POLL_INTERVAL = 60  # seconds
STEP_TIMEOUT = timedelta(days=7)

NONE_FAILED = "none_failed_min_one_success"
ON_FAILURE = "TERMINATE_JOB_FLOW"
S3_DIST_CP = "/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar"
COMMAND_RUNNER = "command-runner.jar"

RUN_ID = "{{ run_time(dag_run).strftime('%Y-%m-%d-%H-%M-%S') }}"
RUN_DATE = "{{ run_time(dag_run).strftime('%Y-%m-%d') }}"

CLUSTER: dict[str, Any] = {
    "Name": "Clickstream",
    "Applications": [{"Name": "Hadoop"}, {"Name": "Hive"}],
    "BootstrapActions": [
        {
            "Name": "Python modules",
            "ScriptBootstrapAction": {
                "Args": ["ua-parser==0.18.0", "geoip2==4.7.0"],
                "Path": "s3://acme-clickstream/code/bootstrap/modules.sh",
            },
        },
    ],
    "Configurations": [
        {
            "Classification": "hive-site",
            "Properties": {
                "hive.exec.parallel": "true",
                "hive.metastore.client.factory.class": "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory",
            },
        },
    ],
    "Instances": {
        "Ec2KeyName": "clickstream-ops",
        "Ec2SubnetId": "subnet-0d44dd44",
        "InstanceGroups": [
            {
                "Name": "master",
                "InstanceCount": 1,
                "InstanceRole": "MASTER",
                "InstanceType": "m5.xlarge",
                "Market": "ON_DEMAND",
            },
            {
                "Name": "core",
                "EbsConfiguration": {
                    "EbsBlockDeviceConfigs": [
                        {
                            "VolumeSpecification": {
                                "SizeInGB": 256,
                                "VolumeType": "gp3",
                            },
                            "VolumesPerInstance": 1,
                        },
                    ],
                },
                "InstanceCount": 3,
                "InstanceRole": "CORE",
                "InstanceType": "m5.2xlarge",
                "Market": "ON_DEMAND",
            },
            {
                "Name": "task",
                "BidPrice": "0.14",
                "InstanceCount": 6,
                "InstanceRole": "TASK",
                "InstanceType": "c5.2xlarge",
                "Market": "SPOT",
            },
        ],
        "KeepJobFlowAliveWhenNoSteps": True,
    },
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "LogUri": "s3://acme-emr-logs/clickstream/",
    "ReleaseLabel": "emr-6.15.0",
    "ServiceRole": "EMR_DefaultRole",
    "Tags": [{"Key": "team", "Value": "web-analytics"}],
}
CLUSTER_ID = "{{ ti.xcom_pull(task_ids='create_cluster') }}"


def run_time(dag_run: Any) -> datetime:
    """The end of the interval that a run is for, or the time when it was asked for."""
    return dag_run.data_interval_end or dag_run.run_after


def keys_below(location: str, *, with_folders: bool = False) -> Iterator[str]:
    """The keys of objects below a location in S3, without markers of folders."""
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    markers = ("$folder$",) if with_folders else ("/", "$folder$")
    client = S3Hook(aws_conn_id=AWS_CONN_ID, region_name=REGION).get_conn()
    pages = client.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        for key in (item["Key"] for item in page.get("Contents", [])):
            if key.endswith(markers):
                continue
            if key.startswith(folder):
                yield key.removeprefix(folder)
            elif key == prefix:
                yield ""


def is_empty(location: str) -> bool:
    return next(keys_below(location), None) is None


def has_match(location: str, pattern: str) -> bool:
    return any(re.search(pattern, key, re.ASCII) for key in keys_below(location))


def is_some(answer: Any) -> bool:
    """Whether a question has found anything."""
    return answer not in (None, False, 0, [])


def require(
    task_id: str,
    question: Callable[..., Any],
    *arguments: Any,
    answer: bool,
    otherwise: type[Exception],
    message: str,
    source: str,
) -> PythonOperator:
    """Asks a question, and ends the run unless this is the answer."""

    def check(arguments: list[Any], answer: bool, message: str) -> None:
        if is_some(question(*arguments)) != answer:
            raise otherwise(message)

    return PythonOperator(
        task_id=task_id,
        python_callable=check,
        op_args=[list(arguments), answer, message],
        retries=2,
        doc_md=f"`{source}`",
    )


def look_up(
    task_id: str,
    question: Callable[..., Any],
    *arguments: Any,
    answer: bool,
    source: str,
) -> PythonOperator:
    """Asks a question. The result is whether this is the answer."""

    def ask(arguments: list[Any], answer: bool) -> bool:
        return is_some(question(*arguments)) == answer

    return PythonOperator(
        task_id=task_id,
        python_callable=ask,
        op_args=[list(arguments), answer],
        retries=2,
        doc_md=f"`{source}`",
    )


def require_any(
    task_id: str,
    look_ups: list[PythonOperator],
    *,
    otherwise: type[Exception],
    message: str,
    source: str,
) -> PythonOperator:
    """Ends the run unless one of these questions has its answer."""

    def check(task_ids: list[str], message: str, ti: Any = None) -> None:
        if not any(ti.xcom_pull(task_ids=task_id) for task_id in task_ids):
            raise otherwise(message)

    check_any = PythonOperator(
        task_id=task_id,
        python_callable=check,
        op_args=[[look_up.task_id for look_up in look_ups], message],
        retries=2,
        doc_md=f"`{source}`",
    )
    look_ups >> check_any
    return check_any


def fail_run() -> None:
    """Fails the run if a task before has failed: Airflow asks the last tasks only."""
    raise AirflowFailException("a step failed, or the cluster was not terminated")


def request(
    name: str, jar_step: dict[str, Any], on_failure: str, members: dict[str, Any]
) -> dict[str, Any]:
    return {
        "Name": name,
        "ActionOnFailure": on_failure,
        "HadoopJarStep": jar_step,
        **members,
    }


def gate(
    first: BaseOperator,
    after: Sequence[BaseOperator],
    only_if: Sequence[PythonOperator],
) -> None:
    """Orders a step's first task, and skips it unless all look-ups say yes."""
    if not only_if:
        first.set_upstream(after)
        return
    needed = ShortCircuitOperator(
        task_id=f"{first.label}_needed",
        python_callable=lambda *answers: all(answers),
        op_args=[question.output for question in only_if],
        ignore_downstream_trigger_rules=False,
        trigger_rule=NONE_FAILED,
        doc_md=first.doc_md,
    )
    needed.set_upstream(after)
    needed >> first


def step(
    task_id: str,
    name: str,
    jar_step: dict[str, Any],
    *,
    source: str,
    after: Sequence[BaseOperator],
    only_if: Sequence[PythonOperator] = (),
    on_failure: str = ON_FAILURE,
    timeout: timedelta = STEP_TIMEOUT,
    **members: Any,
) -> BaseOperator:
    """Submits a step when those before it are completed, and waits for its end."""
    submit = EmrAddStepsOperator(
        task_id=task_id,
        job_flow_id=CLUSTER_ID,
        steps=[request(name, jar_step, on_failure, members)],
        trigger_rule=NONE_FAILED,
        doc_md=f"`{source}`",
    )
    submit.template_ext = ()  # arguments may end with .json
    wait = EmrStepSensor(
        task_id=f"{task_id}_done",
        job_flow_id=CLUSTER_ID,
        step_id=f"{{{{ ti.xcom_pull(task_ids='{submit.task_id}')[0] }}}}",
        mode="reschedule",
        deferrable=DEFERRABLE,
        poke_interval=POLL_INTERVAL,
        timeout=timeout.total_seconds(),
        max_attempts=max(1, int(timeout.total_seconds()) // POLL_INTERVAL),
        retries=2,
        retry_delay=timedelta(seconds=POLL_INTERVAL),
        doc_md=f"`{source}`",
    )
    gate(submit, after, only_if)
    submit >> wait
    return wait


with DAG(
    dag_id="clickstream_hive",
    schedule=SCHEDULE,
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args={"aws_conn_id": AWS_CONN_ID, "region_name": REGION},
    user_defined_macros={"run_time": run_time},
    tags=["emr", "penstock"],
    doc_md=__doc__,
):
    with TaskGroup("checks") as checks:
        data_acme_web_logs_www = look_up(
            "data_acme_web_logs_www",
            has_match,
            "s3://acme-web-logs/www/",
            ".*/access-.*\\.log\\.gz",
            answer=True,
            source="<builtin>/pipelines/clickstream-hive.yml:79",
        )
        data_acme_web_logs_shop = look_up(
            "data_acme_web_logs_shop",
            has_match,
            "s3://acme-web-logs/shop/",
            ".*/access-.*\\.log\\.gz",
            answer=True,
            source="<builtin>/pipelines/clickstream-hive.yml:79",
        )
        chain(
            require(
                "empty_acme_clickstream_processing",
                is_empty,
                "s3://acme-clickstream/processing/",
                answer=True,
                otherwise=AirflowFailException,
                message="logs of an earlier run are still in s3://acme-clickstream/processing/",
                source="<builtin>/pipelines/clickstream-hive.yml:75",
            ),
            [data_acme_web_logs_www, data_acme_web_logs_shop],
            require_any(
                "any_data_acme_web_logs_www",
                [data_acme_web_logs_www, data_acme_web_logs_shop],
                otherwise=AirflowSkipException,
                message="web servers have shipped no logs since the last run",
                source="<builtin>/pipelines/clickstream-hive.yml:79",
            ),
        )

    create_cluster = EmrCreateJobFlowOperator(
        task_id="create_cluster",
        job_flow_overrides=CLUSTER,
        emr_conn_id=None,
    )
    create_cluster.template_ext = ()  # texts may end with .json
    checks >> create_cluster
    cluster_ready = EmrJobFlowSensor(
        task_id="cluster_ready",
        job_flow_id=CLUSTER_ID,
        target_states=["WAITING", "RUNNING"],
        failed_states=["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"],
        mode="reschedule",
        deferrable=DEFERRABLE,
        poke_interval=POLL_INTERVAL,
        retries=2,
    )
    create_cluster >> cluster_ready

    with TaskGroup("stage_logs"):
        stage_logs_s3_acme_web_logs_www = step(
            "s3_acme_web_logs_www",
            "[stage_logs] s3://acme-web-logs/www/",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-web-logs/www/",
                    "--dest",
                    "s3://acme-clickstream/processing/",
                    "--srcPattern",
                    ".*/access-.*\\.log\\.gz",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:84",
            after=[cluster_ready],
            only_if=[data_acme_web_logs_www],
        )
        stage_logs_s3_acme_web_logs_shop = step(
            "s3_acme_web_logs_shop",
            "[stage_logs] s3://acme-web-logs/shop/",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-web-logs/shop/",
                    "--dest",
                    "s3://acme-clickstream/processing/",
                    "--srcPattern",
                    ".*/access-.*\\.log\\.gz",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:84",
            after=[cluster_ready],
            only_if=[data_acme_web_logs_shop],
        )

    with TaskGroup("sessionize"):
        sessionize_logs_to_hdfs = step(
            "logs_to_hdfs",
            "[sessionize] logs to HDFS",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-clickstream/processing/",
                    "--dest",
                    "hdfs:///clickstream/clicks/",
                    "--groupBy",
                    ".*/access-([0-9-]+)\\..*",
                    "--targetSize",
                    "256",
                    "--outputCodec",
                    "lzo",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:99",
            after=[
                cluster_ready,
                stage_logs_s3_acme_web_logs_www,
                stage_logs_s3_acme_web_logs_shop,
            ],
        )
        sessionize_clicks_to_sessions = step(
            "clicks_to_sessions",
            "[sessionize] clicks to sessions",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "hadoop-streaming",
                    "-D",
                    "mapreduce.job.reduces=32",
                    "-D",
                    "stream.num.map.output.key.fields=2",
                    "-D",
                    "mapreduce.partition.keypartitioner.options=-k1,1",
                    "-files",
                    "s3://acme-clickstream/code/sessionize/map.py,s3://acme-clickstream/code/sessionize/reduce.py",
                    "-input",
                    "hdfs:///clickstream/clicks/",
                    "-output",
                    "hdfs:///clickstream/sessions/",
                    "-mapper",
                    "map.py",
                    "-reducer",
                    "reduce.py 20",
                    "-partitioner",
                    "org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:106",
            after=[cluster_ready, sessionize_logs_to_hdfs],
        )
        sessionize_sessions_to_s3 = step(
            "sessions_to_s3",
            "[sessionize] sessions to S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "hdfs:///clickstream/sessions/",
                    "--dest",
                    f"s3://acme-clickstream/sessions/run={RUN_ID}/",
                    "--outputCodec",
                    "gz",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:121",
            after=[cluster_ready, sessionize_clicks_to_sessions],
        )

    with TaskGroup("report"):
        report_release_logs_in_hdfs = step(
            "release_logs_in_hdfs",
            "[release] logs in HDFS",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "hdfs",
                    "dfs",
                    "-rm",
                    "-r",
                    "-skipTrash",
                    "hdfs:///clickstream/clicks/",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:53",
            after=[cluster_ready, sessionize_clicks_to_sessions],
        )
        report_landing_pages = step(
            "landing_pages",
            "[report] landing_pages",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "hive-script",
                    "--run-hive-script",
                    "--args",
                    "-f",
                    "s3://acme-clickstream/code/reports/landing_pages.hql",
                    "-d",
                    "SESSIONS=hdfs:///clickstream/sessions/",
                    "-d",
                    f"OUTPUT=s3://acme-clickstream/reports/day={RUN_DATE}/landing_pages/",
                    "-d",
                    f"DAY={RUN_DATE}",
                    "-hiveconf",
                    "hive.exec.dynamic.partition.mode=nonstrict",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:135",
            after=[cluster_ready, sessionize_clicks_to_sessions],
        )
        report_conversions = step(
            "conversions",
            "[report] conversions",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "hive-script",
                    "--run-hive-script",
                    "--args",
                    "-f",
                    "s3://acme-clickstream/code/reports/conversions.hql",
                    "-d",
                    "SESSIONS=hdfs:///clickstream/sessions/",
                    "-d",
                    f"OUTPUT=s3://acme-clickstream/reports/day={RUN_DATE}/conversions/",
                    "-d",
                    f"DAY={RUN_DATE}",
                    "-hiveconf",
                    "hive.exec.dynamic.partition.mode=nonstrict",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:135",
            after=[cluster_ready, sessionize_clicks_to_sessions],
        )
        report_bounces = step(
            "bounces",
            "[report] bounces",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "hive-script",
                    "--run-hive-script",
                    "--args",
                    "-f",
                    "s3://acme-clickstream/code/reports/bounces.hql",
                    "-d",
                    "SESSIONS=hdfs:///clickstream/sessions/",
                    "-d",
                    f"OUTPUT=s3://acme-clickstream/reports/day={RUN_DATE}/bounces/",
                    "-d",
                    f"DAY={RUN_DATE}",
                    "-hiveconf",
                    "hive.exec.dynamic.partition.mode=nonstrict",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:135",
            after=[cluster_ready, sessionize_clicks_to_sessions],
        )

    with TaskGroup("archive_logs"):
        archive_logs_s3_acme_clickstream_processing_to_s3 = step(
            "s3_acme_clickstream_processing_to_s3_acme_clickstream",
            f"[archive_logs] s3://acme-clickstream/processing/ to s3://acme-clickstream-archive/logs/run={RUN_ID}/",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-clickstream/processing/",
                    "--dest",
                    f"s3://acme-clickstream-archive/logs/run={RUN_ID}/",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/clickstream-hive.yml:153",
            after=[cluster_ready, sessionize_logs_to_hdfs],
        )

    terminate_cluster = EmrTerminateJobFlowOperator(
        task_id="terminate_cluster",
        job_flow_id=CLUSTER_ID,
        retries=3,
    )
    terminate_cluster.as_teardown(setups=create_cluster)
    [
        sessionize_sessions_to_s3,
        report_release_logs_in_hdfs,
        report_landing_pages,
        report_conversions,
        report_bounces,
        archive_logs_s3_acme_clickstream_processing_to_s3,
    ] >> terminate_cluster
    run_failed = PythonOperator(
        task_id="run_failed",
        python_callable=fail_run,
        trigger_rule="one_failed",
    )
    [
        sessionize_sessions_to_s3,
        report_release_logs_in_hdfs,
        report_landing_pages,
        report_conversions,
        report_bounces,
        archive_logs_s3_acme_clickstream_processing_to_s3,
        terminate_cluster,
    ] >> run_failed
