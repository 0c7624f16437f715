/// What goes wrong with an answer.
enum Fault: String, CaseIterable, Sendable {
  case throttled = "throttled"
  case throttledAfterEffect = "throttled, though done"
  case internalError = "500"
  case internalErrorAfterEffect = "500, though done"
  case unavailable = "503"
  case resetBefore = "reset before the effect"
  case resetAfter = "reset after the effect"
  case timeOut = "no answer, though done"
  case truncated = "answer cut short"
  case malformed = "answer malformed"
  case expired = "credentials expired"
  case skewed = "clock an hour off"

  /// Whether the service does what is asked before it fails to say so.
  var hasEffect: Bool {
    switch self {
    case .throttledAfterEffect, .internalErrorAfterEffect, .resetAfter, .timeOut, .truncated,
      .malformed:
      true
    case .throttled, .internalError, .unavailable, .resetBefore, .expired, .skewed: false
    }
  }
}
