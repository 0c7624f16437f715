import Text
import Diagnostics
import PipelineIR
import SourceText
import Values

extension EMRRule {
  static let ofSteps: [EMRRule] = [
    .run(.emrTooManySteps, "At most 256 steps at a time, and on AMIs before 2.4.8 and 3.1.1 in all")
    { $0.checkStepCount() },
    .cluster(.emrStepConcurrencyRange, "`StepConcurrencyLevel` is 1 to 256") {
      $0.checkConcurrencyRange()
    },
    .cluster(.emrStepConcurrency, "Above 1, every step must continue after a failure") {
      $0.checkConcurrency()
    },
    .step(
      .emrStepTooLong, "Jar, class and arguments of a step have at most 10,240 characters"
    ) { $0.checkLength($1) },
    .step(.emrStepName, "A step's name has 1 to 256 characters") { $0.checkName($1) },
    .step(.emrStepText, "Strings contain only characters that XML 1.0 allows") {
      $0.checkTexts($1)
    },
    .step(.emrJarEmpty, "A step has a jar") { $0.checkJar($1) },
    .step(
      .locationInvalid, "The location of a step's jar in S3 is one that there can be",
      name: "jar-location"
    ) { $0.checkFile($0.program.text($1.jar), at: Spot($1.origin.span)) },
    .step(
      .locationInvalid, "A location among a step's arguments has two slashes after its scheme",
      name: "argument-location"
    ) { $0.checkSlashes($1) },
    .step(.emrArgumentEmpty, "No argument is empty (warning)") { $0.checkArguments($1) },
  ]
}

extension JobFlowCheck {
  static let stepLimit = 256
  private static let textLimit = 10_240
  private static let nameLimit = 256

  fileprivate mutating func checkStepCount() {
    let steps = program.steps
    guard steps.count > Self.stepLimit else { return }
    let isForLife = countsAllSteps
    guard isForLife || !program.cluster.addsStepsLater else { return }
    report(
      .tooManySteps(
        steps.count, limit: Self.stepLimit, isForLife: isForLife,
        at: steps[Self.stepLimit].origin.span))
  }

  /// Whether the release counts a cluster's steps over its whole life, not only those that are pending
  /// or running.
  private var countsAllSteps: Bool {
    guard let text = body["AmiVersion"]?.text, let release = Release(text) else { return false }
    return release.major == 2 && release < Release(2, 4, 8)
      || release.major == 3 && release < Release(3, 1, 1)
  }

  /// `s3:/bucket/key` is a file in HDFS for most programs.
  fileprivate mutating func checkSlashes(_ step: Step) {
    for argument in program.arguments(of: step) where argument.secret < 0 {
      let text = program.text(argument.text)
      for scheme in ["s3", "s3a", "s3n"]
      where text.hasPrefix(scheme + ":/") && !text.hasPrefix(scheme + "://") {
        report(.oneSlash(text, scheme, step: program.text(step.name), at: step.origin.span))
      }
    }
  }

  // MARK: Texts

  fileprivate mutating func checkLength(_ step: Step) {
    var bytes = Int(step.jar.count) + Int(step.mainClass?.count ?? 0)
    for argument in program.arguments(of: step) {
      bytes += argument.secret < 0 ? Int(argument.text.count) : secretLength(argument)
    }
    // There are at most as many characters as bytes.
    guard bytes > Self.textLimit else { return }
    var characters = program.text(step.jar).unicodeScalars.count
    if let mainClass = step.mainClass {
      characters += program.text(mainClass).unicodeScalars.count
    }
    for argument in program.arguments(of: step) {
      characters +=
        argument.secret < 0
        ? program.text(argument.text).unicodeScalars.count : secretLength(argument)
    }
    guard characters > Self.textLimit else { return }
    report(
      .stepTooLong(
        program.text(step.name), characters: characters, limit: Self.textLimit,
        at: step.origin.span))
  }

  private func secretLength(_ argument: Argument) -> Int {
    program.secrets[Int(argument.secret)].value.argumentText?.utf8.count ?? 0
  }

  fileprivate mutating func checkName(_ step: Step) {
    // Characters are at most as many as bytes.
    guard step.name.count == 0 || Int(step.name.count) > Self.nameLimit else { return }
    let name = program.text(step.name)
    let count = name.unicodeScalars.count
    if count == 0 {
      report(.stepName(name, problem: "is empty", at: step.origin.span))
    } else if count > Self.nameLimit {
      report(
        .stepName(
          String(name.prefix(60)) + "…",
          problem: "has \(count) characters; EMR allows \(Self.nameLimit)",
          at: step.origin.span))
    }
  }

  fileprivate mutating func checkTexts(_ step: Step) {
    guard !textsArePlain else { return }
    check(step.name, isPlainAs: "the name", of: step)
    check(step.jar, isPlainAs: "the jar", of: step)
    for (index, argument) in program.arguments(of: step).enumerated() {
      check(argument.text, isPlainAs: "argument \(index + 1)", of: step)
    }
  }

  private mutating func check(_ text: TextID, isPlainAs part: String, of step: Step) {
    guard !program.texts.withBytes(text, ByteScan.isPlain) else { return }
    report(.stepText(program.text(step.name), part: part, at: step.origin.span))
  }

  fileprivate mutating func checkJar(_ step: Step) {
    guard step.jar.count == 0 else { return }
    report(.jarEmpty(program.text(step.name), at: step.origin.span))
  }

  fileprivate mutating func checkArguments(_ step: Step) {
    var position = 0
    for argument in program.arguments(of: step) {
      position += 1
      guard argument.text.count == 0, argument.secret < 0 else { continue }
      report(
        .argumentEmpty(position, step: program.text(step.name), at: step.origin.span))
    }
  }

  // MARK: Concurrency

  private var concurrency: (value: SpannedValue, level: Int64)? {
    guard let value = body["StepConcurrencyLevel"], let level = value.integer else { return nil }
    return (value, level)
  }

  fileprivate mutating func checkConcurrencyRange() {
    guard let (value, level) = concurrency, !(1...256).contains(level) else { return }
    report(.stepConcurrencyRange(level, at: Spot(value)))
  }

  fileprivate mutating func checkConcurrency() {
    guard let (value, level) = concurrency, (2...256).contains(level) else { return }
    let stopping = program.steps.lazy.filter { $0.actionOnFailure != .proceed }
    guard let first = stopping.first else { return }
    report(
      .stepConcurrency(
        level, step: program.text(first.name), action: first.actionOnFailure.rawValue,
        others: stopping.count - 1, at: Spot(value), stepSpan: first.origin.span))
  }
}
