import Documents
package import Diagnostics
import Expressions
import PipelineIR
import PlanFormat
import SourceText
import Values
import YAMLSyntax

/// The assumptions on which a value, a choice or an error rests, by the index of their records.
package struct Grounds: Sendable {
  fileprivate var records: Set<Int> = []

  package init() {}

  var isEmpty: Bool { records.isEmpty }

  mutating func formUnion(_ other: Grounds) { records.formUnion(other.records) }
}

extension FactOracle {
  /// Names under which choices are noted, in addition to `let`s and `data.NAME`.
  package enum Choice {
    /// Which stages run: `stages.NAME` each.
    package static let stages = "stages"
    /// Which steps exist.
    package static let steps = "steps"
  }

  /// What was assumed since `mark`, an earlier `askedCount`.
  func grounds(since mark: Int) -> Grounds {
    withState { state in
      var grounds = Grounds()
      for index in state.trail.dropFirst(mark) where state.records[index].isAssumed {
        grounds.records.insert(index)
      }
      return grounds
    }
  }

  /// Where no data is, by the answers since `mark`, in words.
  func absentData(since mark: Int) -> [String] {
    withState { state in
      var statements: [String] = []
      for index in state.trail.dropFirst(mark) {
        let record = state.records[index]
        let isAbsent =
          switch record.question {
          case .isEmpty: record.answer.equals(.bool(true))
          case .hasMatch: record.answer.equals(.bool(false))
          case .last, .lastFolder, .tooDeep, .count, .all, .cluster, .clusterShape: false
          }
        let statement = record.question.statement(record.answer)
        if isAbsent, !statements.contains(statement) { statements.append(statement) }
      }
      return statements
    }
  }

  /// Adds assumptions on which a name's value rests.
  func note(_ name: String, restsOn grounds: Grounds) {
    guard !grounds.isEmpty else { return }
    withState { $0.grounds[name, default: []].formUnion(grounds.records) }
  }

  /// What was noted for a name; for `a`, also what was noted for `a.b`.
  package func grounds(of name: String) -> Grounds {
    withState { state in
      var grounds = Grounds()
      for (known, records) in state.grounds where known == name || known.hasPrefix(name + ".") {
        grounds.records.formUnion(records)
      }
      return grounds
    }
  }

  /// The assumptions on which the choice of stages and steps rests.
  package var groundsOfChoices: Grounds {
    var grounds = grounds(of: Choice.stages)
    grounds.formUnion(self.grounds(of: Choice.steps))
    return grounds
  }

  /// Whether anything was noted: usually nothing is.
  var hasGrounds: Bool { withState { !$0.grounds.isEmpty } }

  /// An error with a note of the assumptions on which it rests, if any.
  package func explain(_ diagnostic: Diagnostic, _ grounds: Grounds) -> Diagnostic {
    guard !grounds.isEmpty else { return diagnostic }
    var diagnostic = diagnostic
    let known = records
    for index in grounds.records.sorted() {
      let note = Diagnostic.Note.assumption(known[index])
      if !diagnostic.notes.contains(note) { diagnostic.notes.append(note) }
    }
    return diagnostic
  }

  /// A requirement that may not be met: an error if facts, or assumptions that may, say so;
  /// otherwise only information.
  package func refusal(_ diagnostic: Diagnostic, _ grounds: Grounds) -> Diagnostic {
    var explained = explain(diagnostic, grounds)
    if explained.severity == .error, !grounds.isEmpty, !refusesOnAssumption {
      explained.severity = .information
    }
    return explained
  }
}

extension Binder {
  /// The assumptions on which the value of nodes rests: what was asked since `mark`, when their
  /// evaluation began, and what the names they need rest on.
  func grounds(of nodes: NodeID?..., since mark: Int) -> Grounds {
    var grounds = facts.grounds(since: mark)
    guard facts.hasGrounds else { return grounds }
    for node in nodes {
      if let node { collect(node, &grounds) }
    }
    return grounds
  }

  private func collect(_ node: NodeID, _ grounds: inout Grounds) {
    switch tree.kind(node) {
    case .null, .bool, .int, .float: return
    case .list: for item in tree.items(node) { collect(item, &grounds) }
    case .map: for entry in tree.entries(node) { collect(entry.value, &grounds) }
    case .string:
      var ignored: [Diagnostic] = []
      guard tree.hasExpression(node), let template = tree.template(node, into: &ignored) else {
        return
      }
      var scope = self.scope
      var found = Grounds()
      for reference in template.references {
        let isPart = reference.name == "data" || reference.name == "stages"
        let member = isPart ? reference.members.first : nil
        let ofName = facts.grounds(of: member.map { "\(reference.name).\($0)" } ?? reference.name)
        guard !ofName.isEmpty else { continue }
        found.formUnion(ofName)
        scope.remove(member, of: reference.name)
      }
      // `true || x` is true whatever `x` is.
      guard !found.isEmpty, !template.hasValue(in: scope, facts.timeZones) else { return }
      grounds.formUnion(found)
    }
  }
}

extension Scope {
  /// Removes a name, or a member of its value.
  fileprivate mutating func remove(_ member: String?, of name: String) {
    guard let member, case .map(var map)? = variables[name] else {
      variables[name] = nil
      return
    }
    map[member] = nil
    variables[name] = .map(map)
  }
}

extension Template {
  /// Whether it has a value without asking for facts.
  fileprivate func hasValue(in scope: Scope, _ timeZones: TimeZones) -> Bool {
    let context = EvaluationContext(
      variables: scope.variables, functions: HostFunctions(timeZones: timeZones))
    if case .success = evaluate(in: context) { return true }
    return false
  }
}
