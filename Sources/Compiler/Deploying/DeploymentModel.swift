import Diagnostics

/// What may come out otherwise than a deployment's plan assumes.
enum Decider: Hashable {
  /// A fact of the plan, by its index.
  case fact(Int)
  /// A decision on texts of the run, by its index.
  case decision(Int)
}

/// How a run differs from a deployment's plan.
enum Outcome {
  case same
  /// The same without these steps.
  case without([Int])
  /// The same with more steps.
  case with
  case ends(ExitStatus, String)
  case otherwise
}

/// What decides which steps a run does, and whether it does any.
struct DeploymentModel {
  struct Ending {
    /// What has to differ from the plan, and what has to agree with it.
    var differing: [Decider]
    var agreeing: [Decider] = []
    var status: ExitStatus
    var message: String
  }

  /// For each step what has to agree with the plan.
  var conditions: [[Decider]]
  var endings: [Ending] = []

  init(stepCount: Int) { conditions = Array(repeating: [], count: stepCount) }

  /// What a run does if these differ from the plan.
  func outcome(_ differing: Set<Decider>) -> Outcome {
    for ending in endings
    where differing.isSuperset(of: ending.differing) && differing.isDisjoint(with: ending.agreeing)
    {
      return .ends(ending.status, ending.message)
    }
    let steps = conditions.indices.filter { !differing.isDisjoint(with: conditions[$0]) }
    return steps.isEmpty ? .same : .without(steps)
  }

  private func ending(of decider: Decider) -> Int? {
    endings.firstIndex { $0.differing == [decider] }
  }

  /// Lets a decider end the run only while another one agrees with the plan.
  mutating func keep(_ decider: Decider, fromEndingWithout other: Decider) {
    if let at = ending(of: decider) { endings[at].agreeing.append(other) }
  }

  /// Puts the second of two endings before the first if a run with both ends as the second does.
  mutating func order(_ one: Decider, _ other: Decider, bothEndWith status: ExitStatus) {
    guard let first = ending(of: one), let second = ending(of: other), first < second,
      endings[first].status != status, endings[second].status == status
    else { return }
    endings.insert(endings.remove(at: second), at: first)
  }

  /// What conditions and endings name.
  var deciders: Set<Decider> {
    Set(conditions.joined()).union(endings.flatMap { $0.differing + $0.agreeing })
  }

  /// The combinations of two or more, small ones first. With more than six, only the pairs and all of
  /// them together.
  static func groups(_ deciding: [Decider]) -> [[Decider]] {
    guard deciding.count > 1 else { return [] }
    guard deciding.count <= 6 else {
      var pairs: [[Decider]] = []
      for (at, one) in deciding.enumerated() {
        for other in deciding[(at + 1)...] { pairs.append([one, other]) }
      }
      return pairs + [deciding]
    }
    let sets = (1..<1 << deciding.count).filter { $0.nonzeroBitCount > 1 }
    return sets.sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }.map { set in
      deciding.indices.filter { set & 1 << $0 != 0 }.map { deciding[$0] }
    }
  }
}
