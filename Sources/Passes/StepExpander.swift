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
  let context: Context
  var program: Program
  private var places: PlaceTable
  private let scope: Scope
  private let binder: Binder
  private let tree: Tree
  /// Jars that are the same for all steps of a kind, by kind.
  private var jars: [TextID?]
  /// Arguments that are flags, by what they are made of.
  private var flags: [(prefix: String, name: String, text: TextID)] = []

  init(context: Context, program: Program) {
    self.context = context
    self.program = program
    scope = context.scope(for: program)
    binder = context.binder(scope)
    tree = context.pipeline.tree
    jars = Array(repeating: nil, count: context.kinds.count)
    places = PlaceTable(of: program)
  }

  mutating func reserve() {
    let count = context.pipeline.stages.reduce(0) { $0 + ($1.steps.map { tree.count($0) } ?? 0) }
    program.steps.reserveCapacity(program.steps.count + count)
    // More than most steps have: see `TextPool.reserve`.
    program.arguments.reserveCapacity(program.arguments.count + 8 * count)
    program.accesses.reserveCapacity(program.accesses.count + 3 * count)
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
    for variables in binder.combinations(each, into: &report.diagnostics) {
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
      guard binder.bool(when, into: &report.diagnostics) == true else { return }
    }
    guard let parameters = parameters(of: declaration, kind: kind, &report) else { return }
    let stepKind = context.kinds[Int(kind.index)].decl
    var name = stepKind.name.value
    if let node = declaration.name {
      guard let text = binder.value(node, into: &report.diagnostics) else { return }
      name = text.argumentText
    }
    if isSkipped(name, stage) { return }
    guard let jar = jar(of: kind, parameters, &report) else { return }
    let mainClass = stepKind.mainClass.flatMap { node -> String? in
      let value = kindValue(node, stepKind, parameters, &report)?.unwrapped
      return value.flatMap { $0.isAbsent ? nil : $0.argumentText }
    }
    let firstAccess = Int32(clamping: program.accesses.count)
    addAccesses(declaration, stepKind, parameters, &report)
    let firstArgument = Int32(clamping: program.arguments.count)
    addArguments(stepKind, parameters, &report)
    warnOfSecrets(from: firstArgument, name: name, declaration, parameters, &report)
    program.steps.append(
      Step(
        name: program.texts.add(name), jar: jar,
        mainClass: mainClass.map { program.texts.add($0) }, stage: stage, kind: kind,
        arguments: firstArgument..<Int32(clamping: program.arguments.count),
        accesses: firstAccess..<Int32(clamping: program.accesses.count),
        actionOnFailure: action(declaration), isRetryable: retry(declaration, stepKind, &report),
        origin: Origin(tree.span(declaration.name ?? declaration.node), pass)))
    program.steps[program.steps.count - 1].needsFreshOutput =
      declaration.freshOutput.flatMap { binder.bool($0, into: &report.diagnostics) }
      ?? stepKind.needsFreshOutput
    if declaration.timeout != nil || declaration.log != nil { addRunning(declaration, &report) }
  }

  /// What matters while the step runs, which few steps say anything of.
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
  }

  /// Steps that `--skip-step` names are noted as found.
  private mutating func isSkipped(_ name: String, _ stage: StageID?) -> Bool {
    guard stage != nil, context.options.skipSteps.contains(name) else { return false }
    program.skippedSteps.append(name)
    return true
  }

  private func action(_ declaration: StepDecl) -> Step.ActionOnFailure {
    declaration.onFailure.flatMap { Step.ActionOnFailure(rawValue: tree.string($0)) } ?? .undecided
  }

  private func retry(
    _ declaration: StepDecl, _ kind: StepKindDecl, _ report: inout Report
  ) -> Bool {
    declaration.retry.flatMap { binder.bool($0, into: &report.diagnostics) } ?? kind.retry
  }

  // MARK: Parameters

  /// A parameter of a step, evaluated; data parameters are resolved to locations.
  private struct Parameter {
    var name: String
    var value: Value
    /// Nil for what the step declares beside its parameters.
    var key: NodeID?
    var span: Span
    /// The value's place, where it is a dataset's name.
    var place: PlaceID?
  }

  private struct Parameters {
    var items: [Parameter]

    subscript(name: String) -> Parameter? { items.first { $0.name == name } }

    var map: ValueMap { ValueMap(items.map { (key: .string($0.name), value: $0.value) }) }
  }

  private mutating func parameters(
    of declaration: StepDecl, kind: KindID, _ report: inout Report
  ) -> Parameters? {
    guard let node = declaration.parameters else { return Parameters(items: []) }
    let stepKind = context.kinds[Int(kind.index)]
    var items: [Parameter] = []
    items.reserveCapacity(tree.count(node))
    // What is written as it is was validated before, if a location in a name's place is as valid.
    var isKnownToBeValid = context.literalsAreSound && stepKind.decl.takesAnyLocation
    for entry in tree.entries(node) {
      guard let raw = binder.value(entry.value, into: &report.diagnostics) else { return nil }
      var value = raw.unwrapped
      isKnownToBeValid = isKnownToBeValid && tree.isLiteral(entry.value)
      if value.isAbsent {
        isKnownToBeValid = false
        continue
      }
      let name = tree.string(entry.key)
      let span = tree.span(entry.value)
      var place: PlaceID?
      if stepKind.decl.data.contains(name) {
        if let home = home(of: value) {
          (value, place) = (.string(home.location), home.place)
        } else {
          guard let resolved = resolveData(value, from: entry.value, &report) else { return nil }
          value = resolved
          if case .list = resolved { isKnownToBeValid = false }
        }
      }
      items.append(
        Parameter(name: name, value: value, key: entry.key, span: span, place: place))
    }
    let parameters = Parameters(items: items)
    if !isKnownToBeValid, let schema = stepKind.schema {
      let violations = schema.diagnose(
        located(parameters, at: tree.span(declaration.kind ?? declaration.node)))
      if !violations.isEmpty {
        report.diagnostics.append(contentsOf: violations)
        return nil
      }
    }
    return parameters
  }

  private func located(_ parameters: Parameters, at span: Span) -> Located {
    Located(
      .map(
        parameters.items.map { item in
          Located.Entry(
            key: item.name, keySpan: item.key.map(tree.span),
            value: Located(.scalar(item.value), span: item.span))
        }), span: span)
  }

  /// Where a dataset is that a value names, if it is at one place.
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

  /// A dataset's name or a location, or a list of such, as locations.
  private func resolveData(_ value: Value, from node: NodeID, _ report: inout Report) -> Value? {
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

  /// Whether a text names a dataset that does not exist in this run: what a step declares beyond
  /// its parameters may name it all the same.
  private func isAbsentDataset(_ value: Value) -> Bool {
    guard case .string(let text) = value, let dataset = dataset(named: text) else { return false }
    return dataset.locations == nil
  }

  // MARK: What the kind says

  private mutating func jar(
    of kind: KindID, _ parameters: Parameters, _ report: inout Report
  ) -> TextID? {
    if let known = jars[Int(kind.index)] { return known }
    let decl = context.kinds[Int(kind.index)].decl
    guard let node = decl.jar else { return program.texts.add("") }
    guard let text = kindValue(node, decl, parameters, &report)?.argumentText else { return nil }
    let jar = program.texts.add(text)
    let dependsOnStep = decl.tree.references(in: node).contains { $0.name == "parameters" }
    if !dependsOnStep { jars[Int(kind.index)] = jar }
    return jar
  }

  /// A value of a kind's file, which sees `parameters` and `cluster`.
  private func kindValue(
    _ node: NodeID, _ kind: StepKindDecl, _ parameters: Parameters, _ report: inout Report
  ) -> Value? {
    var variables = ["parameters": Value.map(parameters.map)]
    variables["cluster"] = scope.variables["cluster"]
    return Binder(tree: kind.tree, scope: Scope(variables: variables), facts: context.facts)
      .value(node, into: &report.diagnostics)
  }

  private mutating func addArguments(
    _ kind: StepKindDecl, _ parameters: Parameters, _ report: inout Report
  ) {
    for argument in kind.arguments {
      switch argument {
      case .text(let node):
        guard let value = kindValue(node, kind, parameters, &report)?.unwrapped else { return }
        addItems(value)
      case .option(let name):
        if let parameter = parameters[name] { addOption("--", parameter) }
      case .value(let name):
        if let parameter = parameters[name] { addItems(parameter.value) }
      case .pairs(let name, let flag):
        guard case .map(let map)? = parameters[name]?.value else { continue }
        for entry in map.entries where !entry.value.isAbsent {
          program.addArgument(.string(flag))
          program.addArgument(
            Value.joined(entry.key.argumentText + "=", entry.value.unwrapped))
        }
      case .options(let name?, let prefix):
        if let parameter = parameters[name] { addOptions(parameter.value, prefix: prefix) }
      case .options(nil, let prefix):
        for parameter in parameters.items { addOption(prefix, parameter) }
      }
    }
  }

  private mutating func addOptions(_ value: Value, prefix: String) {
    guard case .map(let map) = value else {
      addItems(value)
      return
    }
    for entry in map.entries { addOption(prefix, entry.key.argumentText, entry.value.unwrapped) }
  }

  private mutating func addOption(_ prefix: String, _ parameter: Parameter) {
    guard let text = knownText(parameter) else {
      return addOption(prefix, parameter.name, parameter.value)
    }
    addFlag(prefix, parameter.name)
    program.arguments.append(Argument(text: text))
  }

  /// The text of a dataset's location, where it is the text of its place.
  private func knownText(_ parameter: Parameter) -> TextID? {
    guard let place = parameter.place, case .string(var location) = parameter.value else {
      return nil
    }
    let text = program.places[Int(place.index)].text
    let isSame = location.withUTF8 { bytes in
      program.texts.withBytes(text) { $0.isSame(as: bytes) }
    }
    return isSame ? text : nil
  }

  /// A true bool is a bare flag; a false one, or an absent value, is nothing.
  private mutating func addOption(_ prefix: String, _ name: String, _ value: Value) {
    switch value {
    case .null, .optional(nil), .bool(false): return
    case .bool(true): addFlag(prefix, name)
    case .list(let items):
      addFlag(prefix, name)
      program.addArgument(.string(items.map(\.argumentText).joined(separator: ",")))
    default:
      addFlag(prefix, name)
      program.addArgument(value)
    }
  }

  /// Adds a flag; its text stands once in the program, if there are not too many of them.
  private mutating func addFlag(_ prefix: String, _ name: String) {
    if let known = flags.first(where: { $0.name == name && $0.prefix == prefix }) {
      program.arguments.append(Argument(text: known.text))
      return
    }
    let text = program.texts.add(prefix + name)
    if flags.count < 64 { flags.append((prefix, name, text)) }
    program.arguments.append(Argument(text: text))
  }

  private mutating func addItems(_ value: Value) {
    if case .list(let items) = value {
      for item in items where !item.isAbsent { program.addArgument(item.unwrapped) }
    } else if !value.isAbsent {
      program.addArgument(value)
    }
  }

  private func warnOfSecrets(
    from first: Int32, name: String, _ declaration: StepDecl, _ parameters: Parameters,
    _ report: inout Report
  ) {
    for argument in program.arguments[Int(first)...] where argument.secret >= 0 {
      let reference = program.secrets[Int(argument.secret)].reference
      let parameter = parameters.items.first { $0.value.secretReferences.contains(reference) }
      let whole = parameter.flatMap { parameter in
        declaration.parameters.flatMap { tree.value($0, parameter.name) }
      }
      let node = whole.flatMap { node in
        parameter.flatMap { leaf(of: node, $0.value, yielding: reference) }
      }
      let span = tree.span(node ?? declaration.name ?? declaration.node)
      report.diagnostics.append(.secretInArguments(reference, step: name, at: span))
    }
  }

  /// The text in a node from which a secret comes, by the node's value.
  private func leaf(of node: NodeID, _ value: Value, yielding reference: String) -> NodeID? {
    let isSource = { (value: Value) in value.secretReferences.contains(reference) }
    switch (tree.kind(node), value.unwrapped) {
    case (.map, .map(let map)):
      for entry in tree.entries(node) {
        guard let part = map[tree.string(entry.key)], isSource(part) else { continue }
        return leaf(of: entry.value, part, yielding: reference)
      }
      return nil
    case (.list, .list(let items)):
      for (item, part) in zip(tree.items(node), items) where isSource(part) {
        return leaf(of: item, part, yielding: reference)
      }
      return nil
    default: return node
    }
  }

  // MARK: What the step does to data

  private mutating func addAccesses(
    _ declaration: StepDecl, _ kind: StepKindDecl, _ parameters: Parameters,
    _ report: inout Report
  ) {
    let part = part(kind, parameters)
    for name in kind.reads { addAccess(.read, parameters[name.value], part: 0) }
    for name in kind.writes { addAccess(.write, parameters[name.value], part: part) }
    for deletion in kind.deletes {
      if let condition = deletion.condition {
        guard case .bool(true)? = parameters[condition]?.value else { continue }
      }
      addAccess(.delete, parameters[deletion.parameter], part: 0)
    }
    addDeclared(declaration.reads, .read, &report)
    addDeclared(declaration.writes, .write, &report)
    addDeclared(declaration.deletes, .delete, &report)
  }

  private mutating func addDeclared(
    _ list: NodeID?, _ mode: Access.Mode, _ report: inout Report
  ) {
    guard let list else { return }
    for item in tree.kind(list) == .list ? Array(tree.items(list)) : [list] {
      guard let value = binder.value(item, into: &report.diagnostics)?.unwrapped,
        !value.isAbsent, !isAbsentDataset(value),
        let resolved = resolveData(value, from: item, &report)
      else { continue }
      let parameter = Parameter(
        name: "", value: resolved, key: nil, span: tree.span(item), place: nil)
      addAccess(mode, parameter, part: 0)
    }
  }

  private mutating func addAccess(
    _ mode: Access.Mode, _ parameter: Parameter?, part: UInt64
  ) {
    guard let parameter else { return }
    if let place = parameter.place {
      return addAccess(mode, at: place, part: part, parameter.span)
    }
    guard case .list(let items) = parameter.value else {
      return addAccess(mode, to: parameter.value, part: part, at: parameter.span)
    }
    for item in items { addAccess(mode, to: item.unwrapped, part: part, at: parameter.span) }
  }

  private mutating func addAccess(
    _ mode: Access.Mode, to value: Value, part: UInt64, at span: Span
  ) {
    guard case .string(let text) = value, let location = try? Location(text) else { return }
    addAccess(mode, at: places.intern(location, in: &program), part: part, span)
  }

  private mutating func addAccess(
    _ mode: Access.Mode, at place: PlaceID, part: UInt64, _ span: Span
  ) {
    program.accesses.append(
      Access(place: place, mode: mode, part: mode == .write ? part : 0, span: span))
  }

  /// Tells what a step writes from what others write to the same place: FNV-1a over the values of
  /// the kind's `part` parameters.
  private func part(_ kind: StepKindDecl, _ parameters: Parameters) -> UInt64 {
    guard !kind.part.isEmpty else { return 0 }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for name in kind.part {
      var text = parameters[name]?.value.argumentText ?? ""
      text.withUTF8 { bytes in
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      }
      hash = (hash ^ 0xFF) &* 0x100_0000_01b3
    }
    return hash == 0 ? 1 : hash
  }
}
