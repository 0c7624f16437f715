from airflow import DAG
from airflow.contrib.operators.emr_add_steps_operator import EmrAddStepsOperator

SCRIPT = "s3://plankton/count.py"
with DAG("plankton") as dag:
    count = EmrAddStepsOperator(
        task_id="count",
        job_flow_id="{{ var.value.cluster }}",
        steps=[
            {
                "Name": "Count",
                "ActionOnFailure": "CONTINUE",
                "HadoopJarStep": {
                    "Jar": "command-runner.jar",
                    "Args": "spark-submit|{}|--since|{{{{ yesterday_ds_nodash }}}}".format(SCRIPT).split("|"),
                },
            }
        ],
    )
