import Text
import CommandLineSyntax
import Host
import ImportSources
import Compiler
import Diagnostics
import Locations
import Passes
import PipelineIR
import PlanFormat
import SourceText
import Values

/// Reads everything that a compilation needs, so that the compiler itself reads nothing: what the
/// command line names, and the files beside the pipeline that it turns out to need.
struct InputReader {
  private let invocation: Invocation
  private let tree: any FileTree
  private let home: InputHome?
  private(set) var diagnostics: [Diagnostic] = []
  private var files: [InputFile] = []
  private var hasReadStandardInput = false
  /// Whether any file was found.
  private var isAnyThere = false
  /// The pipeline's path, whatever it is called.
  private var pipelinePath = ""
  private var isPipelineAtHome = false
  /// The paths of files whose names are relative to their folder.
  private var paths: [String: String] = [:]

  private init(_ invocation: Invocation, in tree: any FileTree = Disk(), home: InputHome? = nil) {
    self.invocation = invocation
    self.tree = tree
    self.home = home
  }

  /// What was read.
  struct Outcome {
    /// Nil, with at least one error, if something can't be read or an option's value is invalid.
    var parsed: Parsed?
    var errors: [Diagnostic] = []
    /// For a home that may lack files: whether it has any, including the configuration.
    var isAnyThere = false
    var hasConfig = false
    var hasPipeline = false
    /// Whether the pipeline is a file of the home's.
    var hasOwnPipeline = false
    /// The paths of files that have other names in the compilation.
    var paths: [String: String] = [:]
  }

  /// - Parameter time: the run's time, overriding the command line; nil: as given there.
  static func read(
    _ invocation: Invocation, _ commandLine: CommandLineText, at time: RunTime? = nil
  ) -> (parsed: Parsed?, errors: [Diagnostic]) {
    var reader = InputReader(invocation)
    let outcome = reader.read(commandLine) { $0.options(time) }
    return (outcome.parsed, outcome.errors)
  }

  /// The inputs in a tree, with those of `home` unless the command line names others.
  static func read(
    _ invocation: Invocation, _ commandLine: CommandLineText, in tree: any FileTree,
    home: InputHome, options: CompilerOptions
  ) -> Outcome {
    var reader = InputReader(invocation, in: tree, home: home)
    return reader.read(commandLine) { _ in options }
  }

  /// The compilation options on the command line, apart from files.
  static func options(
    _ invocation: Invocation, into diagnostics: inout [Diagnostic]
  ) -> CompilerOptions {
    var reader = InputReader(invocation)
    let options = reader.options(nil)
    diagnostics += reader.diagnostics
    return options
  }

  private mutating func read(
    _ commandLine: CommandLineText, _ options: (inout InputReader) -> CompilerOptions
  ) -> Outcome {
    let pipeline = pipeline()
    readInputs()
    let facts = facts()
    let options = options(&self)
    var outcome = Outcome(errors: diagnostics)
    outcome.isAnyThere = isAnyThere
    outcome.hasConfig = files.contains { $0.role == Option.config.long }
    outcome.hasPipeline = pipeline != nil
    outcome.hasOwnPipeline = pipeline != nil && isPipelineAtHome
    guard let pipeline else { return outcome }
    var input = CompilerInput(
      pipeline: pipeline, files: files, environment: Environment.all(), facts: facts,
      options: options)
    input.timeZones = ZoneFiles.all
    input.settings = invocation.all(.set)
    input.parameters = invocation.all(.param)
    input.commandLine = commandLine.file
    // Files beside the pipeline are read even if an input can't be read.
    let parsed = parse(input)
    outcome.errors = diagnostics
    if diagnostics.isEmpty { outcome.parsed = parsed }
    outcome.paths = paths
    return outcome
  }

  // MARK: The pipeline

