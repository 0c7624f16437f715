import Documents
import Parallel
import SourceText
import Diagnostics
import Synchronization
import Values

/// Finds schemas in registries: each look-up is made once, and all run concurrently.
package final class SchemaResolver: Sendable {
  /// A registry with its source.
  package struct AskedRegistry: Sendable {
    package var registry: Registry
    package var source: any SchemaSource

    package init(registry: Registry, source: any SchemaSource) {
      self.registry = registry
      self.source = source
    }
  }

  /// The result of one schema's look-up.
  package struct Resolution: Sendable {
    package var text: SchemaText?
    /// The registry that has it.
    package var place: Int?
    /// The failures of the registries asked before; nil for those that just don't have it.
    package var refusals: [(place: Int, failure: RegistryFailure?)] = []
    /// A later addition to the schema, if the registry has one.
    package var newer: SchemaVersion?
    /// If no registry has it: the versions that they have.
    package var versions: [SchemaVersion] = []
    package var names: [String] = []
    package var vendors: [String] = []
  }

  private struct Question: Hashable {
    var place: Int
    var key: SchemaKey
  }

  /// How many registries go before all others, and how many after those go by priority.
  private let first: Int
  private let middle: Int
  /// How many are asked after all others.
  var last: Int { places.count - first - middle }
  package let places: [AskedRegistry]
  private let answers = Mutex<[Question: Task<SourceAnswer, Never>]>([:])

  /// - Parameters:
  ///   - first: asked before all others, in order.
  ///   - last: asked if no other registry has a schema.
  package init(first: [AskedRegistry], places: [AskedRegistry], last: [AskedRegistry]) {
    self.first = first.count
    self.middle = places.count
    self.places = first + places + last
  }

  /// The indices of registries in the order of asking.
  package func order(for vendor: String) -> [Int] {
    let declared = places[first..<(first + middle)].map(\.registry).order(for: vendor)
    return Array(0..<first) + declared.map { $0 + first } + Array((first + middle)..<places.count)
  }

  /// Looks up all schemas concurrently.
  package func resolve(
    _ keys: some Sequence<SchemaKey>, tellingNewer: Bool = true
  ) async -> [SchemaKey: Resolution] {
    let keys = Array(Set(keys))
    let resolutions = await keys.concurrently { await self.resolve($0, tellingNewer: tellingNewer) }
    return Dictionary(uniqueKeysWithValues: zip(keys, resolutions))
  }

  private func resolve(_ key: SchemaKey, tellingNewer: Bool) async -> Resolution {
    var resolution = Resolution()
    for place in order(for: key.family.vendor) {
      switch await answer(key, at: place) {
      case .found(let text, let instead):
        if let instead { resolution.refusals.append((place, instead)) }
        resolution.text = text
        resolution.place = place
        if tellingNewer { resolution.newer = await newest(after: key, at: place) }
        return resolution
      case .missing: resolution.refusals.append((place, nil))
      case .failed(let failure): resolution.refusals.append((place, failure))
      }
    }
    await findSimilar(key, &resolution)
    return resolution
  }

  /// The newest addition to a schema.
  private func newest(after key: SchemaKey, at place: Int) async -> SchemaVersion? {
    var newest: SchemaVersion?
    var at = key.version
    while let next = at.nextAddition, case .found = await answer(key.at(next), at: place) {
      newest = next
      at = next
      if at.addition - key.version.addition >= 100 { break }
    }
    return newest
  }

  private func findSimilar(_ key: SchemaKey, _ resolution: inout Resolution) async {
    for (index, failure) in resolution.refusals where failure == nil {
      let source = places[index].source
      resolution.versions += await source.versions(of: key.family, near: key.version)
    }
    resolution.versions = Set(resolution.versions).sorted()
    guard resolution.versions.isEmpty else { return }
    for (index, failure) in resolution.refusals where failure == nil {
      resolution.names += await places[index].source.names(of: key.family.vendor)
    }
    resolution.names = Set(resolution.names).sorted()
    guard resolution.names.isEmpty else { return }
    for (index, failure) in resolution.refusals where failure == nil {
      resolution.vendors += await places[index].source.vendors()
    }
    resolution.vendors = Set(resolution.vendors).sorted()
  }

  /// One registry's answer, which is requested only once.
  private func answer(_ key: SchemaKey, at place: Int) async -> SourceAnswer {
    let task = answers.withLock { answers in
      let question = Question(place: place, key: key)
      if let known = answers[question] { return known }
      let source = places[place].source
      let task = Task { SchemaText.checked(await source.schema(key), for: key) }
      answers[question] = task
      return task
    }
    return await task.value
  }
}

extension SchemaText {
  /// An answer that isn't a schema, or is a different one, counts as a failure of the registry.
  package static func checked(_ answer: SourceAnswer, for key: SchemaKey) -> SourceAnswer {
    guard case .found(let text, _) = answer else { return answer }
    if let problem = text.problem(for: key) {
      return .failed(RegistryFailure(.malformed, problem))
    }
    return answer
  }

  private func problem(for key: SchemaKey) -> String? {
    guard key.family.format == "jsonschema" || key.family.format == "avro" else { return nil }
    let file = SourceFile(name: name, text: bytes)
    var sources = SourceSet()
    let source = sources.add(file)
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(bytes, source: source, into: &diagnostics)
    if let first = diagnostics.first {
      let place = first.span.flatMap { sources.position(of: $0) }
        .map { " at line \($0.line), column \($0.column)" }
      return "its answer isn't JSON\(place ?? ""): \(first.message)"
    }
    guard let tree, let root = tree.root, tree.kind(root) == .map else {
      return "its answer isn't a JSON object"
    }
    guard let own = tree.value(root, "self") else { return nil }
    let names = ["vendor", "name", "format", "version"].map { part in
      tree.value(own, part).map { tree.string($0) } ?? ""
    }
    let path = names.joined(separator: "/")
    return path == key.path ? nil : "its answer describes itself as `iglu:\(path)`"
  }
}
