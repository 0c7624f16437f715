import PlanFormat
import Text
import Values

extension Side {
  package struct StepName: Hashable, Sendable {
    package var name: String
    /// Empty for the cluster's own steps, or if unknown.
    package var stage: String
  }

  package func stepName(_ index: Int) -> StepName {
    guard requestSteps.indices.contains(index) else { return StepName(name: "", stage: "") }
    return StepName(
      name: runMask.masked(requestSteps[index].member("Name")?.plainText ?? ""),
      stage: planSteps.indices.contains(index) ? planSteps[index].stage : "")
  }

  /// The kind of a step; nil if the side doesn't name it.
  func stepKind(_ index: Int) -> String? {
    guard planSteps.indices.contains(index), !planSteps[index].kind.isEmpty else { return nil }
    return planSteps[index].kind
  }

  /// Where the step is written; nil if unknown.
  package func stepOrigin(_ index: Int, isBefore: Bool) -> SourceLine? {
    guard planSteps.indices.contains(index), let origin = planSteps[index].origin else {
      return nil
    }
    var line = SourceLine(origin)
    line.isBefore = isBefore
    return line
  }

  /// Whether two steps are literally the same, ignoring what only says how a plan was made (lines,
  /// command lines).
  func isSameStep(_ index: Int, as other: Side, _ otherIndex: Int) -> Bool {
    guard requestSteps[index] == other.requestSteps[otherIndex] else { return false }
    guard !planSteps.isEmpty, !other.planSteps.isEmpty else { return true }
    if let recovery = recovery(index), let others = other.recovery(otherIndex),
      recovery.isPossible != others.isPossible || recovery.toEmpty != others.toEmpty
    {
      return false
    }
    var (one, two) = (planSteps[index], other.planSteps[otherIndex])
    // Lines only say how the plan was made.
    (one.origin, two.origin) = (nil, nil)
    return one == two && outputs(ofStep: index) == other.outputs(ofStep: otherIndex)
  }

  /// What a step hands to later ones.
  private func outputs(ofStep index: Int) -> [Value] {
    outputs.filter { $0.step == planSteps[index].name }.map { output in
      var shown = ValueMap([
        "name": .string(output.name), "at": .string(output.location),
        "type": .string(output.kind.rawValue), "maxBytes": .int(output.limit),
      ])
      if !output.choices.isEmpty { shown["enum"] = .list(output.choices.map { .string($0) }) }
      return .map(shown)
    }
  }

  /// The recovery if a run fails in a step; nil if unknown.
  private func recovery(_ index: Int) -> Recovery? {
    recoveries.indices.contains(index) ? recoveries[index] : nil
  }

  /// The references of secrets in a step's arguments.
  func secretReferences(ofStep index: Int) -> [String] {
    arguments(ofStep: index).compactMap { text in
      SecretMask.isPlaceholder(text) ? String(text.dropFirst(10).dropLast(2)) : nil
    }
  }

  private func jarStep(_ index: Int) -> Value? {
    requestSteps[index].member("HadoopJarStep") ?? requestSteps[index].member("Config")
  }

  func arguments(ofStep index: Int) -> [String] {
    guard case .list(let items)? = jarStep(index)?.member("Args") else { return [] }
    return items.map(\.argumentWord)
  }

  /// The step in the document that is compared, without what only a plan says unless both sides are
  /// plans.
  func step(
    _ index: Int, _ mask: inout SecretMask, opening: SecretOpener, planned: Bool = true
  ) -> Value {
    let request = requestSteps[index]
    var step = ValueMap()
    let name = stepName(index)
    step["name"] = .string(name.name)
    if planned, !name.stage.isEmpty { step["stage"] = .string(name.stage) }
    if let action = request.member("ActionOnFailure") { step["actionOnFailure"] = action }
    if let monitoring = request.member("StepMonitoringConfiguration") {
      step["monitoring"] = monitoring.unlessEmpty
    }
    if let jar = jarStep(index) {
      step["jar"] = jar.member("Jar")
      step["mainClass"] = jar.member("MainClass")?.unlessEmpty
      step["properties"] = jar.member("Properties").flatMap { Self.properties($0) }
    }
    let texts = arguments(ofStep: index)
    if !texts.isEmpty {
      step["arguments"] = .list(
        Arguments.parse(texts).map { shown($0, &mask, opening: opening) })
    }
    if planned, planSteps.indices.contains(index) { addPlan(index, to: &step) }
    return runMask.masked(.map(step))
  }

