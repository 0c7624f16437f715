import AWSServices
package import Values

/// Where a run's lineage goes, and under which names.
package struct LineageSettings: Sendable {
  package enum Target: Hashable, Sendable {
    /// OpenLineage's endpoint of a server, and the key that it asks for.
    case server(url: String, key: String?)
    /// A file that gets one event per line.
    case file(path: String)
  }

  package var target: Target
  /// The namespace of jobs.
  package var namespace: String
  /// Penstock's version.
  package var version: String

  /// Nil if nothing asks for lineage, or if it is switched off.
  /// - Parameters:
  ///   - settings: the plan's, under `lineage`, with secrets filled in.
  ///   - variables: the environment, as OpenLineage's clients use it: it fills in what the settings
  ///     don't say.
  package init?(_ settings: Value, variables: [String: String], version: String) {
    let given = { (name: String) in variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    guard given("OPENLINEAGE_DISABLED")?.lowercased() != "true" else { return nil }
    self.version = version
    namespace = settings["namespace"].text ?? given("OPENLINEAGE_NAMESPACE") ?? "default"
    if let path = settings["file"].text {
      target = .file(path: path)
    } else if let url = settings["url"].text ?? given("OPENLINEAGE_URL") {
      var base = url[...]
      while base.utf8.last == UInt8(ascii: "/") { base = base.dropLast() }
      let endpoint =
        settings["endpoint"].text ?? given("OPENLINEAGE_ENDPOINT") ?? "api/v1/lineage"
      target = .server(
        url: "\(base)/\(endpoint)", key: settings["api-key"].text ?? given("OPENLINEAGE_API_KEY"))
    } else {
      return nil
    }
  }
}
