import Documents
import Compiler
import Diagnostics
import Migration
import SourceText
import Values

/// A configuration, and perhaps a companion's behind a zero.
enum Migrating {
  private static let rules = Builtins.file("data/migration/snowplow.json")
    .flatMap(MigrationRules.init)

  private static let schema: Tree? = {
    var ignored: [Diagnostic] = []
    return rules.flatMap { Builtins.file("schemas/\($0.schema)") }.flatMap {
      JSONReader.read($0, source: SourceID(index: 0), into: &ignored)
    }
  }()

  private static let successor = Builtins.file("data/migration/snowplow-rdb.json")
    .flatMap(SuccessorRules.init)

  static func run(_ bytes: [UInt8]) {
    guard let rules, let schema else { preconditionFailure("the rules are not sound") }
    let parts = Parts.cut(bytes, most: 2)
    let files = parts.enumerated().map { at, text in
      SourceFile(name: "fuzz\(at)", text: text)
    }
    var migration = Migration(rules: rules, schema: schema, sources: SourceSet())
    let written = migration.migrate(files)
    precondition(written.isEmpty == migration.diagnostics.hasErrors)
    FuzzTarget.render(migration.diagnostics, migration.sources)
    runToSuccessor(files[0], rules, schema)
    // What is JSON is sound.
    for file in written where file.path.hasSuffix(".json") {
      var found: [Diagnostic] = []
      precondition(
        JSONReader.read(file.text, source: SourceID(index: 0), into: &found) != nil)
    }
  }

  private static func runToSuccessor(_ file: SourceFile, _ rules: MigrationRules, _ schema: Tree) {
    guard let successor else { preconditionFailure("the rules are not sound") }
    var migration = Migration(rules: rules, schema: schema, sources: SourceSet())
    let written = migration.migrate(file, to: successor)
    precondition(written.isEmpty == migration.diagnostics.hasErrors)
    FuzzTarget.render(migration.diagnostics, migration.sources)
    for file in written where file.path.hasSuffix(".hocon") {
      var found: [Diagnostic] = []
      precondition(
        HOCONReader.read(file.text, source: SourceID(index: 0), into: &found) != nil)
    }
  }
}
