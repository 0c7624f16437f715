import Documents
import Diagnostics
import Expressions
import Locations
import PipelineIR
import PipelineSyntax
import Schemas
import SourceText
import Values

/// Turns declared steps into steps of the program.
struct StepExpander {
  /// What it may report, besides what readers do.
  static let codes: [DiagnosticCode] = [
    .argumentNotText, .datasetAbsent, .emrTooManySteps, .listItemAbsent, .outputAbsent,
    .outputInvalid, .pipelineUnknownDataset, .secretInArguments, .stepLeftOut,
  ]

  let context: Context
  var program: Program
  /// False if only what steps do to data is needed.
  private let lowersArguments: Bool
  var places: PlaceTable
  private let scope: Scope
  let binder: Binder
  let tree: Tree
  /// Jars that all steps of a kind share, by kind.
  private var jars: [TextID?]
  /// How often `each`s may still repeat steps; nil once they were to do it too often.
  private var repetitions: Int? = Binder.repetitionLimit
  /// Texts of flags, by what they are made of.
  var flags: [(prefix: String, name: String, text: TextID)] = []
  /// Where secrets come from that were warned of.
  var warned: Set<String> = []

  init(context: Context, program: Program, lowersArguments: Bool = true) {
    self.context = context
    self.lowersArguments = lowersArguments
    self.program = program
    scope = context.scope(for: program)
    binder = context.binder(scope)
    tree = context.pipeline.tree
    jars = Array(repeating: nil, count: context.kinds.count)
    places = PlaceTable(of: program)
  }

  mutating func expand(
    list: NodeID?, stage: StageID?, pass: Origin.Pass, _ report: inout Report
  ) {
    guard let list else { return }
    for node in tree.items(list) { expand(node, stage: stage, pass: pass, &report) }
  }

  /// One declared step: none, one, or one for each combination of its `each`.
  mutating func expand(
    _ node: NodeID, stage: StageID?, pass: Origin.Pass, _ report: inout Report
  ) {
    let declaration = StepDecl(tree, node)
    guard let kindNode = declaration.kind,
      let kind = context.kindID(named: tree.string(kindNode))
    else { return }
    guard let each = declaration.each else {
      add(declaration, kind: kind, stage: stage, pass: pass, &report)
      return
    }
    guard let room = repetitions else { return }
    let mark = context.facts.askedCount
    let before = report.diagnostics.count
    let combinations = binder.combinations(each, limit: room, into: &report.diagnostics)
    let isFull = report.diagnostics[before...].contains { $0.code == .emrTooManySteps }
    repetitions = isFull ? nil : room - combinations.count
    if combinations.isEmpty {
      context.facts.note(
        FactOracle.Choice.steps, restsOn: binder.grounds(of: each, since: mark))
    }
    for variables in combinations {
      binder.scope = scope.adding(variables)
      add(declaration, kind: kind, stage: stage, pass: pass, &report)
    }
    binder.scope = scope
  }

