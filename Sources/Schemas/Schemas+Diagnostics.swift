import Documents
import Diagnostics
import SourceText
import Values

// Errors in schemas themselves; `ViolationReport` words those in instances.
extension Diagnostic {
  static func missingSchema(_ uri: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .schemaNotFound, "there is no schema `\(uri)`", at: span,
      hint: "add the file that declares it, or correct the reference")
  }

  static func danglingReference(_ reference: String, at span: Span) -> Diagnostic {
    Diagnostic(.schemaNotFound, "the reference `\(reference)` has no target", at: span)
  }

  static func badPatternKeyword(
    _ pattern: String, _ reason: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .schemaInvalid, "the pattern `\(pattern)` can't be used: \(reason)", at: span)
  }

  static func badKeyword(_ keyword: String, _ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(.schemaInvalid, "`\(keyword)` \(reason)", at: span)
  }

  static func notASchema(_ kind: Tree.Kind, at span: Span) -> Diagnostic {
    Diagnostic(
      .schemaInvalid, "a schema must be a map or a boolean, not \(kind.wording)", at: span)
  }
}

extension Tree.Kind {
  /// With its article: `a string`.
  var wording: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .int: "an integer"
    case .float: "a number"
    case .string: "a string"
    case .list: "a list"
    case .map: "a map"
    }
  }
}

extension TypeSet {
  /// With articles: `an integer or a string`.
  var wording: String {
    var words: [String] = []
    let names: [(TypeSet, String)] = [
      (.boolean, "a boolean"), (.number, "a number"), (.integer, "an integer"),
      (.string, "a string"), (.array, "a list"), (.object, "a map"), (.null, "null"),
    ]
    for (type, name) in names where contains(type) {
      if type == .integer, contains(.number) { continue }
      words.append(name)
    }
    return Wording.list(words, "or")
  }
}

/// Parts of messages.
enum Wording {
  /// `a, b or c`.
  static func list(_ words: [String], _ last: String) -> String {
    guard words.count > 1, let final = words.last else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " \(last) " + final
  }

  /// Alternatives for a message; a long common prefix is said once.
  static func alternatives(_ texts: [String]) -> String {
    let shared = texts.count > 1 ? commonStart(texts) : ""
    var words = texts.prefix(8).map { quoted(String($0.dropFirst(shared.count)), limit: 100) }
    if texts.count > 8 { words.append("one of \(texts.count - 8) others") }
    return shared.isEmpty
      ? list(words, "or") : "`\(shared)` followed by \(list(words, "or"))"
  }

  /// The folders that all paths start with; empty if too short to be worth saying.
  private static func commonStart(_ texts: [String]) -> String {
    guard var shared = texts.first else { return "" }
    for text in texts { shared = String(zip(shared, text).prefix { $0 == $1 }.map(\.0)) }
    guard let slash = shared.lastIndex(of: "/") else { return "" }
    let start = String(shared[...slash])
    return start.count < 20 ? "" : start
  }

  /// A text in backticks, on one line, cut if it is long.
  static func quoted(_ text: String, limit: Int = 40) -> String {
    var shown = ""
    var count = 0
    for scalar in text.unicodeScalars {
      guard count < limit else {
        shown += "…"
        break
      }
      switch scalar {
      case "\n": shown += "\\n"
      case "\t": shown += "\\t"
      case "`": shown += "'"
      default: shown.unicodeScalars.append(scalar)
      }
      count += 1
    }
    return "`\(shown)`"
  }

  /// `1 item`, `2 items`.
  static func count(_ count: Int, _ singular: String, _ plural: String) -> String {
    "\(count) \(count == 1 ? singular : plural)"
  }
}
