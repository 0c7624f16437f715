import CommandLineSyntax
import Compiler
import Diagnostics
import Documents
import Passes
import PlanFormat
import SourceText
import Values

/// A run's options out of what a test is given, with their places in the file of tests; and the same
/// as a command line.
struct GivenOptions {
  var options: CompilerOptions
  /// The options of `penstock run`, without inputs and sandbox.
  var arguments: [String] = []

  init(_ test: TestFile, _ given: Given, into diagnostics: inout [Diagnostic]) {
    let tree = test.tree
    let time = Self.time(test, given, into: &diagnostics)
    options = CompilerOptions(runTime: time.moment, utcOffsetSeconds: time.utcOffset)
    arguments += ["--run-time", time.rfc3339]
    if let id = given.text("run-id", tree) {
      if !RunID.isValid(id.value) {
        diagnostics.append(.optionInvalid("run-id", expected: RunID.rule, at: id.span))
      }
      options.runID = id.value
      options.places.runID = id.span
      arguments += ["--run-id", id.value]
    }
    if let stage = given.text("resume-from", tree) {
      options.resumeFrom = stage.value
      options.places.resumeFrom = stage.span
      arguments += ["--resume-from", stage.value]
    }
    addFlags(given, tree)
    addLists(given, tree)
    if let duration = given.text("persistent-duration", tree) {
      guard let minutes = ClusterLifetime.minutes(duration.value) else {
        diagnostics.append(
          .optionInvalid(
            "persistent-duration", expected: "a span of time such as `1d12h`", at: duration.span))
        return
      }
      options.persistentMinutes = minutes
      arguments += ["--persistent-jobflow-duration", duration.value]
    }
    addCodes(given, tree, into: &diagnostics)
  }

  private static func time(
    _ test: TestFile, _ given: Given, into diagnostics: inout [Diagnostic]
  ) -> RunTime {
    if let text = given.text("run-time", test.tree) {
      if let time = RunTime(rfc3339: text.value) { return time }
      diagnostics.append(
        .optionInvalid(
          "run-time", expected: "a date and time such as `2026-03-01T02:00:00Z`", at: text.span))
    } else if let id = given.text("run-id", test.tree),
      let time = RunTime(runID: id.value, { _ in 0 })
    {
      return time
    }
    return RunTime(
      moment: Value.Timestamp(
        seconds: Value.Timestamp.seconds(
          year: 2026, month: 3, day: 1, hour: 2, minute: 0, second: 0), nanoseconds: 0),
      utcOffset: 0)
  }

  private mutating func addFlags(_ given: Given, _ tree: Tree) {
    options.debug = given.flag("debug", tree)
    options.persistent = given.flag("persistent", tree)
    options.strict = given.flag("strict", tree)
    if options.debug { arguments.append("--debug") }
    if options.persistent { arguments.append("--use-persistent-jobflow") }
    if options.strict { arguments.append("--strict") }
  }

  private mutating func addLists(_ given: Given, _ tree: Tree) {
    let skip = given.texts("skip", tree)
    options.skip = skip.map(\.value)
    options.places.skip = skip.map(\.span)
    let steps = given.texts("skip-steps", tree)
    options.skipSteps = steps.map(\.value)
    options.places.skipSteps = steps.map(\.span)
    let include = given.texts("include", tree)
    options.include = include.map(\.value)
    options.places.include = include.map(\.span)
    let empty = given.texts("empty", tree)
    options.emptiedFirst = empty.map(\.value)
    options.places.emptiedFirst = empty.map(\.span)
    for (option, texts) in [
      ("--skip", skip), ("--skip-step", steps), ("--include", include), ("--empty", empty),
    ] {
      for text in texts { arguments += [option, text.value] }
    }
  }

  private mutating func addCodes(
    _ given: Given, _ tree: Tree, into diagnostics: inout [Diagnostic]
  ) {
    for name in ["allow", "warn"] {
      for text in given.texts(name, tree) {
        guard let code = DiagnosticCode(rawValue: text.value) else {
          diagnostics.append(
            .codeUnknown(text.value, at: text.span))
          continue
        }
        if name == "allow" { options.allowed.append(code) } else { options.warned.append(code) }
        arguments += ["--" + name, text.value]
      }
    }
  }
}

extension RunTime {
  /// As `--run-time` takes it.
  fileprivate var rfc3339: String {
    let local = Value.Timestamp(
      seconds: moment.seconds &+ Int64(utcOffset), nanoseconds: moment.nanoseconds)
    guard utcOffset != 0 else { return moment.description }
    let minutes = abs(utcOffset) / 60
    let pad = Value.Timestamp.padded
    return local.description.dropLast()
      + "\(utcOffset < 0 ? "-" : "+")\(pad(minutes / 60, 2)):\(pad(minutes % 60, 2))"
  }
}