  private mutating func add(
    _ declaration: StepDecl, kind: KindID, stage: StageID?, pass: Origin.Pass,
    _ report: inout Report
  ) {
    if let when = declaration.when {
      let mark = context.facts.askedCount
      let holds = binder.bool(when, into: &report.diagnostics)
      context.facts.note(
        FactOracle.Choice.steps, restsOn: binder.grounds(of: when, since: mark))
      guard holds == true else {
        if holds == false { noteAbsence(declaration, stage, since: mark, &report) }
        return
      }
    }
    guard let parameters = parameters(of: declaration, kind: kind, &report) else { return }
    let stepKind = context.kinds[Int(kind.index)].decl
    var name = stepKind.name.value
    if let node = declaration.name {
      guard let text = binder.text(node, into: &report.diagnostics) else { return }
      name = text
    }
    let firstAccess = program.accesses.count
    addAccesses(declaration, stepKind, parameters, &report)
    let outputUse = addOutputs(declaration, stage: stage, &report)
    let only = context.options.onlySteps
    if stage != nil, pass == .written, !only.isEmpty, !only.contains(name) {
      program.stepsLeftOut.append(
        DoneStep(
          name: name, stage: stage, before: program.steps.count,
          accesses: Array(program.accesses[firstAccess...])))
      program.accesses.removeSubrange(firstAccess...)
      report.explain(
        "step `\(name)`", .dropped, "`--only-step` doesn't name it", at: tree.span(declaration.node)
      )
      return
    }
    if stage != nil, context.options.skipSteps.contains(name) {
      leaveOut(name, stage, accessesFrom: firstAccess)
      return
    }
    let firstArgument = Int32(clamping: program.arguments.count)
    var jar: TextID? = .empty
    var mainClass: String?
    if lowersArguments {
      jar = self.jar(of: kind, parameters, &report)
      if let node = stepKind.mainClass {
        guard let value = kindValue(node, stepKind, parameters, &report) else { return }
        if !value.isAbsent {
          guard let text = kindText(value, at: node, stepKind, &report) else { return }
          mainClass = text
        }
      }
      addArguments(stepKind, parameters, &report)
      markSecrets(from: firstArgument, name: name)
      warnOfSecrets(from: firstArgument, name: name, declaration, parameters, &report)
    }
    guard let jar else { return }
    program.steps.append(
      Step(
        name: program.texts.add(name), jar: jar,
        mainClass: mainClass.map { program.texts.add($0) }, stage: stage, kind: kind,
        arguments: firstArgument..<Int32(clamping: program.arguments.count),
        accesses: Int32(clamping: firstAccess)..<Int32(clamping: program.accesses.count),
        actionOnFailure: action(declaration, &report),
        isRetryable: retry(declaration, stepKind, &report) && !readsItsOutput(from: firstAccess),
        origin: Origin(tree.span(declaration.name ?? declaration.node), pass)))
    if var outputUse, let step = program.steps.last {
      outputUse.step = step.name
      program.outputUses.append(outputUse)
    }
    guard lowersArguments else { return }
    binder.note(declaration.node, true)
    if let last = program.steps.last, last.stage != nil, !last.isRetryable {
      program.steps[program.steps.count - 1].isOnce =
        declaration.retry.flatMap { binder.bool($0, into: &report.diagnostics) } == false
        || program.accesses(of: last).allSatisfy { $0.mode == .read }
    }
    program.steps[program.steps.count - 1].needsFreshOutput =
      declaration.freshOutput.flatMap { binder.bool($0, into: &report.diagnostics) }
      ?? stepKind.needsFreshOutput
    addRunning(declaration, &report)
    addRetries(declaration, &report)
    if declaration.properties != nil || declaration.monitoring != nil {
      addExtras(declaration, name: name, &report)
    }
  }

  /// Says of a step whose `when` is false that it isn't there because data isn't.
  ///
  /// - Parameter mark: how many questions had been asked before its `when`.
  private mutating func noteAbsence(
    _ declaration: StepDecl, _ stage: StageID?, since mark: Int, _ report: inout Report
  ) {
    guard lowersArguments, let stage, let node = declaration.name else { return }
    let absent = context.facts.absentData(since: mark)
    guard let first = absent.first else { return }
    var ignored: [Diagnostic] = []
    guard let name = binder.text(node, into: &ignored) else { return }
    let index = Int(stage.index)
    program.stages[index].reason += "; `\(name)` is left out: \(first)"
    let options = context.options
    guard options.resumeFrom != nil, options.runID != nil, !options.isRecovery else { return }
    report.diagnostics.append(.stepLeftOut(name, because: absent, at: tree.span(node)))
  }

  /// A step that `--skip-step` names is noted as done, with what it did.
  private mutating func leaveOut(_ name: String, _ stage: StageID?, accessesFrom first: Int) {
    program.doneSteps.append(
      DoneStep(
        name: name, stage: stage, before: program.steps.count,
        accesses: Array(program.accesses[first...])))
    program.accesses.removeSubrange(first...)
  }

  /// The settings for running the step; few steps have any.
  private mutating func addRunning(_ declaration: StepDecl, _ report: inout Report) {
    let last = program.steps.count - 1
    if let timeout = declaration.timeout,
      let seconds = binder.seconds(timeout, into: &report.diagnostics)
    {
      program.steps[last].timeoutSeconds = Int32(clamping: seconds)
    }
    if let log = declaration.log, let location = binder.string(log, into: &report.diagnostics),
      context.isLocation(location, from: log, isData: false, &report)
    {
      program.stepLogs.append(StepLog(step: program.steps[last].name, location: location))
    }
    if let depth = declaration.readDepth,
      let folders = binder.count(depth, into: &report.diagnostics)
    {
      program.steps[last].readDepth = Int32(clamping: folders)
    }
    if let after = declaration.after { addOrder(after, &report) }
  }