  /// A request lists properties as keys and values; EMR reports them as a map.
  private static func properties(_ value: Value) -> Value? {
    guard case .list(let items) = value else { return value.unlessEmpty }
    var map = ValueMap()
    for item in items {
      guard let key = item.member("Key")?.plainText, let value = item.member("Value") else {
        continue
      }
      map[key] = value
    }
    return Value.map(map).unlessEmpty
  }

  private func addPlan(_ index: Int, to step: inout ValueMap) {
    let planned = planSteps[index]
    step["maximumTries"] = .int(planned.maximumTries)
    if !planned.retryWaits.isEmpty {
      step["retryWaits"] = .list(planned.retryWaits.map { .int($0) })
    }
    if !planned.emptiedBeforeRetry.isEmpty {
      step["emptiedBeforeRetry"] = .list(planned.emptiedBeforeRetry.map { .string($0) })
    }
    if tellsRepetition { step["mayBeRepeated"] = planned.mayBeRepeated.map { .bool($0) } }
    if planned.needsFreshOutput { step["freshOutput"] = .bool(true) }
    step["readDepth"] = planned.readDepth.map { .int($0) }
    step["timeoutSeconds"] = .int(planned.timeoutSeconds)
    let outputs = outputs(ofStep: index)
    if !outputs.isEmpty { step["outputs"] = .list(outputs) }
    step["noDataIf"] = planned.noData.map { .string($0.text) }
    step["accesses"] = .list(planned.accesses.map(\.document))
    guard let recovery = recovery(index) else { return }
    step["resume"] = .map(
      ValueMap([
        "isPossible": .bool(recovery.isPossible),
        "toEmpty": .list(recovery.toEmpty.map { .string($0) }),
      ]))
  }

  /// Explains the recovery of a run that fails in a step.
  func recoveryExplanation(_ index: Int) -> String { recovery(index)?.explanation ?? "" }

  // MARK: Arguments

  /// An argument with documents decoded and without secrets.
  private func shown(
    _ item: Value, _ mask: inout SecretMask, opening: SecretOpener
  ) -> Value {
    guard case .map(var map) = item else { return item }
    var option = map["option"]?.plainText ?? ""
    if !option.isEmpty { map["option"] = .string(mask.withoutParts(option, "")) }
    // What follows `-Dx=y` has no name.
    if option.utf8.contains(where: { $0 == .equals || $0 == .newline }) { option = "" }
    for key in ["value", "argument", "application"] {
      guard case .string(let text)? = map[key] else { continue }
      map[key] = shown(text, of: option, &mask, opening: opening)
    }
    return .map(map)
  }

  private func shown(
    _ text: String, of option: String, _ mask: inout SecretMask, opening: SecretOpener
  ) -> Value {
    if SecretMask.isPlaceholder(text) {
      let reference = String(text.dropFirst(10).dropLast(2))
      if let text = opening.texts?[reference], let document = EncodedDocument.decode(text) {
        return Self.encoded(mask.masked(document))
      }
      if !opening.hidesDocuments, opening.texts == nil, reference.hasPrefix("base64("),
        let document = documents[reference]
      {
        return Self.encoded(mask.masked(opening.opened(document, ValueMap(), &mask)))
      }
      return opening.shown(text, documents, &mask)
    }
    if let document = EncodedDocument.decode(text) { return Self.encoded(mask.masked(document)) }
    return mask.masked(.string(text), name: option)
  }

  private static func encoded(_ document: Value) -> Value {
    .map(ValueMap(["base64": document]))
  }
}

extension Plan.Access {
  /// Its form in a plan's document, without the part of the place: the arguments say it better.
  fileprivate var document: Value {
    var map = ValueMap(["mode": .string(mode.rawValue), "place": .string(place)])
    if !dataset.isEmpty { map["dataset"] = .string(dataset) }
    if isOwn { map["own"] = .bool(true) }
    return .map(map)
  }
}

extension Value {
  /// A member of a map.
  func member(_ name: String) -> Value? {
    guard case .map(let map) = self else { return nil }
    return map[name]
  }

  /// An argument as EMR's text.
  fileprivate var argumentWord: String {
    if case .string(let text) = self { return text }
    return plainText ?? ""
  }
}
