import Compiler
import Iglu
import Lint
import Testing

/// The tables in `data/iglu`, and the schemas in the binary.
@Suite struct KnownSchemaTests {
  /// The words of each row of a table.
  private static func rows(_ name: String) throws -> [[String]] {
    let bytes = try #require(Builtins.file("data/iglu/\(name)"))
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
  }

  @Test func everyFamilyHasItsVersions() throws {
    let rows = try Self.rows("central.txt")
    #expect(rows.count > 10 && KnownSchemas.families.count == rows.count, "no row is there twice")
    for row in rows {
      let parts = row[0].split(separator: "/").map(String.init)
      try #require(parts.count == 3 && parts[2] == "jsonschema", "\(row)")
      let family = SchemaFamily(vendor: parts[0], name: parts[1], format: parts[2])
      let versions = try #require(KnownSchemas.families[family])
      #expect(!versions.isEmpty && versions == versions.sorted(), "\(row)")
      #expect(versions.map(\.description) == Array(row.dropFirst()), "\(row)")
    }
  }

  @Test func everyRoleIsKnown() throws {
    for row in try Self.rows("roles.txt") { #expect(row.count > 1 && row[0] == "resolver") }
    let families = KnownSchemas.resolverFamilies
    #expect(families.map(\.path) == ["com.snowplowanalytics.iglu/resolver-config/jsonschema"])
    for family in families { #expect(KnownSchemas.families[family] != nil) }
  }

  /// A row of `builtin.txt` names a folder of schemas in the binary, for versions of a known family.
  @Test func everyBuiltinFamilyHasFiles() async throws {
    let rows = try Self.rows("builtin.txt")
    #expect(!rows.isEmpty)
    for row in rows {
      try #require(row.count == 2, "\(row)")
      let parts = row[0].split(separator: "/").map(String.init)
      try #require(parts.count == 3, "\(row)")
      let family = SchemaFamily(vendor: parts[0], name: parts[1], format: parts[2])
      let files = Builtins.paths.filter { $0.hasPrefix(row[1] + "/") }
      #expect(!files.isEmpty, "\(row)")
      let versions = await BuiltinSource().versions(of: family, near: SchemaVersion(1, 0, 0))
      #expect(
        Set(versions.map { "\(row[1])/\($0).schema.json" }) == Set(files),
        "a file is of no version that is known, or the reverse")
      for version in versions {
        let key = SchemaKey(family: family, version: version)
        #expect(KnownSchemas.builtinFile(key) == "\(row[1])/\(version).schema.json")
        guard case .found(let text, nil) = await BuiltinSource().schema(key) else {
          Issue.record("no \(key.path)")
          continue
        }
        #expect(text.name == "<builtin>/\(row[1])/\(version).schema.json")
        #expect(Builtins.file("\(row[1])/\(version).schema.json") == text.bytes)
        guard case .found = SchemaText.checked(.found(text), for: key) else {
          Issue.record("\(text.name) isn't the schema \(key.path)")
          continue
        }
      }
    }
  }

  @Test(arguments: [
    "com.snowplowanalytics.iglu/resolver-config/jsonschema/99-0-0",
    "com.acme/none/jsonschema/1-0-0",
  ])
  func othersAreMissing(path: String) async throws {
    let key = try #require(SchemaKey(path: path))
    guard case .missing = await BuiltinSource().schema(key) else {
      Issue.record("there is a \(path)")
      return
    }
    #expect(await BuiltinSource().vendors() == [])
    #expect(await BuiltinSource().names(of: "com.acme") == [])
  }

  /// The pipeline takes targets whose schemas exist.
  @Test func everyTargetIsKnown() throws {
    let targets = KnownSchemas.takenTargets
    #expect(targets.count > 3)
    for uri in targets {
      let key = try #require(SchemaKey(path: uri.dropFirst("iglu:".count)), "\(uri)")
      #expect(
        KnownSchemas.families[key.family]?.contains(key.version) == true
          || KnownSchemas.builtinFile(key) != nil, "\(uri)")
    }
  }
}
