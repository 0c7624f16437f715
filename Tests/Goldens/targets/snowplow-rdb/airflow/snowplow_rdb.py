"""The pipeline `snowplow-rdb` on Amazon EMR.

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
from airflow.providers.amazon.aws.sensors.emr import EmrStepSensor
from airflow.providers.common.compat.sdk import (
    DAG,
    AirflowFailException,
    AirflowSkipException,
    BaseOperator,
    TaskGroup,
    chain,
)
from airflow.providers.common.compat.standard.operators import PythonOperator

AWS_CONN_ID = "aws_default"
REGION = "eu-central-1"
SCHEDULE: str | None = None  # a cron expression
DEFERRABLE = False  # waiting takes no worker, but needs a triggerer
POLL_INTERVAL = 60  # seconds
STEP_TIMEOUT = timedelta(days=7)

ON_FAILURE = "TERMINATE_JOB_FLOW"

LAST_ACME_SNOWPLOW_ARCHIVE_ENRICHED = "{{ ti.xcom_pull(task_ids='checks.find_last_acme_snowplow_archive_enriched') or '' }}"
RUN_ID = "{{ run_time(dag_run).strftime('%Y-%m-%d-%H-%M-%S') }}"

CLUSTER: dict[str, Any] = {
    "Name": "RDB Transformer",
    "Applications": [{"Name": "Hadoop"}, {"Name": "Spark"}],
    "BootstrapActions": [
        {
            "Name": "Bootstrap s3://acme-snowplow-etl/bootstrap/emr-bootstrap-java-11.sh",
            "ScriptBootstrapAction": {
                "Path": "s3://acme-snowplow-etl/bootstrap/emr-bootstrap-java-11.sh",
            },
        },
    ],
    "Configurations": [
        {"Classification": "core-site", "Properties": {"io.file.buffer.size": "65536"}},
        {
            "Classification": "yarn-site",
            "Properties": {
                "yarn.nodemanager.resource.memory-mb": "57344",
                "yarn.nodemanager.vmem-check-enabled": "false",
                "yarn.scheduler.maximum-allocation-mb": "57344",
            },
        },
        {
            "Classification": "spark",
            "Properties": {"maximizeResourceAllocation": "false"},
        },
        {
            "Classification": "spark-defaults",
            "Properties": {
                "spark.default.parallelism": "24",
                "spark.driver.cores": "3",
                "spark.driver.memory": "7G",
                "spark.dynamicAllocation.enabled": "false",
                "spark.executor.cores": "1",
                "spark.executor.instances": "6",
                "spark.executor.memory": "7G",
                "spark.yarn.driver.memoryOverhead": "1024",
                "spark.yarn.executor.memoryOverhead": "1024",
            },
        },
    ],
    "Instances": {
        "Ec2KeyName": "snowplow-etl",
        "Ec2SubnetId": "subnet-0f3a9c61",
        "InstanceGroups": [
            {
                "InstanceCount": 1,
                "InstanceRole": "MASTER",
                "InstanceType": "m5.xlarge",
                "Market": "ON_DEMAND",
            },
            {
                "EbsConfiguration": {
                    "EbsBlockDeviceConfigs": [
                        {
                            "VolumeSpecification": {
                                "SizeInGB": 100,
                                "VolumeType": "gp3",
                            },
                            "VolumesPerInstance": 1,
                        },
                    ],
                    "EbsOptimized": True,
                },
                "InstanceCount": 1,
                "InstanceRole": "CORE",
                "InstanceType": "r5.2xlarge",
                "Market": "ON_DEMAND",
            },
        ],
        "KeepJobFlowAliveWhenNoSteps": True,
    },
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "LogUri": "s3://acme-snowplow-etl/logs/",
    "ReleaseLabel": "emr-6.2.0",
    "ServiceRole": "EMR_DefaultRole",
    "Tags": [{"Key": "team", "Value": "data-platform"}],
    "VisibleToAllUsers": True,
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


def captures(location: str, pattern: str, *, with_folders: bool = False) -> list[str]:
    """What the pattern's first group has: each text once, ordered by its last key."""
    found: dict[str, None] = {}
    for key in keys_below(location, with_folders=with_folders):
        match = re.search(pattern, key, re.ASCII)
        text = match and match[min(1, match.re.groups)]
        if text is not None:
            found.pop(text, None)
            found[text] = None
    return list(found)


def last_match(location: str, pattern: str) -> str | None:
    return next(reversed(captures(location, pattern)), None)


def is_some(answer: Any) -> bool:
    """Whether a question has found anything."""
    return answer not in (None, False, 0, [])


def is_found(name: str) -> bool:
    return name != ""


def is_same(left: str, right: str) -> bool:
    return left == right


