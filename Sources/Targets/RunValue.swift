/// A value that differs from run to run, and that an engine fills in.
package indirect enum RunValue: Hashable, Sendable {
  case runID
  /// The run's time plus so many seconds, in a format of `formatTime`, in UTC.
  case runTime(offset: Int64, format: String)
  case parameter(String)
  /// The text that is found by a fact of the plan, and what comes in its place if nothing is found.
  case answer(fact: Int, otherwise: [TextPart])
  /// A secret, by the reference in its placeholder.
  case secret(String)
}

/// A part of a text in a deployment's requests.
package enum TextPart: Hashable, Sendable {
  case text(String)
  case value(RunValue)
}
