import Compiler
import Diagnostics
import Locations
import Passes
import PipelineIR
import PlanFormat
import SourceText
import Values

/// Reads all that a compilation needs, so that the compiler itself reads nothing.
struct InputReader {
  private let invocation: Invocation
  private(set) var diagnostics: [Diagnostic] = []
  private var files: [InputFile] = []
  private var hasReadStandardInput = false

  private init(_ invocation: Invocation) { self.invocation = invocation }

  /// Nil and at least one error where something cannot be read or is no value of its option.
  ///
  /// - Parameter time: the run's, whatever the command line says of it; nil: as that says.
  static func read(
    _ invocation: Invocation, _ commandLine: CommandLineText, at time: RunTime? = nil
  ) -> (input: CompilerInput?, errors: [Diagnostic]) {
    var reader = InputReader(invocation)
    let pipeline = reader.pipeline()
    reader.readInputs()
    let facts = invocation[.facts].flatMap { reader.file($0.value, at: $0.span) }
    let options = reader.options(time)
    guard let pipeline else { return (nil, reader.diagnostics) }
    var input = CompilerInput(
      pipeline: pipeline, files: reader.files, environment: Environment.all(), facts: facts,
      options: options)
    input.commandLine = commandLine.file
    reader.addCompanions(to: &input)
    return reader.diagnostics.isEmpty ? (input, []) : (nil, reader.diagnostics)
  }

  /// What the command line says of a compilation besides its files.
  static func options(
    _ invocation: Invocation, into diagnostics: inout [Diagnostic]
  ) -> CompilerOptions {
    var reader = InputReader(invocation)
    let options = reader.options(nil)
    diagnostics += reader.diagnostics
    return options
  }

  // MARK: Files

  /// A built-in pipeline's name goes before a file's; a path with a slash is always a file.
  private mutating func pipeline() -> SourceFile? {
    let argument = invocation.argument
    let name = argument?.value ?? CommandName.defaultPipeline
    if let text = BuiltinPipelines.text(of: name) {
      return SourceFile(name: "<builtin>/" + BuiltinPipelines.path(of: name), text: text)
    }
    guard let argument else {
      diagnostics.append(.unknownPipeline(name, among: BuiltinPipelines.names, at: nil))
      return nil
    }
    if name != "-", !Files.exists(name), !name.contains("/") {
      diagnostics.append(
        .unknownPipeline(name, among: BuiltinPipelines.names, at: argument.span))
      return nil
    }
    return file(name, at: argument.span)
  }

  /// A built-in pipeline has none but built-in ones.
  private mutating func addCompanions(to input: inout CompilerInput) {
    guard let argument = invocation.argument, !input.pipeline.name.hasPrefix("<") else { return }
    let companions = Companions(of: input.pipeline)
    input.stepKinds = companions.stepKinds
    input.schemas = companions.schemas
    for failure in companions.failures {
      diagnostics.append(.unreadableFile(failure.path, failure.reason, at: argument.span))
    }
  }

  private mutating func readInputs() {
    for option in [Option.config, .resolver] {
      if let path = invocation[option] {
        add(option.long, [file(path.value, at: path.span)], at: path.span)
      }
    }
    for option in [Option.targets, .enrichments] {
      if let path = invocation[option] {
        add(option.long, folder(path.value, at: path.span), at: path.span)
      }
    }
    for named in invocation.all(.input) {
      let name = named.value.utf8.prefix { $0 != 0x3D }
      guard !name.isEmpty, name.count < named.value.utf8.count else {
        diagnostics.append(
          .invalidOptionValue(
            named.value, of: "--input", expected: "an input's name and a path: NAME=PATH",
            at: named.span))
        continue
      }
      let path = String(decoding: named.value.utf8.dropFirst(name.count + 1), as: UTF8.self)
      let span = Span(
        named.span.source,
        (Int(named.span.start) + name.count + 1)..<max(
          Int(named.span.end), Int(named.span.start) + name.count + 1))
      let isFolder = Files.isFolder(path)
      add(
        String(decoding: name, as: UTF8.self),
        isFolder ? folder(path, at: span) : [file(path, at: span)], at: named.span)
    }
  }

  private mutating func add(_ role: String, _ read: [SourceFile?], at place: Span) {
    for file in read {
      if let file { files.append(InputFile(role: role, file: file, place: place)) }
    }
  }

  private mutating func file(_ path: String, at span: Span) -> SourceFile? {
    do throws(FileFailure) {
      guard path == "-" else { return SourceFile(name: path, text: try Files.read(path)) }
      if hasReadStandardInput {
        throw FileFailure(reason: "standard input was read already, for another option")
      }
      hasReadStandardInput = true
      return SourceFile(name: "<stdin>", text: try Files.readStandardInput())
    } catch {
      diagnostics.append(.unreadableFile(path, error.reason, at: span))
      return nil
    }
  }

  private mutating func folder(_ path: String, at span: Span) -> [SourceFile?] {
    do throws(FileFailure) {
      let names = try Files.names(in: path, withEnding: ".json")
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
    options.skipSteps = invocation.all(.skipStep).map(\.value)
    options.emptiedFirst = emptiedFirst()
    options.include = invocation.list(.include).map(\.value)
    options.persistent = invocation.has(.usePersistentJobflow)
    options.persistentMinutes = persistentMinutes()
    options.runID = invocation[.runID]?.value
    options.strict = invocation.has(.strict)
    options.revealSecrets = invocation.has(.revealSecrets)
    options.allowed = invocation.all(.allow).compactMap { DiagnosticCode(rawValue: $0.value) }
    options.warned = invocation.all(.warn).compactMap { DiagnosticCode(rawValue: $0.value) }
    return options
  }

  /// The moment that was given, with the offset that it was given with: the machine's zone then has
  /// no say. Else now, in local time.
  private mutating func runTime() -> RunTime {
    guard let text = invocation[.runTime] else {
      let now = RunWorld.now(invocation)
      return RunTime(moment: now, utcOffset: Clock.utcOffset(at: now))
    }
    if let time = RunTime(rfc3339: text.value) { return time }
    diagnostics.append(
      .invalidOptionValue(
        text.value, of: "--run-time",
        expected: "a date and time of RFC 3339, such as `2026-03-01T05:06:07Z`", at: text.span))
    return RunTime(moment: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffset: 0)
  }

  private var places: OptionPlaces {
    var places = OptionPlaces()
    places.resumeFrom = invocation[.resumeFrom]?.span
    places.skip = invocation.list(.skip).map(\.span)
    places.skipSteps = invocation.all(.skipStep).map(\.span)
    places.include = invocation.list(.include).map(\.span)
    places.emptiedFirst = invocation.all(.empty).map(\.span)
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

  /// 0: for ever.
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
