import Documents
import Diagnostics
import Foundation
import Migration
import SourceText
import TestSupport
import Testing
import Values
import YAMLSyntax

/// What was made of some older files.
struct Migrated {
  var files: [MigratedFile]
  var diagnostics: [Diagnostic]
  var keys: [MigratedKey]

  /// - Parameter texts: the configuration, and a companion's file.
  init(_ texts: [String]) throws {
    var migration = Migration(
      rules: try Self.rules(), schema: try Self.schema(), sources: SourceSet())
    files = migration.migrate(
      texts.enumerated().map { SourceFile(name: "old\($0).yml", text: Array($1.utf8)) })
    diagnostics = migration.diagnostics
    keys = migration.keys
  }

  var errors: [DiagnosticCode] { diagnostics.filter { $0.severity == .error }.map(\.code) }

  func text(_ path: String) -> String? {
    files.first { $0.path == path }.map { String(decoding: $0.text, as: UTF8.self) }
  }

  var config: String { text("config.yml") ?? "" }

  /// A value of the new configuration by its path.
  func value(_ path: String) throws -> String? {
    let tree = try Self.tree(config)
    var node = tree.root
    for key in path.split(separator: ".") { node = node.flatMap { tree.value($0, String(key)) } }
    return node.map { tree.string($0) }
  }

  static func rules() throws -> MigrationRules {
    try #require(MigrationRules(file("data/migration/snowplow.json")))
  }

  static func schema() throws -> Tree {
    var diagnostics: [Diagnostic] = []
    return try #require(
      JSONReader.read(
        file("schemas/\(rules().schema)"), source: SourceID(index: 0), into: &diagnostics))
  }

  private static func file(_ name: String) throws -> [UInt8] {
    try Locations.bytes(Locations.repository.appending(path: name))
  }

  /// A document as migration reads it: with `x` for what is in a template's tag.
  static func tree(_ text: String, source: Int = 0) throws -> Tree {
    var diagnostics: [Diagnostic] = []
    let rendered = try #require(
      TemplateRenderer.render(
        Array(text.utf8), name: "old.yml", environment: { _ in "x" },
        source: SourceID(index: UInt32(source)), into: &diagnostics))
    return try #require(
      YAMLReader.read(
        rendered, source: SourceID(index: UInt32(source)), rules: .ruby, into: &diagnostics))
  }
}
