import PlanDiff

extension ChangeClass {
  /// The class as all formats name it.
  var words: String {
    switch self {
    case .security: "security"
    case .data: "data"
    case .newCluster: "new cluster"
    case .cost: "cost"
    case .unknown: "unknown"
    case .cosmetic: "cosmetic"
    }
  }
}
