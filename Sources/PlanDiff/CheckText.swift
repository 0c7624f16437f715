import Diagnostics
import PlanFormat
import Values

/// What a run checks before it starts, as a statement that is true or false.
enum CheckText {
  /// A fact that only decides what the run does is a question ("whether …"), not a requirement.
  static func question(_ fact: Plan.Fact) -> String {
    guard fact.exitStatus != .failure else { return "whether " + statement(fact.question) }
    // A requirement has the answer that it needs, or there would be no plan.
    if case .bool(false) = fact.answer {
      switch fact.question {
      case .isEmpty(let location): return "\(location) holds data"
      case .hasMatch(let location, let pattern):
        return "\(location) holds no data that matches \(pattern)"
      case .last, .lastFolder, .tooDeep, .count, .all, .cluster, .clusterShape: break
      }
    }
    return statement(fact.question)
  }

  private static func statement(_ question: FactQuestion) -> String {
    switch question {
    case .isEmpty(let location): "\(location) is empty"
    case .hasMatch(let location, let pattern): "\(location) holds data that matches \(pattern)"
    case .last(let location, let pattern): "the last \(pattern) in \(location)"
    case .lastFolder(let location, let pattern):
      "the last \(pattern) in \(location), empty folders included"
    case .tooDeep(let location, let folders, _):
      "no data is more than \(folders) folder\(folders == 1 ? "" : "s") below \(location)"
    case .count(let location, let pattern): "how many \(pattern) are in \(location)"
    case .all(let location, let pattern): "which \(pattern) are in \(location)"
    case .cluster(let name, _): "a cluster named \(name) waits"
    case .clusterShape(let id): "what the cluster \(id) is"
    }
  }
}
