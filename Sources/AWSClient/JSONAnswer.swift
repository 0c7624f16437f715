import Documents
internal import Diagnostics
internal import SourceText
package import Values

/// JSON responses as values.
package enum JSONAnswer {
  /// The response's object.
  package static func read(_ bytes: [UInt8]) throws(MalformedAnswer) -> ValueMap {
    guard !bytes.isEmpty else { throw MalformedAnswer("it is empty") }
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

/// The members of an answer. A null one counts as missing; one of another type than the model's is
/// never taken for a missing one.
extension ValueMap {
  package func text(_ key: String) throws(MalformedAnswer) -> String? {
    switch self[key] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    default: throw MalformedAnswer("`\(key)` isn't a string")
    }
  }

  package func map(_ key: String) throws(MalformedAnswer) -> ValueMap? {
    switch self[key] {
    case nil, .null?: return nil
    case .map(let map)?: return map
    default: throw MalformedAnswer("`\(key)` isn't an object")
    }
  }

  package func maps(_ key: String) throws(MalformedAnswer) -> [ValueMap]? {
    guard let items = try list(key) else { return nil }
    return try items.map { item throws(MalformedAnswer) in
      guard case .map(let map) = item else {
        throw MalformedAnswer("`\(key)` isn't a list of objects")
      }
      return map
    }
  }

  package func texts(_ key: String) throws(MalformedAnswer) -> [String]? {
    guard let items = try list(key) else { return nil }
    return try items.map { item throws(MalformedAnswer) in
      guard case .string(let text) = item else {
        throw MalformedAnswer("`\(key)` isn't a list of strings")
      }
      return text
    }
  }

  private func list(_ key: String) throws(MalformedAnswer) -> [Value]? {
    switch self[key] {
    case nil, .null?: return nil
    case .list(let items)?: return items
    default: throw MalformedAnswer("`\(key)` isn't a list")
    }
  }

  /// A time: seconds since 1970, as in JSON protocols, or text.
  package func time(_ key: String) throws(MalformedAnswer) -> Value.Timestamp? {
    guard let value = self[key], value != .null else { return nil }
    switch value.computable {
    case .int(let seconds)? where seconds.magnitude < 1_000_000_000_000:
      return Value.Timestamp(seconds: seconds, nanoseconds: 0)
    case .double(let seconds)? where seconds.isFinite && abs(seconds) < 1e12:
      let whole = seconds.rounded(.down)
      let rest = ((seconds - whole) * 1000).rounded()
      return Value.Timestamp(
        seconds: Int64(whole), nanoseconds: Int32(min(rest, 999)) * 1_000_000)
    case .string(let text)?:
      if let time = TimeText.iso(text) { return time }
    default: break
    }
    throw MalformedAnswer("`\(key)` isn't a time")
  }

  // MARK: Required members

  /// A list of objects, which may be empty.
  package func requiredMaps(_ key: String) throws(MalformedAnswer) -> [ValueMap] {
    try Self.required(key, try maps(key))
  }

  package func requiredMap(_ key: String) throws(MalformedAnswer) -> ValueMap {
    try Self.required(key, try map(key))
  }

  /// A text, which may be empty.
  package func requiredText(_ key: String) throws(MalformedAnswer) -> String {
    try Self.required(key, try text(key))
  }

  /// An identifier, a state, …: a text that can't be empty.
  package func required(_ key: String) throws(MalformedAnswer) -> String {
    let text = try requiredText(key)
    guard !text.isEmpty else { throw MalformedAnswer("`\(key)` is empty") }
    return text
  }

  private static func required<Member>(
    _ key: String, _ member: Member?
  ) throws(MalformedAnswer) -> Member {
    guard let member else { throw MalformedAnswer("`\(key)` is missing") }
    return member
  }
}
