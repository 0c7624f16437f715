/// The functions that make a step's tasks.
extension DAGHelpers {
  static var request: String {
    """
    def request(
        name: str, jar_step: dict[str, Any], on_failure: str, members: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "Name": name,
            "ActionOnFailure": on_failure,
            "HadoopJarStep": jar_step,
            **members,
        }
    """
  }

  static var gate: String {
    """
    def gate(
        first: BaseOperator,
        after: Sequence[BaseOperator],
        only_if: Sequence[PythonOperator],
    ) -> None:
        \"""Orders a step's first task, and skips it unless all look-ups say yes.\"""
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
    """
  }

  /// The parameters of a function for steps.
  private func parameters(_ more: [String] = []) -> [String] {
    var lines = [
      "    task_id: str,",
      "    name: str,",
      "    jar_step: dict[str, Any],",
      "    *,",
      "    source: str,",
      "    after: Sequence[BaseOperator],",
    ]
    if decides { lines.append("    only_if: Sequence[PythonOperator] = (),") }
    lines += [
      "    on_failure: str = ON_FAILURE,",
      "    timeout: timedelta = STEP_TIMEOUT,",
    ]
    return lines + more + ["    **members: Any,", ") -> BaseOperator:"]
  }

  /// The arguments of an operator that submits a step.
  private var submission: [String] {
    var lines = [
      "        task_id=task_id,",
      "        job_flow_id=CLUSTER_ID,",
      "        steps=[request(name, jar_step, on_failure, members)],",
    ]
    if hasRole { lines.append("        execution_role_arn=EXECUTION_ROLE,") }
    if decides { lines.append("        trigger_rule=NONE_FAILED,") }
    return lines + ["        doc_md=f\"`{source}`\","]
  }

  /// Arguments that end with `.json` would be read as files of templates.
  private func withoutFiles(_ name: String) -> String {
    "    \(name).template_ext = ()  # arguments may end with .json"
  }

  private func order(_ first: String) -> String {
    decides ? "    gate(\(first), after, only_if)" : "    \(first).set_upstream(after)"
  }

  var step: String {
    var lines = ["def step("] + parameters()
    lines.append(
      "    \"\"\"Submits a step when those before it are completed, and waits for its end.\"\"\"")
    lines += ["    submit = EmrAddStepsOperator("] + submission
    lines += [
      "    )",
      withoutFiles("submit"),
      "    wait = EmrStepSensor(",
      "        task_id=f\"{task_id}_done\",",
      "        job_flow_id=CLUSTER_ID,",
      "        step_id=f\"{{{{ ti.xcom_pull(task_ids='{submit.task_id}')[0] }}}}\",",
      "        mode=\"reschedule\",",
      "        deferrable=DEFERRABLE,",
      "        poke_interval=POLL_INTERVAL,",
      "        timeout=timeout.total_seconds(),",
      "        max_attempts=max(1, int(timeout.total_seconds()) // POLL_INTERVAL),",
      "        retries=2,",
      "        retry_delay=timedelta(seconds=POLL_INTERVAL),",
      "        doc_md=f\"`{source}`\",",
      "    )",
      order("submit"),
      "    submit >> wait",
      "    return wait",
    ]
    return lines.joined(separator: "\n")
  }

  var repeatedStep: String {
    let more =
      ["    tries: int,", "    retry_delay: timedelta = timedelta(0),"]
      + (empties ? ["    emptied: Sequence[str] = (),"] : [])
    var lines = ["def repeated_step("] + parameters(more)
    lines.append(
      "    \"\"\"Submits a step and waits for its end, again if it fails, in one task.\"\"\"")
    lines += ["    repeated = RepeatedStepOperator("] + submission
    if empties { lines.append("        emptied=emptied,") }
    lines += [
      "        wait_for_completion=True,",
      "        deferrable=DEFERRABLE,",
      "        waiter_delay=POLL_INTERVAL,",
      "        waiter_max_attempts=max(1, int(timeout.total_seconds()) // POLL_INTERVAL),",
      "        retries=tries - 1,",
      "        retry_delay=retry_delay,",
      "    )",
      withoutFiles("repeated"),
      order("repeated"),
      "    return repeated",
    ]
    return lines.joined(separator: "\n")
  }

  var repeatedOperator: String {
    var lines = ["class RepeatedStepOperator(EmrAddStepsOperator):"]
    if empties {
      lines += [
        "    \"\"\"Deletes what a failed try has written before it submits the step again.\"\"\"",
        "",
        "    template_fields: Sequence[str] = (",
        "        *EmrAddStepsOperator.template_fields,",
        "        \"emptied\",",
        "    )",
        "",
        "    def __init__(self, *, emptied: Sequence[str], **kwargs: Any) -> None:",
        "        super().__init__(**kwargs)",
        "        self.emptied = emptied",
      ]
    } else {
      lines.append("    \"\"\"Submits a step again only once its earlier tries have ended.\"\"\"")
    }
    lines += [
      "",
      "    def execute(self, context: Any) -> list[str]:",
      "        if context[\"ti\"].try_number > 1:",
      "            self.end_earlier_tries()",
    ]
    if empties {
      lines += [
        "            for location in self.emptied:",
        "                self.empty(location)",
      ]
    }
    lines += [
      "        return super().execute(context)",
      "",
      "    def end_earlier_tries(self) -> None:",
      "        \"\"\"One may still run if its worker was lost.\"\"\"",
      "        names = [step[\"Name\"] for step in self.steps if isinstance(step, dict)]",
      "        while True:",
      "            found = self.hook.conn.list_steps(",
      "                ClusterId=self.job_flow_id,",
      "                StepStates=[\"PENDING\", \"RUNNING\", \"CANCEL_PENDING\"],",
      "            )",
      "            ids = [step[\"Id\"] for step in found[\"Steps\"] if step[\"Name\"] in names]",
      "            if not ids:",
      "                return",
      "            self.hook.conn.cancel_steps(",
      "                ClusterId=self.job_flow_id,",
      "                StepIds=ids,",
      "                StepCancellationOption=\"TERMINATE_PROCESS\",",
      "            )",
      "            time.sleep(POLL_INTERVAL)",
    ]
    if empties {
      lines += [
        "",
        "    def empty(self, location: str) -> None:",
        "        bucket, _, prefix = location.removeprefix(\"s3://\").partition(\"/\")",
        "        hook = S3Hook(aws_conn_id=AWS_CONN_ID, region_name=REGION)",
        "        hook.delete_objects(bucket, hook.list_keys(bucket, prefix=prefix) or [])",
      ]
    }
    return lines.joined(separator: "\n")
  }
}
