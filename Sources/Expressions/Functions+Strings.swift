import Text
import RegularExpressions
import Values

/// Functions of strings. Positions count code points.
extension Evaluator {
  func text(_ builtin: Builtin, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    guard let first = arguments.first else { return nil }
    if builtin == .join { return try join(arguments) }
    guard case .string(let text) = first else { return nil }
    try spend(text.utf8.count / 16)
    switch (builtin, arguments.count) {
    case (.lowerAscii, 1): return .string(Self.mapASCII(text, UInt8.uppercase))
    case (.upperAscii, 1): return .string(Self.mapASCII(text, UInt8.lowercase))
    case (.trim, 1): return .string(Self.trimmed(text))
    case (.quote, 1): return .string(Self.quoted(text))
    case (.format, 2):
      guard case .list(let items) = arguments[1] else { return nil }
      return .string(try format(text, items))
    case (.charAt, 2): return try charAt(text, arguments[1])
    case (.substring, 2...3): return try substring(text, arguments)
    case (.contains, 2), (.startsWith, 2), (.endsWith, 2), (.matches, 2):
      guard case .string(let other) = arguments[1] else { return nil }
      return .bool(try test(builtin, text, other))
    case (.indexOf, 2...3), (.lastIndexOf, 2...3): return try position(builtin, text, arguments)
    case (.split, 2...3): return try split(text, arguments)
    case (.replace, 3...4): return try replace(text, arguments)
    default: return nil
    }
  }

  private func test(
    _ builtin: Builtin, _ text: String, _ other: String
  ) throws(EvaluationError) -> Bool {
    switch builtin {
    case .startsWith: return text.utf8.starts(with: other.utf8)
    case .endsWith:
      return text.utf8.count >= other.utf8.count
        && text.utf8.suffix(other.utf8.count).elementsEqual(other.utf8)
    case .contains:
      try spend(text.utf8.count / 4)
      return Search(Array(other.utf8)).first(in: Array(text.utf8), from: 0) != nil
    default:
      let pattern = try regularExpression(other)
      try spend(text.utf8.count + other.utf8.count / 16)
      return pattern.matches(text)
    }
  }

  private func regularExpression(
    _ pattern: String
  ) throws(EvaluationError) -> RegularExpression {
    if let known = patterns[pattern] { return known }
    try spend(pattern.utf8.count * 16)
    if let known = context.functions.patterns[pattern] { return known }
    switch RegularExpression.compile(pattern, syntax: .re2) {
    case .success(let compiled):
      patterns[pattern] = compiled
      context.functions.patterns[pattern] = compiled
      return compiled
    case .failure(let error):
      throw EvaluationError("invalid regular expression: \(error)")
    }
  }

  // MARK: Pieces

  private static func mapASCII(_ text: String, _ range: ClosedRange<UInt8>) -> String {
    String(decoding: text.utf8.map { range.contains($0) ? $0 ^ 0x20 : $0 }, as: UTF8.self)
  }

