import PlanFormat

/// What a run as a whole does to data: each place once.
struct PlanFlow {
  /// What becomes of a place; the raw value is the verb.
  enum Use: String, CaseIterable {
    case reads
    /// It is read, and what was there is deleted.
    case empties
    case deletes
    /// It was read before the run writes it.
    case updates
    case writes
    /// The run writes it and deletes it, or it ends with the cluster.
    case between
  }

  struct Place {
    var location: String
    var dataset: String
    var use: Use
    /// Whether it is in S3, and doesn't end with the cluster.
    var isDurable: Bool { location.hasPrefix("s3:") }
  }

  /// Data that a step puts where the plan doesn't look, as a load into a database does, and which it
  /// must not put there twice.
  struct Load {
    var stage: String
    var datasets: [String]
  }

  private(set) var places: [Place] = []
  private(set) var loads: [Load] = []

  init(_ plan: Plan) {
    var histories: [History] = []
    var numbers: [String: Int] = [:]
    for step in plan.steps {
      for mode in [Plan.Access.Mode.read, .write, .delete] {
        for access in step.accesses where access.mode == mode {
          let number = numbers[access.place] ?? histories.count
          if number == histories.count {
            numbers[access.place] = number
            histories.append(History(location: access.shownPlace))
          }
          histories[number].note(access)
        }
      }
      if step.isOnce { note(load: step) }
    }
    places = histories.map(\.place)
  }

  private mutating func note(load step: Plan.Step) {
    let stage = step.stage.isEmpty ? "`\(step.name)`" : step.stage
    let at = loads.firstIndex { $0.stage == stage } ?? loads.count
    for access in step.accesses where access.mode == .read {
      if at == loads.count { loads.append(Load(stage: stage, datasets: [])) }
      let name = access.dataset.isEmpty ? access.place : access.dataset
      if !loads[at].datasets.contains(name) { loads[at].datasets.append(name) }
    }
  }

  private struct History {
    var location: String
    var dataset = ""
    var isReadFirst = false
    var isWritten = false
    var isDeletedLast = false

    init(location: String) { self.location = location }

    mutating func note(_ access: Plan.Access) {
      if dataset.isEmpty { dataset = access.dataset }
      switch access.mode {
      case .read: if !isWritten { isReadFirst = true }
      case .write: (isWritten, isDeletedLast) = (true, false)
      case .delete: isDeletedLast = true
      }
    }

    var place: Place {
      var place = Place(location: location, dataset: dataset, use: .deletes)
      place.use =
        if !place.isDurable, isWritten || isDeletedLast {
          .between
        } else if isWritten {
          isDeletedLast ? (isReadFirst ? .empties : .between) : isReadFirst ? .updates : .writes
        } else if isReadFirst {
          isDeletedLast ? .empties : .reads
        } else {
          .deletes
        }
      return place
    }
  }
}
