"""Loads a folder of DAGs as Airflow does, and prints what is in them as JSON.

Run by Airflow's own Python, 2 or 3: `bag.py FOLDER [RUN-TIME NAMES]`. With a time, what steps submit is
rendered for a run of that time; the values of variables are `?`, and NAMES says what each DAG finds in S3.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from types import SimpleNamespace

import airflow

if airflow.__version__ < "3":
    from airflow.models.dagbag import DagBag
else:
    from airflow.dag_processing.dagbag import DagBag


class Variables:
    def __getattr__(self, name: str) -> str:
        return "?"


NAMES = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}


def found(dag: str, task: str) -> str:
    return NAMES[dag] if task.startswith("checks.find_") else f"from {task}"


def rendered(dag, task, value, time: datetime):
    context = {
        "dag_run": SimpleNamespace(data_interval_end=time),
        "params": {name: parameter.value for name, parameter in dag.params.items_unresolved()}
        if hasattr(dag.params, "items_unresolved")
        else dict(dag.params),
        "var": SimpleNamespace(value=Variables()),
        "ti": SimpleNamespace(xcom_pull=lambda task_ids: found(dag.dag_id, task_ids)),
    }
    return task.render_template(value, context, dag.get_template_env())


def described(dag, time: datetime | None) -> dict:
    tasks = []
    for task in dag.tasks:
        steps = getattr(task, "steps", None)
        cluster = getattr(task, "job_flow_overrides", None)
        if time:
            steps = rendered(dag, task, steps, time)
            cluster = rendered(dag, task, cluster, time)
        tasks.append({
            "id": task.task_id,
            "type": task.task_type,
            "after": sorted(task.upstream_task_ids),
            "doc": task.doc_md,
            "retries": task.retries,
            "rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
            "teardown": task.is_teardown,
            "steps": steps,
            "cluster": cluster,
        })
    return {"tasks": tasks}


def main() -> None:
    time = datetime.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else None
    bag = DagBag(sys.argv[1])
    warnings = {file: list(texts) for file, texts in bag.captured_warnings.items()}
    print("\n" + json.dumps({
        "version": airflow.__version__,
        "errors": bag.import_errors,
        "warnings": warnings,
        "dags": {name: described(dag, time) for name, dag in bag.dags.items()},
    }))


main()
