"""Judges lineage events: by OpenLineage's own classes, and whether a run's events are complete.

    scripts/python Tests/Generated/lineage.py FILE      the events of a file, one per line
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    datasource_dataset, documentation_dataset, documentation_job, error_message_run,
    external_query_run, job_type_job, lifecycle_state_change_dataset, nominal_time_run, parent_run,
    processing_engine_run, source_code_location_job)
from openlineage.client.serde import Serde


def _parent(run: dict, job: dict, root: dict, **more):
    return parent_run.ParentRunFacet(
        run=parent_run.Run(**run), job=parent_run.Job(**job),
        root=parent_run.Root(
            run=parent_run.RootRun(**root["run"]), job=parent_run.RootJob(**root["job"])), **more)


def _lifecycle(lifecycleStateChange: str, **more):
    return lifecycle_state_change_dataset.LifecycleStateChangeDatasetFacet(
        lifecycleStateChange=lifecycle_state_change_dataset.LifecycleStateChange(
            lifecycleStateChange), **more)


RUN = {
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "externalQuery": external_query_run.ExternalQueryRunFacet,
    "nominalTime": nominal_time_run.NominalTimeRunFacet,
    "parent": _parent,
    "processing_engine": processing_engine_run.ProcessingEngineRunFacet,
}
JOB = {
    "documentation": documentation_job.DocumentationJobFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "sourceCodeLocation": source_code_location_job.SourceCodeLocationJobFacet,
}
DATASET = {
    "dataSource": datasource_dataset.DatasourceDatasetFacet,
    "documentation": documentation_dataset.DocumentationDatasetFacet,
    "lifecycleStateChange": _lifecycle,
}
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")


def _facets(facets: dict, kinds: dict) -> dict:
    return {
        name: kinds[name](
            producer=facet["_producer"],
            **{key: value for key, value in facet.items() if not key.startswith("_")})
        for name, facet in facets.items()}


def _without_empty(value):
    if isinstance(value, dict):
        return {key: _without_empty(one) for key, one in value.items() if one not in ({}, None)}
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    return value


def problem(event: dict) -> str | None:
    """What is wrong with an event: it has to be what OpenLineage's client writes for the same content."""
    try:
        def datasets(kind, found: list) -> list:
            return [kind(namespace=one["namespace"], name=one["name"],
                         facets=_facets(one["facets"], DATASET)) for one in found]

        same = RunEvent(
            eventType=RunState[event["eventType"]], eventTime=event["eventTime"],
            producer=event["producer"],
            run=Run(event["run"]["runId"], _facets(event["run"]["facets"], RUN)),
            job=Job(event["job"]["namespace"], event["job"]["name"],
                    _facets(event["job"]["facets"], JOB)),
            inputs=datasets(InputDataset, event["inputs"]),
            outputs=datasets(OutputDataset, event["outputs"]))
    except (KeyError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    if _without_empty(Serde.to_dict(same)) != _without_empty(event):
        return f"the client writes {json.dumps(Serde.to_dict(same), sort_keys=True)}"
    # The client takes any text for these.
    addresses = [event["producer"]] + [
        one["facets"]["dataSource"]["uri"] for one in event["inputs"] + event["outputs"]
        if "://" in one["facets"]["dataSource"]["uri"]]
    source = event["job"]["facets"].get("sourceCodeLocation")
    if source:
        addresses.append(source["url"])
    return next((f"{one!r} is not an address" for one in addresses if not ADDRESS.fullmatch(one)), None)


def read(path: Path) -> tuple[list[dict], str | None]:
    """A file's events in order, each once, and what is wrong with them."""
    events: dict = {}
    for line in path.read_text().splitlines():
        event = json.loads(line)
        trouble = problem(event)
        if trouble:
            return [], trouble
        key = (event["run"]["runId"], event["eventType"])
        if events.setdefault(key, event) != event:
            return [], f"sent again, {key} says something else"
    return list(events.values()), None


def incomplete(events: list[dict]) -> str | None:
    """What is missing: each run starts, then ends once, and lies within the run that has started it."""
    parents = {one["run"]["facets"].get("parent", {}).get("run", {}).get("runId") for one in events}
    open_runs: list = []
    ended: set = set()
    for event in events:
        run, kind = event["run"]["runId"], event["eventType"]
        parent = event["run"]["facets"].get("parent", {}).get("run", {}).get("runId")
        if parent is not None and parent not in open_runs:
            return f"{event['job']['name']} has an event outside of its run"
        if kind == "START":
            if run in open_runs or run in ended:
                return f"{event['job']['name']} starts twice"
            open_runs.append(run)
        elif run not in open_runs:
            return f"{event['job']['name']} ends without a start"
        else:
            open_runs.remove(run)
            ended.add(run)
            if run in parents and any(
                    one["run"]["facets"].get("parent", {}).get("run", {}).get("runId") == run
                    and one["run"]["runId"] in open_runs for one in events):
                return f"{event['job']['name']} ends before its steps"
    return f"{open_runs} have no end" if open_runs else None


if __name__ == "__main__":
    found, wrong = read(Path(sys.argv[1]))
    wrong = wrong or incomplete(found)
    if wrong:
        sys.exit(wrong)
    for one in found:
        print(one["eventType"], one["job"]["name"])
