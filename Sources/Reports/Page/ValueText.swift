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

  /// An item of a list without the part that names it, which is shown before it.
  static func told(_ value: Value) -> String {
    guard case .map(let map) = value else { return shown(value) }
    if map["option"] != nil { return map["value"].map(shown) ?? "set" }
    if let only = map["argument"] ?? map["application"] ?? map["program"] { return shown(only) }
    if let value = map["Value"], map["Key"] != nil, map.count == 2 { return shown(value) }
    if let status = map["exitStatus"]?.plainText, map["question"] != nil {
      return "else exit status \(status)"
    }
    if let status = map["status"], map["name"] != nil, map.count == 2 { return shown(status) }
    return shown(value)
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
