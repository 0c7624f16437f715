import SourceText
import Values

extension SpannedValue {
  /// The value of a map's member; nil if there is none, or if this isn't a map.
  subscript(name: String) -> SpannedValue? { entry(name)?.value }

  func entry(_ name: String) -> Entry? {
    guard case .map(let entries) = content else { return nil }
    return entries.first { $0.key == name }
  }

  var entries: [Entry] {
    if case .map(let entries) = content { entries } else { [] }
  }

  var items: [SpannedValue] {
    if case .list(let items) = content { items } else { [] }
  }

  /// A string; nil for a secret, which messages must not quote.
  var text: String? {
    if case .scalar(.string(let text)) = content { text } else { nil }
  }

  var flag: Bool? {
    if case .scalar(.bool(let flag)) = content { flag } else { nil }
  }

  var integer: Int64? {
    if case .scalar(let value) = content { value.exactInteger } else { nil }
  }

  var number: Double? {
    if case .scalar(let value) = content { value.nearestDouble } else { nil }
  }
}

/// Where a rule is broken: in an input if the value comes from one, else in the pipeline.
struct Spot {
  var span: Span?
  /// Where the pipeline uses the value, if it isn't written there.
  var pipeline: Span?

  init(_ located: SpannedValue) {
    span = located.origin ?? located.span
    if located.origin != nil { pipeline = located.span }
  }

  /// The spot of a member that must not be there, or not together with others.
  init(_ entry: SpannedValue.Entry) {
    self.init(entry.value)
    if entry.value.origin == nil { span = entry.keySpan ?? entry.value.span }
  }

  init(_ span: Span?) { self.span = span }
}
