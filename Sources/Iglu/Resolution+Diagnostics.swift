package import Diagnostics
import SourceText

extension SchemaResolver {
  /// Diagnostics for a schema's look-up, except for registries that failed when another one had the
  /// schema.
  ///
  /// - Parameter known: families known to exist, with their versions.
  package func diagnose(
    _ resolution: Resolution, of reference: SchemaReference,
    known: [SchemaFamily: [SchemaVersion]]
  ) -> [Diagnostic] {
    guard resolution.text == nil else {
      guard let newer = resolution.newer else { return [] }
      return [.schemaNewer(newer, than: reference)]
    }
    let failures = resolution.refusals.compactMap(\.failure)
    let code = failures.map(\.kind).min()?.code ?? .igluSchemaMissing
    // A registry without an address obviously doesn't have it.
    let told = resolution.refusals.filter { refusal in
      refusal.failure != nil || refusal.place < places.count - last
    }
    let notes = told.map { refusal in
      let registry = places[refusal.place].registry
      return Diagnostic.Note(
        "\(Self.title(registry)) \(refusal.failure?.message ?? "doesn't have it")",
        at: registry.span)
    }
    let message =
      failures.isEmpty
      ? "no registry has the schema `\(reference.key.uri)`"
      : "the schema `\(reference.key.uri)` could not be looked up"
    let (hint, span) = hint(for: reference, resolution, known)
    return [
      Diagnostic(code, message, at: span ?? reference.span, notes: notes, hint: hint)
    ]
  }

  /// Warnings for registries that failed before another one that had the schemas.
  package func warnings(
    of resolutions: some Sequence<Resolution>
  ) -> [Diagnostic] {
    var told: Set<Told> = []
    var found: [Diagnostic] = []
    for resolution in resolutions where resolution.text != nil {
      for (place, failure) in resolution.refusals {
        guard let failure, failure.kind != .notAsked,
          told.insert(Told(place: place, failure: failure)).inserted
        else {
          continue
        }
        found.append(.registryPassedOver(places[place].registry, failure))
      }
    }
    return found
  }

  private struct Told: Hashable {
    var place: Int
    var failure: RegistryFailure
  }

  static func title(_ registry: Registry) -> String {
    registry.name.isEmpty || registry.name == registry.place
      ? "`\(registry.place)`" : "`\(registry.name)` (\(registry.place))"
  }

  /// What was probably meant, and the part of the name that is wrong.
  private func hint(
    for reference: SchemaReference, _ resolution: Resolution,
    _ known: [SchemaFamily: [SchemaVersion]]
  ) -> (hint: String?, span: Span?) {
    let key = reference.key
    let versions = Set(resolution.versions + (known[key.family] ?? [])).sorted()
    if !versions.isEmpty, !versions.contains(key.version) {
      return (Self.versionHint(versions, instead: key.version), reference.versionSpan)
    }
    let vendorsNames =
      resolution.names
      + known.keys.filter { $0.vendor == key.family.vendor }.map(\.name).sorted()
    if let near = Suggestion.nearest(to: key.family.name, among: vendorsNames),
      near != key.family.name
    {
      return ("did you mean `\(near)`?", reference.nameSpan)
    }
    // The same name at another vendor goes before a vendor that is spelt alike.
    let homes = known.keys.filter { $0.name == key.family.name && $0.vendor != key.family.vendor }
      .map(\.vendor).sorted()
    let vendors = Array(Set(resolution.vendors + known.keys.map(\.vendor))).sorted()
    if let near = homes.count == 1
      ? homes[0] : Suggestion.nearest(to: key.family.vendor, among: homes + vendors),
      near != key.family.vendor
    {
      return ("did you mean the vendor `\(near)`?", reference.vendorSpan)
    }
    return (nil, nil)
  }

  private static func versionHint(
    _ versions: [SchemaVersion], instead version: SchemaVersion
  ) -> String {
    let alike = versions.last { $0.model == version.model } ?? versions.last
    guard versions.count > 1, let alike else {
      return "the only version is `\(versions[0])`"
    }
    let all = versions.suffix(8).map { "`\($0)`" }.joined(separator: ", ")
    return "did you mean `\(alike)`? Known versions are \(all)"
  }
}

extension RegistryFailure.Kind {
  fileprivate var code: DiagnosticCode {
    switch self {
    case .malformed: .registryMalformed
    case .unauthorised: .registryUnauthorised
    case .failed: .registryFailed
    case .unreachable, .notAsked: .registryUnreachable
    }
  }
}

extension Diagnostic {
  static func registryPassedOver(_ registry: Registry, _ failure: RegistryFailure) -> Diagnostic {
    return Diagnostic(
      failure.kind.code, "\(SchemaResolver.title(registry)) \(failure.message)", at: registry.span,
      hint: "check the registry: schemas were taken from others, and its own may differ",
      severity: .warning)
  }

  static func schemaNewer(
    _ version: SchemaVersion, than reference: SchemaReference
  ) -> Diagnostic {
    Diagnostic(
      .igluSchemaNewer, "there is a newer, compatible version `\(version)` of the schema",
      at: reference.versionSpan, hint: "to use it, change only the version")
  }
}
