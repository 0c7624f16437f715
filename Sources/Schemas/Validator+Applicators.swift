import Documents
import Values

extension Validator {
  mutating func checkApplicators(
    _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int
  ) -> Bool {
    var isValid = true
    let reference = arena.nodes[index].reference
    if reference >= 0 { isValid = validateInPlace(node, kind, reference) }
    let dynamic = arena.nodes[index].dynamicReference
    if dynamic >= 0, isValid || isCollecting {
      isValid = validateInPlace(node, kind, target(Int(dynamic))) && isValid
    }
    for at in arena.nodes[index].allOf.indices {
      guard isValid || isCollecting else { return false }
      isValid = validateInPlace(node, kind, arena.children[at]) && isValid
    }
    guard isValid || isCollecting else { return false }
    if !arena.nodes[index].anyOf.isEmpty { isValid = checkAny(node, kind, index) && isValid }
    guard isValid || isCollecting else { return false }
    if !arena.nodes[index].oneOf.isEmpty { isValid = checkOne(node, kind, index) && isValid }
    guard isValid || isCollecting else { return false }
    if arena.nodes[index].not >= 0 { isValid = checkNot(node, kind, index) && isValid }
    if arena.nodes[index].ifSchema >= 0, isValid || isCollecting {
      isValid = checkCondition(node, kind, index) && isValid
    }
    return isValid
  }

  /// The target of a dynamic reference here: the outermost resource's anchor.
  private func target(_ dynamic: Int) -> Int32 {
    let entry = arena.dynamics[dynamic]
    guard entry.name >= 0 else { return entry.fallback }
    for resource in scope {
      if let found = arena.dynamicTargets[Int(entry.name)][resource] { return found }
    }
    return entry.fallback
  }

  private mutating func checkAny(_ node: Instance.Node, _ kind: Tree.Kind, _ index: Int) -> Bool {
    var found: Int32?
    let range = arena.nodes[index].anyOf
    for at in range.indices where holds(node, kind, arena.children[at]) {
      if found == nil { found = arena.children[at] }
      if !isTracking { break }
    }
    guard let found else {
      collectBest(range, node, kind, index)
      return false
    }
    collectWarnings(node, kind, found)
    return true
  }

  private mutating func checkOne(_ node: Instance.Node, _ kind: Tree.Kind, _ index: Int) -> Bool {
    var matching: [Int32] = []
    let range = arena.nodes[index].oneOf
    for at in range.indices where holds(node, kind, arena.children[at]) {
      matching.append(arena.children[at])
      if matching.count > 1, !isCollecting { return false }
    }
    if matching.count > 1 {
      return fail(.severalAlternatives(matching.count), node, kind, index)
    }
    guard let found = matching.first else {
      collectBest(range, node, kind, index)
      return false
    }
    collectWarnings(node, kind, found)
    return true
  }

  /// Records the warnings of a schema that is met.
  private mutating func collectWarnings(
    _ node: Instance.Node, _ kind: Tree.Kind, _ schema: Int32
  ) {
    guard isCollecting, hasWarnings else { return }
    let wasTracking = isTracking
    isTracking = false
    _ = validate(node, kind, schema)
    isTracking = wasTracking
  }

  private mutating func checkNot(_ node: Instance.Node, _ kind: Tree.Kind, _ index: Int) -> Bool {
    let outerFrames = frames
    let hadWarnings = hasWarnings
    let isMet = holds(node, kind, arena.nodes[index].not)
    if isTracking { frames = outerFrames }
    hasWarnings = hadWarnings
    // A hit limit makes nothing valid.
    guard isMet || isStopped else { return true }
    return fail(.excluded, node, kind, index)
  }

  private mutating func checkCondition(
    _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int
  ) -> Bool {
    let schema = arena.nodes[index]
    let next = holds(node, kind, schema.ifSchema) ? schema.thenSchema : schema.elseSchema
    return next < 0 || validateInPlace(node, kind, next)
  }

  // MARK: The alternative that was meant

  /// How far an alternative is from the instance: the smallest is the best.
  private struct Distance {
    var hasWrongType = false
    var wrongConstants = 0
    var count = 0

    static func < (left: Distance, right: Distance) -> Bool {
      (left.hasWrongType ? 1 : 0, left.wrongConstants, left.count)
        < (right.hasWrongType ? 1 : 0, right.wrongConstants, right.count)
    }
  }

  /// Records the violations of the alternative that fits best.
  private mutating func collectBest(
    _ range: TableRange, _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int
  ) {
    guard isCollecting, !isStopped else { return }
    let outer = violations
    let wasTracking = isTracking
    isTracking = false
    var best: (distance: Distance, violations: [Violation<Instance>])?
    var types: TypeSet = []
    var constants: [TableRange] = []
    for at in range.indices {
      violations = []
      _ = validate(node, kind, arena.children[at])
      let distance = distance(of: violations, &types, &constants)
      if best.map({ distance < $0.distance }) ?? true { best = (distance, violations) }
      guard !isStopped else { break }
    }
    isTracking = wasTracking
    violations = outer
    guard let best, !best.violations.isEmpty else {
      _ = fail(.noAlternative, node, kind, index)
      return
    }
    if best.distance.hasWrongType, best.violations.count == 1 {
      _ = fail(.wrongType(types), node, kind, index)
    } else if constants.count == range.indices.count {
      _ = fail(.notAmong(constants), node, kind, index)
    } else {
      violations += best.violations
    }
  }

  private func distance(
    of violations: [Violation<Instance>], _ types: inout TypeSet, _ constants: inout [TableRange]
  ) -> Distance {
    var distance = Distance()
    for violation in violations where !violation.isWarning {
      distance.count += 1
      let level = violation.path.count - path.count
      switch violation.reason {
      case .wrongType(let wanted) where level == 0:
        distance.hasWrongType = true
        types.formUnion(wanted)
      case .notAmong(let ranges) where level <= 1:
        distance.wrongConstants += 1
        if level == 0, violations.count == 1 { constants += ranges }
      default: break
      }
    }
    return distance
  }
}
