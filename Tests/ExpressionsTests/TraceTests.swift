import Diagnostics
import Expressions
import SourceText
import Testing
import Values

/// While values are traced, a bool keeps the marks of what decided it, and of nothing else.
@Suite struct TraceTests {
  private static func item(_ name: String, _ value: Int64) -> Value {
    .map(ValueMap(["v": .secret(Secret(.int(value), reference: name))]))
  }

  private func deciding(_ text: String) -> [String] {
    var diagnostics: [Diagnostic] = []
    let expression = Expression.parse(
      text, locate: { Span(SourceID(index: 0), $0) }, into: &diagnostics)
    var context = EvaluationContext(variables: [
      "xs": .list([Self.item("a", 1), Self.item("b", 2), Self.item("c", 2)]),
      "x": Self.item("x", 7), "y": Self.item("y", 7),
    ])
    context.traces = true
    guard case .success(let value)? = expression?.evaluate(in: context) else { return ["failed"] }
    // Each once.
    return value.secretReferences.map { reference in
      Set(reference.split(separator: " + ")).sorted().joined(separator: " + ")
    }
  }

  @Test func onlyTheItemThatDecides() {
    #expect(deciding("xs.all(i, i.v < 2)") == ["b"])
    #expect(deciding("xs.exists(i, i.v == 2)") == ["b"])
    #expect(deciding("xs.exists_one(i, i.v == 2)") == ["b + c"])
    #expect(deciding("xs.all(i, xs.exists_one(j, j.v == i.v))") == ["b + c"])
  }

  @Test func onlyTheOperandThatDecides() {
    #expect(deciding("x.v > 0 && y.v > 9") == ["y"])
    #expect(deciding("x.v > 9 || y.v > 9") == ["x + y"])
    #expect(deciding("!(x.v > 0)") == ["!x"])
    #expect(deciding("x.v > 0 ? false : y.v > 0") == ["x"])
  }

  /// Otherwise a bool shows nothing, so it has no mark.
  @Test func boolsHaveNoMarksOtherwise() {
    var diagnostics: [Diagnostic] = []
    let expression = Expression.parse(
      "x.v > 0", locate: { Span(SourceID(index: 0), $0) }, into: &diagnostics)
    let context = EvaluationContext(variables: ["x": Self.item("x", 7)])
    guard case .success(.bool(true))? = expression?.evaluate(in: context) else {
      Issue.record("the comparison isn't a plain bool")
      return
    }
  }
}
