import AWSServices
import Digests
package import PlanFormat
import Values

/// Steps that are jobs of a service. Each request has a token, by which the service knows a repetition:
/// it answers with the job that it has started already.
extension Run {
  /// A token that is unique to this try of a step.
  private func token(of index: Int) -> String {
    let text = "\(options.runKey)\n\(plan.steps[index].name)\n\(record.steps[index].failures)"
    return String(SHA256.hmac(Array("job".utf8), Array(text.utf8)).prefix(32))
  }

  /// A job's name, by which it is found among those of others.
  private func jobName(of index: Int, in job: ValueMap) -> String {
    "\(job["name"]?.text ?? "")-\(token(of: index).prefix(12))"
  }

  /// A step's part of a request, with its token where it is a job.
  func named(_ body: Value?, as index: Int) -> Value? {
    guard case .map(var step)? = body, case .map(var job)? = step["StartJobRun"] else {
      return body
    }
    job["name"] = .string(jobName(of: index, in: job))
    job["clientToken"] = .string(token(of: index))
    step["StartJobRun"] = .map(job)
    return .map(step)
  }

  /// Settles a request whose answer was lost: looks for the job, and repeats the request if there is none.
  mutating func repeatRequest(_ addition: RunRecord.Addition) async throws(RunStop) {
    let cluster = addition.cluster
    guard let index = addition.steps.first, case .map(let step)? = stepBody(index),
      case .map(let job)? = step["StartJobRun"]
    else { return try await note(.addAbsent(cluster: cluster, error: "it isn't a job")) }
    let name = jobName(of: index, in: job)
    // An hour more, as this machine's clock may be off.
    let since = Value.Timestamp(seconds: began.seconds - 3600, nanoseconds: 0)
    let found = try await ask { emr throws(CloudError) in
      try await emr.findJob(named: name, ofCluster: cluster, since: since)
    }
    if let found { return try await note(started: found, index, on: cluster, wasFound: true) }
    switch await request([index], on: cluster) {
    case .success(let ids):
      if let id = ids.first { try await note(started: id, index, on: cluster, wasFound: false) }
    case .failure(let error) where error.kind == .refused && error.code != "ConflictException":
      try await note(.addAbsent(cluster: cluster, error: error.message))
      try await give(up: .stepsRefused(error), on: cluster)
    case .failure(let error):
      try await tryAgain(error)
    }
  }

  private mutating func note(
    started id: String, _ index: Int, on cluster: String, wasFound: Bool
  ) async throws(RunStop) {
    try await note(.added(cluster: cluster, steps: [index], ids: [id]))
    tell(.addedSteps(cluster: cluster, count: 1, wasFound: wasFound))
  }
}

extension Plan {
  /// The folder in which EMR Serverless keeps the logs of a job's own program; nil for other steps.
  package func driver(ofStep name: String) -> String? {
    guard cluster.jobs == .serverless, let step = steps.first(where: { $0.name == name }) else {
      return nil
    }
    return step.kind == "hive" ? "HIVE_DRIVER" : "SPARK_DRIVER"
  }
}
