import Text
import Values

/// Writes outlines as YAML.
struct OutlineWriter {
  private(set) var text = ""

  mutating func write(_ entries: [Outline.Entry], depth: Int = 0) {
    for entry in entries { write(entry, depth: depth) }
  }

  private mutating func write(_ entry: Outline.Entry, depth: Int) {
    let indent = String(repeating: "  ", count: depth)
    for line in entry.comments.above { text += "\(indent)\(line)\n" }
    text += "\(indent)\(Self.key(entry.key)):"
    write(entry.content, entry.comments.behind, depth: depth)
  }

  /// Writes what follows a key's colon or an item's dash.
  private mutating func write(_ content: Outline.Content, _ behind: String?, depth: Int) {
    switch content {
    case .text(let value):
      let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
      let margin = String(repeating: "  ", count: depth + 1)
      text += lines.first.map { $0.isEmpty ? "" : " \($0)" } ?? ""
      let isBlock = value.hasPrefix("|") || value.hasPrefix(">")
      if isBlock, let behind { text += " \(behind)" }
      for line in lines.dropFirst() { text += line.isEmpty ? "\n" : "\n\(margin)\(line)" }
      end(isBlock ? nil : behind)
    case .map(let entries):
      end(behind)
      write(entries, depth: depth + 1)
    case .list(let items):
      end(behind)
      write(items, depth: depth + 1)
    }
  }

  private mutating func write(_ items: [Outline.Item], depth: Int) {
    let indent = String(repeating: "  ", count: depth)
    for item in items {
      for line in item.comments.above { text += "\(indent)\(line)\n" }
      switch item.content {
      case .text:
        text += "\(indent)-"
        write(item.content, item.comments.behind, depth: depth)
      case .map(let entries):
        var inner = OutlineWriter()
        inner.write(entries, depth: depth + 1)
        // The first key is on the dash's line.
        let lines = inner.text.split(separator: "\n", omittingEmptySubsequences: false)
        var isFirst = true
        for line in lines where !line.isEmpty {
          let body = line.drop { $0 == " " }
          if isFirst, !body.hasPrefix("#") {
            text += "\(indent)- \(body)\n"
            isFirst = false
          } else {
            text += "\(isFirst ? indent + body : String(line))\n"
          }
        }
      case .list(let inner):
        text += "\(indent)-\n"
        write(inner, depth: depth + 1)
      }
    }
  }

  private mutating func end(_ comment: String?) {
    if let comment { text += " \(comment)" }
    text += "\n"
  }

  /// A key, in quotes if it needs them.
  private static func key(_ key: String) -> String {
    let isPlain =
      !key.isEmpty
      && key.utf8.allSatisfy { byte in
        switch byte {
        case UInt8.digits, UInt8.uppercase, UInt8.lowercase, .hyphen, .dot, .underscore: true
        default: false
        }
      } && key.utf8.contains { UInt8.uppercase.contains($0) || UInt8.lowercase.contains($0) }
    return isPlain ? key : quoted(key)
  }

  static func quoted(_ text: String) -> String {
    "\""
      + text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
      .split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
  }
}
