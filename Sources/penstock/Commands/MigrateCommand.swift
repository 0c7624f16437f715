import Lint
import CommandLineSyntax
import Documents
import Host
import Compiler
import Diagnostics
import Migration
import Platform
import SourceText
import Values

/// `penstock migrate CONFIG… -o DIR`: converts a configuration in an older layout to current files,
/// or one in the current layout to those of another pipeline.
enum MigrateCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let end = context.commandLine.span(Int.max, 0..<0)
    guard let first = context.invocation.argument else {
      return context.refuse([.missingArgument("configuration", of: .migrate, at: end)], .usage)
    }
    guard let out = context.invocation[.out] else {
      return context.refuse([.missingOption("--out", of: "migrate", at: end)], .usage)
    }
    guard let rules = rules(), let schema = schema(rules) else {
      preconditionFailure("the rules of migration are not sound")
    }
    var sources = context.sources
    var files: [SourceFile] = []
    for path in [first, context.invocation.secondArgument].compactMap({ $0 }) {
      do throws(FileFailure) {
        files.append(SourceFile(name: path.value, text: try Files.read(path.value)))
      } catch {
        return context.refuse([.unreadableFile(path.value, error.reason, at: path.span)], .failure)
      }
    }
    var migration = Migration(rules: rules, schema: schema, sources: sources)
    let migrated: [MigratedFile]
    if let to = context.invocation[.to], to.value != "current" {
      if let second = context.invocation.secondArgument {
        return context.refuse(
          [.unexpectedArgument(second.value, of: .migrate, at: second.span)], .usage)
      }
      guard let successor = successorRules(to.value), let file = files.first else {
        preconditionFailure("the rules of migration are not sound")
      }
      migrated = migration.migrate(file, to: successor)
    } else {
      migrated = migration.migrate(files)
    }
    sources = migration.sources
    for (at, file) in files.enumerated() {
      let id = SourceID(index: UInt32(at + 1))
      sources.hideSecrets(SecretText.ranges(in: file.text), in: id, migration.diagnostics)
    }
    var diagnostics = migration.diagnostics.unquotingSecrets(in: sources)
    if !diagnostics.hasErrors { diagnostics += write(migrated, to: out, context) }
    context.console.report(diagnostics, sources, tellingAll: true)
    guard !diagnostics.hasErrors else { return .failure }
    return tell(migrated, in: out.value)
  }

  private static func rules() -> MigrationRules? {
    Builtins.file("data/migration/\(CommandName.defaultPipeline).json").flatMap(MigrationRules.init)
  }

  private static func successorRules(_ name: String) -> SuccessorRules? {
    Builtins.file("data/migration/\(CommandName.defaultPipeline)-\(name).json").flatMap(
      SuccessorRules.init)
  }

  private static func schema(_ rules: MigrationRules) -> Tree? {
    var ignored: [Diagnostic] = []
    return Builtins.file("schemas/\(rules.schema)").flatMap {
      JSONReader.read($0, source: SourceID(index: 0), into: &ignored)
    }
  }

  /// Writes all files, or none if one of them already exists.
  private static func write(
    _ files: [MigratedFile], to folder: Invocation.Text, _ context: CommandContext
  ) -> [Diagnostic] {
    let paths = files.map { Files.join(folder.value, $0.path) }
    if !context.invocation.has(.force) {
      let there = paths.filter(Files.exists)
      guard there.isEmpty else {
        return there.map { .fileExists($0, at: folder.span) }
      }
    }
    for (file, path) in zip(files, paths) {
      do throws(FileFailure) {
        try Files.makeFolders(Files.folder(of: path), mode: 0o777)
        try Output.replace(path, with: file.text, isPrivate: file.isSecret)
      } catch {
        return [.outputFailed(path, error.reason, at: folder.span)]
      }
    }
    return []
  }

  /// The files, one per line.
  private static func tell(_ files: [MigratedFile], in folder: String) -> ExitStatus {
    let text = files.map { Files.join(folder, $0.path) + "\n" }.joined()
    return (try? Output.write(Array(text.utf8), to: STDOUT_FILENO)) == nil ? .failure : .success
  }
}
