import Text

/// Puts steps into stages by their names.
enum StageGrouping {
  struct Stage {
    var name: String
    var steps: Range<Int>
  }

  /// Steps that begin with the same words in brackets, or before a colon or a dash, are a stage;
  /// other steps are stages of their own.
  static func stages(_ names: [String]) -> [Stage] {
    var stages: [Stage] = []
    var used: Set<String> = []
    var at = 0
    while at < names.count {
      let head = head(names[at])
      var end = at + 1
      while end < names.count, let head, Self.head(names[end]) == head { end += 1 }
      let name = unique(head ?? names[at], &used)
      stages.append(Stage(name: name, steps: at..<end))
      at = end
    }
    return stages
  }

  /// What a name begins with: `enrich` of `[enrich] s3-dist-cp: …`, `Load` of `Load - orders`.
  private static func head(_ name: String) -> String? {
    let bytes = Array(name.utf8)
    if bytes.first == .openBracket, let end = bytes.firstIndex(of: .closeBracket), end > 1 {
      return String(decoding: bytes[1..<end], as: UTF8.self)
    }
    for mark in [": ", " - ", " -> ", "/"] {
      guard let range = name.firstRange(of: mark), range.lowerBound > name.startIndex else {
        continue
      }
      if mark == " -> " { return nil }
      return String(name[..<range.lowerBound])
    }
    return nil
  }

  /// A name that expressions can use, of a few words, that no other stage has.
  private static func unique(_ text: String, _ used: inout Set<String>) -> String {
    var words = ConfigDraft.identifier(text).split(separator: "_").map(String.init)
    while words.count > 1, words.joined(separator: "_").utf8.count > 32 { words.removeLast() }
    let name = String(decoding: words.joined(separator: "_").utf8.prefix(40), as: UTF8.self)
    for number in 1... {
      let candidate = number == 1 ? name : "\(name)_\(number)"
      if used.insert(candidate).inserted { return candidate }
    }
    return name
  }
}
