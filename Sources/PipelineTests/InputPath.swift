import Diagnostics
import Text
import Values

/// The path of a value in an input: `config.aws.s3`, `targets[0].data`, `config["a.b"].c`.
struct InputPath {
  enum Part: Equatable {
    case key(String)
    case index(Int)
  }

  let input: String
  let parts: [Part]

  /// Nil if it isn't a path.
  init?(_ text: String) {
    var parts: [Part] = []
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "[") {
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let inner = bytes[(at + 1)..<end]
        if inner.first == .quote, let close = bytes[(at + 2)...].firstIndex(of: .quote),
          close + 1 < bytes.count, bytes[close + 1] == UInt8(ascii: "]")
        {
          parts.append(.key(String(decoding: bytes[(at + 2)..<close], as: UTF8.self)))
          at = close + 2
        } else {
          guard let index = Int(String(decoding: inner, as: UTF8.self)), index >= 0 else {
            return nil
          }
          parts.append(.index(index))
          at = end + 1
        }
        continue
      }
      if bytes[at] == UInt8(ascii: ".") {
        guard at > 0 else { return nil }
        at += 1
      }
      let key = bytes[at...].prefix {
        $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[")
      }
      guard !key.isEmpty else { return nil }
      parts.append(.key(String(decoding: key, as: UTF8.self)))
      at += key.count
    }
    guard case .key(let input)? = parts.first else { return nil }
    self.input = input
    self.parts = Array(parts.dropFirst())
  }

  /// Why a value can't be changed.
  struct Problem {
    var reason: String
    var hint: Hint?
  }

  /// Sets the value at the path, with the maps that lead there, or takes it away.
  func change(_ whole: inout Value, to value: Value?) -> Problem? {
    Self.change(&whole, parts[...], to: value)
  }

  private static func change(
    _ value: inout Value, _ parts: ArraySlice<Part>, to new: Value?
  ) -> Problem? {
    guard let part = parts.first else {
      guard let new else { return Problem(reason: "it is the whole input") }
      value = new
      return nil
    }
    let rest = parts.dropFirst()
    switch (part, value) {
    case (.key(let key), .map(var map)):
      if rest.isEmpty, new == nil {
        guard map[key] != nil else {
          return Problem(
            reason: "there is no `\(key)`", hint: Suggestion.hint(for: key, among: names(map)))
        }
        map[key] = nil
      } else {
        if map[key] == nil, new == nil {
          return Problem(
            reason: "there is no `\(key)`", hint: Suggestion.hint(for: key, among: names(map)))
        }
        var inner = map[key] ?? .map(ValueMap())
        if !rest.isEmpty, case .null = inner { inner = .map(ValueMap()) }
        if let problem = change(&inner, rest, to: new) { return problem }
        map[key] = inner
      }
      value = .map(map)
      return nil
    case (.index(let index), .list(var items)):
      guard index < items.count || index == items.count && new != nil else {
        return Problem(reason: "the list has \(items.count) items")
      }
      if rest.isEmpty, new == nil {
        items.remove(at: index)
      } else {
        if index == items.count { items.append(.map(ValueMap())) }
        if let problem = change(&items[index], rest, to: new) { return problem }
      }
      value = .list(items)
      return nil
    case (.key(let key), _):
      return Problem(reason: "`\(key)` would be in something that isn't a map")
    case (.index(let index), _):
      return Problem(reason: "`[\(index)]` would be in something that isn't a list")
    }
  }

  private static func names(_ map: ValueMap) -> [String] {
    map.keys.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}
