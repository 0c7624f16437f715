import Documents
import PlanDiff
import Values

/// Values as people read them in one line.
enum ValueText {
  static func compact(_ value: Value) -> String {
    if let text = value.plainText { return text }
    if case .map(let map) = value, map.count == 1, let document = map["base64"] {
      return "base64 of " + compact(document)
    }
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// What a value says, without the part that names it; one that is too long for a line, and has
  /// parts, by their names.
  static func told(_ value: Value, limit: Int = Int.max) -> String {
    let part = essence(value)
    let text = shown(part)
    guard text.count > limit else { return text }
    switch part.document {
    case .map(let map):
      return short(
        "{" + map.entries.map { compact($0.key) }.joined(separator: ", ") + "}", limit: limit)
    case .list(let items): return "[\(items.count) item\(items.count == 1 ? "" : "s")]"
    default: return text
    }
  }

  /// The parts of a value that is too long for a line, each with the keys that lead to it; empty for
  /// a text, and for what fits.
  static func parts(_ value: Value, limit: Int) -> [(label: String, text: String)] {
    let part = essence(value)
    guard shown(part).count > limit else { return [] }
    var parts: [(label: String, text: String)] = []
    collect(part.document, "", &parts)
    return parts
  }

  private static func collect(
    _ value: Value, _ label: String, _ parts: inout [(label: String, text: String)]
  ) {
    func inner(_ name: String) -> String { label.isEmpty ? name : "\(label) › \(name)" }
    switch value.document {
    case .map(let map):
      for entry in map.entries { collect(entry.value, inner(compact(entry.key)), &parts) }
    case .list(let items) where items.contains { $0.plainText == nil }:
      for (index, item) in items.enumerated() {
        collect(item, inner(item.usualName ?? "\(index + 1)"), &parts)
      }
    case .list(let items):
      parts.append((label, items.compactMap(\.plainText).joined(separator: ", ")))
    default: if !label.isEmpty { parts.append((label, shown(value))) }
    }
  }

  /// An item of a list without the part that names it, which is shown before it.
  private static func essence(_ value: Value) -> Value {
    guard case .map(let map) = value else { return value }
    if map["option"] != nil { return map["value"] ?? .string("set") }
    if let only = map["argument"] ?? map["application"] ?? map["program"] { return only }
    if let value = map["Value"], map["Key"] != nil, map.count == 2 { return value }
    if let status = map["exitStatus"]?.plainText, map["question"] != nil {
      return .string("else exit status \(status)")
    }
    if let status = map["status"], map["name"] != nil, map.count == 2 { return status }
    return value
  }

  static func shown(_ value: Value) -> String {
    let text = compact(value)
    return text.isEmpty ? "(empty)" : text
  }

  /// How many characters two texts have in common at their starts, and after that at their ends.
  static func common(_ left: [Character], _ right: [Character]) -> (head: Int, tail: Int) {
    let most = min(left.count, right.count)
    var head = 0
    while head < most, left[head] == right[head] { head += 1 }
    var tail = 0
    while tail < most - head, left[left.count - 1 - tail] == right[right.count - 1 - tail] {
      tail += 1
    }
    return (head, tail)
  }

  /// Two texts, cut to what differs if they are long: `…enrich-1.18.0.jar`, `…enrich-1.19.0.jar`.
  static func pair(_ before: String, _ after: String, limit: Int) -> (String, String) {
    let (left, right) = (Array(before), Array(after))
    guard left.count + right.count > limit else { return (before, after) }
    let (head, tail) = common(left, right)
    let context = 14
    let from = max(0, head - context)
    let keep = min(tail, context)
    return (
      cut(left, from, keep, tail, limit), cut(right, from, keep, tail, limit)
    )
  }

  private static func cut(
    _ text: [Character], _ from: Int, _ keep: Int, _ tail: Int, _ limit: Int
  ) -> String {
    let end = max(from, text.count - tail + keep)
    // A cut must save more than its ellipsis costs.
    let start = from < 4 ? 0 : from
    let stop = text.count - end < 4 ? text.count : end
    var middle = String(text[start..<stop])
    if middle.count > limit { middle = short(middle, limit: limit) }
    return (start > 0 ? "…" : "") + middle + (stop < text.count ? "…" : "")
  }

  /// One text, cut in the middle.
  static func short(_ text: String, limit: Int) -> String {
    guard text.count > limit else { return text }
    let half = (limit - 1) / 2
    return String(text.prefix(half)) + "…" + String(text.suffix(limit - 1 - half))
  }
}

extension Value {
  /// The document that an encoded value holds; else itself.
  fileprivate var document: Value {
    guard case .map(let map) = self, map.count == 1, let document = map["base64"] else {
      return self
    }
    return document
  }
}
