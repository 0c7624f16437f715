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
  /// What the sides were compiled from, for those that were.
  private var compiledInputs: [CompilerInput] = []

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
    ChangeRules(
      own: [before, after].compactMap { $0?.own }, paths: Builtins.paths,
      file: { Builtins.file($0) })
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
      sides[index] = compiled(inputs(Disk(), home), name: text.value, Disk(), home)
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
  private mutating func compiled(
    _ inputs: InputReader.Outcome, name: String, _ tree: any FileTree, _ home: InputHome
  ) -> Side? {
    guard var parsed = inputs.parsed else {
      status = context.refuse(inputs.errors, .failure)
      return nil
    }
    parsed.refusesOnAssumption = false
    let result = Compiler.compile(parsed)
    var diagnostics: [Diagnostic] = []
    // The same command line for both sides: the location of files isn't a difference.
    var details = PlanDetails(madeBy: "penstock \(Version.text)", arguments: [])
    details.secretsKey = context.secretsKey
    guard let plan = result.plan(details, into: &diagnostics) else {
      Output.report("\(name):\n")
      context.console.report(result.diagnostics + diagnostics, result.sources)
      status = result.exitStatus.ofFailure
      return nil
    }
    var side = Side(plan, name: name)
    side.secrets = result.secretTexts()
    side.own = Self.ownFiles(of: parsed.input)
    let documents = result.documents
    side.hidden = documents.flatMap(\.secretTexts)
    side.inputs = documents.map { document in
      Side.Input(
        role: document.role, schema: "schemas/" + document.schema, file: document.file,
        tree: document.tree, value: document.value)
    }
    side.inputs += Self.besides(parsed.input)
    // Paths in two folders are the same, and shorter without them.
    if !home.isFolder || tree is GitTree { side.paths = Self.paths(parsed.input, tree, home) }
    compiledInputs.append(parsed.input)
    return side
  }

  /// The paths of files as the user would write them, by the names that they have in the inputs.
  private static func paths(
    _ input: CompilerInput, _ tree: any FileTree, _ home: InputHome
  ) -> [String: String] {
    let files =
      [input.pipeline] + input.files.map(\.file) + input.stepKinds + Array(input.schemas.values)
    var paths: [String: String] = [:]
    for name in files.map(\.name) {
      if name == home.configName, let config = home.config {
        paths[name] = config
      } else if tree.isFile(home.folder + name) {
        paths[name] = home.folder + name
      }
    }
    return paths
  }

  private static func ownFiles(of input: CompilerInput) -> [String: [UInt8]] {
    var own: [String: [UInt8]] = [:]
    for (path, file) in input.schemas { own["schemas/" + path] = file.text }
    for file in input.stepKinds {
      own["step-kinds/" + file.name.dropFirst(Files.folder(of: file.name).utf8.count)] = file.text
    }
    return own
  }

  /// The schemas and step kinds beside a pipeline.
  private static func besides(_ input: CompilerInput) -> [Side.Input] {
    let schemas = input.schemas.sorted { $0.key < $1.key }.map { ("schema", $0.value) }
    let kinds = input.stepKinds.map { ("step-kind", $0) }
    return (schemas + kinds).compactMap { Side.Input(besides: $1, role: $0) }
  }

  // MARK: Trials

  /// Compiles the first side's inputs with other files; nil if one of the sides isn't inputs.
  var trial: (([TrialFile]) -> Side?)? {
    guard compiledInputs.count == 2, let first = compiledInputs.first,
      let second = compiledInputs.last
    else { return nil }
    return { Self.tried(first, second, $0) }
  }

  private static func tried(
    _ first: CompilerInput, _ second: CompilerInput, _ files: [TrialFile]
  ) -> Side? {
    var input = first
    func file(_ role: String, _ name: String) -> SourceFile? {
      files.first { $0.role == role && $0.name == name }.map {
        SourceFile(name: name, text: $0.text)
      }
    }
    guard let pipeline = file("pipeline", first.pipeline.name) else { return nil }
    input.pipeline = pipeline
    let known = input.files.filter { file in
      files.contains { $0.role == file.role && $0.name == file.file.name }
    }
    input.files = known.map { one in
      InputFile(role: one.role, file: file(one.role, one.file.name) ?? one.file, place: one.place)
    }
    input.files += second.files.compactMap { one in
      guard !known.contains(where: { $0.role == one.role && $0.file.name == one.file.name }),
        let file = file(one.role, one.file.name)
      else { return nil }
      return InputFile(role: one.role, file: file, place: one.place)
    }
    // As in a folder, by name; the sort is stable in its roles, which don't depend on each other.
    input.files.sort { ($0.role, $0.file.name) < ($1.role, $1.file.name) }
    input.schemas = first.schemas.merging(second.schemas) { one, _ in one }
      .compactMapValues { file("schema", $0.name) }
    input.stepKinds = files.filter { $0.role == "step-kind" }.sorted { $0.name < $1.name }
      .compactMap { file("step-kind", $0.name) }
    let result = Compiler.compile(input)
    var ignored: [Diagnostic] = []
    let details = PlanDetails(madeBy: "penstock", arguments: [])
    guard let plan = result.plan(details, into: &ignored) else { return nil }
    var side = Side(plan, name: "")
    side.secrets = result.secretTexts()
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
    let home = InputHome(path, in: tree, mayLack: true)
    let inputs = inputs(tree, home)
    let wantsConfig = path != nil || context.invocation.has(.config)
    if !inputs.hasPipeline || !inputs.isAnyThere || (wantsConfig && !inputs.hasConfig) {
      return Side.nothing(name: name)
    }
    return compiled(inputs, name: name, tree, home)
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