  /// A built-in pipeline's name takes precedence over a file's; a path with a slash is always a
  /// file.
  private mutating func pipeline() -> SourceFile? {
    let named = home == nil ? invocation.argument : invocation[.pipeline]
    if let own = home?.pipelines(besides: named?.value, in: tree) {
      guard own.count == 1, let path = own.first else {
        diagnostics.append(.severalPipelines(own, in: home?.folder ?? ""))
        return nil
      }
      pipelinePath = path
      isPipelineAtHome = true
      return file(path, at: nil)
    }
    let name = named?.value ?? CommandName.defaultPipeline
    if let text = BuiltinPipelines.text(of: name) {
      return SourceFile(name: "<builtin>/" + BuiltinPipelines.path(of: name), text: text)
    }
    guard let named, name == "-" || name.contains("/") || tree.isFile(name) || tree.isFolder(name)
    else {
      if home?.mayLack != true {
        diagnostics.append(
          .unknownPipeline(name, among: BuiltinPipelines.names, at: named?.span))
      }
      return nil
    }
    pipelinePath = name
    return file(name, at: named.span)
  }

  /// Reads the pipeline and the files it needs.
  private mutating func parse(_ input: CompilerInput) -> Parsed {
    var parsing = Parsing(input)
    while true {
      switch parsing.next() {
      case .done(let parsed): return parsed
      case .needs(let requests):
        for request in requests { parsing.learn(request, besides(request)) }
      }
    }
  }

  private mutating func besides(_ request: FileRequest) -> [SourceFile] {
    let place = home == nil ? invocation.argument?.span : invocation[.pipeline]?.span
    let folder = Files.folder(of: pipelinePath)
    switch request {
    case .stepKinds:
      let path = folder + "step-kinds"
      return tree.isFolder(path)
        ? self.folder(path, ending: ".yml", at: place).compactMap { $0 } : []
    case .used(let path):
      let path = path.hasPrefix("/") ? path : folder + path
      return tree.isFile(path) ? [file(path, at: place)].compactMap { $0 } : []
    case .schema(let path):
      guard !path.contains("://") else { return [] }
      let path = path.hasPrefix("/") ? path : folder + path
      return tree.isFile(path) ? [file(path, at: place)].compactMap { $0 } : []
    }
  }

  // MARK: Files

  private mutating func readInputs() {
    if let swapped = swappedOptions() {
      diagnostics.append(swapped)
      return
    }
    // By their roles; files of one role in the order of the command line.
    let given = invocation.options.filter { [.config, .resolver, .input].contains($0.option) }
    for option in [Option.config, .resolver] {
      let found =
        option == .config ? home?.config : inHome("resolver.json") { tree.isFile($0) }
      let layers = given.filter { each, text in
        each == option || each == .input && InputName(text)?.name == option.long
      }
      if layers.isEmpty, let path = found {
        add(option.long, [file(path, at: nil, named: option)], at: nil)
      }
      for (each, text) in layers {
        if each == option {
          add(option.long, [file(text.value, at: text.span)], at: text.span)
        } else if let named = InputName(text) {
          read(named)
        }
      }
    }
    for option in [Option.targets, .enrichments] {
      let found = inHome(option.long) { tree.isFolder($0) }
      if let path = invocation[option]?.value ?? found {
        let span = invocation[option]?.span
        add(option.long, folder(path, at: span), at: span)
      }
    }
    for text in invocation.all(.input) {
      guard let named = InputName(text) else {
        diagnostics.append(
          .invalidOptionValue(
            text.value, of: "--input", expected: "an input's name and a path: NAME=PATH",
            at: text.span))
        continue
      }
      if ![Option.config.long, Option.resolver.long].contains(named.name) { read(named) }
    }
  }

  /// The value of `--input`.
  private struct InputName {
    let name: String
    let path: String
    let span: Span
    let whole: Span

    init?(_ text: Invocation.Text) {
      let name = text.value.utf8.prefix { $0 != .equals }
      guard !name.isEmpty, name.count < text.value.utf8.count else { return nil }
      self.name = String(decoding: name, as: UTF8.self)
      path = String(decoding: text.value.utf8.dropFirst(name.count + 1), as: UTF8.self)
      let start = Int(text.span.start) + name.count + 1
      span = Span(text.span.source, start..<max(Int(text.span.end), start))
      whole = text.span
    }
  }

  private mutating func read(_ named: InputName) {
    let files =
      tree.isFolder(named.path)
      ? folder(named.path, at: named.span) : [file(named.path, at: named.span)]
    add(named.name, files, at: named.whole)
  }

