import Text
import Diagnostics
import PipelineIR
import SourceText
import Values

extension JobFlowCheck {
  static let stepLimit = 256
  private static let textLimit = 10_240
  private static let nameLimit = 256
  /// How many of one kind are reported: a mistake in an `each` is one mistake.
  private static let reportLimit = 20

  mutating func checkSteps() {
    let steps = program.steps
    if steps.count > Self.stepLimit {
      diagnostics.append(
        .tooManySteps(
          steps.count, limit: Self.stepLimit, at: steps[Self.stepLimit].origin.span))
    }
    checkConcurrency()
    // Usually all texts are plain, and none needs to be looked at separately.
    let arePlain = program.texts.withAllBytes(ByteScan.isPlain)
    for step in steps {
      checkTexts(step, arePlain: arePlain)
      if diagnostics.count > Self.reportLimit { break }
    }
  }

  private mutating func checkTexts(_ step: Step, arePlain: Bool) {
    var bytes = Int(step.jar.count) + Int(step.mainClass?.count ?? 0)
    for argument in program.arguments(of: step) {
      bytes += argument.secret < 0 ? Int(argument.text.count) : secretLength(argument)
    }
    // There are at most as many characters as bytes.
    if bytes > Self.textLimit { checkLength(step) }
    if step.name.count == 0 || Int(step.name.count) > Self.nameLimit { checkName(step) }
    let span = step.origin.span
    checkFile(program.text(step.jar), at: Spot(span))
    if step.jar.count == 0 { diagnostics.append(.jarEmpty(program.text(step.name), at: span)) }
    if !arePlain, !isPlain(step.name) {
      diagnostics.append(.stepText(program.text(step.name), part: "the name", at: span))
    }
    if !arePlain, !isPlain(step.jar) {
      diagnostics.append(.stepText(program.text(step.name), part: "the jar", at: span))
    }
    var position = 0
    for argument in program.arguments(of: step) {
      position += 1
      if argument.text.count == 0, argument.secret < 0 {
        diagnostics.append(.argumentEmpty(position, step: program.text(step.name), at: span))
      } else if !arePlain, !isPlain(argument.text) {
        diagnostics.append(
          .stepText(program.text(step.name), part: "argument \(position)", at: span))
      }
    }
  }

  private func secretLength(_ argument: Argument) -> Int {
    program.secrets[Int(argument.secret)].value.argumentText?.utf8.count ?? 0
  }

  private mutating func checkLength(_ step: Step) {
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
    diagnostics.append(
      .stepTooLong(
        program.text(step.name), characters: characters, limit: Self.textLimit,
        at: step.origin.span))
  }

  private mutating func checkName(_ step: Step) {
    let name = program.text(step.name)
    let count = name.unicodeScalars.count
    if count == 0 {
      diagnostics.append(.stepName(name, problem: "is empty", at: step.origin.span))
    } else if count > Self.nameLimit {
      diagnostics.append(
        .stepName(
          String(name.prefix(60)) + "…",
          problem: "has \(count) characters; EMR allows \(Self.nameLimit)",
          at: step.origin.span))
    }
  }

  private func isPlain(_ text: TextID) -> Bool {
    program.texts.withBytes(text, ByteScan.isPlain)
  }

  private mutating func checkConcurrency() {
    guard program.cluster.reusedID == nil, let value = body["StepConcurrencyLevel"],
      let level = value.integer
    else { return }
    guard (1...256).contains(level) else {
      diagnostics.append(.stepConcurrencyRange(level, at: Spot(value)))
      return
    }
    guard level > 1 else { return }
    let stopping = program.steps.lazy.filter { $0.actionOnFailure != .proceed }
    guard let first = stopping.first else { return }
    diagnostics.append(
      .stepConcurrency(
        level, step: program.text(first.name), action: first.actionOnFailure.rawValue,
        others: stopping.count - 1, at: Spot(value), stepSpan: first.origin.span))
  }
}
