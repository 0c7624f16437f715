package import Diagnostics
package import PlanFormat
import SourceText
package import Targets
import Values

/// A run's steps as jobs of EMR Serverless or EMR on EKS.
package enum JobRuns {
  /// The one request of a run: each of its steps with the body of StartJobRun, to which the executor
  /// adds a client token.
  ///
  /// - Parameter deployment: of one run, with the steps as a cluster would get them.
  package static func request(
    of deployment: Deployment, on host: JobHost, into diagnostics: inout [Diagnostic]
  ) -> Plan.Request {
    let settings = JobSettings(deployment, host.service, into: &diagnostics)
    let bodies = deployment.plan.requests.flatMap { $0.body.member("Steps").items }
    var steps: [Value] = []
    for (index, (step, body)) in zip(deployment.plan.steps, bodies).enumerated() {
      let span = deployment.stepSpans.indices.contains(index) ? deployment.stepSpans[index] : nil
      var driver = JobDriver(host.service, at: span)
      let arguments = body.member("HadoopJarStep").member("Args").items.map(\.text)
      let made = driver.driver(of: step.kind, arguments)
      diagnostics += driver.diagnostics
      guard let made else { continue }
      steps.append(
        .map(
          ValueMap([
            "Name": .string(step.name), "ActionOnFailure": .string(step.actionOnFailure),
            "StartJobRun": .map(
              job(step, made, settings.overrides(forHive: step.kind == "hive"), on: host)),
          ])))
    }
    return Plan.Request(operation: "StartJobRun", body: .map(ValueMap(["Steps": .list(steps)])))
  }

  /// EMR Serverless cancels a job after seven days, or after twelve hours if the request has no limit.
  private static var longestMinutes: Int64 { 7 * 24 * 60 }

  private static func job(
    _ step: Plan.Step, _ driver: Value, _ overrides: Value?, on host: JobHost
  ) -> ValueMap {
    var body = ValueMap()
    body[host.service == .serverless ? "applicationId" : "virtualClusterId"] = .string(host.id)
    body["executionRoleArn"] = .string(host.role)
    body["name"] = .string(name(of: step))
    if let release = host.release { body["releaseLabel"] = .string(release) }
    body["jobDriver"] = driver
    if let overrides { body["configurationOverrides"] = overrides }
    if host.service == .serverless {
      let seconds = step.timeoutSeconds
      let minutes = seconds / 60 + (seconds % 60 > 0 ? 1 : 0)
      body["executionTimeoutMinutes"] = .int(
        minutes > 0 ? min(minutes, longestMinutes) : longestMinutes)
    }
    return body
  }

  /// A step's name in characters that both services allow, short enough for a token to follow: EMR on
  /// EKS allows 64 characters.
  private static func name(of step: Plan.Step) -> String {
    let allowed = step.name.unicodeScalars.map { letter -> Character in
      let isAllowed =
        letter.isASCII && (letter.properties.isAlphabetic || letter.properties.numericType != nil)
        || letter == "." || letter == "_" || letter == "/" || letter == "#" || letter == "-"
      return isAllowed ? Character(letter) : "-"
    }
    return String(allowed.prefix(48))
  }
}

extension Value {
  /// A map's member; null if there is none.
  func member(_ key: String) -> Value {
    if case .map(let map) = self { map[key] ?? .null } else { .null }
  }

  var items: [Value] { if case .list(let items) = self { items } else { [] } }

  var text: String { if case .string(let text) = self { text } else { "" } }
}
