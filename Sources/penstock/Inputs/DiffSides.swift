import Text
import CommandLineSyntax
import Documents
import Host
import Compiler
import Diagnostics
import PlanDiff
import PlanFormat
import SourceText
import Values

/// Reads the two sides of a comparison.
struct DiffSides {
  let context: CommandContext
  private var options: CompilerOptions
  private var disk = DiskAndInput()
  /// The sides; nil if one couldn't be read, which has been reported.
  private(set) var before: Side?
  private(set) var after: Side?
  private(set) var status = ExitStatus.success
  /// Compiles the first side's inputs with other files; nil if one of the sides isn't inputs.
  private(set) var trial: (([TrialFile]) -> Side?)?

  init(_ context: CommandContext) {
    self.context = context
    var diagnostics: [Diagnostic] = []
    options = InputReader.options(context.invocation, into: &diagnostics)
    // Secrets are compared, but never shown.
    options.revealSecrets = false
    if !diagnostics.isEmpty { refuse(diagnostics, .usage) }
  }

  /// What changes mean: by the built-in schemas and step kinds, and the pipelines' own.
  var rules: ChangeRules {
    ChangeRules(
      own: [before, after].compactMap { $0?.own }, paths: Builtins.paths,
      file: { Builtins.file($0) })
  }

  private mutating func refuse(_ diagnostics: [Diagnostic], _ status: ExitStatus = .failure) {
    self.status = context.refuse(diagnostics, status)
  }

  /// The two sides on the command line.
  mutating func read(_ first: Invocation.Text, _ second: Invocation.Text?) {
    guard status == .success else { return }
    let texts = [first] + (second.map { [$0] } ?? [])
    guard let kinds = recognize(texts) else { return }
    // Job flows first: inputs are compiled for the run of a job flow.
    var sides: [Side?] = texts.map { _ in nil }
    for (index, text) in texts.enumerated() where kinds[index]?.isJobFlow ?? false {
      sides[index] = document(text)
      if sides[index] == nil { return }
    }
    if let run = sides.compactMap({ $0?.run }).first { adopt(run) }
    var parts = zip(texts, sides).map { DiffPart(name: $0.value, side: $1) }
    for index in parts.indices where sides[index] == nil {
      let path = texts[index].value == "-" ? DiskAndInput.inputName : texts[index].value
      let home = InputHome(path, in: disk, configName: commonName(texts, kinds))
      guard let part = part(inputs(disk, home), name: texts[index].value) else { return }
      parts[index] = part
    }
    take(parts)
    if sides.allSatisfy({ $0 != nil }) { alignRuns(texts) }
  }

  /// What each text names; nil for a folder. One that is no side is refused.
  private mutating func recognize(_ texts: [Invocation.Text]) -> [DocumentKind?]? {
    var kinds: [DocumentKind?] = []
    for text in texts {
      if text.value != "-", Files.isFolder(text.value) {
        kinds.append(nil)
        continue
      }
      let paths = Self.joined(text.value)
      guard let bytes = bytes(paths[0], at: text.span) else { return nil }
      let name = paths[0]
      var kind = DocumentKind(of: bytes, name: name)
      // With a pipeline, any JSON may be its configuration.
      let isInput = context.invocation.has(.pipeline) && !name.hasSuffix("+")
      if kind == .empty || kind == .unknown && isInput { kind = .configuration }
      guard kind.isJobFlow || kind == .pipeline || kind == .configuration else {
        report(bytes, kind, text)
        return nil
      }
      kinds.append(kind)
    }
    return kinds
  }

  /// A file that is no side: JSON that can't be read has its own mistake.
  private mutating func report(_ bytes: [UInt8], _ kind: DocumentKind, _ text: Invocation.Text) {
    var sources = context.sources
    var diagnostics: [Diagnostic] = []
    if kind == .unknown {
      let name = text.value == "-" ? DiskAndInput.inputName : text.value
      let file = SourceFile(name: name, text: bytes)
      _ = JSONReader.read(bytes, source: sources.add(file), into: &diagnostics)
    }
    if diagnostics.isEmpty { diagnostics = [.sideUnknown(text.value, kind, at: text.span)] }
    context.console.report(diagnostics, sources)
    status = .failure
  }

  /// The name of both configurations: that of the second.
  private func commonName(_ texts: [Invocation.Text], _ kinds: [DocumentKind?]) -> String? {
    guard kinds.allSatisfy({ $0 == .configuration }), let last = texts.last?.value else {
      return nil
    }
    return String(last.dropFirst(Files.folder(of: last).utf8.count))
  }

  // MARK: Documents

  /// Two documents of one cluster are joined by a plus.
  private static func joined(_ path: String) -> [String] {
    guard !Files.exists(path), path.contains("+") else { return [path] }
    let parts = path.split(separator: "+").map(String.init)
    return parts.isEmpty ? [path] : parts
  }