  /// The names of steps that a step waits for; an expression may yield a list of them, or nothing.
  private mutating func addOrder(_ list: NodeID, _ report: inout Report) {
    guard let step = program.steps.last?.name else { return }
    var names: [StepOrder.Name] = []
    for node in tree.kind(list) == .list ? Array(tree.items(list)) : [list] {
      guard let value = binder.value(node, into: &report.diagnostics)?.unwrapped else { continue }
      let span = tree.span(node)
      for item in value.iterationItems ?? [value] {
        guard case .string(let name) = item.unwrapped else {
          report.diagnostics.append(.wrongValue("a step's name", found: item, at: span))
          continue
        }
        names.append(StepOrder.Name(text: name, span: span))
      }
    }
    if !names.isEmpty { program.stepOrders.append(StepOrder(step: step, after: names)) }
  }

  private func action(
    _ declaration: StepDecl, _ report: inout Report
  ) -> Step.ActionOnFailure {
    guard let node = declaration.onFailure,
      let value = binder.value(node, into: &report.diagnostics)?.unwrapped, !value.isAbsent
    else { return .undecided }
    if case .string(let text) = value, let action = Step.ActionOnFailure(named: text) {
      return action
    }
    report.diagnostics.append(
      .wrongValue(
        "one of " + Step.ActionOnFailure.names.map { "`\($0)`" }.joined(separator: ", "),
        found: value,
        at: tree.span(node)))
    return .undecided
  }

  private func retry(
    _ declaration: StepDecl, _ kind: StepKindDecl, _ report: inout Report
  ) -> Bool {
    declaration.retry.flatMap { binder.bool($0, into: &report.diagnostics) } ?? kind.retry
  }

  /// Whether the step being added reads where it writes: a second try would read what the first
  /// left.
  private func readsItsOutput(from firstAccess: Int) -> Bool {
    let accesses = program.accesses[firstAccess...]
    return accesses.contains { read in
      read.mode == .read
        && accesses.contains { write in
          write.mode == .write
            && Location.overlap(program.placeText(read.place), program.placeText(write.place))
        }
    }
  }

  // MARK: Parameters

  /// An evaluated parameter of a step; data parameters are resolved to locations.
  struct Parameter {
    var name: String
    var value: Value
    /// Nil for data that the step declares in addition to its parameters.
    var key: NodeID?
    var node: NodeID?
    var span: Span
    /// The value's place, if it is a dataset's name.
    var place: PlaceID?
  }

  struct Parameters {
    var items: [Parameter]

    subscript(name: String) -> Parameter? { items.first { $0.name == name } }

    var map: ValueMap { ValueMap(items.map { (key: .string($0.name), value: $0.value) }) }
  }

  private mutating func parameters(
    of declaration: StepDecl, kind: KindID, _ report: inout Report
  ) -> Parameters? {
    let stepKind = context.kinds[Int(kind.index)]
    var items: [Parameter] = []
    guard let node = declaration.parameters else {
      if lowersArguments { addEncryption(to: &items, of: declaration, stepKind.decl, &report) }
      return Parameters(items: items)
    }
    items.reserveCapacity(tree.count(node))
    for entry in tree.entries(node) {
      guard let raw = binder.value(entry.value, into: &report.diagnostics) else { return nil }
      var value = raw.unwrapped
      if value.isAbsent { continue }
      let name = tree.string(entry.key)
      let span = tree.span(entry.value)
      var place: PlaceID?
      if stepKind.decl.data.contains(name) {
        if let home = home(of: value) {
          (value, place) = (.string(home.location), home.place)
        } else {
          guard let resolved = resolveData(value, from: entry.value, &report) else { return nil }
          value = resolved
        }
      }
      items.append(
        Parameter(
          name: name, value: value, key: entry.key, node: entry.value, span: span, place: place))
    }
    if lowersArguments { addEncryption(to: &items, of: declaration, stepKind.decl, &report) }
    let parameters = Parameters(items: items)
    if let schema = stepKind.schema {
      let waiting = spansOfOutputs(in: parameters)
      let violations = schema.diagnose(
        located(parameters, at: tree.span(declaration.kind ?? declaration.node))
      ).filter { violation in violation.span.map { !waiting.contains($0) } ?? true }
      if !violations.isEmpty {
        // A value out of an input is the input's mistake.
        report.diagnostics += violations.map { violation in
          let item = parameters.items.first { $0.span == violation.span }
          return violation.blaming(item?.node.flatMap { context.blame.place(of: $0) })
        }
        return nil
      }
    }
    return parameters
  }

