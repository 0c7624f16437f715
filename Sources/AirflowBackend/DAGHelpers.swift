import PlanFormat

/// What a DAG file has before its DAG: imports and functions, as far as it uses them.
struct DAGHelpers {
  var questions: Set<FactQuestion.Kind> = []
  /// The exceptions by which answers end the run.
  var exceptions: Set<String> = []
  /// Whether one answer ends the run by itself, and whether several do together.
  var requires = false
  var requiresAny = false
  /// Whether several facts end the run unless others differ from the plan.
  var requiresUnless = false
  /// Whether names are found that later tasks take; whether it matters if there is one; and whether
  /// texts are compared.
  var finds = false
  var checksFound = false
  var compares = false
  /// Whether later tasks read the answers, and whether steps depend on them.
  var looksUp = false
  var decides = false
  var createsCluster = true
  var hasParameters = false
  /// Whether steps are tried again, and whether places are emptied before that.
  var repeats = false
  var empties = false
  var hasRole = false
  /// Whether questions are put one after the other.
  var chains = false

  /// Names of constants that values of a run must not have.
  static let constants: Set<String> = [
    "AWS_CONN_ID", "REGION", "SCHEDULE", "DEFERRABLE", "POLL_INTERVAL", "STEP_TIMEOUT", "CLUSTER",
    "CLUSTER_ID", "COMMAND_RUNNER", "ON_FAILURE", "EXECUTION_ROLE", "DAG",
  ]

  private var asksS3: Bool { !questions.subtracting([.cluster]).isEmpty }
  private var asksEMR: Bool { questions.contains(.cluster) || !createsCluster }
  private var asks: Bool { requires || looksUp }
  private var hasQuestions: Bool { asks || finds }
  private var hasPatterns: Bool { !questions.subtracting([.isEmpty, .cluster]).isEmpty }

  // MARK: Imports

  /// In the order in which ruff sorts them.
  var imports: String {
    var lines = ["from __future__ import annotations", ""]
    if hasPatterns { lines.append("import re") }
    if repeats { lines.append("import time") }
    lines += Self.imported(
      from: "collections.abc",
      [hasQuestions ? "Callable" : nil, asksS3 ? "Iterator" : nil, "Sequence"])
    lines += [
      "from datetime import datetime, timedelta", "from typing import Any", "", "import pendulum",
    ]
    if asksEMR { lines.append("from airflow.providers.amazon.aws.hooks.emr import EmrHook") }
    if asksS3 || empties {
      lines.append("from airflow.providers.amazon.aws.hooks.s3 import S3Hook")
    }
    lines += Self.imported(
      from: "airflow.providers.amazon.aws.operators.emr",
      [
        "EmrAddStepsOperator", createsCluster ? "EmrCreateJobFlowOperator" : nil,
        createsCluster ? "EmrTerminateJobFlowOperator" : nil,
      ])
    lines += Self.imported(
      from: "airflow.providers.amazon.aws.sensors.emr",
      [createsCluster && decides ? "EmrJobFlowSensor" : nil, "EmrStepSensor"])
    lines += Self.imported(
      from: "airflow.providers.common.compat.sdk",
      [
        "DAG",
        "AirflowFailException",
        exceptions.contains("AirflowSkipException") ? "AirflowSkipException" : nil, "BaseOperator",
        hasParameters ? "Param" : nil,
        "TaskGroup", chains ? "chain" : nil,
      ])
    lines += Self.imported(
      from: "airflow.providers.common.compat.standard.operators",
      ["PythonOperator", decides ? "ShortCircuitOperator" : nil])
    return lines.joined(separator: "\n")
  }

  private static func imported(from module: String, _ candidates: [String?]) -> [String] {
    let names = candidates.compactMap { $0 }
    let line = "from \(module) import \(names.joined(separator: ", "))"
    if line.utf8.count <= PythonExpression.lineLength { return [line] }
    return ["from \(module) import ("] + names.map { "    \($0)," } + [")"]
  }

  // MARK: Functions

  var functions: [String] {
    var functions = [Self.runTime]
    if asksS3 { functions.append(Self.keysBelow) }
    if questions.contains(.isEmpty) { functions.append(Self.isEmpty) }
    if questions.contains(.hasMatch) { functions.append(Self.hasMatch) }
    if questions.contains(.tooDeep) { functions.append(Self.tooDeep) }
    if !questions.isDisjoint(with: [.last, .lastFolder, .count, .all]) {
      functions.append(Self.captures)
    }
    if questions.contains(.last) { functions.append(Self.lastMatch) }
    if questions.contains(.lastFolder) { functions.append(Self.lastFolder) }
    if questions.contains(.count) { functions.append(Self.countMatches) }
    if questions.contains(.cluster) { functions.append(Self.clustersNamed) }
    if asks { functions.append(Self.isSome) }
    if checksFound { functions.append(Self.isFound) }
    if compares { functions.append(Self.isSame) }
    if finds { functions.append(Self.find) }
    if requires { functions.append(Self.require) }
    if looksUp { functions.append(Self.lookUp) }
    if requiresAny { functions.append(Self.requireAny) }
    if requiresUnless { functions.append(Self.requireAnyOrUnless) }
    functions.append(createsCluster ? Self.failRun : Self.checkCluster)
    functions.append(Self.request)
    if decides { functions.append(Self.gate) }
    functions.append(step)
    if repeats { functions += [repeatedOperator, repeatedStep] }
    return functions
  }

