import Locations

/// Finds out, after one failure, which steps run again and what must be emptied first.
struct RecoverySearch {
  private let rules: RecoveryRules
  private let progress: [Recovery.Progress]
  /// Whether each step runs: initially those that did not complete.
  private var runs: [Bool]
  private var isUndone = false

  init(_ rules: RecoveryRules, _ progress: [Recovery.Progress], _ restored: Set<String>) {
    self.rules = rules
    var progress = progress
    // Restored data counts as never deleted: its deleter still has its work to do.
    for (step, accesses) in rules.accesses.enumerated() {
      let isUndone = accesses.contains { access in
        access.mode == .delete
          && restored.contains { Location.overlap($0, rules.places[access.place]) }
      }
      if isUndone, progress[step] == .completed { progress[step] = .started }
    }
    self.progress = progress
    // A new or reused cluster starts with its own steps.
    runs = rules.plan.steps.indices.map {
      progress[$0] != .completed || rules.plan.steps[$0].stage.isEmpty
    }
  }

  private func isDone(_ step: Int) -> Bool { progress[step] == .completed && !runs[step] }

  mutating func recovery() -> Recovery {
    findAll()
    var recovery = Recovery()
    for (index, step) in rules.plan.steps.enumerated() where rules.isNamed(index) {
      if !runs[index] {
        recovery.leftOut.append(step.name)
      } else {
        recovery.stepCount += 1
        if progress[index] == .completed { recovery.again.append(step.name) }
        if progress[index] == .started, step.isOnce { recovery.unsure.append(step.name) }
      }
    }
    recovery.isUndone = isUndone
    recovery.losses = losses
    addLeftovers(to: &recovery)
    return recovery
  }

  // MARK: Which steps run

  /// Adds steps until no step that runs needs another one.
  private mutating func findAll() {
    var isSettled = false
    while !isSettled {
      isSettled = true
      for step in runs.indices where runs[step] {
        for access in rules.accesses[step] {
          let needed =
            access.mode == .read
            ? fillers(of: access) + feeders(of: access) : undone(by: access)
          for other in needed where !runs[other] {
            runs[other] = true
            if rules.isDurable[access.place] { isUndone = true }
            isSettled = false
          }
        }
      }
    }
  }

  /// The steps that must run again to fill a place before a step that reads it: its cluster is
  /// gone, and nothing brings the data back. Steps that restored it run again.
  private func fillers(of read: RecoveryRules.Access) -> [Int] {
    guard !rules.isDurable[read.place] else { return [] }
    let fillers = writers(before: read)
    if fillers.contains(where: { runs[$0] }) { return fillers }
    guard canRestore(read.place, before: read.step) else { return fillers }
    return fillers.filter { rules.plan.steps[$0].purpose == .restore }
  }

  /// The steps that write a place before an access to it, since it was last deleted.
  private func writers(before access: RecoveryRules.Access) -> [Int] {
    let earlier = rules.uses(beside: access).filter { $0.step < access.step }
    let deletion = earlier.last { $0.mode == .delete }?.step ?? -1
    return earlier.filter { $0.mode == .write && $0.step >= deletion }.map(\.step)
  }

  /// Whether ephemeral data can be brought back: all its sources exist by then.
  private func canRestore(_ place: Int, before step: Int) -> Bool {
    let restores = rules.plan.restores.filter { restore in
      restore.places.contains { Location.overlap($0, rules.places[place]) }
    }
    return restores.contains { restore in
      !restore.sources.isEmpty
        && restore.sources.allSatisfy { isWhole($0, before: step) }
    }
  }

  private func isWhole(_ source: String, before step: Int) -> Bool {
    var lastWrite = -1
    var lastDeletion = -1
    for (other, accesses) in rules.accesses.enumerated() {
      for access in accesses where Location.overlap(rules.places[access.place], source) {
        switch access.mode {
        case .read: continue
        case .write:
          if runs[other], other >= step { return false }
          lastWrite = other
        case .delete where isDone(other) || runs[other] && other < step: lastDeletion = other
        case .delete: continue
        }
      }
    }
    return lastDeletion <= lastWrite || lastDeletion < 0
  }

  /// Completed steps whose work is undone by a step that runs again: those after it that delete
  /// what it writes, or write what it deletes.
  private func undone(by access: RecoveryRules.Access) -> [Int] {
    guard rules.isDurable[access.place] else { return [] }
    let opposite: Plan.Access.Mode = access.mode == .write ? .delete : .write
    return rules.uses(beside: access).filter { $0.step > access.step && $0.mode == opposite }
      .map(\.step)
  }

  /// Completed steps that later wrote to a place that a repeated step reads, which would now read
  /// their output too.
  private func feeders(of read: RecoveryRules.Access) -> [Int] {
    guard rules.isDurable[read.place] else { return [] }
    return rules.uses(beside: read).filter { $0.step > read.step && $0.mode == .write }.map(\.step)
  }

