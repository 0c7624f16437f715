import Values

/// What a run asks of the world before it starts, as a statement that holds or does not.
enum CheckWords {
  /// What a run goes on without is a question, not a statement: it only decides what the run does.
  static func question(_ question: ValueMap, decides: Bool) -> String {
    (decides ? "whether " : "") + statement(question)
  }

  private static func statement(_ question: ValueMap) -> String {
    let location = question["location"]?.plainText ?? ""
    let pattern = question["pattern"]?.plainText ?? ""
    switch question["kind"]?.plainText {
    case "is-empty": return "\(location) is empty"
    case "has-match": return "\(location) holds data that matches \(pattern)"
    case "last": return "the last \(pattern) in \(location)"
    case "count": return "how many \(pattern) are in \(location)"
    case "cluster": return "a cluster named \(question["name"]?.plainText ?? "") waits"
    default: return "\(question["kind"]?.plainText ?? "") \(location)"
    }
  }
}