  /// An option that takes a file and one that takes a folder, if each has what the other should have.
  private func swappedOptions() -> Diagnostic? {
    guard home == nil else { return nil }
    let files = [Option.config, .resolver].compactMap { option in
      invocation[option].map { (option, $0) }
    }
    let folders = [Option.targets, .enrichments].compactMap { option in
      invocation[option].map { (option, $0) }
    }
    guard let (first, folder) = files.first(where: { tree.isFolder($0.1.value) }),
      let (second, file) = folders.first(where: { tree.isFile($0.1.value) })
    else { return nil }
    return .swappedOptions(
      "--" + first.long, "--" + second.long, at: folder.span, second: file.span,
      "--\(first.long) \(file.value) --\(second.long) \(folder.value)")
  }

  private func inHome(_ name: String, _ isThere: (String) -> Bool) -> String? {
    guard let home, home.isFolder, isThere(home.folder + name) else { return nil }
    return home.folder + name
  }

  /// Facts don't depend on the tree's revision.
  private mutating func facts() -> SourceFile? {
    guard let named = invocation[.facts] else {
      return inHome("facts.json") { tree.isFile($0) }.flatMap { file($0, at: nil) }
    }
    if home != nil, !tree.isFile(named.value), let text = try? Files.read(named.value) {
      return SourceFile(name: named.value, text: text)
    }
    return file(named.value, at: named.span)
  }

  private mutating func add(_ role: String, _ read: [SourceFile?], at place: Span?) {
    for file in read {
      if let file { files.append(InputFile(role: role, file: file, place: place)) }
    }
  }

  private mutating func file(
    _ path: String, at span: Span?, named option: Option? = nil
  ) -> SourceFile? {
    do throws(FileFailure) {
      guard path == "-", home == nil else {
        let text = try tree.read(path)
        isAnyThere = true
        let name = shown(path, option)
        if name != path { paths[name] = path }
        return SourceFile(name: name, text: text)
      }
      if hasReadStandardInput {
        throw FileFailure(reason: "standard input was already read for another option")
      }
      hasReadStandardInput = true
      return SourceFile(name: "<stdin>", text: try Files.readStandardInput())
    } catch {
      if home?.mayLack != true {
        diagnostics.append(.unreadableFile(path, error.reason, among: siblings(path), at: span))
      }
      return nil
    }
  }

  /// The paths of the files of a like kind in the folder of a file that isn't there.
  private func siblings(_ path: String) -> [String] {
    let folder = Files.folder(of: path)
    let ending = path.lastIndex(of: ".").map { String(path[$0...]) } ?? ""
    guard let names = try? tree.names(in: folder.isEmpty ? "." : folder, withEnding: ending) else {
      return []
    }
    return names.map { folder + $0 }
  }

  private func shown(_ path: String, _ option: Option?) -> String {
    guard let home else { return path }
    if option == .config, let name = home.configName { return name }
    return !home.folder.isEmpty && path.hasPrefix(home.folder)
      ? String(path.dropFirst(home.folder.count)) : path
  }

  private mutating func folder(
    _ path: String, ending: String = ".json", at span: Span?
  ) -> [SourceFile?] {
    if home?.mayLack == true, !tree.isFolder(path) { return [] }
    do throws(FileFailure) {
      let names = try tree.names(in: path, withEnding: ending)
      return names.map { file(Files.join(path, $0), at: span) }
    } catch {
      diagnostics.append(.unreadableFile(path, error.reason, at: span))
      return []
    }
  }

  // MARK: Options

  private mutating func options(_ time: RunTime?) -> CompilerOptions {
    let time = time ?? runTime()
    var options = CompilerOptions(runTime: time.moment, utcOffsetSeconds: time.utcOffset)
    options.places = places
    options.debug = invocation.has(.debug)
    options.resumeFrom = invocation[.resumeFrom]?.value
    options.skip = invocation.list(.skip).map(\.value)
    options.only = invocation.list(.only).map(\.value)
    options.onlySteps = invocation.all(.onlyStep).map(\.value)
    options.skipSteps = invocation.all(.skipStep).map(\.value)
    options.repeatedSteps = invocation.all(.repeatStep).map(\.value)
    options.emptiedFirst = emptiedFirst()
    options.include = invocation.list(.include).map(\.value)
    options.isClusterOnly = invocation.command == .up || invocation.command == .down
    options.persistent = invocation.has(.usePersistentJobflow) || options.isClusterOnly
    options.persistentMinutes = persistentMinutes()
    options.leaseSeconds = leaseSeconds()
    options.cluster = cluster()
    options.jobs = JobHost(invocation, into: &diagnostics)
    if options.cluster != nil || options.jobs != nil { options.persistent = true }
    options.runID = runID()
    options.strict = invocation.has(.strict)
    options.revealSecrets = invocation.has(.revealSecrets)
    options.allowed = invocation.all(.allow).compactMap { DiagnosticCode(rawValue: $0.value) }
    options.warned = invocation.all(.warn).compactMap { DiagnosticCode(rawValue: $0.value) }
    return options
  }

