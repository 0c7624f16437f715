import Documents
package import Diagnostics
package import Expressions
package import PipelineSyntax
import Schemas
import SourceText
package import Values
import YAMLSyntax

/// Checks every expression of a pipeline against the types from the schemas, before any input is
/// read.
package struct TypeChecker {
  let pipeline: PipelineDecl
  let tree: Tree
  private let kinds: [String: StepKind]
  private(set) var environment: TypeEnvironment
  /// Collects what is known at each place, for editors; nil: that isn't asked.
  private let places: TypedPlaces?

  /// - Parameters:
  ///   - inputs: the types of the inputs' contents, in their order.
  ///   - parameters: the type of `params`.
  package init(
    pipeline: PipelineDecl, kinds: [StepKind], inputs: [ValueType], parameters: ValueType,
    base: TypeEnvironment, places: TypedPlaces? = nil
  ) {
    self.places = places
    self.pipeline = pipeline
    tree = pipeline.tree
    var named: [String: StepKind] = [:]
    for kind in kinds { named[kind.decl.name.value] = kind }
    self.kinds = named
    environment = base
    for (input, type) in zip(pipeline.inputs, inputs) {
      environment = environment.declaring(
        input.name.value,
        input.isMany ? .list(type) : input.isOptional ? .nullable(type) : type)
    }
    environment = environment.declaring("params", parameters).declaring("run", Self.runType)
    if !pipeline.outputs.isEmpty {
      environment = environment.declaring(OutputUses.variable, Self.outputsType(pipeline.outputs))
    }
  }

  /// The type of a name, once the pipeline was checked.
  package func type(of name: String) -> ValueType? { environment.type(of: name) }

  /// Whether a value of one type may be where another is wanted.
  package static func isAssignable(_ found: ValueType, to wanted: ValueType) -> Bool {
    found.withoutAbsence.isAssignable(to: wanted.withoutAbsence)
  }

  static let runType = ValueType.object(
    ObjectType(
      name: "run",
      fields: [
        .init(name: "id", type: .string, isRequired: true),
        .init(name: "time", type: .timestamp, isRequired: true),
        .init(name: "isResumed", type: .bool, isRequired: true),
        .init(name: "isIDGiven", type: .bool, isRequired: true),
        .init(name: "debug", type: .bool, isRequired: true),
        .init(name: "include", type: .list(.string), isRequired: true),
        .init(name: "skip", type: .list(.string), isRequired: true),
        .init(name: "isPersistent", type: .bool, isRequired: true),
      ]))

  private static func outputsType(_ outputs: [OutputDecl]) -> ValueType {
    .object(
      ObjectType(
        name: OutputUses.variable,
        fields: outputs.map { output in
          let type: ValueType =
            switch output.type?.value {
            case "string": .string
            case "int": .int
            case "bool", "marker": .bool
            default: .error
            }
          return .init(name: output.name.value, type: type, isRequired: true)
        }))
  }

  /// What is known of the cluster: first its region, then what `job-flow` says.
  static func clusterType(_ names: String...) -> ValueType {
    .object(
      ObjectType(
        name: "cluster", fields: names.map { .init(name: $0, type: .string, isRequired: true) }))
  }

  package mutating func check(jobFlow: ValueType, into diagnostics: inout [Diagnostic]) {
    environment = environment.declaring("stages", stagesType(pipeline.stages[...]))
    let order = LetOrder(pipeline)
    for (index, item) in pipeline.lets.enumerated() {
      var inner = environment
      // A name reported as used too early isn't reported as unknown too.
      for name in order.early[index] { inner = inner.declaring(name, .error) }
      note(item.value, inner)
      let type = type(of: item.value, inner, into: &diagnostics)
      environment = environment.declaring(item.name.value, type)
    }
    for check in pipeline.checks { self.check(check, into: &diagnostics) }
    if let versions = pipeline.versions { check(versions, into: &diagnostics) }
    checkPlaces(into: &diagnostics)
    if let cluster = pipeline.cluster { check(cluster, jobFlow: jobFlow, into: &diagnostics) }
    // Expressions that are evaluated before the cluster can't refer to it.
    environment = environment.declaring("cluster", Self.clusterType("region", "release"))
    checkSteps(into: &diagnostics)
    check(steps: pipeline.cluster?.onCreate, environment, into: &diagnostics)
    check(steps: pipeline.cluster?.onReuse, environment, into: &diagnostics)
    if let run = pipeline.run { check(run, into: &diagnostics) }
    if let root = tree.root { note(root, environment) }
  }

  /// Notes what is known inside a node.
  func note(_ node: NodeID, _ environment: TypeEnvironment) {
    places?.note(node, environment)
  }

  private func check(_ run: RunDecl, into diagnostics: inout [Diagnostic]) {
    if let timeout = run.timeout { _ = type(of: timeout, environment, into: &diagnostics) }
    if let retries = run.retries { check(retries: retries, environment, into: &diagnostics) }
    for entry in run.settings { check(body: entry.value, .dyn, environment, into: &diagnostics) }
  }

  private func check(_ check: CheckDecl, into diagnostics: inout [Diagnostic]) {
    var inner = environment
    if let when = check.when { inner = assume(when, in: environment, into: &diagnostics) }
    note(check.node, inner)
    if let require = check.require {
      expect(require, .bool, inner, into: &diagnostics)
      inner = inner.assuming(failed: require, tree, into: &diagnostics)
    }
    for text in [check.message, check.hint] {
      if let text { _ = type(of: text, inner, into: &diagnostics) }
    }
    expectConsequence(check.severity, check.exit, inner, into: &diagnostics)
    if let place = check.at { self.check(place: place, environment, into: &diagnostics) }
  }

  /// A place to blame must be possible by the schema; the input need not have it.
  /// - Parameter item: a name that stands for an item of an input.
  func check(
    place: Spanned<String>, item: String? = nil, _ environment: TypeEnvironment,
    into diagnostics: inout [Diagnostic]
  ) {
    var found: [Diagnostic] = []
    let expression = InputOrigins.expression(place, into: &found)
    _ = expression?.check(in: environment, into: &found)
    diagnostics += found.filter { $0.code != .expressionAbsentOptional }
    if found.isEmpty, item == nil || expression?.reference?.name != item,
      expression?.reference?.name != "params",
      !pipeline.inputs.contains(where: { $0.name.value == expression?.reference?.name })
    {
      diagnostics.append(.notAnInputsPlace(place, inputs: pipeline.inputs.map(\.name.value)))
    }
  }

  // MARK: Datasets and stages

  private func stagesType(_ stages: ArraySlice<StageDecl>) -> ValueType {
    .object(
      ObjectType(
        name: "stages",
        fields: stages.map { .init(name: $0.name.value, type: .bool, isRequired: true) }))
  }

  /// Checks stages' conditions and datasets' places; both may refer to stages.
  private mutating func checkPlaces(into diagnostics: inout [Diagnostic]) {
    for (index, stage) in pipeline.stages.enumerated() {
      guard let when = stage.when else { continue }
      // A stage may refer only to those above it, which are decided by then.
      if reportLaterStages(when, index, into: &diagnostics) { continue }
      let before = environment.declaring("stages", stagesType(pipeline.stages[..<index]))
      note(when, before)
      _ = assume(when, in: before, into: &diagnostics)
    }
    var places: [ObjectType.Field] = []
    places.reserveCapacity(pipeline.datasets.count)
    for dataset in pipeline.datasets {
      let inner =
        dataset.when.map { assume($0, in: environment, into: &diagnostics) }
        ?? environment
      if let at = dataset.at { note(at, inner) }
      if let flag = dataset.mustBeRead { expect(flag, .bool, inner, into: &diagnostics) }
      var type = ValueType.string
      if let at = dataset.at {
        type = self.type(of: at, inner, into: &diagnostics).withoutAbsence
        if !type.isLocation {
          diagnostics.append(
            .wrongType("a location or a list of locations", found: type, at: tree.span(at)))
          type = .error
        }
      }
      places.append(.init(name: dataset.name.value, type: type, isRequired: true))
    }
    environment = environment.declaring(
      "data", .object(ObjectType(name: "data", fields: places)))
  }

  private func checkSteps(into diagnostics: inout [Diagnostic]) {
    for dataset in pipeline.datasets {
      for step in [dataset.restore, dataset.release?.step] {
        if let step { check(step: step, environment, into: &diagnostics) }
      }
    }
    for stage in pipeline.stages {
      let inner =
        stage.when.map { assume($0, in: environment, quietly: true, into: &diagnostics) }
        ?? environment
      for requirement in stage.requires { check(requirement, inner, into: &diagnostics) }
      if let retries = stage.retries { check(retries: retries, inner, into: &diagnostics) }
      check(steps: stage.steps, inner, into: &diagnostics)
    }
  }

  /// Reports a stage's condition that refers to itself or to stages below it, directly or through a
  /// `let`.
  private func reportLaterStages(
    _ when: NodeID, _ index: Int, into diagnostics: inout [Diagnostic]
  ) -> Bool {
    var isReported = false
    func report(_ reference: Reference, at span: Span, isInLet: Bool) {
      guard reference.name == "stages", let name = reference.members.first,
        let later = pipeline.stages[index...].first(where: { $0.name.value == name })
      else { return }
      diagnostics.append(
        .laterStage(
          name, at: span, declared: later.name.span, asked: isInLet ? reference.span : nil))
      isReported = true
    }
    for reference in tree.references(in: when) {
      report(reference, at: reference.span, isInLet: false)
      guard let item = pipeline.lets.first(where: { $0.name.value == reference.name }) else {
        continue
      }
      for item in pipeline.lets(neededBy: item.value) + [item] {
        for inner in tree.references(in: item.value) {
          report(inner, at: reference.span, isInLet: true)
        }
      }
    }
    return isReported
  }

  private func check(
    _ requirement: RequirementDecl, _ outer: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) {
    var inner = outer
    if let when = requirement.when { inner = assume(when, in: outer, into: &diagnostics) }
    note(requirement.node, inner)
    switch requirement.rule {
    case .require(let node): expect(node, .bool, inner, into: &diagnostics)
    case .data(_, let pattern?): expect(pattern, .string, inner, into: &diagnostics)
    case .depth(_, let folders, let pattern):
      if let folders { expect(folders, .int, inner, into: &diagnostics) }
      if let pattern { expect(pattern, .string, inner, into: &diagnostics) }
    case .data(_, nil), .empty, .none: break
    }
    for text in [requirement.message, requirement.hint] {
      if let text { _ = type(of: text, inner, into: &diagnostics) }
    }
    expectConsequence(requirement.severity, requirement.exit, inner, into: &diagnostics)
  }

  private func expectConsequence(
    _ severity: NodeID?, _ exit: NodeID?, _ environment: TypeEnvironment,
    into diagnostics: inout [Diagnostic]
  ) {
    if let severity { expect(severity, .string, environment, into: &diagnostics) }
    if let exit { expect(exit, .int, environment, into: &diagnostics) }
  }

  // MARK: Steps

  private func check(
    retries node: NodeID, _ environment: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) {
    guard tree.kind(node) == .map else {
      return expect(node, .int, environment, into: &diagnostics)
    }
    for entry in tree.entries(node) {
      switch tree.string(entry.key) {
      case "times": expect(entry.value, .int, environment, into: &diagnostics)
      case "factor": expect(entry.value, .double, environment, into: &diagnostics)
      default: _ = type(of: entry.value, environment, into: &diagnostics)
      }
    }
  }

  private func check(
    steps: NodeID?, _ environment: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) {
    guard let steps else { return }
    for step in tree.items(steps) { check(step: step, environment, into: &diagnostics) }
  }

  private func check(
    step node: NodeID, _ outer: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) {
    let step = StepDecl(tree, node)
    var inner = outer
    if let each = step.each { inner = declaring(each, in: inner, into: &diagnostics) }
    if let each = step.each { note(each, outer) }
    if let when = step.when {
      note(when, inner)
      inner = assume(when, in: inner, into: &diagnostics)
    }
    note(node, inner)
    if let name = step.name { _ = type(of: name, inner, into: &diagnostics) }
    if let action = step.onFailure { expect(action, .string, inner, into: &diagnostics) }
    if let retry = step.retry { expect(retry, .bool, inner, into: &diagnostics) }
    if let retries = step.retries { check(retries: retries, inner, into: &diagnostics) }
    if let properties = step.properties {
      _ = type(of: properties, inner, into: &diagnostics)
    }
    if let monitoring = step.monitoring {
      check(body: monitoring, .dyn, inner, into: &diagnostics)
    }
    if let fresh = step.freshOutput { expect(fresh, .bool, inner, into: &diagnostics) }
    if let depth = step.readDepth { expect(depth, .int, inner, into: &diagnostics) }
    if let log = step.log { expect(log, .string, inner, into: &diagnostics) }
    if let timeout = step.timeout { _ = type(of: timeout, inner, into: &diagnostics) }
    for list in [step.reads, step.writes, step.deletes, step.after] {
      if let list { _ = type(of: list, inner, into: &diagnostics) }
    }
    for output in step.outputs.map({ Array(tree.entries($0)) }) ?? [] {
      if let at = tree.value(output.value, "at") { expect(at, .string, inner, into: &diagnostics) }
    }
    if let condition = step.noDataIf { expect(condition, .bool, inner, into: &diagnostics) }
    guard let parameters = step.parameters, let kindNode = step.kind,
      let kind = kinds[tree.string(kindNode)]
    else { return }
    // Parameters must fit the kind whether or not the step is in a run.
    if let schema = kind.schema {
      diagnostics += schema.diagnose(tree, parameters, deferringExpressions: true)
    }
    // A literal needs no further check.
    for entry in tree.entries(parameters) where !tree.isLiteral(entry.value) {
      let field = kind.parameterType?.field(tree.string(entry.key))
      if let field, !kind.decl.data.contains(field.name) {
        expect(entry.value, field.type, inner, into: &diagnostics)
      } else {
        _ = type(of: entry.value, inner, into: &diagnostics)
      }
    }
  }

  /// The environment with an `each`'s names added.
  func declaring(
    _ each: NodeID, in outer: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) -> TypeEnvironment {
    var inner = outer.declaring("index", .int)
    for entry in tree.entries(each) {
      let type = type(of: entry.value, outer, into: &diagnostics).withoutAbsence
      let item: ValueType
      switch type {
      case .list(let of): item = of
      case .dyn, .error: item = type
      case .map(let key, let value):
        item = .object(
          ObjectType(
            name: tree.string(entry.key),
            fields: [
              .init(name: "key", type: key, isRequired: true),
              .init(name: "value", type: value, isRequired: true),
            ]))
      default:
        diagnostics.append(.wrongType("a list", found: type, at: tree.span(entry.value)))
        item = .error
      }
      inner = inner.declaring(tree.string(entry.key), item)
    }
    return inner
  }

  // MARK: Values

  /// The type of a node and its descendants; literals have their own type.
  func type(
    of node: NodeID, _ environment: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) -> ValueType {
    switch tree.kind(node) {
    case .null: return .null
    case .bool: return .bool
    case .int: return .int
    case .float: return .double
    case .string:
      guard tree.withBytes(node, Template.hasExpression) else { return .string }
      guard let template = tree.template(node, into: &diagnostics) else { return .error }
      return template.check(in: environment, into: &diagnostics)
    case .list:
      var item: ValueType?
      for child in tree.items(node) {
        let type = type(of: child, environment, into: &diagnostics)
        item = item == nil || item == type ? type : .dyn
      }
      return .list(item ?? .dyn)
    case .map:
      var fields: [ObjectType.Field] = []
      for entry in tree.entries(node) {
        let type = type(of: entry.value, environment, into: &diagnostics)
        fields.append(.init(name: tree.string(entry.key), type: type, isRequired: true))
      }
      return .object(ObjectType(name: "map", fields: fields))
    }
  }

  func expect(
    _ node: NodeID, _ expected: ValueType, _ environment: TypeEnvironment,
    into diagnostics: inout [Diagnostic]
  ) {
    let found = type(of: node, environment, into: &diagnostics)
    // Literals were checked against the schema; only expressions need checking here.
    guard tree.kind(node) == .string, tree.withBytes(node, Template.hasExpression) else { return }
    report(found, expected: expected, node, into: &diagnostics)
  }

  func report(
    _ found: ValueType, expected: ValueType, _ node: NodeID, into diagnostics: inout [Diagnostic]
  ) {
    guard tree.withBytes(node, Template.hasExpression) else { return }
    // An absent value leaves out an optional member.
    if !found.withoutAbsence.isAssignable(to: expected.withoutAbsence) {
      diagnostics.append(
        .wrongType(
          "\(expected.withoutAbsence)", found: found,
          of: expected.withoutAbsence == .bool ? shortText(node) : nil,
          hint: expected.withoutAbsence == .bool ? conditionHint(found, node) : nil,
          at: tree.span(node)))
    }
  }

  /// An expression as written, if it is short.
  private func shortText(_ node: NodeID) -> String? {
    let text = tree.string(node)
    return text.utf8.count <= 60 && !text.contains("`") ? text : nil
  }

  /// How to make a condition of an expression that isn't one.
  private func conditionHint(_ found: ValueType, _ node: NodeID) -> String {
    var ignored: [Diagnostic] = []
    guard case .optional = found else { return "compare it with a value, as in `… > 0`" }
    let reference = tree.template(node, into: &ignored)?.singleExpression?.reference
    return reference.map { "to ask whether it is there, write `has(\($0.text))`" }
      ?? "to ask whether it is there, add `.hasValue()`"
  }

  /// The environment if a condition is true.
  func assume(
    _ when: NodeID, in outer: TypeEnvironment, quietly: Bool = false,
    into diagnostics: inout [Diagnostic]
  ) -> TypeEnvironment {
    var found: [Diagnostic] = []
    defer { if !quietly { diagnostics += found } }
    expect(when, .bool, outer, into: &found)
    var ignored: [Diagnostic] = []
    guard tree.kind(when) == .string,
      let template = tree.template(when, into: &ignored),
      let expression = template.singleExpression
    else { return outer }
    return outer.assuming(expression, holds: true)
  }
}

extension TypeEnvironment {
  /// What is known when a rule isn't met.
  fileprivate func assuming(
    failed node: NodeID, _ tree: Tree, into diagnostics: inout [Diagnostic]
  ) -> TypeEnvironment {
    var ignored: [Diagnostic] = []
    guard tree.kind(node) == .string,
      let template = tree.template(node, into: &ignored),
      let expression = template.singleExpression
    else { return self }
    return assuming(expression, holds: false)
  }
}
