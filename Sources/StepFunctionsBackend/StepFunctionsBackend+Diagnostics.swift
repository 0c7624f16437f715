import Diagnostics
import SourceText
import Targets

extension Diagnostic {
  static func machineSetting(_ setting: TargetOptions.Setting) -> Diagnostic {
    let takes = Target.stepFunctions.options.first { $0.name == setting.name }?.takes ?? ""
    return Diagnostic(
      .invalidOptionValue, "`\(setting.value)` isn't a value of `\(setting.name)`",
      at: setting.span,
      hint: takes.isEmpty ? nil : "`\(setting.name)` takes \(takes)")
  }

  static func factRefused(_ what: String, at span: Span?) -> Diagnostic {
    refused("a state machine can't find out \(what)", at: span)
  }

  static func machineTooLarge(_ size: Int, at span: Span?) -> Diagnostic {
    let limit = StepFunctionsFiles.maximumSize
    return refused(
      "the state machine has \(size) bytes; Step Functions takes \(limit)", at: span,
      hint: "split the pipeline")
  }

  static func tooManyActiveSteps(_ width: Int, at span: Span?) -> Diagnostic {
    let limit = StepFunctionsFiles.maximumActiveSteps
    return refused(
      "\(width) steps would be on the cluster at once; EMR takes \(limit)", at: span,
      hint: "order some of them with `after`")
  }

  static func tooManyEvents(_ count: Int, at span: Span?) -> Diagnostic {
    let limit = StepFunctionsFiles.maximumEvents
    return refused(
      "an execution may have up to \(count) events in its history; Step Functions takes \(limit)",
      at: span, hint: "split the pipeline, or lower the steps' tries")
  }

  private static func refused(
    _ message: String, at span: Span?, hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(.stepFunctionsRefused, message, at: span, hint: hint)
  }
}