def find(
    task_id: str, question: Callable[..., Any], *arguments: Any, source: str
) -> PythonOperator:
    """Asks for a name, which is the result; there is none if nothing is found."""
    return PythonOperator(
        task_id=task_id,
        python_callable=question,
        op_args=list(arguments),
        retries=2,
        doc_md=f"`{source}`",
    )


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


def require_any_or_unless(
    task_id: str,
    look_ups: list[PythonOperator],
    *,
    or_unless: list[PythonOperator],
    otherwise: type[Exception],
    message: str,
    source: str,
) -> PythonOperator:
    """Ends the run unless a question has its answer, or one of the others hasn't."""

    def check(
        task_ids: list[str], others: list[str], message: str, ti: Any = None
    ) -> None:
        if any(ti.xcom_pull(task_ids=task_id) for task_id in task_ids):
            return
        if all(ti.xcom_pull(task_ids=task_id) for task_id in others):
            raise otherwise(message)

    check_any = PythonOperator(
        task_id=task_id,
        python_callable=check,
        op_args=[
            [look_up.task_id for look_up in look_ups],
            [look_up.task_id for look_up in or_unless],
            message,
        ],
        retries=2,
        doc_md=f"`{source}`",
    )
    [*look_ups, *or_unless] >> check_any
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


