extension Comparison {
  /// A document that is passed on whole, such as a configuration, repeats lines of inputs whose
  /// changes are reported in their own places of the job flow: with the same classes or more, or
  /// they are reported here too.
  mutating func demoteRepetitions() {
    let edited = Set(inputChanges)
    var told: [SourceLine: Set<ChangeClass>] = [:]
    var worse: Set<SourceLine> = []
    for change in changes where !change.isInDocument && !change.isConsequence {
      if change.isCosmetic { continue }
      for line in change.causes { told[line, default: []].formUnion(change.classes) }
      if change.isForTheWorse { worse.formUnion(change.causes) }
    }
    for index in changes.indices where changes[index].isInDocument {
      let change = changes[index]
      guard !change.isCosmetic, !change.isConsequence, !change.causes.isEmpty,
        !change.isForTheWorse || worse.isSuperset(of: change.causes)
      else { continue }
      let isTold = change.causes.allSatisfy { line in
        edited.contains(line) && told[line].map { $0.isSuperset(of: change.classes) } ?? false
      }
      guard isTold else { continue }
      changes[index].classes = [.cosmetic]
      changes[index].isConsequence = true
    }
  }
}
