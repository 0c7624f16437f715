import PlanFormat
import Values

extension Side {
  package struct StepName: Hashable, Sendable {
    package var name: String
    /// Empty for a step of the cluster itself, and where nothing tells.
    package var stage: String
  }

  package func stepName(_ index: Int) -> StepName {
    guard let tree, requestSteps.indices.contains(index) else {
      return StepName(name: "", stage: "")
    }
    let name = tree.value(requestSteps[index], "Name").map { tree.string($0) } ?? ""
    let stage = planSteps.isEmpty ? nil : tree.value(planSteps[index], "stage")
    return StepName(name: name, stage: stage.map { tree.string($0) } ?? "")
  }

  /// Where the step is written; nil where nothing tells.
  package func stepOrigin(_ index: Int, isBefore: Bool) -> SourceLine? {
    guard let tree, planSteps.indices.contains(index) else { return nil }
    return tree.sourceLine(of: planSteps[index], isBefore: isBefore)
  }

  /// A number that steps of one name share.
  func nameHash(_ index: Int) -> UInt64 {
    guard let tree, let node = tree.value(requestSteps[index], "Name") else { return 0 }
    return tree.textHash(node)
  }

  /// Whether two steps are the same without a look at what they mean. What only says how a plan came
  /// about (lines, command lines) is left out.
  func isSameStep(_ index: Int, as other: Side, _ otherIndex: Int) -> Bool {
    guard let tree, let otherTree = other.tree,
      tree.isSame(requestSteps[index], as: otherTree, other.requestSteps[otherIndex])
    else { return false }
    guard !planSteps.isEmpty, !other.planSteps.isEmpty else { return true }
    if let recovery = recovery(index), let others = other.recovery(otherIndex),
      recovery.isPossible != others.isPossible || recovery.toEmpty != others.toEmpty
    {
      return false
    }
    var left = tree.entries(planSteps[index])
    var right = otherTree.entries(other.planSteps[otherIndex])
    while true {
      let one = left.nextThatCounts(in: tree)
      let two = right.nextThatCounts(in: otherTree)
      guard let one, let two else { return one == nil && two == nil }
      guard tree.isSame(one.key, as: otherTree, two.key) else { return false }
      guard tree.isSame(one.value, as: otherTree, two.value) else { return false }
    }
  }

  /// What is done when a run fails in a step; nil where nothing tells.
  private func recovery(_ index: Int) -> Recovery? {
    recoveries.indices.contains(index) ? recoveries[index] : nil
  }

  /// The placeholders of secrets that stand in a step's arguments.
  func secretReferences(ofStep index: Int) -> [String] {
    arguments(ofStep: index).compactMap { text in
      SecretMask.isPlaceholder(text) ? String(text.dropFirst(10).dropLast(2)) : nil
    }
  }

  private func jarStep(_ index: Int) -> NodeID? {
    guard let tree else { return nil }
    return tree.value(requestSteps[index], "HadoopJarStep")
      ?? tree.value(requestSteps[index], "Config")
  }

  func arguments(ofStep index: Int) -> [String] {
    guard let tree, let jar = jarStep(index), let list = tree.value(jar, "Args") else { return [] }
    return tree.items(list).map { tree.string($0) }
  }

  /// The step as a part of the document that is compared.
  ///
  /// Without what only a plan says, unless both sides do.
  func step(
    _ index: Int, _ mask: inout SecretMask, opening: Bool, planned: Bool = true
  ) -> Value {
    guard let tree else { return .null }
    let request = requestSteps[index]
    var step = ValueMap()
    let name = stepName(index)
    step["name"] = .string(name.name)
    if planned, !name.stage.isEmpty { step["stage"] = .string(name.stage) }
    if let action = tree.value(request, "ActionOnFailure") {
      step["actionOnFailure"] = Value(tree, action)
    }
    if let monitoring = tree.value(request, "StepMonitoringConfiguration") {
      step["monitoring"] = Value(tree, monitoring).unlessEmpty
    }
    if let jar = jarStep(index) {
      step["jar"] = tree.value(jar, "Jar").map { Value(tree, $0) }
      step["mainClass"] = tree.value(jar, "MainClass").map { Value(tree, $0) }?.unlessEmpty
      step["properties"] = tree.value(jar, "Properties").flatMap { properties($0) }
    }
    let texts = arguments(ofStep: index)
    if !texts.isEmpty {
      step["arguments"] = .list(
        Arguments.parse(texts).map { shown($0, &mask, opening: opening) })
    }
    if planned, planSteps.indices.contains(index) { addPlan(index, tree, to: &step) }
    return .map(step)
  }

  /// A request lists properties as keys and values, EMR tells them as a map.
  private func properties(_ node: NodeID) -> Value? {
    guard let tree else { return nil }
    guard tree.kind(node) == .list else { return Value(tree, node).unlessEmpty }
    var map = ValueMap()
    for item in tree.items(node) {
      guard let key = tree.value(item, "Key"), let value = tree.value(item, "Value") else {
        continue
      }
      map[tree.string(key)] = Value(tree, value)
    }
    return Value.map(map).unlessEmpty
  }

  private func addPlan(_ index: Int, _ tree: Tree, to step: inout ValueMap) {
    for key in ["maximumTries", "timeoutSeconds", "accesses"] {
      if let value = tree.value(planSteps[index], key) { step[key] = Value(tree, value) }
    }
    guard let recovery = recovery(index) else { return }
    step["resume"] = .map(
      ValueMap([
        "isPossible": .bool(recovery.isPossible),
        "toEmpty": .list(recovery.toEmpty.map { .string($0) }),
      ]))
  }

  /// Why a run that fails in a step is recovered as it is.
  func recoveryExplanation(_ index: Int) -> String { recovery(index)?.explanation ?? "" }

  // MARK: Arguments

  /// An argument with documents decoded and without secrets.
  private func shown(_ item: Value, _ mask: inout SecretMask, opening: Bool) -> Value {
    guard case .map(var map) = item else { return item }
    let option = map["option"]?.plainText ?? ""
    for key in ["value", "argument", "application"] {
      guard case .string(let text)? = map[key] else { continue }
      map[key] = shown(text, of: option, &mask, opening: opening)
    }
    return .map(map)
  }

  private func shown(
    _ text: String, of option: String, _ mask: inout SecretMask, opening: Bool
  ) -> Value {
    if SecretMask.isPlaceholder(text) {
      guard opening, let secrets else { return .string(text) }
      let reference = String(text.dropFirst(10).dropLast(2))
      guard let known = secrets[reference] else { return .string(text) }
      guard let document = EncodedDocument.decode(known) else {
        return mask.placeholder(reference, for: known)
      }
      return Self.encoded(mask.masked(document))
    }
    if let document = EncodedDocument.decode(text) { return Self.encoded(mask.masked(document)) }
    return mask.masked(.string(text), name: option)
  }

  private static func encoded(_ document: Value) -> Value {
    .map(ValueMap(["base64": document]))
  }
}

extension Tree {
  func isKey(_ key: NodeID, _ name: StaticString) -> Bool {
    withBytes(key) { bytes in
      bytes.count == name.utf8CodeUnitCount && name.withUTF8Buffer { bytes.elementsEqual($0) }
    }
  }
}

extension Tree.Entries {
  fileprivate mutating func nextThatCounts(in tree: Tree) -> (key: NodeID, value: NodeID)? {
    while let entry = next() {
      if !tree.isKey(entry.key, "origin") { return entry }
    }
    return nil
  }
}
