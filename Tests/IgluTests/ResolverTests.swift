import Documents
import Diagnostics
import Iglu
import SourceText
import Synchronization
import TestSupport
import Testing
import Values

/// Which registries are asked, in which order, and how their answers are used.
@Suite struct ResolverTests {
  /// A registry with given answers, which counts requests.
  private final class FakeSource: SchemaSource {
    let answers: [String: SourceAnswer]
    let asked = Mutex<[String]>([])

    init(_ answers: [String: SourceAnswer]) { self.answers = answers }

    func schema(_ key: SchemaKey) async -> SourceAnswer {
      asked.withLock { $0.append(key.path) }
      await Task.yield()
      return answers[key.path] ?? .missing
    }

    func versions(of family: SchemaFamily, near: SchemaVersion) async -> [SchemaVersion] {
      answers.keys.compactMap { SchemaKey(path: $0) }.filter { $0.family == family }.map(\.version)
    }

    func names(of vendor: String) async -> [String] {
      answers.keys.compactMap { SchemaKey(path: $0) }.filter { $0.family.vendor == vendor }
        .map(\.family.name)
    }

    func vendors() async -> [String] {
      answers.keys.compactMap { SchemaKey(path: $0) }.map(\.family.vendor)
    }
  }

  private static func schema(_ path: String, self own: String? = nil) -> SourceAnswer {
    let parts = (own ?? path).split(separator: "/").map(String.init)
    let text = """
      {"self": {"vendor": "\(parts[0])", "name": "\(parts[1])", "format": "\(parts[2])",
        "version": "\(parts[3])"}, "type": "object"}
      """
    return .found(SchemaText(bytes: Array(text.utf8), name: path))
  }

  private static func place(
    _ name: String, _ priority: Double = 0, _ prefixes: [String] = [], folder: Bool = false,
    asking source: FakeSource = FakeSource([:])
  ) -> SchemaResolver.AskedRegistry {
    let connection: Registry.Connection =
      folder ? .embedded(path: name) : .http(uri: "http://\(name)", key: nil)
    return .init(
      registry: Registry(
        name: name, priority: priority, prefixes: prefixes, connection: connection),
      source: source)
  }

  private func order(_ vendor: String, _ places: [SchemaResolver.AskedRegistry]) -> [String] {
    let resolver = SchemaResolver(
      first: [Self.place("given", folder: true)], places: places,
      last: [Self.place("built in", folder: true)])
    return resolver.order(for: vendor).map { resolver.places[$0].registry.name }
  }

