import Documents
import Diagnostics
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Values

extension Pass {
  /// Evaluates the cluster, and finds the waiting one to reuse if the run may.
  static let bindCluster = Pass(
    "bind-cluster", "evaluates the cluster, and finds the waiting one to reuse on a persistent run",
    codes: ClusterBody.codes + [
      .clusterAbsent, .clusterAmbiguous, .clusterBusy, .emrStepsInJobFlow,
    ]
  ) { program, context, report in
    if let jobs = context.options.jobs { runJobs(on: jobs, &program, &report) }
    guard let declaration = context.pipeline.cluster else { return }
    program.cluster.isPersistent = context.options.isPersistent || context.isForCluster
    let binder = context.binder(context.scope(for: program))
    if let region = declaration.region {
      guard let text = binder.string(region, into: &report.diagnostics) else { return }
      program.cluster.region = text
      program.cluster.regionSpan =
        context.blame.place(of: region) ?? context.pipeline.tree.span(region)
    }
    if let encrypted = declaration.encrypted {
      guard let flag = binder.bool(encrypted, into: &report.diagnostics) else { return }
      program.cluster.isEncrypted = flag
    }
    program.cluster.acceptedDifferences = declaration.accepts
    if context.options.jobs != nil {
      // Jobs don't reuse a cluster.
    } else if let id = context.options.cluster {
      let span = context.options.places.cluster ?? context.pipeline.tree.span(declaration.node)
      take(id, at: span, &program, context, &report)
    } else if let id = declaration.reuseID {
      guard let text = binder.string(id, into: &report.diagnostics) else { return }
      take(text, at: context.pipeline.tree.span(id), &program, context, &report)
    } else if let name = declaration.reuseName, program.cluster.isPersistent {
      guard let text = binder.string(name, into: &report.diagnostics) else { return }
      reuse(text, at: context.pipeline.tree.span(name), &program, context, &report)
    }
    // Only the region is known so far: the release comes from `job-flow`.
    binder.bind("cluster", .map(ValueMap(["region": .string(program.cluster.region)])))
    guard let node = declaration.jobFlow else { return }
    let body = ClusterBody(binder: binder, origins: nil)
    program.cluster.jobFlow = body.evaluate(node, into: &report.diagnostics)?
      .markingSecrets(at: "pipeline#/cluster/job-flow")
    if context.isForCluster, context.options.cluster == nil, declaration.reuseID == nil,
      declaration.reuseName == nil, let name = program.cluster.jobFlow?.name
    {
      // Each `up` would start another one.
      reuse(name, at: context.pipeline.tree.span(node), &program, context, &report)
    }
    if case .map(let entries)? = program.cluster.jobFlow?.content,
      let steps = entries.first(where: { $0.key == "Steps" })
    {
      let span = steps.keySpan ?? context.pipeline.tree.span(node)
      report.diagnostics.append(.stepsInJobFlow(at: span))
    }
    program.cluster.release = release(program.cluster.jobFlow)
    if case .map(let entries)? = program.cluster.jobFlow?.content,
      case .map(let instances)? = entries.first(where: { $0.key == "Instances" })?.value.content,
      case .scalar(.bool(true))? =
        instances.first(where: { $0.key == "TerminationProtected" })?.value.content
    {
      program.cluster.isProtected = true
    }
  }

  /// Runs the steps as jobs of an application or a virtual cluster, which is shared and outlives the run.
  private static func runJobs(on host: JobHost, _ program: inout Program, _ report: inout Report) {
    program.cluster.jobs = host
    program.cluster.isShared = true
    program.cluster.isPersistent = true
    program.cluster.reusedID = host.id
    program.cluster.reuseSpan = host.span
    report.explain(
      "the steps", .changed, "they are jobs of \(host.service.title), `\(host.id)`", at: host.span)
  }

  /// Takes a cluster by its id, also while it works for others.
  private static func take(
    _ id: String, at span: Span, _ program: inout Program, _ context: Context,
    _ report: inout Report
  ) {
    guard let shape = context.facts.shape(ofCluster: id) else {
      return report.diagnostics.append(.clusterAbsent(id, at: span))
    }
    program.cluster.isShared = true
    program.cluster.isPersistent = true
    use(id, shape, at: span, &program, context)
    report.explain("cluster \(id)", .kept, "it was chosen by its id", at: span)
  }

  /// Notes which cluster is reused, and what is known of it.
  private static func use(
    _ id: String, _ shape: Value, at span: Span, _ program: inout Program, _ context: Context
  ) {
    context.facts.expect(
      .clusterShape(id: id), exitStatus: .failure,
      message: "the cluster `\(id)` isn't the one any more that the plan was made for", at: span)
    program.cluster.reusedID = id
    program.cluster.reuseSpan = span
    if case .map = shape { program.cluster.reusedShape = shape }
  }

  private static func reuse(
    _ name: String, at span: Span, _ program: inout Program, _ context: Context,
    _ report: inout Report
  ) {
    let found = context.facts.clusters(named: name)
    guard let cluster = found.first else {
      report.explain("cluster `\(name)`", .added, "no cluster of that name is waiting", at: span)
      return
    }
    if found.count > 1 {
      report.diagnostics.append(.clusterAmbiguous(name, ids: found.map(\.id), at: span))
    } else if cluster.state == "WAITING" || context.isForCluster {
      let shape = context.facts.shape(ofCluster: cluster.id) ?? .null
      use(cluster.id, shape, at: span, &program, context)
      report.explain(
        "cluster \(cluster.id)", .kept,
        context.isForCluster ? "it is \(cluster.state)" : "it is waiting, and is reused", at: span)
    } else {
      report.diagnostics.append(
        .clusterBusy(name, id: cluster.id, state: cluster.state, at: span))
      if report.exitStatus == nil { report.exitStatus = .clusterBusy }
    }
  }

  /// The version in the body: `5.29.0` for `emr-5.29.0`, or the AMI version.
  private static func release(_ body: SpannedValue?) -> String {
    guard case .map(let entries)? = body?.content else { return "" }
    for entry in entries {
      guard case .scalar(.string(let text)) = entry.value.content else { continue }
      if entry.key == "ReleaseLabel" {
        // A label that isn't one is reported as such, not by each step kind that asks for its version.
        return String(text.drop { !("0"..."9").contains($0) })
      }
      if entry.key == "AmiVersion" { return text }
    }
    return ""
  }
}

extension SpannedValue {
  /// Of a request: the cluster's name.
  fileprivate var name: String? {
    guard case .map(let entries) = content,
      case .scalar(.string(let name))? = entries.first(where: { $0.key == "Name" })?.value.content
    else { return nil }
    return name.isEmpty ? nil : name
  }
}
