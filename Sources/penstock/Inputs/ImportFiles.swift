import CommandLineSyntax
import Diagnostics
import Host
import Import
import ImportSources
import Lint
import SourceText
import Text

/// The forms of job flows that can be imported, in the order in which they are tried.
enum SourceKinds {
  static var all: [SourceKind] {
    [
      .awsOutput, .dataflowRunner, .terraform, .cloudFormation, .jobFlow, .awsCommandLine,
      .airflow(environment: Environment.all()),
    ]
  }
}

/// What `import` reads and writes.
enum ImportFiles {
  struct File {
    var path: String
    var text: [UInt8]
    var isSecret: Bool
  }

  /// The files that are named, and those in folders that are.
  static func read(_ named: [Invocation.Text], _ errors: inout [Diagnostic]) -> [SourceFile] {
    var files: [SourceFile] = []
    for text in named {
      do throws(FileFailure) {
        if text.value == "-" {
          files.append(SourceFile(name: "<stdin>", text: try Files.readStandardInput()))
        } else if Files.isFolder(text.value) {
          for name in try Files.names(in: text.value, withEnding: "") {
            let path = Files.join(text.value, name)
            guard !Files.isFolder(path) else { continue }
            files.append(SourceFile(name: path, text: try Files.read(path)))
          }
        } else {
          files.append(SourceFile(name: text.value, text: try Files.read(text.value)))
        }
      } catch {
        errors.append(.unreadableFile(text.value, error.reason, at: text.span))
      }
    }
    return files
  }

  /// Reads a file that a source names, beside the source; then in the working folder.
  static let opening: @Sendable (String, String) -> SourceFile? = { path, from in
    let beside = path.hasPrefix("/") ? path : Files.folder(of: from) + path
    for path in [beside, path] {
      if let text = try? Files.read(path) { return SourceFile(name: path, text: text) }
    }
    return nil
  }

  /// The files of all pipelines: each has a folder of its own if there are several.
  static func paths(of imported: [Imported]) -> [File] {
    imported.flatMap { one in
      one.files.map { file in
        File(
          path: imported.count > 1 ? Files.join(one.name, file.path) : file.path, text: file.text,
          isSecret: file.isSecret)
      }
    }
  }

  /// Writes all files, or none if one of them already exists.
  static func write(_ files: [File], at span: Span, force: Bool) -> [Diagnostic] {
    if !force {
      let there = files.filter { Files.exists($0.path) }
      guard there.isEmpty else { return there.map { .fileExists($0.path, at: span) } }
    }
    for file in files {
      do throws(FileFailure) {
        try Files.makeFolders(Files.folder(of: file.path), mode: 0o777)
        try Output.replace(file.path, with: file.text, isPrivate: file.isSecret)
      } catch {
        return [.outputFailed(file.path, error.reason, at: span)]
      }
    }
    return []
  }
}
