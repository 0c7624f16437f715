package import SourceText

/// An evaluated value with the place that each part of it was written at.
package struct Located: Sendable {
  package indirect enum Content: Sendable {
    case scalar(Value)
    case list([Located])
    case map([Entry])
  }

  package struct Entry: Sendable {
    package var key: String
    package var keySpan: Span?
    package var value: Located

    package init(key: String, keySpan: Span? = nil, value: Located) {
      self.key = key
      self.keySpan = keySpan
      self.value = value
    }
  }

  package var content: Content
  /// Where it is written: in a pipeline, as a rule.
  package var span: Span?
  /// The place in an input that the value came from.
  package var origin: Span?

  package init(_ content: Content, span: Span? = nil, origin: Span? = nil) {
    self.content = content
    self.span = span
    self.origin = origin
  }
}
