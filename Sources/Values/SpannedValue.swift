package import SourceText

/// An evaluated value with the place where each part of it was written.
package struct SpannedValue: Sendable {
  package enum Content: Sendable {
    case scalar(Value)
    case list([SpannedValue])
    case map([Entry])
  }

  package struct Entry: Sendable {
    package var key: String
    package var keySpan: Span?
    package var value: SpannedValue

    package init(key: String, keySpan: Span? = nil, value: SpannedValue) {
      self.key = key
      self.keySpan = keySpan
      self.value = value
    }
  }

  package var content: Content
  /// Where it is written, usually in a pipeline.
  package var span: Span?
  /// The place in an input that the value came from.
  package var origin: Span?

  package init(_ content: Content, span: Span? = nil, origin: Span? = nil) {
    self.content = content
    self.span = span
    self.origin = origin
  }
}

extension SpannedValue {
  /// The value without its places.
  package var value: Value {
    switch content {
    case .scalar(let value): value
    case .list(let items): .list(items.map(\.value))
    case .map(let entries):
      .map(ValueMap(entries.map { (key: .string($0.key), value: $0.value.value) }))
    }
  }

  /// A value with every part at the same place. Absent entries are left out.
  package init(value: Value, span: Span? = nil, origin: Span? = nil) {
    switch value {
    case .list(let items):
      self.init(
        .list(items.map { SpannedValue(value: $0, span: span, origin: origin) }), span: span,
        origin: origin)
    case .map(let map):
      self.init(
        .map(
          map.entries.compactMap { entry in
            guard case .string(let key) = entry.key else { return nil }
            switch entry.value {
            case .null, .optional(nil): return nil
            case .optional(let wrapped?):
              return Entry(
                key: key, value: SpannedValue(value: wrapped, span: span, origin: origin))
            default:
              return Entry(
                key: key, value: SpannedValue(value: entry.value, span: span, origin: origin))
            }
          }), span: span, origin: origin)
    default: self.init(.scalar(value), span: span, origin: origin)
    }
  }
}
