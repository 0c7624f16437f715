import Diagnostics
import PlanFormat
import SourceText
import Targets
import Values

/// The cluster's settings that apply to jobs too: where logs go, and how programs are configured.
struct JobSettings {
  private struct Classification {
    var name: String
    var properties: Value
  }

  private let service: JobService
  private let logs: String?
  private var classifications: [Classification] = []

  /// Settings that only a cluster has are left out, with a warning.
  init(_ deployment: Deployment, _ service: JobService, into diagnostics: inout [Diagnostic]) {
    self.service = service
    logs = deployment.plan.cluster.logURI.map(Self.inS3)
    let target: Target = service == .serverless ? .emrServerless : .emrOnEKS
    for item in deployment.jobFlow?.member("Configurations")?.items ?? [] {
      guard let label = item.member("Classification"), case .string(let name) = label.value else {
        continue
      }
      guard names(for: name, isHive: false) != nil || names(for: name, isHive: true) != nil else {
        diagnostics.append(
          .targetDrops(
            target, "the configuration `\(name)`", "it is of a cluster", at: label.span))
        continue
      }
      let properties = item.member("Properties")
      for entry in properties?.entries ?? [] {
        guard case .secret = entry.value.value else { continue }
        diagnostics.append(
          .targetLacks(
            target, "secrets in configurations", "they are kept as plain text with each job",
            hint: "pass it to the program", at: entry.keySpan ?? entry.value.span))
      }
      classifications.append(
        Classification(name: name, properties: properties?.value ?? .map(ValueMap())))
    }
  }

  private static func inS3(_ uri: String) -> String {
    let rest = uri.drop { $0 != ":" }
    return uri.hasPrefix("s3n:") || uri.hasPrefix("s3a:") ? "s3" + rest : uri
  }

  /// A job's name for a cluster's classification; nil if such jobs don't have it.
  private func names(for name: String, isHive: Bool) -> String? {
    switch (service, isHive, name) {
    case (_, _, "core-site"), (_, _, "emrfs-site"): name
    case (.serverless, true, "hive-site"), (.serverless, true, "tez-site"): name
    case (.serverless, false, "spark-hive-site"): "hive-site"
    case (.serverless, false, "spark-defaults"): name
    case (.eks, false, "spark-defaults"), (.eks, false, "spark-hive-site"),
      (.eks, false, "spark-log4j"), (.eks, false, "spark-metrics"):
      name
    default: nil
    }
  }

  /// `configurationOverrides`; nil if there are none.
  func overrides(forHive isHive: Bool) -> Value? {
    var body = ValueMap()
    let applied = classifications.compactMap { item -> Value? in
      guard let name = names(for: item.name, isHive: isHive) else { return nil }
      return .map(ValueMap(["classification": .string(name), "properties": item.properties]))
    }
    if !applied.isEmpty { body["applicationConfiguration"] = .list(applied) }
    if let logs {
      body["monitoringConfiguration"] = .map(
        ValueMap([
          "s3MonitoringConfiguration": .map(ValueMap(["logUri": .string(logs)]))
        ]))
    }
    return body.isEmpty ? nil : .map(body)
  }
}

extension SpannedValue {
  fileprivate var entries: [Entry] { if case .map(let entries) = content { entries } else { [] } }

  fileprivate var items: [SpannedValue] {
    if case .list(let items) = content { items } else { [] }
  }

  fileprivate func member(_ key: String) -> SpannedValue? {
    entries.first { $0.key == key }?.value
  }
}
