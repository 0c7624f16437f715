import Text
import Documents
import Values

/// Choices of the caller that a schema doesn't make.
package struct ValidationOptions: Sendable {
  /// Whether `format` is checked, not only an annotation; likewise draft 7's `content…`.
  package var assertsFormats: Bool
  /// Whether a string that holds an expression (`${…}`) counts as valid.
  package var defersExpressions: Bool

  package init(assertsFormats: Bool = false, defersExpressions: Bool = false) {
    self.assertsFormats = assertsFormats
    self.defersExpressions = defersExpressions
  }
}

/// Checks an instance against an arena's schemas.
///
/// Without `isCollecting` it stops at the first violation and returns only whether there is one.
struct Validator<Instance: SchemaInstance> {
  let arena: SchemaArena
  let instance: Instance
  let options: ValidationOptions
  var isCollecting = false
  var violations: [Violation<Instance>] = []
  /// Whether there is a warning to report although the instance is valid.
  var hasWarnings = false
  /// Set when a limit is hit: results after that don't count.
  var isStopped = false
  var depth = 0
  var work = 0
  var path: [PathStep] = []
  /// The key of the map entry being checked.
  var key: Instance.Key?
  /// The resources entered, without repetitions; kept only for dynamic references.
  var scope: [UInt32] = []
  let keepsScope: Bool
  /// Which of the current value's parts were evaluated, for `unevaluated…`: one frame for each
  /// schema being checked at the same value.
  var frames: [[Bool]] = []
  var isTracking = false

  static var depthLimit: Int { 160 }
  static var workLimit: Int { 30_000_000 }
  static var violationLimit: Int { 500 }

  init(_ arena: SchemaArena, _ instance: Instance, _ options: ValidationOptions) {
    self.arena = arena
    self.instance = instance
    self.options = options
    keepsScope = !arena.dynamicTargets.isEmpty
  }

  mutating func validate(_ node: Instance.Node, _ kind: Tree.Kind, _ schema: Int32) -> Bool {
    if kind == .string, options.defersExpressions, isDeferred(node) { return true }
    guard !isStopped else { return false }
    depth += 1
    work += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit, work <= Self.workLimit else {
      return stop(node, kind, Int(schema))
    }
    let scopeCount = scope.count
    defer { if keepsScope { scope.removeLast(scope.count - scopeCount) } }
    var index = Int(schema)
    enter(index)
    var steps = 0
    while arena.nodes[index].flags.contains(.isReference) {
      index = Int(arena.nodes[index].reference)
      steps += 1
      guard index >= 0, steps < 100 else { return stop(node, kind, max(index, 0)) }
      enter(index)
    }
    let flags = arena.nodes[index].flags
    guard flags.contains(.hasUnevaluated) else { return check(node, kind, index, flags) }
    let wasTracking = isTracking
    isTracking = true
    frames.append([])
    let isValid = check(node, kind, index, flags)
    isTracking = wasTracking
    let frame = frames.popLast() ?? []
    if wasTracking { merge(frame) }
    return isValid
  }

  private mutating func enter(_ index: Int) {
    guard keepsScope else { return }
    let resource = arena.nodes[index].resource
    if scope.last != resource { scope.append(resource) }
  }

  private mutating func check(
    _ node: Instance.Node, _ kind: Tree.Kind, _ index: Int, _ flags: SchemaNode.Flags
  ) -> Bool {
    if flags.contains(.isFalse) { return fail(.notAllowed, node, kind, index) }
    if flags.contains(.hasTypes), !hasType(node, kind, index) {
      return fail(.wrongType(arena.nodes[index].types), node, kind, index)
    }
    var isValid = checkConstants(node, kind, index)
    guard isValid || isCollecting else { return false }
    switch kind {
    case .string:
      if flags.contains(.hasStringKeywords) { isValid = checkString(node, index) && isValid }
    case .int, .float:
      if flags.contains(.hasNumberKeywords) { isValid = checkNumber(node, kind, index) && isValid }
    case .list:
      if flags.contains(.hasItemKeywords) { isValid = checkItems(node, index) && isValid }
    case .map:
      if flags.contains(.hasPropertyKeywords) { isValid = checkObject(node, index) && isValid }
    case .null, .bool: break
    }
    guard isValid || isCollecting else { return false }
    if flags.contains(.hasApplicators) {
      isValid = checkApplicators(node, kind, index) && isValid
      guard isValid || isCollecting else { return false }
    }
    if flags.contains(.hasUnevaluated) {
      isValid = checkUnevaluated(node, kind, index) && isValid
    }
    return isValid
  }