  /// Parameters that hold outputs: their values are checked where outputs are declared and read.
  private func spansOfOutputs(in parameters: Parameters) -> Set<Span> {
    guard !context.pipeline.outputs.isEmpty else { return [] }
    return Set(
      parameters.items.filter { item in
        item.node.map(context.usesOutputs) ?? false
      }.map(\.span))
  }

  private func located(_ parameters: Parameters, at span: Span) -> SpannedValue {
    SpannedValue(
      .map(
        parameters.items.map { item in
          SpannedValue.Entry(
            key: item.name, keySpan: item.key.map(tree.span),
            value: SpannedValue(.scalar(item.value), span: item.span))
        }), span: span)
  }

  /// The location of the dataset that a value names, if it has exactly one.
  private func home(of value: Value) -> (location: String, place: PlaceID)? {
    guard case .string(let name) = value, let dataset = context.pipeline.dataset(named: name) else {
      return nil
    }
    return program.datasets[dataset].onlyHome
  }

  /// The program has the pipeline's datasets in their order.
  private func dataset(named name: String) -> Dataset? {
    context.pipeline.dataset(named: name).map { program.datasets[$0] }
  }

  /// A dataset's name, a location, or a list of these, as locations.
  func resolveData(_ value: Value, from node: NodeID, _ report: inout Report) -> Value? {
    if case .list(let items) = value {
      var resolved: [Value] = []
      for item in items {
        guard let one = resolveData(item, from: node, &report) else { return nil }
        if case .list(let several) = one { resolved += several } else { resolved.append(one) }
      }
      return .list(resolved)
    }
    guard case .string(let text) = value else { return value }
    if let dataset = dataset(named: text) {
      guard let location = dataset.value else {
        report.diagnostics.append(.datasetAbsent(text, at: tree.span(node)))
        return nil
      }
      return location
    }
    return context.isLocation(text, from: node, isData: true, &report) ? value : nil
  }

  /// Whether a text names a dataset that doesn't exist in this run; a step's `reads` and `writes`
  /// may still name it.
  func isAbsentDataset(_ value: Value) -> Bool {
    guard case .string(let text) = value, let dataset = dataset(named: text) else { return false }
    return dataset.locations == nil
  }

  // MARK: The kind's values

  private mutating func jar(
    of kind: KindID, _ parameters: Parameters, _ report: inout Report
  ) -> TextID? {
    if let known = jars[Int(kind.index)] { return known }
    let decl = context.kinds[Int(kind.index)].decl
    guard let node = decl.jar else { return program.texts.add("") }
    guard let value = kindValue(node, decl, parameters, &report),
      let text = kindText(value, at: node, decl, &report)
    else { return nil }
    let jar = program.texts.add(text)
    let dependsOnStep = decl.tree.references(in: node).contains { $0.name == "parameters" }
    if !dependsOnStep { jars[Int(kind.index)] = jar }
    return jar
  }

  /// A value in a kind's file, where `parameters` and `cluster` are defined.
  func kindValue(
    _ node: NodeID, _ kind: StepKindDecl, _ parameters: Parameters, _ report: inout Report
  ) -> Value? {
    var variables = ["parameters": Value.map(parameters.map)]
    variables["cluster"] = scope.variables["cluster"]
    return Binder(tree: kind.tree, scope: Scope(variables: variables), facts: context.facts)
      .value(node, into: &report.diagnostics)
  }

  /// A jar or a class: a text that isn't secret.
  private func kindText(
    _ value: Value, at node: NodeID, _ kind: StepKindDecl, _ report: inout Report
  ) -> String? {
    if value.secretReferences.isEmpty, let text = value.argumentText { return text }
    report.diagnostics.append(
      .wrongValue("a text that isn't secret", found: value, at: kind.tree.span(node)))
    return nil
  }
}