  // MARK: What is gone

  private var losses: [Recovery.Loss] {
    var losses: [Recovery.Loss] = []
    for step in runs.indices where runs[step] && !rules.plan.steps[step].stage.isEmpty {
      for access in rules.accesses[step] where access.mode == .read {
        guard rules.isDurable[access.place], let deleter = deleter(before: access) else { continue }
        let target = rules.accesses[deleter].first {
          $0.mode == .write && rules.isDurable[$0.place]
        }
        losses.append(
          Recovery.Loss(
            step: rules.plan.steps[step].name, place: rules.places[access.place],
            deleter: rules.plan.steps[deleter].name,
            target: rules.isMove(deleter) ? target.map { rules.places[$0.place] } : nil))
      }
    }
    return losses
  }

  /// The completed step that deleted what a step must read and what no step writes again before it.
  private func deleter(before read: RecoveryRules.Access) -> Int? {
    let writers = writers(before: read)
    if !writers.isEmpty, writers.allSatisfy({ runs[$0] }) { return nil }
    return rules.uses(beside: read).first {
      $0.mode == .delete && progress[$0.step] == .completed && $0.step >= read.step
    }?.step
  }

  // MARK: What is left in part

  private func addLeftovers(to recovery: inout Recovery) {
    for (index, step) in rules.plan.steps.enumerated()
    where runs[index] && progress[index] != .notStarted && rules.isNamed(index) {
      for access in rules.accesses[index] where access.mode == .write {
        let place = rules.places[access.place]
        guard !recovery.toEmpty.contains(place) else { continue }
        let reader = step.needsFreshOutput ? nil : self.reader(before: access)
        let isInTheWay = step.needsFreshOutput || reader != nil
        switch obstacle(to: access, of: index) {
        case nil: recovery.toEmpty.append(place)
        case let reason? where isInTheWay && !reason.isEmpty:
          recovery.byHand.append(
            Recovery.Folder(
              place: place, step: step.name,
              reader: reader.map { rules.plan.steps[$0.step].name }, reason: reason,
              keep: kept(in: access.place)))
        default: continue
        }
      }
    }
    // If a folder is emptied as a whole, so are the folders inside it.
    recovery.byHand.removeAll { folder in
      recovery.toEmpty.contains { Location.isWithin(folder.place, $0) }
    }
  }

  /// Folders strictly inside a place that steps that are done wrote.
  private func kept(in place: Int) -> [String] {
    let outer = rules.places[place]
    var inner: [String] = []
    for use in rules.uses[place] where use.mode == .write && isDone(use.step) {
      let folder = rules.places[use.place]
      guard Location.isWithin(folder, outer), !Location.isWithin(outer, folder) else { continue }
      if !inner.contains(folder) { inner.append(folder) }
    }
    return inner
  }

  /// Why a place isn't emptied; nil if it is, and empty if there is nothing to empty.
  private func obstacle(to access: RecoveryRules.Access, of step: Int) -> String? {
    let place = access.place
    guard rules.isDurable[place] else {
      let isCleared = rules.uses[place].contains {
        $0.mode == .delete && $0.step < step && rules.plan.steps[$0.step].stage.isEmpty
      }
      return rules.plan.cluster.isPersistent && !isCleared
        ? "it is on a cluster that outlives the run" : ""
    }
    if Location(folderInBucket: rules.places[place]) == nil {
      return "Penstock only empties folders in S3"
    }
    let others = rules.uses[place]
    if let writer = others.first(where: { $0.mode == .write && isDone($0.step) }) {
      return "`\(rules.plan.steps[writer.step].name)`, which is done, wrote there too"
    }
    if rules.writtenBefore.contains(where: { Location.overlap($0, rules.places[place]) }) {
      return "a step that is done wrote there too"
    }
    if let mover = others.first(where: { $0.mode == .write && rules.isMove($0.step) }) {
      let name = rules.plan.steps[mover.step].name
      return mover.step == step
        ? "`\(name)` may have deleted some of its input, and this may be the only copy"
        : "`\(name)` moved data there"
    }
    // A step that reads an enclosing folder doesn't depend on what is in this one.
    if let reader = reader(before: access),
      !access.isOwn || Location.isWithin(rules.places[reader.place], rules.places[place])
    {
      return "`\(rules.plan.steps[reader.step].name)` reads what is there"
    }
    return access.isOwn ? nil : "it may hold data of other runs"
  }

  /// A read of a write's place, by a step that runs, before any step that runs writes there.
  private func reader(before write: RecoveryRules.Access) -> RecoveryRules.Access? {
    let others = rules.uses[write.place]
    let first = others.first { $0.mode == .write && runs[$0.step] }?.step ?? write.step
    return others.first { $0.mode == .read && runs[$0.step] && $0.step <= first }
  }
}
