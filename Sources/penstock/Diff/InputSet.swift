import Compiler
import Diagnostics
import SourceText

/// The files of one compilation, wherever they are read from.
///
/// Files are named as both sides of a comparison can name them: within a folder of inputs by their
/// paths in it. Else two folders of the same files would differ in what secrets are called.
struct InputSet {
  private let tree: any FileTree
  /// The folder that names are told from; empty, or with a slash behind.
  private let base: String
  private let spans: [Option: Span]
  private(set) var pipeline: SourceFile?
  private(set) var files: [InputFile] = []
  private(set) var facts: SourceFile?
  private(set) var diagnostics: [Diagnostic] = []
  /// Whether any of the files is there.
  private(set) var isThere = false
  private let mayLack: Bool
  /// What a configuration of another name is called.
  private let configName: String?
  private let invocation: Invocation

  /// The inputs that a path stands for: a folder with `config.yml`, `resolver.json`, `targets`,
  /// `enrichments`, `facts.json` and `pipeline.yml`, as far as they are there; or a configuration.
  /// Options of the command line go before what is in the folder.
  ///
  /// Where a side `mayLack` files, what is not there is not given.
  init(
    _ path: String?, _ invocation: Invocation, in tree: any FileTree,
    named configName: String? = nil,
    mayLack: Bool = false
  ) {
    self.configName = configName
    self.tree = tree
    self.invocation = invocation
    self.mayLack = mayLack
    spans = Dictionary(
      invocation.options.map { ($0.option, $0.value.span) }, uniquingKeysWith: { $1 })
    let isFolder = path.map { tree.isFolder($0) } ?? false
    let folder = path.map { isFolder ? Files.join($0, "") : Files.folder(of: $0) } ?? ""
    base = folder
    readPipeline(isFolder ? folder : nil)
    let config =
      isFolder
      ? ["config.yml", "config.yaml"].map { folder + $0 }.first { tree.isFile($0) } : path
    add(.config, config)
    add(.resolver, isFolder ? there(folder + "resolver.json") : nil)
    addFolder(.targets, isFolder ? thereFolder(folder + "targets") : nil)
    addFolder(.enrichments, isFolder ? thereFolder(folder + "enrichments") : nil)
    addNamed()
    if let path = invocation[.facts]?.value {
      // The world is one, whatever the revision.
      facts = (isPresent(path) ? read(path, .facts) : nil) ?? readFromDisk(path)
    } else if isFolder, let path = there(folder + "facts.json") {
      facts = read(path, .facts)
    }
  }

  /// What the compiler takes; nil where there is no pipeline.
  func input(_ options: CompilerOptions) -> CompilerInput? {
    guard let pipeline else { return nil }
    var input = CompilerInput(
      pipeline: pipeline, files: files, environment: Environment.all(), facts: facts,
      options: options)
    input.timeZones = ZoneFiles.all
    if !pipeline.name.hasPrefix("<") {
      let own = SourceFile(name: base + pipeline.name, text: [])
      let home = tree.isFile(own.name) ? own.name : pipeline.name
      let companions = Companions(of: SourceFile(name: home, text: pipeline.text), in: tree)
      input.stepKinds = companions.stepKinds
      input.schemas = companions.schemas
    }
    return input
  }

  // MARK: Files

  private mutating func readPipeline(_ folder: String?) {
    if folder != nil, invocation[.pipeline] == nil, let path = there(base + "pipeline.yml") {
      pipeline = read(path, .pipeline)
      return
    }
    let named = invocation[.pipeline]
    let name = named?.value ?? CommandName.defaultPipeline
    if let text = BuiltinPipelines.text(of: name) {
      pipeline = SourceFile(name: "<builtin>/" + BuiltinPipelines.path(of: name), text: text)
    } else if isPresent(name) || name.contains("/") {
      pipeline = read(name, .pipeline)
    } else if !mayLack {
      diagnostics.append(
        .unknownPipeline(name, among: BuiltinPipelines.names, at: named?.span))
    }
  }

  private mutating func add(_ option: Option, _ found: String?) {
    guard let path = invocation[option]?.value ?? found else { return }
    if let file = read(path, option) { files.append(InputFile(role: option.long, file: file)) }
  }

  private mutating func addFolder(_ option: Option, _ found: String?) {
    guard let path = invocation[option]?.value ?? found else { return }
    addFolder(path, role: option.long, option)
  }

  private mutating func addFolder(_ path: String, role: String, _ option: Option) {
    if mayLack, !tree.isFolder(path) { return }
    do throws(FileFailure) {
      for name in try tree.names(in: path, withEnding: ".json") {
        if let file = read(Files.join(path, name), option) {
          files.append(InputFile(role: role, file: file))
        }
      }
    } catch {
      diagnostics.append(.unreadableFile(path, error.reason, at: spans[option]))
    }
  }

  private mutating func addNamed() {
    for named in invocation.all(.input) {
      let parts = named.value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        diagnostics.append(
          .invalidOptionValue(
            named.value, of: "--input", expected: "an input's name and a path: NAME=PATH",
            at: named.span))
        continue
      }
      let path = String(parts[1])
      if tree.isFolder(path) {
        addFolder(path, role: String(parts[0]), .input)
      } else if let file = read(path, .input) {
        files.append(InputFile(role: String(parts[0]), file: file))
      }
    }
  }

  private func isPresent(_ path: String) -> Bool { tree.isFile(path) }

  private func there(_ path: String) -> String? { tree.isFile(path) ? path : nil }

  private func thereFolder(_ path: String) -> String? { tree.isFolder(path) ? path : nil }

  private mutating func read(_ path: String, _ option: Option) -> SourceFile? {
    do throws(FileFailure) {
      let text = try tree.read(path)
      isThere = true
      let name = option == .config ? configName : nil
      return SourceFile(name: name ?? shown(path), text: text)
    } catch {
      if !mayLack {
        diagnostics.append(.unreadableFile(path, error.reason, at: spans[option]))
      }
      return nil
    }
  }

  private func readFromDisk(_ path: String) -> SourceFile? {
    (try? Files.read(path)).map { SourceFile(name: path, text: $0) }
  }

  private func shown(_ path: String) -> String {
    !base.isEmpty && path.hasPrefix(base) ? String(path.dropFirst(base.count)) : path
  }
}
