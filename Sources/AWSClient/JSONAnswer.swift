import Documents
internal import Diagnostics
internal import SourceText
package import Values

/// JSON responses as values.
package enum JSONAnswer {
  /// The response's object; an empty body counts as an empty one.
  package static func read(_ bytes: [UInt8]) throws(MalformedAnswer) -> ValueMap {
    guard !bytes.isEmpty else { return ValueMap() }
    var diagnostics: [Diagnostic] = []
    guard let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics),
      let root = tree.root
    else { throw MalformedAnswer(diagnostics.first?.message ?? "it isn't JSON") }
    guard case .map(let map) = Value(tree, root) else {
      throw MalformedAnswer("it isn't a JSON object")
    }
    return map
  }
}

extension ValueMap {
  /// The text of an entry, if there is one.
  package func text(_ key: String) -> String? {
    if case .string(let text)? = self[key] { text } else { nil }
  }

  package func map(_ key: String) -> ValueMap? {
    if case .map(let map)? = self[key] { map } else { nil }
  }

  package func list(_ key: String) -> [Value] {
    if case .list(let items)? = self[key] { items } else { [] }
  }

  package func maps(_ key: String) -> [ValueMap] {
    list(key).compactMap { if case .map(let map) = $0 { map } else { nil } }
  }

  /// A required list of objects, which may be empty.
  package func requiredMaps(_ key: String) throws(MalformedAnswer) -> [ValueMap] {
    guard case .list(let items)? = self[key] else {
      throw MalformedAnswer("`\(key)` is missing, or isn't a list")
    }
    return try items.map { item throws(MalformedAnswer) in
      guard case .map(let map) = item else {
        throw MalformedAnswer("`\(key)` isn't a list of objects")
      }
      return map
    }
  }

  /// A required text.
  package func required(_ key: String) throws(MalformedAnswer) -> String {
    guard let text = text(key) else { throw MalformedAnswer("`\(key)` is missing") }
    return text
  }

  /// A time: seconds since 1970, as in JSON protocols, or text.
  package func time(_ key: String) -> Value.Timestamp? {
    switch self[key]?.computable {
    case .int(let seconds)?:
      guard seconds.magnitude < 1_000_000_000_000 else { return nil }
      return Value.Timestamp(seconds: seconds, nanoseconds: 0)
    case .double(let seconds)?:
      guard seconds.isFinite, abs(seconds) < 1e12 else { return nil }
      let whole = seconds.rounded(.down)
      let rest = ((seconds - whole) * 1000).rounded()
      return Value.Timestamp(
        seconds: Int64(whole), nanoseconds: Int32(min(rest, 999)) * 1_000_000)
    case .string(let text)?: return TimeText.iso(text)
    default: return nil
    }
  }
}
