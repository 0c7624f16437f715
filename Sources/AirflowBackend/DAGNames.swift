import PlanFormat

/// Names for tasks, groups and variables, each given once.
package struct DAGNames {
  private var taken: Set<String>

  package init(reserved: Set<String> = []) { taken = reserved }

  /// The name itself, or with a number if it is taken.
  package mutating func unique(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }

  /// The same for a name that is used with these suffixes too.
  package mutating func uniqueWith(_ name: String, suffixes: [String]) -> String {
    var candidate = name
    var number = 2
    while taken.contains(candidate) || suffixes.contains(where: { taken.contains(candidate + $0) })
    {
      candidate = "\(name)_\(number)"
      number += 1
    }
    taken.insert(candidate)
    for suffix in suffixes { taken.insert(candidate + suffix) }
    return candidate
  }

  /// Lower-case words with underscores between them, of at most so many characters.
  package static func slug(_ text: String, limit: Int) -> String {
    var words: [String] = []
    var word = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        word.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        word.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
      default:
        if !word.isEmpty { words.append(word) }
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    var slug = ""
    for word in words {
      let next = slug.isEmpty ? word : "\(slug)_\(word)"
      if next.utf8.count > limit {
        if slug.isEmpty { slug = String(word.prefix(limit)) }
        break
      }
      slug = next
    }
    return slug
  }

  /// A step's name without its stage, `[stage] `.
  static func title(ofStep name: String, stage: String) -> Substring {
    let prefix = "[\(stage)] "
    return name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name[...]
  }

  /// What Python, the file's imports and its helpers use.
  static let reserved: Set<String> = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "match", "case",
    "type",
    "step", "repeated_step", "request", "gate", "pendulum", "time", "check_cluster", "run_time",
    "look_up", "find", "is_found", "is_same", "require_any_or_unless", "require", "require_any",
    "is_some", "keys_below", "is_empty", "has_match",
    "too_deep", "captures", "last_match", "last_folder", "count_matches", "all_matches",
    "clusters_named", "create_cluster", "cluster_ready", "use_cluster", "terminate_cluster",
    "run_failed", "fail_run", "checks", "dag", "re", "chain", "datetime", "timedelta", "all", "any",
    "list", "dict", "str", "len", "next", "int", "bool", "sorted",
  ]
}
