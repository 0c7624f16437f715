"""The pipeline `snowplow` on Amazon EMR.

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
REGION = "eu-central-1"
SCHEDULE: str | None = None  # a cron expression
DEFERRABLE = False  # waiting takes no worker, but needs a triggerer
POLL_INTERVAL = 60  # seconds
STEP_TIMEOUT = timedelta(days=7)

NONE_FAILED = "none_failed_min_one_success"
ON_FAILURE = "TERMINATE_JOB_FLOW"
S3_DIST_CP = "/usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar"
COMMAND_RUNNER = "command-runner.jar"
HADOOP_ELASTICSEARCH_SINK_0_1_0 = "s3://snowplow-hosted-assets-eu-central-1/4-storage/hadoop-elasticsearch-sink/hadoop-elasticsearch-sink-0.1.0.jar"

RUN_TIME = "{{ run_time(dag_run).timestamp() | int }}{{ '%03d' % (run_time(dag_run).microsecond // 1000) }}"
# base64(json(resolver.json#/data/repositories/1/connection/http/apikey))
SECRET_BASE64_JSON_RESOLVER_JSON_DATA_REPOSITORIES_1_CONNECTION_HTTP_APIKEY = "{{ var.value.snowplow_secret_base64_json_resolver_json_data_repositories_1_connection_http_apikey }}"
# base64(json(enrichments/pii.json#/data/parameters/strategy/pseudonymize/salt))
SECRET_BASE64_JSON_ENRICHMENTS_PII_JSON_DATA_PARAMETERS_STRATEGY_PSEUDONYMIZE = "{{ var.value.snowplow_secret_base64_json_enrichments_pii_json_data_parameters_strategy_pseudonymize }}"
RUN_ID = "{{ run_time(dag_run).strftime('%Y-%m-%d-%H-%M-%S') }}"
# base64(json(targets/dynamodb-duplicates.json#/data/accessKeyId + targets/dynamodb-duplicates.json#/data/secretAccessKey))
SECRET_BASE64_JSON_TARGETS_DYNAMODB_DUPLICATES_JSON_DATA_ACCESSKEYID_TARGETS = "{{ var.value.snowplow_secret_base64_json_targets_dynamodb_duplicates_json_data_accesskeyid_targets }}"
# base64(json(targets/redshift.json#/data/password))
SECRET_BASE64_JSON_TARGETS_REDSHIFT_JSON_DATA_PASSWORD = (
    "{{ var.value.snowplow_secret_base64_json_targets_redshift_json_data_password }}"
)

CLUSTER: dict[str, Any] = {
    "Name": "Snowplow ETL",
    "Applications": [{"Name": "Hadoop"}, {"Name": "Spark"}],
    "BootstrapActions": [
        {
            "Name": "Bootstrap s3://acme-snowplow-etl/bootstrap/install-agent.sh",
            "ScriptBootstrapAction": {
                "Path": "s3://acme-snowplow-etl/bootstrap/install-agent.sh",
            },
        },
        {
            "Name": "Snowplow bootstrap",
            "ScriptBootstrapAction": {
                "Args": ["1.10"],
                "Path": "s3://snowplow-hosted-assets-eu-central-1/common/emr/snowplow-ami5-bootstrap-0.1.0.sh",
            },
        },
    ],
    "Configurations": [
        {"Classification": "core-site", "Properties": {"io.file.buffer.size": "65536"}},
        {
            "Classification": "mapred-site",
            "Properties": {"mapreduce.user.classpath.first": "true"},
        },
        {
            "Classification": "yarn-site",
            "Properties": {
                "yarn.nodemanager.pmem-check-enabled": "false",
                "yarn.nodemanager.vmem-check-enabled": "false",
            },
        },
        {
            "Classification": "spark",
            "Properties": {"maximizeResourceAllocation": "false"},
        },
        {
            "Classification": "spark-defaults",
            "Properties": {
                "spark.driver.cores": "5",
                "spark.driver.memory": "20G",
                "spark.dynamicAllocation.enabled": "false",
                "spark.executor.cores": "5",
                "spark.executor.instances": "10",
                "spark.executor.memory": "20G",
                "spark.yarn.executor.memoryOverhead": "2048",
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
                                "SizeInGB": 200,
                                "VolumeType": "gp2",
                            },
                            "VolumesPerInstance": 1,
                        },
                    ],
                    "EbsOptimized": True,
                },
                "InstanceCount": 3,
                "InstanceRole": "CORE",
                "InstanceType": "r5.2xlarge",
                "Market": "ON_DEMAND",
            },
            {
                "BidPrice": "0.25",
                "InstanceCount": 4,
                "InstanceRole": "TASK",
                "InstanceType": "r5.2xlarge",
                "Market": "SPOT",
            },
        ],
        "KeepJobFlowAliveWhenNoSteps": True,
    },
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "LogUri": "s3://acme-snowplow-etl/logs/",
    "ReleaseLabel": "emr-5.36.0",
    "SecurityConfiguration": "snowplow-at-rest",
    "ServiceRole": "EMR_DefaultRole",
    "Tags": [
        {"Key": "team", "Value": "data-platform"},
        {"Key": "environment", "Value": "production"},
    ],
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


def too_deep(location: str, folders: int, pattern: str = "") -> str | None:
    """The first key that leads through more than so many folders."""
    for key in keys_below(location):
        if key.count("/") > folders and re.search(pattern, key, re.ASCII):
            return key
    return None


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
    dag_id="snowplow",
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
        data_acme_collector_eu_logs = look_up(
            "data_acme_collector_eu_logs",
            has_match,
            "s3://acme-collector-eu/logs/",
            ".+",
            answer=True,
            source="<builtin>/pipelines/snowplow.yml:723",
        )
        data_acme_collector_us_logs = look_up(
            "data_acme_collector_us_logs",
            has_match,
            "s3://acme-collector-us/logs/",
            ".+",
            answer=True,
            source="<builtin>/pipelines/snowplow.yml:723",
        )
        chain(
            require(
                "empty_acme_snowplow_etl_processing",
                is_empty,
                "s3://acme-snowplow-etl/processing/",
                answer=True,
                otherwise=AirflowFailException,
                message="raw events of an earlier run are still in s3://acme-snowplow-etl/processing/",
                source="<builtin>/pipelines/snowplow.yml:716",
            ),
            require(
                "depth_acme_collector_eu_logs",
                too_deep,
                "s3://acme-collector-eu/logs/",
                1,
                ".+",
                answer=False,
                otherwise=AirflowFailException,
                message="collectors' logs are in folders that the enrichment job doesn't read",
                source="<builtin>/pipelines/snowplow.yml:735",
            ),
            require(
                "depth_acme_collector_us_logs",
                too_deep,
                "s3://acme-collector-us/logs/",
                1,
                ".+",
                answer=False,
                otherwise=AirflowFailException,
                message="collectors' logs are in folders that the enrichment job doesn't read",
                source="<builtin>/pipelines/snowplow.yml:735",
            ),
            require(
                "empty_acme_snowplow_out_enriched_good",
                is_empty,
                "s3://acme-snowplow-out/enriched/good/",
                answer=True,
                otherwise=AirflowFailException,
                message="enriched events of an earlier run are still in s3://acme-snowplow-out/enriched/good/",
                source="<builtin>/pipelines/snowplow.yml:768",
            ),
            require(
                "empty_acme_snowplow_out_shredded_good",
                is_empty,
                "s3://acme-snowplow-out/shredded/good/",
                answer=True,
                otherwise=AirflowFailException,
                message="shredded events of an earlier run are still in s3://acme-snowplow-out/shredded/good/",
                source="<builtin>/pipelines/snowplow.yml:876",
            ),
            [data_acme_collector_eu_logs, data_acme_collector_us_logs],
            require_any(
                "any_data_acme_collector_eu_logs",
                [data_acme_collector_eu_logs, data_acme_collector_us_logs],
                otherwise=AirflowSkipException,
                message="collectors have written no logs since the last run",
                source="<builtin>/pipelines/snowplow.yml:723",
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

    with TaskGroup("staging"):
        staging_s3_dist_cp_raw_s3_acme_collector_eu_logs = step(
            "s3_dist_cp_raw_s3_acme_collector_eu_logs_raw_staging_s3",
            "[staging] s3-dist-cp: Raw s3://acme-collector-eu/logs/ -> Raw Staging S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-collector-eu/logs/",
                    "--dest",
                    "s3://acme-snowplow-etl/processing/",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--srcPattern",
                    ".+",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:743",
            after=[cluster_ready],
            only_if=[data_acme_collector_eu_logs],
        )
        staging_s3_dist_cp_raw_s3_acme_collector_us_logs = step(
            "s3_dist_cp_raw_s3_acme_collector_us_logs_raw_staging_s3",
            "[staging] s3-dist-cp: Raw s3://acme-collector-us/logs/ -> Raw Staging S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-collector-us/logs/",
                    "--dest",
                    "s3://acme-snowplow-etl/processing/",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--srcPattern",
                    ".+",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:743",
            after=[cluster_ready],
            only_if=[data_acme_collector_us_logs],
        )

    with TaskGroup("enrich"):
        enrich_s3_dist_cp_raw_s3_raw_hdfs = step(
            "s3_dist_cp_raw_s3_raw_hdfs",
            "[enrich] s3-dist-cp: Raw S3 -> Raw HDFS",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-snowplow-etl/processing/",
                    "--dest",
                    "hdfs:///local/snowplow/raw-events/",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:774",
            after=[
                cluster_ready,
                staging_s3_dist_cp_raw_s3_acme_collector_eu_logs,
                staging_s3_dist_cp_raw_s3_acme_collector_us_logs,
            ],
        )
        enrich_spark_enrich_raw_events = step(
            "spark_enrich_raw_events",
            "[enrich] spark: Enrich Raw Events",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--class",
                    "com.snowplowanalytics.snowplow.enrich.spark.EnrichJob",
                    "--master",
                    "yarn",
                    "--deploy-mode",
                    "cluster",
                    "s3://snowplow-hosted-assets-eu-central-1/3-enrich/spark-enrich/snowplow-spark-enrich-1.18.0.jar",
                    "--input-format",
                    "thrift",
                    "--etl-timestamp",
                    RUN_TIME,
                    "--iglu-config",
                    SECRET_BASE64_JSON_RESOLVER_JSON_DATA_REPOSITORIES_1_CONNECTION_HTTP_APIKEY,
                    "--enrichments",
                    SECRET_BASE64_JSON_ENRICHMENTS_PII_JSON_DATA_PARAMETERS_STRATEGY_PSEUDONYMIZE,
                    "--input-folder",
                    "hdfs:///local/snowplow/raw-events/*",
                    "--output-folder",
                    "hdfs:///local/snowplow/enriched-events/",
                    "--bad-folder",
                    f"s3://acme-snowplow-out/enriched/bad/run={RUN_ID}/",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:785",
            after=[cluster_ready, enrich_s3_dist_cp_raw_s3_raw_hdfs],
        )
        enrich_spark_enriched_hdfs_s3 = step(
            "spark_enriched_hdfs_s3",
            "[enrich] spark: Enriched HDFS -> S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "hdfs:///local/snowplow/enriched-events/",
                    "--dest",
                    f"s3://acme-snowplow-out/enriched/good/run={RUN_ID}/",
                    "--groupBy",
                    ".*(part-)\\d+-(.*)",
                    "--targetSize",
                    "24",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--outputCodec",
                    "gz",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:828",
            after=[cluster_ready, enrich_spark_enrich_raw_events],
        )
        enrich_spark_enriched_hdfs_success_s3 = step(
            "spark_enriched_hdfs_success_s3",
            "[enrich] spark: Enriched HDFS _SUCCESS -> S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "hdfs:///local/snowplow/enriched-events/",
                    "--dest",
                    f"s3://acme-snowplow-out/enriched/good/run={RUN_ID}/",
                    "--srcPattern",
                    ".*_SUCCESS",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:837",
            after=[cluster_ready, enrich_spark_enrich_raw_events],
        )

    with TaskGroup("shred"):
        shred_cleanup_empty_raw_hdfs = step(
            "cleanup_empty_raw_hdfs",
            "[cleanup] Empty Raw HDFS",
            {
                "Jar": "s3://eu-central-1.elasticmapreduce/libs/script-runner/script-runner.jar",
                "Args": [
                    "s3://snowplow-hosted-assets-eu-central-1/common/emr/snowplow-hadoop-fs-rmr-0.2.0.sh",
                    "hdfs:///local/snowplow/raw-events/",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:642",
            after=[cluster_ready, enrich_spark_enrich_raw_events],
        )
        shred_spark_shred_enriched_events = step(
            "spark_shred_enriched_events",
            "[shred] spark: Shred Enriched Events",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--class",
                    "com.snowplowanalytics.snowplow.storage.spark.ShredJob",
                    "--master",
                    "yarn",
                    "--deploy-mode",
                    "cluster",
                    "s3://snowplow-hosted-assets-eu-central-1/4-storage/rdb-shredder/snowplow-rdb-shredder-0.16.0.jar",
                    "--iglu-config",
                    SECRET_BASE64_JSON_RESOLVER_JSON_DATA_REPOSITORIES_1_CONNECTION_HTTP_APIKEY,
                    "--duplicate-storage-config",
                    SECRET_BASE64_JSON_TARGETS_DYNAMODB_DUPLICATES_JSON_DATA_ACCESSKEYID_TARGETS,
                    "--target",
                    SECRET_BASE64_JSON_TARGETS_REDSHIFT_JSON_DATA_PASSWORD,
                    "--input-folder",
                    "hdfs:///local/snowplow/enriched-events/*",
                    "--output-folder",
                    "hdfs:///local/snowplow/shredded-events/",
                    "--bad-folder",
                    f"s3://acme-snowplow-out/shredded/bad/run={RUN_ID}/",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:899",
            after=[cluster_ready, enrich_spark_enrich_raw_events],
        )
        shred_s3_dist_cp_shredded_atomic_events_hdfs_s3 = step(
            "s3_dist_cp_shredded_atomic_events_hdfs_s3",
            "[shred] s3-dist-cp: Shredded atomic events HDFS -> S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "hdfs:///local/snowplow/shredded-events/",
                    "--dest",
                    f"s3://acme-snowplow-out/shredded/good/run={RUN_ID}/",
                    "--groupBy",
                    ".*/atomic-events/(part-)\\d+-(.*)",
                    "--targetSize",
                    "24",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--outputCodec",
                    "gz",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:944",
            after=[cluster_ready, shred_spark_shred_enriched_events],
        )
        shred_s3_dist_cp_shredded_json_types_hdfs_s3 = step(
            "s3_dist_cp_shredded_json_types_hdfs_s3",
            "[shred] s3-dist-cp: Shredded JSON types HDFS -> S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "hdfs:///local/snowplow/shredded-events/",
                    "--dest",
                    f"s3://acme-snowplow-out/shredded/good/run={RUN_ID}/",
                    "--groupBy",
                    ".*/shredded-types/vendor=(.+)/name=(.+)/.+/version=(.+)/(part-)\\d+-(.*)",
                    "--targetSize",
                    "24",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--outputCodec",
                    "gz",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:953",
            after=[cluster_ready, shred_spark_shred_enriched_events],
        )
        shred_s3_dist_cp_shredded_tsv_types_hdfs_s3 = step(
            "s3_dist_cp_shredded_tsv_types_hdfs_s3",
            "[shred] s3-dist-cp: Shredded TSV types HDFS -> S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "hdfs:///local/snowplow/shredded-events/",
                    "--dest",
                    f"s3://acme-snowplow-out/shredded/good/run={RUN_ID}/",
                    "--groupBy",
                    ".*/shredded-tsv/vendor=(.+)/name=(.+)/.+/version=(.+)/(part-)\\d+-(.*)",
                    "--targetSize",
                    "24",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--outputCodec",
                    "gz",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:962",
            after=[cluster_ready, shred_spark_shred_enriched_events],
        )
        shred_s3_dist_cp_shredded_hdfs_success_s3 = step(
            "s3_dist_cp_shredded_hdfs_success_s3",
            "[shred] s3-dist-cp: Shredded HDFS _SUCCESS -> S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "hdfs:///local/snowplow/shredded-events/",
                    "--dest",
                    f"s3://acme-snowplow-out/shredded/good/run={RUN_ID}/",
                    "--srcPattern",
                    ".*_SUCCESS",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:979",
            after=[cluster_ready, shred_spark_shred_enriched_events],
        )

    with TaskGroup("elasticsearch"):
        elasticsearch_errors_in_s3_acme_snowplow_out = step(
            "errors_in_s3_acme_snowplow_out_enriched_bad_run_run_id",
            f"Errors in s3://acme-snowplow-out/enriched/bad/run={RUN_ID}/ -> Elasticsearch: Bad rows",
            {
                "Jar": HADOOP_ELASTICSEARCH_SINK_0_1_0,
                "Args": [
                    "com.snowplowanalytics.snowplow.storage.hadoop.ElasticsearchJob",
                    "--hdfs",
                    "--input",
                    f"s3://acme-snowplow-out/enriched/bad/run={RUN_ID}/",
                    "--host",
                    "vpc-acme-bad-rows.eu-central-1.es.amazonaws.com",
                    "--port",
                    "443",
                    "--index",
                    "snowplow-bad",
                    "--type",
                    "bad_row",
                    "--es_nodes_wan_only",
                    "true",
                    "--delay",
                    "60",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:996",
            after=[cluster_ready, enrich_spark_enrich_raw_events],
        )
        elasticsearch_errors_in_s3_acme_snowplow_out_2 = step(
            "errors_in_s3_acme_snowplow_out_shredded_bad_run_run_id",
            f"Errors in s3://acme-snowplow-out/shredded/bad/run={RUN_ID}/ -> Elasticsearch: Bad rows",
            {
                "Jar": HADOOP_ELASTICSEARCH_SINK_0_1_0,
                "Args": [
                    "com.snowplowanalytics.snowplow.storage.hadoop.ElasticsearchJob",
                    "--hdfs",
                    "--input",
                    f"s3://acme-snowplow-out/shredded/bad/run={RUN_ID}/",
                    "--host",
                    "vpc-acme-bad-rows.eu-central-1.es.amazonaws.com",
                    "--port",
                    "443",
                    "--index",
                    "snowplow-bad",
                    "--type",
                    "bad_row",
                    "--es_nodes_wan_only",
                    "true",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:996",
            after=[cluster_ready, shred_spark_shred_enriched_events],
        )

    with TaskGroup("archive_raw"):
        archive_raw_s3_dist_cp_raw_staging_s3_raw_archive = step(
            "s3_dist_cp_raw_staging_s3_raw_archive_s3",
            "[archive_raw] s3-dist-cp: Raw Staging S3 -> Raw Archive S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    "s3://acme-snowplow-etl/processing/",
                    "--dest",
                    f"s3://acme-snowplow-archive/raw/run={RUN_ID}/",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:1037",
            after=[cluster_ready, enrich_s3_dist_cp_raw_s3_raw_hdfs],
        )

    with TaskGroup("rdb_load"):
        rdb_load_load_acme_redshift_storage_target = step(
            "load_acme_redshift_storage_target",
            "[rdb_load] Load Acme Redshift Storage Target",
            {
                "Jar": "s3://snowplow-hosted-assets-eu-central-1/4-storage/rdb-loader/snowplow-rdb-loader-0.17.0.jar",
                "Args": [
                    "--config",
                    "LS0tCmF3czoKICBhY2Nlc3Nfa2V5X2lkOiAiIgogIHNlY3JldF9hY2Nlc3Nfa2V5OiAiIgogIHMzOgogICAgcmVnaW9uOiBldS1jZW50cmFsLTEKICAgIGJ1Y2tldHM6CiAgICAgIGFzc2V0czogczM6Ly9zbm93cGxvdy1ob3N0ZWQtYXNzZXRzLwogICAgICBqc29ucGF0aF9hc3NldHM6IHMzOi8vYWNtZS1zbm93cGxvdy1qc29ucGF0aHMvCiAgICAgIGxvZzogczM6Ly9hY21lLXNub3dwbG93LWV0bC9sb2dzLwogICAgICBlbmNyeXB0ZWQ6IHRydWUKICAgICAgcmF3OgogICAgICAgIGluOgogICAgICAgICAgLSBzMzovL2FjbWUtY29sbGVjdG9yLWV1L2xvZ3MvCiAgICAgICAgICAtIHMzOi8vYWNtZS1jb2xsZWN0b3ItdXMvbG9ncy8KICAgICAgICBwcm9jZXNzaW5nOiBzMzovL2FjbWUtc25vd3Bsb3ctZXRsL3Byb2Nlc3NpbmcvCiAgICAgICAgYXJjaGl2ZTogczM6Ly9hY21lLXNub3dwbG93LWFyY2hpdmUvcmF3LwogICAgICBlbnJpY2hlZDoKICAgICAgICBnb29kOiBzMzovL2FjbWUtc25vd3Bsb3ctb3V0L2VucmljaGVkL2dvb2QvCiAgICAgICAgYmFkOiBzMzovL2FjbWUtc25vd3Bsb3ctb3V0L2VucmljaGVkL2JhZC8KICAgICAgICBlcnJvcnM6IG51bGwKICAgICAgICBhcmNoaXZlOiBzMzovL2FjbWUtc25vd3Bsb3ctYXJjaGl2ZS9lbnJpY2hlZC8KICAgICAgc2hyZWRkZWQ6CiAgICAgICAgZ29vZDogczM6Ly9hY21lLXNub3dwbG93LW91dC9zaHJlZGRlZC9nb29kLwogICAgICAgIGJhZDogczM6Ly9hY21lLXNub3dwbG93LW91dC9zaHJlZGRlZC9iYWQvCiAgICAgICAgZXJyb3JzOiBudWxsCiAgICAgICAgYXJjaGl2ZTogczM6Ly9hY21lLXNub3dwbG93LWFyY2hpdmUvc2hyZWRkZWQvCiAgICBjb25zb2xpZGF0ZV9zaHJlZGRlZF9vdXRwdXQ6IHRydWUKICBlbXI6CiAgICBhbWlfdmVyc2lvbjogIjUuMzYuMCIKICAgIHJlZ2lvbjogZXUtY2VudHJhbC0xCiAgICBqb2JmbG93X3JvbGU6IEVNUl9FQzJfRGVmYXVsdFJvbGUKICAgIHNlcnZpY2Vfcm9sZTogRU1SX0RlZmF1bHRSb2xlCiAgICBwbGFjZW1lbnQ6IG51bGwKICAgIGVjMl9zdWJuZXRfaWQ6IHN1Ym5ldC0wZjNhOWM2MQogICAgZWMyX2tleV9uYW1lOiBzbm93cGxvdy1ldGwKICAgIHNlY3VyaXR5X2NvbmZpZ3VyYXRpb246IHNub3dwbG93LWF0LXJlc3QKICAgIGJvb3RzdHJhcDoKICAgICAgLSBzMzovL2FjbWUtc25vd3Bsb3ctZXRsL2Jvb3RzdHJhcC9pbnN0YWxsLWFnZW50LnNoCiAgICBzb2Z0d2FyZToKICAgICAgaGJhc2U6IG51bGwKICAgICAgbGluZ3VhbDogbnVsbAogICAgam9iZmxvdzoKICAgICAgam9iX25hbWU6IFNub3dwbG93IEVUTAogICAgICBtYXN0ZXJfaW5zdGFuY2VfdHlwZTogbTUueGxhcmdlCiAgICAgIGNvcmVfaW5zdGFuY2VfY291bnQ6IDMKICAgICAgY29yZV9pbnN0YW5jZV90eXBlOiByNS4yeGxhcmdlCiAgICAgIGNvcmVfaW5zdGFuY2VfYmlkOiBudWxsCiAgICAgIGNvcmVfaW5zdGFuY2VfZWJzOgogICAgICAgIHZvbHVtZV9zaXplOiAyMDAKICAgICAgICB2b2x1bWVfdHlwZTogZ3AyCiAgICAgICAgZWJzX29wdGltaXplZDogdHJ1ZQogICAgICB0YXNrX2luc3RhbmNlX2NvdW50OiA0CiAgICAgIHRhc2tfaW5zdGFuY2VfdHlwZTogcjUuMnhsYXJnZQogICAgICB0YXNrX2luc3RhbmNlX2JpZDogMC4yNQogICAgYm9vdHN0cmFwX2ZhaWx1cmVfdHJpZXM6IDMKICAgIGNvbmZpZ3VyYXRpb246CiAgICAgIHlhcm4tc2l0ZToKICAgICAgICB5YXJuLm5vZGVtYW5hZ2VyLnZtZW0tY2hlY2stZW5hYmxlZDogImZhbHNlIgogICAgICAgIHlhcm4ubm9kZW1hbmFnZXIucG1lbS1jaGVjay1lbmFibGVkOiAiZmFsc2UiCiAgICAgIHNwYXJrOgogICAgICAgIG1heGltaXplUmVzb3VyY2VBbGxvY2F0aW9uOiAiZmFsc2UiCiAgICAgIHNwYXJrLWRlZmF1bHRzOgogICAgICAgIHNwYXJrLmR5bmFtaWNBbGxvY2F0aW9uLmVuYWJsZWQ6ICJmYWxzZSIKICAgICAgICBzcGFyay5leGVjdXRvci5pbnN0YW5jZXM6ICIxMCIKICAgICAgICBzcGFyay5leGVjdXRvci5jb3JlczogIjUiCiAgICAgICAgc3BhcmsuZXhlY3V0b3IubWVtb3J5OiAiMjBHIgogICAgICAgIHNwYXJrLnlhcm4uZXhlY3V0b3IubWVtb3J5T3ZlcmhlYWQ6ICIyMDQ4IgogICAgICAgIHNwYXJrLmRyaXZlci5jb3JlczogIjUiCiAgICAgICAgc3BhcmsuZHJpdmVyLm1lbW9yeTogIjIwRyIKICAgIGFkZGl0aW9uYWxfaW5mbzogbnVsbApjb2xsZWN0b3JzOgogIGZvcm1hdDogdGhyaWZ0CmVucmljaDoKICB2ZXJzaW9uczoKICAgIHNwYXJrX2VucmljaDogIjEuMTguMCIKICBjb250aW51ZV9vbl91bmV4cGVjdGVkX2Vycm9yOiBmYWxzZQogIG91dHB1dF9jb21wcmVzc2lvbjogR1pJUApzdG9yYWdlOgogIHZlcnNpb25zOgogICAgcmRiX2xvYWRlcjogIjAuMTcuMCIKICAgIHJkYl9zaHJlZGRlcjogIjAuMTYuMCIKICAgIGhhZG9vcF9lbGFzdGljc2VhcmNoOiAiMC4xLjAiCm1vbml0b3Jpbmc6CiAgdGFnczoKICAgIHRlYW06IGRhdGEtcGxhdGZvcm0KICAgIGVudmlyb25tZW50OiBwcm9kdWN0aW9uCiAgbG9nZ2luZzoKICAgIGxldmVsOiBJTkZPCiAgc25vd3Bsb3c6CiAgICBtZXRob2Q6IGdldAogICAgY29sbGVjdG9yOiBjb2xsZWN0b3IuYWNtZS5leGFtcGxlCiAgICBhcHBfaWQ6IHNub3dwbG93LWV0bAogICAgcHJvdG9jb2w6IGh0dHBzCiAgICBwb3J0OiA0NDMK",
                    "--resolver",
                    SECRET_BASE64_JSON_RESOLVER_JSON_DATA_REPOSITORIES_1_CONNECTION_HTTP_APIKEY,
                    "--logkey",
                    f"s3://acme-snowplow-etl/logs/rdb-loader/{RUN_ID}/{RUN_ID}-0",
                    "--target",
                    SECRET_BASE64_JSON_TARGETS_REDSHIFT_JSON_DATA_PASSWORD,
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:1067",
            after=[
                cluster_ready,
                shred_s3_dist_cp_shredded_atomic_events_hdfs_s3,
                shred_s3_dist_cp_shredded_json_types_hdfs_s3,
                shred_s3_dist_cp_shredded_tsv_types_hdfs_s3,
                shred_s3_dist_cp_shredded_hdfs_success_s3,
            ],
        )

    with TaskGroup("archive_enriched"):
        archive_enriched_s3_dist_cp_enriched_s3_enriched = step(
            "s3_dist_cp_enriched_s3_enriched_archive_s3",
            "[archive_enriched] s3-dist-cp: Enriched S3 -> Enriched Archive S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    f"s3://acme-snowplow-out/enriched/good/run={RUN_ID}/",
                    "--dest",
                    f"s3://acme-snowplow-archive/enriched/run={RUN_ID}/",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:1126",
            after=[
                cluster_ready,
                enrich_spark_enriched_hdfs_s3,
                enrich_spark_enriched_hdfs_success_s3,
            ],
        )

    with TaskGroup("archive_shredded"):
        archive_shredded_s3_dist_cp_shredded_s3_shredded = step(
            "s3_dist_cp_shredded_s3_shredded_archive_s3",
            "[archive_shredded] s3-dist-cp: Shredded S3 -> Shredded Archive S3",
            {
                "Jar": S3_DIST_CP,
                "Args": [
                    "--src",
                    f"s3://acme-snowplow-out/shredded/good/run={RUN_ID}/",
                    "--dest",
                    f"s3://acme-snowplow-archive/shredded/run={RUN_ID}/",
                    "--s3Endpoint",
                    "s3-eu-central-1.amazonaws.com",
                    "--deleteOnSuccess",
                    "--s3ServerSideEncryption",
                ],
            },
            source="<builtin>/pipelines/snowplow.yml:1174",
            after=[cluster_ready, rdb_load_load_acme_redshift_storage_target],
        )

    terminate_cluster = EmrTerminateJobFlowOperator(
        task_id="terminate_cluster",
        job_flow_id=CLUSTER_ID,
        retries=3,
    )
    terminate_cluster.as_teardown(setups=create_cluster)
    [
        shred_cleanup_empty_raw_hdfs,
        elasticsearch_errors_in_s3_acme_snowplow_out,
        elasticsearch_errors_in_s3_acme_snowplow_out_2,
        archive_raw_s3_dist_cp_raw_staging_s3_raw_archive,
        archive_enriched_s3_dist_cp_enriched_s3_enriched,
        archive_shredded_s3_dist_cp_shredded_s3_shredded,
    ] >> terminate_cluster
    run_failed = PythonOperator(
        task_id="run_failed",
        python_callable=fail_run,
        trigger_rule="one_failed",
    )
    [
        shred_cleanup_empty_raw_hdfs,
        elasticsearch_errors_in_s3_acme_snowplow_out,
        elasticsearch_errors_in_s3_acme_snowplow_out_2,
        archive_raw_s3_dist_cp_raw_staging_s3_raw_archive,
        archive_enriched_s3_dist_cp_enriched_s3_enriched,
        archive_shredded_s3_dist_cp_shredded_s3_shredded,
        terminate_cluster,
    ] >> run_failed