  private static let runTime = """
    def run_time(dag_run: Any) -> datetime:
        \"""The end of the interval that a run is for, or the time when it was asked for.\"""
        return dag_run.data_interval_end or dag_run.run_after
    """

  private static let keysBelow = """
    def keys_below(location: str, *, with_folders: bool = False) -> Iterator[str]:
        \"""The keys of objects below a location in S3, without markers of folders.\"""
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
    """

  private static let isEmpty = """
    def is_empty(location: str) -> bool:
        return next(keys_below(location), None) is None
    """

  private static let hasMatch = """
    def has_match(location: str, pattern: str) -> bool:
        return any(re.search(pattern, key, re.ASCII) for key in keys_below(location))
    """

  private static let tooDeep = """
    def too_deep(location: str, folders: int, pattern: str = "") -> str | None:
        \"""The first key that leads through more than so many folders.\"""
        for key in keys_below(location):
            if key.count("/") > folders and re.search(pattern, key, re.ASCII):
                return key
        return None
    """

  private static let captures = """
    def captures(location: str, pattern: str, *, with_folders: bool = False) -> list[str]:
        \"""What the pattern's first group has: each text once, ordered by its last key.\"""
        found: dict[str, None] = {}
        for key in keys_below(location, with_folders=with_folders):
            match = re.search(pattern, key, re.ASCII)
            text = match and match[min(1, match.re.groups)]
            if text is not None:
                found.pop(text, None)
                found[text] = None
        return list(found)
    """

  private static let lastMatch = """
    def last_match(location: str, pattern: str) -> str | None:
        return next(reversed(captures(location, pattern)), None)
    """

  private static let lastFolder = """
    def last_folder(location: str, pattern: str) -> str | None:
        return next(reversed(captures(location, pattern, with_folders=True)), None)
    """

  private static let countMatches = """
    def count_matches(location: str, pattern: str) -> int:
        return len(captures(location, pattern))
    """

  private static let clustersNamed = """
    def clusters_named(name: str, states: list[str]) -> list[dict[str, str]]:
        client = EmrHook(aws_conn_id=AWS_CONN_ID, region_name=REGION).get_conn()
        pages = client.get_paginator("list_clusters").paginate(ClusterStates=states)
        clusters = [cluster for page in pages for cluster in page["Clusters"]]
        return [
            {"id": cluster["Id"], "state": cluster["Status"]["State"]}
            for cluster in sorted(clusters, key=lambda cluster: cluster["Id"])
            if cluster["Name"] == name
        ]
    """

  private static let isSome = """
    def is_some(answer: Any) -> bool:
        \"""Whether a question has found anything.\"""
        return answer not in (None, False, 0, [])
    """

  private static let isFound = """
    def is_found(name: str) -> bool:
        return name != ""
    """

  private static let isSame = """
    def is_same(left: str, right: str) -> bool:
        return left == right
    """

  private static let find = """
    def find(
        task_id: str, question: Callable[..., Any], *arguments: Any, source: str
    ) -> PythonOperator:
        \"""Asks for a name, which is the result; there is none if nothing is found.\"""
        return PythonOperator(
            task_id=task_id,
            python_callable=question,
            op_args=list(arguments),
            retries=2,
            doc_md=f"`{source}`",
        )
    """

  private static let requireAnyOrUnless = """
    def require_any_or_unless(
        task_id: str,
        look_ups: list[PythonOperator],
        *,
        or_unless: list[PythonOperator],
        otherwise: type[Exception],
        message: str,
        source: str,
    ) -> PythonOperator:
        \"""Ends the run unless a question has its answer, or one of the others hasn't.\"""

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
    """

  private static let requireAny = """
    def require_any(
        task_id: str,
        look_ups: list[PythonOperator],
        *,
        otherwise: type[Exception],
        message: str,
        source: str,
    ) -> PythonOperator:
        \"""Ends the run unless one of these questions has its answer.\"""

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
    """

  private static let require = """
    def require(
        task_id: str,
        question: Callable[..., Any],
        *arguments: Any,
        answer: bool,
        otherwise: type[Exception],
        message: str,
        source: str,
    ) -> PythonOperator:
        \"""Asks a question, and ends the run unless this is the answer.\"""

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
    """

  private static let lookUp = """
    def look_up(
        task_id: str,
        question: Callable[..., Any],
        *arguments: Any,
        answer: bool,
        source: str,
    ) -> PythonOperator:
        \"""Asks a question. The result is whether this is the answer.\"""

        def ask(arguments: list[Any], answer: bool) -> bool:
            return is_some(question(*arguments)) == answer

        return PythonOperator(
            task_id=task_id,
            python_callable=ask,
            op_args=[list(arguments), answer],
            retries=2,
            doc_md=f"`{source}`",
        )
    """

  private static let failRun = """
    def fail_run() -> None:
        \"""Fails the run if a task before has failed: Airflow asks the last tasks only.\"""
        raise AirflowFailException("a step failed, or the cluster was not terminated")
    """

  private static let checkCluster = """
    def check_cluster() -> None:
        client = EmrHook(aws_conn_id=AWS_CONN_ID, region_name=REGION).get_conn()
        status = client.describe_cluster(ClusterId=CLUSTER_ID)["Cluster"]["Status"]
        if status["State"].startswith("TERMINAT"):
            raise AirflowFailException(f"cluster {CLUSTER_ID} is {status['State']}")
    """

}
