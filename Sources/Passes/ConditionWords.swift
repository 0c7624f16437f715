import PipelineSyntax
import SourceText
import Values

/// Says what a condition's names stand for: "`stream` is true, `config.aws.s3.region` is `eu`".
enum ConditionWords {
  /// Values of the names in an expression's text that are told in a word; secrets are left out, and
  /// so are names that mean more.
  static func values(in text: String, _ scope: Scope) -> String {
    var told: [String] = []
    for path in paths(in: Array(text.utf8)) {
      guard let words = words(of: path, scope) else { continue }
      let sentence = "`\(path.joined(separator: "."))` \(words)"
      if !told.contains(sentence) { told.append(sentence) }
    }
    return told.joined(separator: ", ")
  }

  private static func words(of path: [String], _ scope: Scope) -> String? {
    guard let first = path.first, var value = scope.variables[first] else { return nil }
    for key in path.dropFirst() {
      guard case .map(let map) = value.unwrapped else { return nil }
      guard let next = map[key] else { return "is not there" }
      value = next
    }
    switch value {
    case .bool, .int, .uint, .double: return "is \(value.argumentWords)"
    case .string(let text): return text.utf8.count <= 80 ? "is `\(text)`" : nil
    case .list(let items): return "has \(items.count) item\(items.count == 1 ? "" : "s")"
    case .null, .optional(nil): return "is not there"
    case .optional, .bytes, .map, .timestamp, .duration, .type, .opaque, .secret: return nil
    }
  }

  /// The paths `a.b.c` in an expression, without what is called as a function and outside of texts.
  private static func paths(in text: [UInt8]) -> [[String]] {
    var paths: [[String]] = []
    var at = 0
    while at < text.count {
      if text[at] == 0x22 || text[at] == 0x27 {
        let quote = text[at]
        at += 1
        while at < text.count, text[at] != quote { at += text[at] == 0x5C ? 2 : 1 }
        at += 1
      } else if isWord(text[at]) {
        let path = path(in: text, &at)
        if let path { paths.append(path) }
      } else {
        at += 1
      }
    }
    return paths
  }

  private static func path(in text: [UInt8], _ at: inout Int) -> [String]? {
    var parts: [String] = []
    let isNumber = (0x30...0x39).contains(text[at])
    while true {
      let start = at
      while at < text.count, isWord(text[at]) { at += 1 }
      parts.append(String(decoding: text[start..<at], as: UTF8.self))
      var next = at
      if next < text.count, text[next] == 0x2E { next += 1 } else { break }
      if next < text.count, text[next] == 0x3F { next += 1 }
      guard next < text.count, isWord(text[next]) else { break }
      at = next
    }
    if at < text.count, text[at] == 0x28 { parts.removeLast() }
    return isNumber || parts.isEmpty ? nil : parts
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      || (0x61...0x7A).contains(byte)
  }
}

extension Value {
  fileprivate var argumentWords: String {
    switch self {
    case .bool(let flag): String(flag)
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number): String(number)
    default: ""
    }
  }
}
