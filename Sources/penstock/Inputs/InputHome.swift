import Diagnostics
import Host
import PlanDiff

/// Where inputs are that the command line doesn't name: a folder of inputs, a configuration, or a
/// pipeline.
///
/// A folder may have `config.yml`, `resolver.json`, `targets`, `enrichments`, `facts.json` and a
/// pipeline. Files are named by their paths within it: otherwise the references of secrets would
/// differ between two folders with the same files.
struct InputHome {
  /// The folder to which names are relative; empty, or with a final slash.
  let folder: String
  let config: String?
  /// The pipeline, if that is what the path names.
  let pipeline: String?
  let isFolder: Bool
  /// The name used for a configuration with another file name.
  var configName: String?
  /// Whether missing files count as not given, instead of being errors.
  var mayLack: Bool

  init(_ path: String?, in tree: any FileTree, configName: String? = nil, mayLack: Bool = false) {
    self.configName = configName
    self.mayLack = mayLack
    let isFolder = path.map { tree.isFolder($0) } ?? false
    let folder =
      path.map { $0 == "." ? "" : isFolder ? Files.join($0, "") : Files.folder(of: $0) } ?? ""
    self.isFolder = isFolder
    self.folder = folder
    if isFolder {
      let names = ["yml", "yaml", "hocon", "json"].map { folder + "config." + $0 }
      config = names.first { tree.isFile($0) }
      pipeline = nil
    } else if let path, Self.isPipeline(path, in: tree) {
      config = nil
      pipeline = path
    } else {
      config = path
      pipeline = nil
    }
  }

  private static func isPipeline(_ path: String, in tree: any FileTree) -> Bool {
    guard let bytes = try? tree.read(path) else { return false }
    return DocumentKind(of: bytes, name: path) == .pipeline
  }

  /// The pipelines to choose from, if it has any; `name` is the one that the command line names,
  /// which takes precedence over those of a folder.
  func pipelines(besides name: String?, in tree: any FileTree) -> [String]? {
    if let pipeline { return [pipeline] }
    guard isFolder, name == nil else { return nil }
    let usual = folder + "pipeline.yml"
    if tree.isFile(usual) { return [usual] }
    let place = folder.isEmpty ? "." : folder
    let names = [".yml", ".yaml"].flatMap { (try? tree.names(in: place, withEnding: $0)) ?? [] }
    let found = names.map { folder + $0 }.filter {
      $0 != config && tree.isFile($0) && Self.isPipeline($0, in: tree)
    }
    return found.isEmpty ? nil : found
  }
}

/// Files on disk, and what standard input holds under a name.
struct DiskAndInput: FileTree {
  static let inputName = "<stdin>"

  /// What standard input holds, if it was read.
  var input: [UInt8]?
  private let disk = Disk()

  func isFile(_ path: String) -> Bool { holds(path) || disk.isFile(path) }

  func isFolder(_ path: String) -> Bool { !holds(path) && disk.isFolder(path) }

  func read(_ path: String) throws(FileFailure) -> [UInt8] {
    if holds(path), let input { return input }
    return try disk.read(path)
  }

  func names(in folder: String, withEnding ending: String) throws(FileFailure) -> [String] {
    try disk.names(in: folder, withEnding: ending)
  }

  private func holds(_ path: String) -> Bool { input != nil && path == Self.inputName }
}

extension Diagnostic {
  /// A folder with several pipelines, and none called `pipeline.yml`.
  static func severalPipelines(_ paths: [String], in folder: String) -> Diagnostic {
    let names = paths.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .diffSide, "`\(folder)` has several pipelines: \(names)",
      hint: "name one: `--pipeline \(paths.first ?? "")`")
  }
}
