"""The pipeline `lakehouse` on Amazon EMR.

Made by penstock 0.1.0. Change the pipeline and compile it again rather than this file.
"""

from __future__ import annotations

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
ON_FAILURE = "CONTINUE"
COMMAND_RUNNER = "command-runner.jar"

RUN_ID = "{{ run_time(dag_run).strftime('%Y-%m-%d-%H-%M-%S') }}"
RUN_TIME = "{{ run_time(dag_run).strftime('%Y-%m-%dT%H:%M:%SZ') }}"

EXECUTION_ROLE = "arn:aws:iam::210987654321:role/acme-lakehouse-steps"
CLUSTER: dict[str, Any] = {
    "Name": "acme-lakehouse",
    "Applications": [{"Name": "Hadoop"}, {"Name": "Spark"}],
    "AutoTerminationPolicy": {"IdleTimeout": 3600},
    "Configurations": [
        {
            "Classification": "iceberg-defaults",
            "Properties": {"iceberg.enabled": "true"},
        },
        {
            "Classification": "spark-defaults",
            "Properties": {
                "spark.decommission.enabled": "true",
                "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
                "spark.sql.catalog.lake.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
                "spark.sql.catalog.lake.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
                "spark.sql.catalog.lake.warehouse": "s3://acme-lakehouse/warehouse/",
                "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
                "spark.storage.decommission.shuffleBlocks.enabled": "true",
            },
        },
        {
            "Classification": "yarn-site",
            "Properties": {
                "yarn.node-labels.am.default-node-label-expression": "ON_DEMAND",
                "yarn.node-labels.enabled": "true",
            },
        },
    ],
    "Instances": {
        "Ec2SubnetIds": ["subnet-0a11aa11", "subnet-0b22bb22", "subnet-0c33cc33"],
        "InstanceFleets": [
            {
                "Name": "primary",
                "InstanceFleetType": "MASTER",
                "InstanceTypeConfigs": [
                    {"InstanceType": "m6g.xlarge"},
                    {"InstanceType": "m7g.xlarge"},
                    {"InstanceType": "m6gd.xlarge"},
                ],
                "LaunchSpecifications": {
                    "OnDemandSpecification": {"AllocationStrategy": "lowest-price"},
                },
                "TargetOnDemandCapacity": 1,
            },
            {
                "Name": "core",
                "InstanceFleetType": "CORE",
                "InstanceTypeConfigs": [
                    {
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r6g.2xlarge",
                        "WeightedCapacity": 8,
                    },
                    {
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r7g.2xlarge",
                        "WeightedCapacity": 8,
                    },
                    {
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r6gd.2xlarge",
                        "WeightedCapacity": 8,
                    },
                    {
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r6g.4xlarge",
                        "WeightedCapacity": 16,
                    },
                ],
                "LaunchSpecifications": {
                    "OnDemandSpecification": {"AllocationStrategy": "lowest-price"},
                },
                "TargetOnDemandCapacity": 16,
            },
            {
                "Name": "spot",
                "InstanceFleetType": "TASK",
                "InstanceTypeConfigs": [
                    {
                        "BidPriceAsPercentageOfOnDemandPrice": 100,
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r6g.2xlarge",
                        "WeightedCapacity": 8,
                    },
                    {
                        "BidPriceAsPercentageOfOnDemandPrice": 100,
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r7g.2xlarge",
                        "WeightedCapacity": 8,
                    },
                    {
                        "BidPriceAsPercentageOfOnDemandPrice": 100,
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r6gd.2xlarge",
                        "WeightedCapacity": 8,
                    },
                    {
                        "BidPriceAsPercentageOfOnDemandPrice": 100,
                        "EbsConfiguration": {
                            "EbsBlockDeviceConfigs": [
                                {
                                    "VolumeSpecification": {
                                        "SizeInGB": 128,
                                        "VolumeType": "gp3",
                                    },
                                    "VolumesPerInstance": 1,
                                },
                            ],
                        },
                        "InstanceType": "r6g.4xlarge",
                        "WeightedCapacity": 16,
                    },
                ],
                "LaunchSpecifications": {
                    "SpotSpecification": {
                        "AllocationStrategy": "price-capacity-optimized",
                        "TimeoutAction": "SWITCH_TO_ON_DEMAND",
                        "TimeoutDurationMinutes": 15,
                    },
                },
                "ResizeSpecifications": {
                    "SpotResizeSpecification": {"TimeoutDurationMinutes": 20},
                },
                "TargetSpotCapacity": 64,
            },
        ],
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": False,
        "UnhealthyNodeReplacement": True,
    },
    "JobFlowRole": "AcmeLakehouseInstance",
    "LogEncryptionKmsKeyId": "arn:aws:kms:eu-central-1:210987654321:key/2f6d4a1e-6c1b-4c5e-9a59-8d1f0b7c3e21",
    "LogUri": "s3://acme-emr-logs/lakehouse/",
    "ManagedScalingPolicy": {
        "ComputeLimits": {
            "MaximumCapacityUnits": 256,
            "MaximumCoreCapacityUnits": 16,
            "MinimumCapacityUnits": 16,
            "UnitType": "InstanceFleetUnits",
        },
    },
    "ReleaseLabel": "emr-7.5.0",
    "ScaleDownBehavior": "TERMINATE_AT_TASK_COMPLETION",
    "SecurityConfiguration": "acme-runtime-roles",
    "ServiceRole": "EMR_DefaultRole_V2",
    "StepConcurrencyLevel": 4,
    "Tags": [
        {"Key": "team", "Value": "data-platform"},
        {"Key": "cost-centre", "Value": "4711"},
    ],
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


def is_some(answer: Any) -> bool:
    """Whether a question has found anything."""
    return answer not in (None, False, 0, [])


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
        execution_role_arn=EXECUTION_ROLE,
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
    dag_id="lakehouse",
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
        data_acme_landing_events_orders = look_up(
            "data_acme_landing_events_orders",
            is_empty,
            "s3://acme-landing/events/orders/",
            answer=False,
            source="<builtin>/pipelines/lakehouse.yml:65",
        )
        data_acme_landing_events_order_lines = look_up(
            "data_acme_landing_events_order_lines",
            is_empty,
            "s3://acme-landing/events/order_lines/",
            answer=False,
            source="<builtin>/pipelines/lakehouse.yml:65",
        )
        data_acme_landing_events_products = look_up(
            "data_acme_landing_events_products",
            is_empty,
            "s3://acme-landing/events/products/",
            answer=False,
            source="<builtin>/pipelines/lakehouse.yml:65",
        )
        data_acme_landing_events_page_views = look_up(
            "data_acme_landing_events_page_views",
            is_empty,
            "s3://acme-landing/events/page_views/",
            answer=False,
            source="<builtin>/pipelines/lakehouse.yml:65",
        )
        chain(
            [
                data_acme_landing_events_orders,
                data_acme_landing_events_order_lines,
                data_acme_landing_events_products,
                data_acme_landing_events_page_views,
            ],
            require_any(
                "any_data_acme_landing_events_orders",
                [
                    data_acme_landing_events_orders,
                    data_acme_landing_events_order_lines,
                    data_acme_landing_events_products,
                    data_acme_landing_events_page_views,
                ],
                otherwise=AirflowSkipException,
                message="producers have landed nothing since the last run",
                source="<builtin>/pipelines/lakehouse.yml:65",
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

    with TaskGroup("ingest"):
        ingest_orders = step(
            "orders",
            "[ingest] orders",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "ingest-orders",
                    "--conf",
                    "spark.dynamicAllocation.enabled=true",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/ingest.py",
                    "--source",
                    "s3://acme-landing/events/orders/",
                    "--format",
                    "json",
                    "--table",
                    "lake.shop.orders",
                    "--key",
                    "order_id",
                    "--partition",
                    "days(created_at)",
                    "--delete-source",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:68",
            after=[cluster_ready],
            only_if=[data_acme_landing_events_orders],
        )
        ingest_order_lines = step(
            "order_lines",
            "[ingest] order_lines",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "ingest-order_lines",
                    "--conf",
                    "spark.dynamicAllocation.enabled=true",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/ingest.py",
                    "--source",
                    "s3://acme-landing/events/order_lines/",
                    "--format",
                    "json",
                    "--table",
                    "lake.shop.order_lines",
                    "--key",
                    "line_id",
                    "--partition",
                    "days(created_at)",
                    "--delete-source",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:68",
            after=[cluster_ready],
            only_if=[data_acme_landing_events_order_lines],
        )
        ingest_products = step(
            "products",
            "[ingest] products",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "ingest-products",
                    "--conf",
                    "spark.dynamicAllocation.enabled=true",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/ingest.py",
                    "--source",
                    "s3://acme-landing/events/products/",
                    "--format",
                    "csv",
                    "--table",
                    "lake.shop.products",
                    "--key",
                    "sku",
                    "--delete-source",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:68",
            after=[cluster_ready],
            only_if=[data_acme_landing_events_products],
        )
        ingest_page_views = step(
            "page_views",
            "[ingest] page_views",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "ingest-page_views",
                    "--conf",
                    "spark.dynamicAllocation.enabled=true",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/ingest.py",
                    "--source",
                    "s3://acme-landing/events/page_views/",
                    "--format",
                    "parquet",
                    "--table",
                    "lake.shop.page_views",
                    "--key",
                    "view_id",
                    "--partition",
                    "hours(viewed_at)",
                    "--delete-source",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:68",
            after=[cluster_ready],
            only_if=[data_acme_landing_events_page_views],
        )

    with TaskGroup("compact"):
        compact_orders = step(
            "orders",
            "[compact] orders",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "compact-orders",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/compact.py",
                    "--table",
                    "lake.shop.orders",
                    "--target-file-mib",
                    "512",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:97",
            after=[cluster_ready, ingest_orders],
        )
        compact_order_lines = step(
            "order_lines",
            "[compact] order_lines",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "compact-order_lines",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/compact.py",
                    "--table",
                    "lake.shop.order_lines",
                    "--target-file-mib",
                    "512",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:97",
            after=[cluster_ready, ingest_order_lines],
        )
        compact_page_views = step(
            "page_views",
            "[compact] page_views",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "compact-page_views",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/compact.py",
                    "--table",
                    "lake.shop.page_views",
                    "--target-file-mib",
                    "512",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:97",
            after=[cluster_ready, ingest_page_views],
        )

    with TaskGroup("publish"):
        publish_orders = step(
            "orders",
            "[publish] orders",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "publish-orders",
                    "--driver-memory",
                    "4g",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/publish.py",
                    "--table",
                    "lake.shop.orders",
                    "--output",
                    f"s3://acme-lakehouse/published/orders/run={RUN_ID}/",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:113",
            after=[cluster_ready, compact_orders],
        )
        publish_products = step(
            "products",
            "[publish] products",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "publish-products",
                    "--driver-memory",
                    "4g",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/publish.py",
                    "--table",
                    "lake.shop.products",
                    "--output",
                    f"s3://acme-lakehouse/published/products/run={RUN_ID}/",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:113",
            after=[cluster_ready, ingest_products],
        )

    with TaskGroup("expire"):
        expire_orders = step(
            "orders",
            "[expire] orders",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "expire-orders",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/expire.py",
                    "--table",
                    "lake.shop.orders",
                    "--older-than",
                    RUN_TIME,
                    "--keep-days",
                    "7",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:134",
            after=[cluster_ready, publish_orders],
        )
        expire_order_lines = step(
            "order_lines",
            "[expire] order_lines",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "expire-order_lines",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/expire.py",
                    "--table",
                    "lake.shop.order_lines",
                    "--older-than",
                    RUN_TIME,
                    "--keep-days",
                    "7",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:134",
            after=[cluster_ready, compact_order_lines],
        )
        expire_products = step(
            "products",
            "[expire] products",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "expire-products",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/expire.py",
                    "--table",
                    "lake.shop.products",
                    "--older-than",
                    RUN_TIME,
                    "--keep-days",
                    "30",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:134",
            after=[cluster_ready, publish_products],
        )
        expire_page_views = step(
            "page_views",
            "[expire] page_views",
            {
                "Jar": COMMAND_RUNNER,
                "Args": [
                    "spark-submit",
                    "--deploy-mode",
                    "cluster",
                    "--name",
                    "expire-page_views",
                    "s3://acme-lakehouse-code/releases/2026-01-12/jobs/expire.py",
                    "--table",
                    "lake.shop.page_views",
                    "--older-than",
                    RUN_TIME,
                    "--keep-days",
                    "3",
                ],
            },
            source="<builtin>/pipelines/lakehouse.yml:134",
            after=[cluster_ready, compact_page_views],
        )

    terminate_cluster = EmrTerminateJobFlowOperator(
        task_id="terminate_cluster",
        job_flow_id=CLUSTER_ID,
        retries=3,
    )
    terminate_cluster.as_teardown(setups=create_cluster)
    [
        expire_orders,
        expire_order_lines,
        expire_products,
        expire_page_views,
    ] >> terminate_cluster
    run_failed = PythonOperator(
        task_id="run_failed",
        python_callable=fail_run,
        trigger_rule="one_failed",
    )
    [
        expire_orders,
        expire_order_lines,
        expire_products,
        expire_page_views,
        terminate_cluster,
    ] >> run_failed