  private func hasType(_ node: Instance.Node, _ kind: Tree.Kind, _ index: Int) -> Bool {
    let types = arena.nodes[index].types
    switch kind {
    case .null: return types.contains(.null)
    case .bool: return types.contains(.boolean)
    case .int: return types.contains(.integer)
    case .float:
      if types.contains(.number) { return true }
      return types.contains(.integer)
        && arena.nodes[index].flags.contains(.countsWholeFloats)
        && instance.withBytes(node) { DecimalNumber($0)?.isWhole ?? false }
    case .string: return types.contains(.string)
    case .list: return types.contains(.array)
    case .map: return types.contains(.object)
    }
  }

  /// Checks a part of the current value.
  mutating func validatePart(
    _ node: Instance.Node, _ schema: Int32, as kind: Tree.Kind? = nil,
    at step: @autoclosure () -> PathStep
  ) -> Bool {
    let wasTracking = isTracking
    isTracking = false
    if isCollecting { path.append(step()) }
    let isValid = validate(node, kind ?? instance.kind(node), schema)
    if isCollecting { path.removeLast() }
    isTracking = wasTracking
    return isValid
  }

  /// Whether the value meets a schema; records no violations.
  mutating func holds(_ node: Instance.Node, _ kind: Tree.Kind, _ schema: Int32) -> Bool {
    let wasCollecting = isCollecting
    isCollecting = false
    defer { isCollecting = wasCollecting }
    return validateInPlace(node, kind, schema)
  }

  /// Checks another schema at the same value; the parts that it evaluated count if it is met.
  mutating func validateInPlace(
    _ node: Instance.Node, _ kind: Tree.Kind, _ schema: Int32
  ) -> Bool {
    guard isTracking else { return validate(node, kind, schema) }
    frames.append([])
    let isValid = validate(node, kind, schema)
    let frame = frames.popLast() ?? []
    if isValid { merge(frame) }
    return isValid
  }

  mutating func merge(_ frame: [Bool]) {
    for (at, isMarked) in frame.enumerated() where isMarked { mark(at) }
  }

  /// Marks a part of the current value as evaluated.
  mutating func mark(_ at: Int) {
    guard isTracking, let last = frames.indices.last else { return }
    while frames[last].count <= at { frames[last].append(false) }
    frames[last][at] = true
  }

  mutating func fail(
    _ reason: Violation<Instance>.Reason, _ node: Instance.Node, _ kind: Tree.Kind,
    _ schema: Int, isWarning: Bool = false
  ) -> Bool {
    guard isCollecting, !isStopped else { return false }
    guard violations.count < Self.violationLimit else {
      isStopped = true
      return false
    }
    violations.append(
      Violation(
        reason: reason, node: node, kind: kind, key: key, schema: schema, path: path,
        isWarning: isWarning))
    return false
  }

  mutating func stop(_ node: Instance.Node, _ kind: Tree.Kind, _ schema: Int) -> Bool {
    if isCollecting, !isStopped { _ = fail(.tooDeep, node, kind, schema) }
    isStopped = true
    return false
  }

  private func isDeferred(_ node: Instance.Node) -> Bool {
    instance.withBytes(node) { bytes in
      var at = 0
      while at + 1 < bytes.count {
        if bytes[at] == .dollar, bytes[at + 1] == .openBrace { return true }
        if bytes[at] == .dollar, bytes[at + 1] == .dollar { at += 1 }
        at += 1
      }
      return false
    }
  }
}
