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

  static func emptiedBeforeRetry(_ step: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .stepFunctionsRefused,
      "Step Functions can't empty the output of `\(step)` before it tries again",
      at: span, hint: "give the step one try, or let its program replace its output")
  }

  static func factRefused(_ what: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .stepFunctionsRefused, "a state machine can't find out \(what)", at: span)
  }

  static func machineTooLarge(_ size: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .stepFunctionsRefused,
      "the state machine has \(size) bytes; Step Functions takes \(StepFunctionsFiles.maximumSize)",
      at: span, hint: "split the pipeline")
  }

  static func tooManyActiveSteps(_ width: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .stepFunctionsRefused,
      "\(width) steps would be on the cluster at once; EMR takes \(StepFunctionsFiles.maximumActiveSteps)",
      at: span, hint: "order some of them with `after`")
  }

  static func tooManyEvents(_ count: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .stepFunctionsRefused,
      """
      an execution may have up to \(count) events in its history; \
      Step Functions takes \(StepFunctionsFiles.maximumEvents)
      """, at: span, hint: "split the pipeline, or lower the steps' tries")
  }
}
