import CommandLineSyntax
import Compiler
import Diagnostics
import Host
import Platform
import SourceText
import Text

/// `penstock init [DIR]`: writes a new project, all files or none.
enum InitCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let invocation = context.invocation
    let folder = invocation.argument?.value ?? "."
    let end = context.commandLine.span(Int.max, 0..<0)
    let name: String
    if let given = invocation[.projectName] {
      guard ProjectTemplate.isName(given.value) else {
        let expected = "lower-case letters, digits and hyphens, at most 40"
        return context.refuse(
          [.invalidOptionValue(given.value, of: "--name", expected: expected, at: given.span)],
          .usage)
      }
      name = given.value
    } else {
      name = ProjectTemplate.name(ofFolder: folder) ?? "pipeline"
    }
    let pipelines = ProjectTemplate.pipelines
    if let from = invocation[.builtin], !pipelines.contains(from.value) {
      return context.refuse(
        [.invalidOptionValue(from.value, of: "--from", among: pipelines, at: from.span)], .usage)
    }
    let template = ProjectTemplate(
      name: name, region: invocation[.projectRegion]?.value ?? "us-east-1",
      pipeline: invocation[.builtin]?.value)
    let files = template.files.map {
      (path: folder == "." ? $0.path : Files.join(folder, $0.path), text: $0.text)
    }
    let there = files.filter { Files.exists($0.path) }
    guard there.isEmpty else {
      let span = invocation.argument?.span ?? end
      return context.refuse(there.map { .projectFileExists($0.path, at: span) }, .failure)
    }
    for file in files {
      do throws(FileFailure) {
        let parent = String(Files.folder(of: file.path).dropLast())
        try Files.makeFolders(parent, mode: 0o777)
        try Output.replace(file.path, with: file.text)
      } catch {
        return context.refuse(
          [.outputFailed(file.path, error.reason, at: invocation.argument?.span)], .failure)
      }
    }
    if invocation.has(.quiet) { return .success }
    return context.write(files.map { $0.path + "\n" }.joined())
  }
}

/// The files of a new project, out of those in the binary.
struct ProjectTemplate {
  let name: String
  let region: String
  /// The built-in pipeline that it begins with.
  let pipeline: String?

  /// Where the schemas of editors are.
  private static let schemas = "https://penstock.github.io/penstock/schemas/v1/"

  /// The built-in pipelines to begin with.
  static var pipelines: [String] {
    let folder = "data/init/from/"
    let names = Builtins.paths.filter { $0.hasPrefix(folder) }.compactMap {
      $0.dropFirst(folder.utf8.count).split(separator: "/").first.map(String.init)
    }
    return Set(names).sorted()
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, UInt8.lowercase.contains(first), text.utf8.count <= 40 else {
      return false
    }
    return text.utf8.last != .hyphen
      && text.utf8.allSatisfy {
        UInt8.lowercase.contains($0) || UInt8.digits.contains($0) || $0 == .hyphen
      }
  }

  /// A name for what is in a folder; nil if none can be made of the folder's.
  static func name(ofFolder folder: String) -> String? {
    guard let real = realpath(folder, nil) else { return normal(folder) }
    defer { free(real) }
    return normal(String(cString: real))
  }

  private static func normal(_ path: String) -> String? {
    guard let last = path.split(separator: "/").last else { return nil }
    let words = last.lowercased().utf8.split { byte in
      !UInt8.lowercase.contains(byte) && !UInt8.digits.contains(byte)
    }
    let name = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    return isName(name) ? name : nil
  }

  /// The files by their paths in the project, sorted.
  var files: [(path: String, text: [UInt8])] {
    var files = folder("data/init/common/")
    if let pipeline {
      files += folder("data/init/from/\(pipeline)/") + folder(Self.example(of: pipeline))
      files.append(("pipeline.yml", text(of: "pipelines/\(pipeline).yml")))
    } else {
      files += folder("data/init/new/")
    }
    return files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The folder of a pipeline's example, by the first part of its name if it has none of its own.
  private static func example(of pipeline: String) -> String {
    let own = "examples/\(pipeline)/"
    if Builtins.paths.contains(where: { $0.hasPrefix(own) }) { return own }
    return "examples/\(pipeline.prefix { $0 != "-" })/"
  }

  private func folder(_ folder: String) -> [(path: String, text: [UInt8])] {
    Builtins.paths.filter { $0.hasPrefix(folder) }.map { path in
      // The binary has no hidden files.
      let parts = path.dropFirst(folder.utf8.count).split(separator: "/").map { part in
        part.hasPrefix("dot-") ? "." + part.dropFirst(4) : String(part)
      }
      return (filled(parts.joined(separator: "/")), text(of: path))
    }
  }

  private func filled(_ text: String) -> String {
    String(decoding: filled(Array(text.utf8)), as: UTF8.self)
  }

  private func filled(_ text: [UInt8]) -> [UInt8] {
    let values = [("@name@", name), ("@region@", region), ("@version@", Version.text)]
    return values.reduce(text) { text, value in
      Array(text.split(around: Array(value.0.utf8)).joined(separator: Array(value.1.utf8)))
    }
  }

  /// A file's text with its values, and with the addresses of schemas instead of their paths here.
  private func text(of path: String) -> [UInt8] {
    let text = filled(Builtins.file(path) ?? [])
    let mark = Array("$schema=../".utf8)
    guard let range = text.firstRange(of: mark) else { return text }
    let rest = text[range.lowerBound...]
    guard let folder = rest.firstRange(of: Array("schemas/".utf8)) else { return text }
    return text[..<range.lowerBound] + Array("$schema=\(Self.schemas)".utf8)
      + text[folder.upperBound...]
  }
}

extension Diagnostic {
  fileprivate static func projectFileExists(_ path: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outputExists, "`\(path)` exists already, and nothing was written", at: span,
      hint: "name another folder")
  }
}
