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
  private let context: CommandContext
  private var options: CompilerOptions
  private var hasReadStandardInput = false
  /// The sides; nil if one couldn't be read, which has been reported.
  private(set) var before: Side?
  private(set) var after: Side?
  private(set) var status = ExitStatus.success
  /// Schemas and step kinds of the pipelines themselves, by path.
  private var own: [String: [UInt8]] = [:]

  init(_ context: CommandContext) {
    self.context = context
    var diagnostics: [Diagnostic] = []
    options = InputReader.options(context.invocation, into: &diagnostics)
    // Secrets are compared, but never shown.
    options.revealSecrets = false
    guard diagnostics.isEmpty else {
      status = context.refuse(diagnostics, .usage)
      return
    }
  }

  /// What changes mean: by the built-in schemas and step kinds, and the pipelines' own.
  var rules: ChangeRules {
    ChangeRules(own: own, paths: Builtins.paths, file: { Builtins.file($0) })
  }

  /// The two sides on the command line.
  mutating func read(_ first: Invocation.Text, _ second: Invocation.Text?) {
    guard status == .success else { return }
    // Job flows first: inputs are compiled for the run of a job flow.
    let texts = [first] + (second.map { [$0] } ?? [])
    var sides: [Side?] = texts.map { _ in nil }
    for (index, text) in texts.enumerated() where isDocument(text.value) {
      sides[index] = document(text)
      if sides[index] == nil { return }
    }
    if let run = sides.compactMap({ $0?.run }).first { adopt(run) }
    for (index, text) in texts.enumerated() where sides[index] == nil {
      let home = InputHome(
        text.value, in: Disk(), configName: commonName(texts.map(\.value)))
      sides[index] = compiled(inputs(Disk(), home), name: text.value)
      if sides[index] == nil { return }
    }
    before = sides[0]
    after = sides.count > 1 ? sides[1] : Side.nothing(name: "nothing")
    alignRuns(texts)
  }

  /// The name of both configurations: that of the second.
  private func commonName(_ paths: [String]) -> String? {
    guard paths.allSatisfy({ !isDocument($0) && !Files.isFolder($0) }), let last = paths.last else {
      return nil
    }
    return String(last.dropFirst(Files.folder(of: last).utf8.count))
  }

  // MARK: Documents

  private func isDocument(_ path: String) -> Bool {
    path == "-" || (path.hasSuffix(".json") || path.contains("+")) && !Files.isFolder(path)
      || (Files.isFile(path) && !path.hasSuffix(".yml") && !path.hasSuffix(".yaml"))
  }

  /// One document, or two of one cluster, joined by a plus.
  private mutating func document(
    _ text: Invocation.Text, as run: RunName? = nil, from old: RunName? = nil
  ) -> Side? {
    var paths = [text.value]
    if !Files.exists(text.value), text.value.contains("+") {
      paths = text.value.split(separator: "+").map(String.init)
    }
    var side: Side?
    for path in paths {
      guard let part = document(path, at: text.span, as: run, from: old) else { return nil }
      side = side.map { SideReader.joined($0, part) } ?? part
    }
    return side
  }

  private mutating func document(
    _ path: String, at span: Span, as run: RunName?, from old: RunName?
  ) -> Side? {
    let file: SourceFile
    do throws(FileFailure) {
      if path == "-", hasReadStandardInput {
        throw FileFailure(reason: "standard input was already read for the other side")
      }
      if path == "-" { hasReadStandardInput = true }
      var text = path == "-" ? try Files.readStandardInput() : try Files.read(path)
      if let run, let old { text = text.replacing(old, by: run) }
      file = SourceFile(name: path == "-" ? "<stdin>" : path, text: text)
    } catch {
      status = context.refuse([.unreadableFile(path, error.reason, at: span)], .failure)
      return nil
    }
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
    guard let old = before?.run, let new = after?.run, old.id != new.id,
      isDocument(texts[0].value), texts[0].value != "-"
    else { return }
    before = document(texts[0], as: new, from: old)
  }

  // MARK: Inputs

  private func inputs(_ tree: any FileTree, _ home: InputHome) -> InputReader.Outcome {
    InputReader.read(
      context.invocation, context.commandLine, in: tree, home: home, options: options)
  }

  /// A compiled side; nil if there are errors, which are reported.
  private mutating func compiled(_ inputs: InputReader.Outcome, name: String) -> Side? {
    guard var parsed = inputs.parsed else {
      status = context.refuse(inputs.errors, .failure)
      return nil
    }
    parsed.refusesOnAssumption = false
    let result = Compiler.compile(parsed)
    var diagnostics: [Diagnostic] = []
    // The same command line for both sides: the location of files isn't a difference.
    let details = PlanDetails(madeBy: "penstock \(Version.text)", arguments: [])
    guard let plan = result.plan(details, into: &diagnostics) else {
      Output.report("\(name):\n")
      context.console.report(result.diagnostics + diagnostics, result.sources)
      status = result.exitStatus.ofFailure
      return nil
    }
    var side = Side(plan, name: name)
    side.secrets = result.secretTexts()
    for (path, file) in parsed.input.schemas { own["schemas/" + path] = file.text }
    for file in parsed.input.stepKinds {
      own["step-kinds/" + file.name.dropFirst(Files.folder(of: file.name).utf8.count)] = file.text
    }
    let documents = result.documents
    side.hidden = documents.flatMap(\.secretTexts)
    side.inputs = documents.map { document in
      Side.Input(
        role: document.role, schema: "schemas/" + document.schema, file: document.file,
        tree: document.tree, value: document.value)
    }
    return side
  }

  // MARK: Revisions

  /// The inputs in two commits.
  mutating func readRevisions(_ range: Invocation.Text, _ path: Invocation.Text?) {
    guard status == .success else { return }
    do throws(GitFailure) {
      let invocation = context.invocation
      let place = path ?? invocation[.config] ?? invocation[.pipeline]
      let repository = try GitRepository(of: place?.value ?? ".")
      let revisions = try Revisions(range.value, in: repository)
      let trees = [revisions.before, revisions.after].map {
        GitTree(repository: repository, commit: $0)
      }
      before = side(path?.value, trees[0], name: revisions.names.before)
      if before != nil { after = side(path?.value, trees[1], name: revisions.names.after) }
    } catch {
      status = context.refuse([.gitFailed(error.reason, at: range.span)], .failure)
    }
  }

  /// Files that a commit lacks count as not given; without a configuration or pipeline there is no
  /// job flow.
  private mutating func side(_ path: String?, _ tree: GitTree, name: String) -> Side? {
    let inputs = inputs(tree, InputHome(path, in: tree, mayLack: true))
    let wantsConfig = path != nil || context.invocation.has(.config)
    if !inputs.hasPipeline || !inputs.isAnyThere || (wantsConfig && !inputs.hasConfig) {
      return Side.nothing(name: name)
    }
    return compiled(inputs, name: name)
  }
}

/// Two commits on the command line: `BASE`, `BASE..HEAD`, `BASE...HEAD`.
struct Revisions {
  let before: String
  let after: String
  let names: (before: String, after: String)

  /// Three dots mean, as in git, what HEAD changed since the merge base.
  init(_ text: String, in repository: GitRepository) throws(GitFailure) {
    var base = text
    var head = "HEAD"
    var isFromFork = false
    for dots in ["...", ".."] {
      guard let range = text.firstRange(of: dots) else { continue }
      base = String(text[..<range.lowerBound])
      head = String(text[range.upperBound...])
      isFromFork = dots == "..."
      break
    }
    if base.isEmpty { base = "HEAD" }
    if head.isEmpty { head = "HEAD" }
    after = try repository.commit(head)
    let start = try repository.commit(base)
    before = isFromFork ? try repository.base(of: start, after) : start
    names = (base, head)
  }
}