  /// The given id.
  private mutating func runID() -> String? {
    guard let id = invocation[.runID] else { return nil }
    if !RunID.isValid(id.value) {
      diagnostics.append(
        .invalidOptionValue(id.value, of: "--run-id", expected: RunID.rule, at: id.span))
    }
    return id.value
  }

  private mutating func cluster() -> String? {
    guard let id = invocation[.cluster] else { return nil }
    if !LiveCluster.isID(id.value) {
      diagnostics.append(
        .invalidOptionValue(
          id.value, of: "--cluster", expected: "a cluster's id, such as `j-2AXXXXXXGAPLF`",
          at: id.span))
    }
    return id.value
  }

  /// The given time, with its own offset, regardless of the machine's zone; else the one that the
  /// given id is made of; else now. Both are in local time.
  private mutating func runTime() -> RunTime {
    guard let text = invocation[.runTime] else {
      if let id = invocation[.runID], let time = RunTime(runID: id.value, Clock.utcOffset(at:)) {
        return time
      }
      let now = RunClock.now(invocation)
      return RunTime(moment: now, utcOffset: Clock.utcOffset(at: now))
    }
    if let time = RunTime(rfc3339: text.value) { return time }
    diagnostics.append(
      .invalidOptionValue(
        text.value, of: "--run-time",
        expected: "an RFC 3339 date and time, such as `2026-03-01T05:06:07Z`", at: text.span))
    return RunTime(moment: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffset: 0)
  }

  private var places: OptionPlaces {
    var places = OptionPlaces()
    places.resumeFrom = invocation[.resumeFrom]?.span
    places.skip = invocation.list(.skip).map(\.span)
    places.only = invocation.list(.only).map(\.span)
    places.onlySteps = invocation.all(.onlyStep).map(\.span)
    places.skipSteps = invocation.all(.skipStep).map(\.span)
    places.include = invocation.list(.include).map(\.span)
    places.emptiedFirst = invocation.all(.empty).map(\.span)
    places.runID = invocation[.runID]?.span
    places.cluster = invocation[.cluster]?.span
    places.lease = invocation[.lease]?.span
    return places
  }

  private mutating func emptiedFirst() -> [String] {
    for text in invocation.all(.empty) {
      do throws(LocationProblem) {
        let place = try Location(text.value)
        if place.isInS3, !place.isWhole { continue }
        diagnostics.append(
          .invalidOptionValue(
            text.value, of: "--empty", expected: "a folder in S3: `s3://BUCKET/FOLDER/`",
            at: text.span))
      } catch {
        diagnostics.append(.locationInvalid(text.value, error, at: text.span))
      }
    }
    return invocation.all(.empty).map(\.value)
  }

  private mutating func leaseSeconds() -> Int64? {
    guard let text = invocation[.lease] else { return nil }
    // EMR allows a minute to a week.
    if let minutes = ClusterLifetime.minutes(text.value), (1...7 * 24 * 60).contains(minutes) {
      return Int64(minutes) * 60
    }
    diagnostics.append(
      .invalidOptionValue(
        text.value, of: "--lease",
        expected: "`1m` to `7d`, in whole numbers with units `d`, `h` or `m`, such as `1h30m`",
        at: text.span))
    return nil
  }

  /// 0: forever.
  private mutating func persistentMinutes() -> Int {
    guard let text = invocation[.persistentJobflowDuration] else { return 0 }
    if let minutes = ClusterLifetime.minutes(text.value) { return minutes }
    diagnostics.append(
      .invalidOptionValue(
        text.value, of: "--persistent-jobflow-duration",
        expected: "whole numbers with units `w`, `d`, `h` or `m`, such as `1d12h`", at: text.span))
    return 0
  }
}
