package import Diagnostics
package import SourceText
package import Values

/// A parsed expression: its nodes in one array, children before their parents. A class, since it is
/// passed from one phase to the next.
package final class Expression: Sendable {
  enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// `a`: index of the literal.
    case literal
    /// `a`: index of the name; `flag`: 1 if it has a leading dot.
    case global
    /// `a`: slot of the variable that a macro declares.
    case local
    /// `a`: operand; `b`: name; `flag`: 1 for `.?`.
    case select
    /// `a`: operand; `b`: name.
    case has
    /// `a`: operand; `b`: index; `flag`: 1 for `[?`.
    case index
    /// `a`: builtin; `b`: first argument in `extra`; `c`: number of arguments; the extra before the
    /// arguments are the function's name, its full name where it may be in a namespace (or -1), and
    /// 1 where the first argument is a receiver.
    case call
    /// `a`: builtin; `b`, `c`: operands (`c` is -1 for a prefix).
    case `operator`
    /// `b`: first operand in `extra`; `c`: their number.
    case and, or
    /// `a`: condition; `b`, `c`: results.
    case conditional
    /// `b`: first item in `extra`; `c`: their number; an item is twice the node, plus 1 after `?`.
    case list
    /// Like a list; each key is followed by its value.
    case map
    /// `a`: the list or map; `flag`: the macro; `b`: in `extra`: slot, number of slots, filter (or
    /// -1), body, second body (or -1).
    case comprehension
    /// `a`: slot; `b`: value; `c`: body.
    case bind
    /// `b`: in `extra`, each value and its slot, then the body; `c`: number of values.
    case block
    /// `a`: optional; `b`: body; `c`: slot; `flag`: 1 if the body yields an optional.
    case optionalMap
  }

  enum Macro: UInt8, Sendable {
    case all, exists, existsOne, map, filter, transformList, transformMap, transformMapEntry, sortBy
  }

  struct Node: Sendable, BitwiseCopyable {
    var kind: Kind
    var flag: UInt8 = 0
    /// The height: the longest path down to a leaf.
    var height: UInt16 = 0
    var a: Int32 = -1
    var b: Int32 = -1
    var c: Int32 = -1
    var span: Span
  }

  let nodes: [Node]
  let extra: [Int32]
  let literals: [Value]
  let names: [String]
  let root: Int
  /// How many slots its macros' variables need.
  let slotCount: Int
  /// Whether it may yield a list or map that isn't part of a variable.
  let buildsContainers: Bool

  /// An expression being parsed.
  struct Draft {
    var nodes: [Node] = []
    var extra: [Int32] = []
    var literals: [Value] = []
    var names: [String] = []
    var root: Int = 0
    var slotCount = 0
    var buildsContainers = false

    func name(_ index: Int32) -> String { names[Int(index)] }
  }

  init(_ draft: consuming Draft) {
    nodes = draft.nodes
    extra = draft.extra
    literals = draft.literals
    names = draft.names
    root = draft.root
    slotCount = draft.slotCount
    buildsContainers = draft.buildsContainers
  }

  /// Where it is in its source.
  package var span: Span { nodes[root].span }

  /// Ranges are byte offsets in `text`.
  package static func parse(
    _ text: String, locate: (Range<Int>) -> Span, into diagnostics: inout [Diagnostic]
  ) -> Expression? {
    var text = text
    return text.withUTF8 { bytes in
      withoutActuallyEscaping(locate) { locate in
        var parser = Parser(bytes: bytes, at: 0, locate: locate)
        let parsed = parser.parse(until: .end)
        diagnostics.append(contentsOf: parser.diagnostics)
        return parsed
      }
    }
  }

  /// Its value; an error has the span of what failed.
  package func evaluate(in context: EvaluationContext) -> Result<Value, EvaluationError> {
    Evaluator(self, context).run()
  }

  /// Its type; mistakes are reported, and yield `.error`.
  package func check(
    in environment: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) -> ValueType {
    var checker = Checker(self, environment)
    let type = checker.run()
    diagnostics.append(contentsOf: checker.diagnostics)
    return type
  }

  func name(_ index: Int32) -> String { names[Int(index)] }
}