def step(
    task_id: str,
    name: str,
    jar_step: dict[str, Any],
    *,
    source: str,
    after: Sequence[BaseOperator],
    on_failure: str = ON_FAILURE,
    timeout: timedelta = STEP_TIMEOUT,
    **members: Any,
) -> BaseOperator:
    """Submits a step when those before it are completed, and waits for its end."""
    submit = EmrAddStepsOperator(
        task_id=task_id,
        job_flow_id=CLUSTER_ID,
        steps=[request(name, jar_step, on_failure, members)],
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
    submit.set_upstream(after)
    submit >> wait
    return wait


with DAG(
    dag_id="snowplow_rdb",
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
        last_acme_snowplow_archive_enriched = look_up(
            "last_acme_snowplow_archive_enriched",
            is_found,
            LAST_ACME_SNOWPLOW_ARCHIVE_ENRICHED,
            answer=True,
            source="<builtin>/pipelines/snowplow-rdb.yml:93",
        )
        data_acme_snowplow_out_transformed_run_last_shredding_complete = look_up(
            "data_acme_snowplow_out_transformed_run_last_shredding_complete",
            has_match,
            f"s3://acme-snowplow-out/transformed/run={LAST_ACME_SNOWPLOW_ARCHIVE_ENRICHED}/shredding_complete.json",
            "^(?:\\Z|part-|_SUCCESS\\Z)",
            answer=True,
            source="<builtin>/pipelines/snowplow-rdb.yml:252",
        )
        same_last_run_id = look_up(
            "same_last_run_id",
            is_same,
            LAST_ACME_SNOWPLOW_ARCHIVE_ENRICHED,
            RUN_ID,
            answer=False,
            source="<builtin>/pipelines/snowplow-rdb.yml:253",
        )
        chain(
            find(
                "find_last_acme_snowplow_archive_enriched",
                last_match,
                "s3://acme-snowplow-archive/enriched/",
                "^run=([^/]+)/",
                source="<builtin>/pipelines/snowplow-rdb.yml:93",
            ),
            [
                last_acme_snowplow_archive_enriched,
                data_acme_snowplow_out_transformed_run_last_shredding_complete,
                same_last_run_id,
            ],
            require_any_or_unless(
                "any_data_acme_snowplow_out_transformed_run_last_shredding_complete",
                [data_acme_snowplow_out_transformed_run_last_shredding_complete],
                or_unless=[last_acme_snowplow_archive_enriched, same_last_run_id],
                otherwise=AirflowFailException,
                message=f"the events of run {LAST_ACME_SNOWPLOW_ARCHIVE_ENRICHED} are staged, and not completely transformed",
                source="<builtin>/pipelines/snowplow-rdb.yml:252",
            ),
            require(
                "data_acme_snowplow_out_enriched_sink",
                is_empty,
                "s3://acme-snowplow-out/enriched/sink/",
                answer=False,
                otherwise=AirflowSkipException,
                message="the S3 loader has written no events since the last run",
                source="<builtin>/pipelines/snowplow-rdb.yml:262",
            ),
            require(
                "empty_acme_snowplow_out_transformed_run_run_id",
                is_empty,
                f"s3://acme-snowplow-out/transformed/run={RUN_ID}/",
                answer=True,
                otherwise=AirflowFailException,
                message=f"a failed run left something in s3://acme-snowplow-out/transformed/run={RUN_ID}/, and the transformer leaves out a run that has a folder there",
                source="<builtin>/pipelines/snowplow-rdb.yml:297",
            ),
        )

    create_cluster = EmrCreateJobFlowOperator(
        task_id="create_cluster",
        job_flow_overrides=CLUSTER,
        emr_conn_id=None,
        wait_for_completion=True,
        deferrable=DEFERRABLE,
        waiter_delay=POLL_INTERVAL,
        waiter_max_attempts=7200 // POLL_INTERVAL,
        retries=2,
    )
    create_cluster.template_ext = ()  # texts may end with .json
    checks >> create_cluster

    with TaskGroup("staging"):
        staging_s3_dist_cp_enriched_sink_enriched_archive = step(
            "s3_dist_cp_enriched_sink_enriched_archive",
            "[staging] s3-dist-cp: Enriched Sink -> Enriched Archive",
            {
                "Jar": "/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar",
                "Args": [
                    "--src",
                    "s3://acme-snowplow-out/enriched/sink/",
                    "--dest",
                    f"s3://acme-snowplow-archive/enriched/run={RUN_ID}/",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--srcPattern",
                    ".*",
                    "--outputCodec",
                    "gz",
                    "--deleteOnSuccess",
                ],
            },
            source="<builtin>/pipelines/snowplow-rdb.yml:271",
            after=[create_cluster],
        )

    with TaskGroup("transform"):
        transform_spark_transform_enriched_events = step(
            "spark_transform_enriched_events",
            "[transform] spark: Transform Enriched Events",
            {
                "Jar": "command-runner.jar",
                "Args": [
                    "spark-submit",
                    "--class",
                    "com.snowplowanalytics.snowplow.rdbloader.transformer.batch.Main",
                    "--master",
                    "yarn",
                    "--deploy-mode",
                    "cluster",
                    "s3://snowplow-hosted-assets-eu-central-1/4-storage/transformer-batch/snowplow-transformer-batch-6.1.5.jar",
                    "--iglu-config",
                    "eyJzY2hlbWEiOiJpZ2x1OmNvbS5zbm93cGxvd2FuYWx5dGljcy5pZ2x1L3Jlc29sdmVyLWNvbmZpZy9qc29uc2NoZW1hLzEtMC0xIiwiZGF0YSI6eyJjYWNoZVNpemUiOjUwMCwicmVwb3NpdG9yaWVzIjpbeyJuYW1lIjoiSWdsdSBDZW50cmFsIiwicHJpb3JpdHkiOjUsInZlbmRvclByZWZpeGVzIjpbImNvbS5zbm93cGxvd2FuYWx5dGljcyJdLCJjb25uZWN0aW9uIjp7Imh0dHAiOnsidXJpIjoiaHR0cDovL2lnbHVjZW50cmFsLmNvbSJ9fX0seyJuYW1lIjoiQWNtZSdzIElnbHUgU2VydmVyIiwicHJpb3JpdHkiOjAsInZlbmRvclByZWZpeGVzIjpbImNvbS5hY21lIiwiY29tLnNub3dwbG93YW5hbHl0aWNzIl0sImNvbm5lY3Rpb24iOnsiaHR0cCI6eyJ1cmkiOiJodHRwczovL2lnbHUuYWNtZS5leGFtcGxlL2FwaSJ9fX1dfX0=",
                    "--config",
                    "eyJsaWNlbnNlIjp7ImFjY2VwdCI6dHJ1ZX0sImlucHV0IjoiczM6Ly9hY21lLXNub3dwbG93LWFyY2hpdmUvZW5yaWNoZWQvIiwib3V0cHV0Ijp7InBhdGgiOiJzMzovL2FjbWUtc25vd3Bsb3ctb3V0L3RyYW5zZm9ybWVkLyIsImNvbXByZXNzaW9uIjoiR1pJUCIsInJlZ2lvbiI6ImV1LWNlbnRyYWwtMSJ9LCJxdWV1ZSI6eyJ0eXBlIjoic3FzIiwicXVldWVOYW1lIjoiYWNtZS1yZGItbG9hZGVyLmZpZm8iLCJyZWdpb24iOiJldS1jZW50cmFsLTEifSwiZm9ybWF0cyI6eyJ0cmFuc2Zvcm1hdGlvblR5cGUiOiJzaHJlZCIsImRlZmF1bHQiOiJUU1YiLCJqc29uIjpbXX19",
                ],
            },
            source="<builtin>/pipelines/snowplow-rdb.yml:306",
            after=[staging_s3_dist_cp_enriched_sink_enriched_archive],
        )

    terminate_cluster = EmrTerminateJobFlowOperator(
        task_id="terminate_cluster",
        job_flow_id=CLUSTER_ID,
        retries=3,
    )
    terminate_cluster.as_teardown(setups=create_cluster)
    transform_spark_transform_enriched_events >> terminate_cluster
    run_failed = PythonOperator(
        task_id="run_failed",
        python_callable=fail_run,
        trigger_rule="one_failed",
    )
    [transform_spark_transform_enriched_events, terminate_cluster] >> run_failed