  static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  private static func trimmed(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return string(scalars[first...last])
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{07}": quoted += "\\a"
      case "\u{08}": quoted += "\\b"
      case "\u{0C}": quoted += "\\f"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{0B}": quoted += "\\v"
      case "\\": quoted += "\\\\"
      case "\"": quoted += "\\\""
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private func charAt(_ text: String, _ position: Value) throws(EvaluationError) -> Value? {
    guard case .int(let at) = position else { return nil }
    let scalars = Array(text.unicodeScalars)
    guard at >= 0, at <= scalars.count else { throw Self.outOfRange(at) }
    guard let scalar = scalars.dropFirst(Int(at)).first else { return .string("") }
    return .string(String(scalar))
  }

  static func outOfRange(_ index: Int64) -> EvaluationError {
    EvaluationError("index \(index) is out of range")
  }

  private func substring(_ text: String, _ arguments: [Value]) throws(EvaluationError) -> Value? {
    guard case .int(let start) = arguments[1] else { return nil }
    let scalars = Array(text.unicodeScalars)
    var end = Int64(scalars.count)
    if arguments.count == 3 {
      guard case .int(let given) = arguments[2] else { return nil }
      end = given
    }
    guard start >= 0, start <= scalars.count else { throw Self.outOfRange(start) }
    guard end >= start, end <= scalars.count else { throw Self.outOfRange(end) }
    return .string(Self.string(scalars[Int(start)..<Int(end)]))
  }

  private func position(
    _ builtin: Builtin, _ text: String, _ arguments: [Value]
  ) throws(EvaluationError) -> Value? {
    guard case .string(let other) = arguments[1] else { return nil }
    let scalars = Array(text.unicodeScalars)
    let needle = Array(other.unicodeScalars)
    try spend(scalars.count / 4)
    var from: Int64 = builtin == .indexOf ? 0 : Int64(scalars.count)
    if arguments.count == 3 {
      guard case .int(let given) = arguments[2] else { return nil }
      guard given >= 0, given <= scalars.count,
        builtin == .indexOf || given < scalars.count
          || needle.isEmpty
      else { throw Self.outOfRange(given) }
      from = given
    }
    if builtin == .indexOf {
      return .int(Int64(Search(needle).first(in: scalars, from: Int(from)) ?? -1))
    }
    // Backwards, from the last place where it may be.
    let end = min(Int(from) + needle.count, scalars.count)
    let found = Search(needle.reversed()).first(in: scalars[..<end].reversed(), from: 0)
    return .int(found.map { Int64(end - $0 - needle.count) } ?? -1)
  }

  private func split(
    _ text: String, _ arguments: [Value]
  ) throws(EvaluationError) -> Value? {
    guard case .string(let separator) = arguments[1] else { return nil }
    var limit = Int64(-1)
    if arguments.count == 3 {
      guard case .int(let given) = arguments[2] else { return nil }
      limit = given
    }
    if limit == 0 { return .list([]) }
    if limit == 1 { return .list([.string(text)]) }
    try spend(text.utf8.count)
    let scalars = Array(text.unicodeScalars)
    let needle = Array(separator.unicodeScalars)
    let search = Search(needle)
    var pieces: [Value] = []
    var start = 0
    while limit < 0 || pieces.count < limit - 1 {
      guard
        let end = needle.isEmpty
          ? (start + 1 < scalars.count ? start + 1 : nil)
          : search.first(in: scalars, from: start)
      else { break }
      pieces.append(.string(Self.string(scalars[start..<end])))
      start = end + needle.count
    }
    if !needle.isEmpty || start < scalars.count {
      pieces.append(.string(Self.string(scalars[start...])))
    }
    return .list(pieces)
  }

  private func replace(
    _ text: String, _ arguments: [Value]
  ) throws(EvaluationError) -> Value? {
    guard case .string(let old) = arguments[1], case .string(let new) = arguments[2] else {
      return nil
    }
    var limit = Int64(-1)
    if arguments.count == 4 {
      guard case .int(let given) = arguments[3] else { return nil }
      limit = given
    }
    let scalars = Array(text.unicodeScalars)
    let needle = Array(old.unicodeScalars)
    let search = Search(needle)
    let replacement = Array(new.unicodeScalars)
    var result: [Unicode.Scalar] = []
    var at = 0
    var count: Int64 = 0
    try spend(scalars.count)
    while limit < 0 || count < limit, at <= scalars.count,
      let found = search.first(in: scalars, from: at)
    {
      try spend(replacement.count / 16 + 1)
      result += scalars[at..<found]
      result += replacement
      count += 1
      at = found + needle.count
      if needle.isEmpty {
        // An empty text is found between any two characters.
        if found < scalars.count { result.append(scalars[found]) }
        at = found + 1
      }
    }
    if at < scalars.count { result += scalars[at...] }
    return .string(Self.string(result))
  }

  private func join(_ arguments: [Value]) throws(EvaluationError) -> Value? {
    guard case .list(let items)? = arguments.first, arguments.count <= 2 else { return nil }
    var separator = ""
    if arguments.count == 2 {
      guard case .string(let given) = arguments[1] else { return nil }
      separator = given
    }
    var result = ""
    for (at, item) in items.enumerated() {
      guard case .string(let text) = item.revealed else {
        throw EvaluationError("`join` needs strings, not \(item.kindName)")
      }
      try spend((text.utf8.count + separator.utf8.count) / 16)
      if at > 0 { result += separator }
      result += text
    }
    return .string(result)
  }
}