  private mutating func bytes(_ path: String, at span: Span) -> [UInt8]? {
    do throws(FileFailure) {
      guard path == "-" else { return try Files.read(path) }
      if disk.input != nil {
        throw FileFailure(reason: "standard input was already read for the other side")
      }
      let bytes = try Files.readStandardInput()
      disk.input = bytes
      return bytes
    } catch {
      refuse([.unreadableFile(path, error.reason, at: span)])
      return nil
    }
  }

  private mutating func document(
    _ text: Invocation.Text, as run: RunName? = nil, from old: RunName? = nil
  ) -> Side? {
    var side: Side?
    for path in Self.joined(text.value) {
      let read = path == "-" ? disk.input : bytes(path, at: text.span)
      guard var bytes = read else { return nil }
      if let run, let old { bytes = bytes.replacing(old, by: run) }
      let file = SourceFile(name: path == "-" ? DiskAndInput.inputName : path, text: bytes)
      guard let part = document(file) else { return nil }
      side = side.map { SideReader.joined($0, part) } ?? part
    }
    return side
  }

  private mutating func document(_ file: SourceFile) -> Side? {
    var sources = SourceSet()
    let source = sources.add(file)
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(file.parsed, source: source, into: &diagnostics)
    let side = tree.flatMap { SideReader.read($0, name: file.name, into: &diagnostics) }
    if side == nil || diagnostics.hasErrors {
      context.console.report(diagnostics, sources)
      status = .failure
      return nil
    }
    return side
  }

  /// Makes inputs be compiled for a known run.
  private mutating func adopt(_ run: RunName) {
    guard context.invocation[.runID] == nil else { return }
    options.runID = run.id
    if let moment = run.moment, context.invocation[.runTime] == nil { options.runTime = moment }
  }

  /// Gives two plans of different runs the same run, so that ids and times don't differ.
  private mutating func alignRuns(_ texts: [Invocation.Text]) {
    guard let old = before?.run, let new = after?.run, old.id != new.id else { return }
    before = document(texts[0], as: new, from: old)
  }

  // MARK: Inputs

  private func inputs(_ tree: any FileTree, _ home: InputHome) -> InputReader.Outcome {
    InputReader.read(
      context.invocation, context.commandLine, in: tree, home: home, options: options)
  }

  private mutating func part(_ inputs: InputReader.Outcome, name: String) -> DiffPart? {
    guard let parsed = inputs.parsed else {
      refuse(inputs.errors)
      return nil
    }
    return DiffPart(name: name, parsed: parsed, paths: inputs.paths)
  }

  /// Makes the sides of what was read.
  private mutating func take(_ parts: [DiffPart]) {
    var compilation = DiffCompilation(parts, secretsKey: context.secretsKey)
    guard let sides = compilation.sides() else {
      for refused in compilation.refused {
        context.console.report(refused.diagnostics, refused.sources)
      }
      status = .failure
      return
    }
    trial = compilation.trial
    before = sides[0]
    after = sides.count > 1 ? sides[1] : Side.nothing(name: "nothing")
  }

  // MARK: Revisions

  /// The inputs in two commits, or in a commit and the working tree.
  mutating func readRevisions(_ range: Invocation.Text, _ path: Invocation.Text?) {
    guard status == .success else { return }
    let invocation = context.invocation
    let inputs: [Option] = [
      .config, .resolver, .targets, .enrichments, .input, .pipeline,
    ]
    let named = inputs.compactMap { invocation[$0] }.first
    // Without any names, the inputs are those of the working folder.
    let home = path?.value ?? (named == nil ? "." : nil)
    do throws(GitFailure) {
      let place = path ?? invocation[.config] ?? invocation[.pipeline]
      let repository = try GitRepository(of: place?.value ?? ".")
      let revisions = try Revisions(range.value, in: repository)
      var parts: [DiffPart] = []
      for revision in [revisions.before, revisions.after] {
        guard let part = part(home, revision, repository) else { return }
        parts.append(part)
      }
      if parts.allSatisfy({ $0.isNothing }) {
        let span = (path ?? named)?.span ?? range.span
        return refuse([.unreadableFile(home ?? named?.value ?? ".", nowhere, at: span)])
      }
      take(parts)
    } catch {
      refuse([.gitFailed(error, at: range.span)])
    }
  }

  private var nowhere: String { "neither revision has inputs or a pipeline there" }

  /// Files that a commit lacks count as not given; without a configuration or pipeline there is no
  /// job flow.
  private mutating func part(
    _ path: String?, _ revision: Revisions.Revision, _ repository: GitRepository
  ) -> DiffPart? {
    let tree: any FileTree =
      revision.commit.map { GitTree(repository: repository, commit: $0) } ?? disk
    let inputs = inputs(tree, InputHome(path, in: tree, mayLack: true))
    let isWanted =
      inputs.hasConfig || inputs.hasOwnPipeline || (path == nil && !context.invocation.has(.config))
    if !inputs.hasPipeline || !inputs.isAnyThere || !isWanted {
      return inputs.errors.isEmpty
        ? DiffPart(name: revision.name, side: .nothing(name: revision.name))
        : part(inputs, name: revision.name)
    }
    guard var part = part(inputs, name: revision.name) else { return nil }
    if revision.commit != nil { part.revision = revision.name }
    return part
  }
}