  @Test func prefixesGoBeforeFilesAndFilesBeforePriorities() {
    let places = [
      Self.place("web 5", 5), Self.place("web 0", 0), Self.place("acme", 9, ["com.acme"]),
      Self.place("files 9", 9, folder: true), Self.place("web 0 again", 0),
      Self.place("acme files", 20, ["com"], folder: true),
    ]
    #expect(
      order("com.acme.shop", places) == [
        "given", "acme files", "acme", "files 9", "web 0", "web 0 again", "web 5", "built in",
      ])
    #expect(
      order("org.other", places) == [
        "given", "files 9", "acme files", "web 0", "web 0 again", "web 5", "acme", "built in",
      ])
  }

  @Test func eachLookUpIsMadeOnce() async throws {
    let path = "com.acme/event/jsonschema/1-0-0"
    let next = "com.acme/event/jsonschema/1-0-1"
    let source = FakeSource([path: Self.schema(path), next: Self.schema(next)])
    let resolver = SchemaResolver(first: [], places: [Self.place("a", asking: source)], last: [])
    let keys = [path, next, path, path].compactMap { SchemaKey(path: $0) }
    let resolved = await resolver.resolve(keys)
    #expect(resolved.count == 2)
    #expect(resolved[keys[0]]?.newer == keys[1].version)
    #expect(resolved[keys[1]]?.newer == nil)
    #expect(
      source.asked.withLock { $0.sorted() } == [path, next, "com.acme/event/jsonschema/1-0-2"])
  }

  private static func reference(_ path: String) throws -> SchemaReference {
    var found: [Diagnostic] = []
    let text = Array("{\"schema\": \"iglu:\(path)\", \"data\": {}}".utf8)
    let tree = try #require(JSONReader.read(text, source: SourceID(index: 0), into: &found))
    return try #require(SelfDescribing(tree, into: &found)).reference
  }

  @Test(arguments: [
    (RegistryFailure.Kind.malformed, "registry-malformed"),
    (.unauthorised, "registry-unauthorised"), (.failed, "registry-failed"),
    (.unreachable, "registry-unreachable"),
  ])
  func failuresAreToldApartAndPassedOver(kind: RegistryFailure.Kind, code: String) async throws {
    let path = "com.acme/event/jsonschema/1-0-0"
    let key = try #require(SchemaKey(path: path))
    let failing = FakeSource([path: .failed(RegistryFailure(kind, "says so"))])
    let alone = SchemaResolver(
      first: [], places: [Self.place("a", asking: failing), Self.place("b", 1)], last: [])
    let refused = try #require(await alone.resolve([key])[key])
    let told = alone.diagnose(refused, of: try Self.reference(path), known: [:])
    #expect(told.map(\.code.rawValue) == [code] && told.map(\.severity) == [.error])
    #expect(
      told[0].notes.map(\.message) == [
        "`a` (http://a) says so", "`b` (http://b) doesn't have it",
      ])
    let good = FakeSource([path: Self.schema(path)])
    let both = SchemaResolver(
      first: [], places: [Self.place("a", asking: failing), Self.place("b", 1, asking: good)],
      last: [])
    let found = try #require(await both.resolve([key])[key])
    #expect(found.text != nil)
    #expect(both.diagnose(found, of: try Self.reference(path), known: [:]).isEmpty)
    let warnings = both.warnings(of: [found, found])
    #expect(warnings.map(\.code.rawValue) == [code] && warnings.map(\.severity) == [.warning])
  }

  @Test(arguments: [
    ("<html>", "its answer isn't JSON at line 1, column 1"),
    ("[]", "its answer isn't a JSON object"),
    (
      #"{"self": {"vendor": "a", "name": "b", "format": "c", "version": "1-0-0"}}"#,
      "describes itself as `iglu:a/b/c/1-0-0`"
    ),
  ])
  func answersThatAreNoSchemasAreRefused(text: String, message: String) async throws {
    let path = "com.acme/event/jsonschema/1-0-0"
    let key = try #require(SchemaKey(path: path))
    let source = FakeSource(
      [path: .found(SchemaText(bytes: Array(text.utf8), name: "x"))])
    let resolver = SchemaResolver(first: [], places: [Self.place("a", asking: source)], last: [])
    let resolution = try #require(await resolver.resolve([key])[key])
    let failure = try #require(resolution.refusals.first?.failure)
    #expect(failure.kind == .malformed && failure.message.contains(message), "\(failure)")
  }

  @Test(arguments: [
    (
      "com.acme/event/jsonschema/1-0-9",
      "did you mean `1-0-1`? Known versions are `1-0-0`, `1-0-1`, `2-0-0`"
    ),
    (
      "com.acme/event/jsonschema/3-0-0",
      "did you mean `2-0-0`? Known versions are `1-0-0`, `1-0-1`, `2-0-0`"
    ),
    ("com.acme/evnt/jsonschema/1-0-0", "did you mean `event`?"),
    ("com.acne/event/jsonschema/1-0-0", "did you mean the vendor `com.acme`?"),
    ("org.known/thing/jsonschema/1-0-1", "the only version is `1-0-0`"),
    ("org.other/thing/jsonschema/1-0-0", "did you mean the vendor `org.known`?"),
  ])
  func whatWasMeantIsSaid(path: String, hint: String) async throws {
    let there = ["1-0-0", "1-0-1", "2-0-0"].map { "com.acme/event/jsonschema/\($0)" }
    let source = FakeSource(
      Dictionary(uniqueKeysWithValues: there.map { ($0, Self.schema($0)) }))
    let resolver = SchemaResolver(first: [], places: [Self.place("a", asking: source)], last: [])
    let key = try #require(SchemaKey(path: path))
    let known = [
      SchemaFamily(vendor: "org.known", name: "thing", format: "jsonschema"): [
        SchemaVersion(1, 0, 0)
      ]
    ]
    let resolution = try #require(await resolver.resolve([key])[key])
    let told = resolver.diagnose(resolution, of: try Self.reference(path), known: known)
    #expect(told.map(\.hint) == [hint] && told.map(\.code) == [.igluSchemaMissing])
  }
}
