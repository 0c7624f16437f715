import Compiler
import Diagnostics
import Documents
import Expressions
import Passes
import SourceText
import Text
import Values

/// The kinds of words in expressions, as editors colour them.
enum SemanticTokens {
  static let types = [
    "namespace", "variable", "property", "function", "macro", "parameter", "string", "number",
    "keyword", "operator",
  ]

  static func type(_ scan: ExpressionScan, _ part: Int, _ names: Set<String>) -> Int? {
    let name: String
    switch scan.parts[part].role {
    case .global:
      let word = scan.string(part)
      let isOwn = ["data", "stages", "run", "cluster"].contains(word) && !names.contains(word)
      name =
        isOwn || scan.isSign(part + 1, .dot) && !names.contains(word) ? "namespace" : "variable"
    case .member: name = scan.parts[part].kind == .string ? "string" : "property"
    case .function:
      name =
        ExpressionScan.macros.contains(scan.string(part)) || scan.string(part) == "has"
        ? "macro" : "function"
    case .local: name = "parameter"
    case .keyword: name = "keyword"
    case .number: name = "number"
    case .string: name = "string"
    case .sign: name = "operator"
    case .invalid: return nil
    }
    return types.firstIndex(of: name)
  }
}

extension Server {
  func semanticTokens(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .null }
    let outline = outline(path)
    let text = document.text
    var wanted = 0..<text.bytes.count
    if let range = params["range"] {
      let start = text.offset(range["start"], encoding)
      wanted = start..<max(start, text.offset(range["end"], encoding))
    }
    var tokens: [(range: Range<Int>, type: Int)] = []
    if ProjectFinder.kind(of: outline) != .other {
      let names = Set(
        ["inputs", "let"].flatMap { self.names(outline, [$0]).map(\.name) })
      for node in outline.nodes {
        guard let value = node.value, value.range.overlaps(wanted) else { continue }
        let (decoded, offsets) = outline.decoded(value)
        for scan in ExpressionScan.all(in: decoded) {
          for part in scan.parts.indices {
            guard let type = SemanticTokens.type(scan, part, names) else { continue }
            let range = scan.parts[part].range
            tokens.append((offsets[range.lowerBound]..<offsets[range.upperBound], type))
          }
        }
      }
    }
    tokens = tokens.filter { wanted.overlaps($0.range) }
    tokens.sort { $0.range.lowerBound < $1.range.lowerBound }
    var data: [Value] = []
    var last = (line: 0, character: 0)
    for token in tokens {
      let start: (line: Int, character: Int) = text.position(token.range.lowerBound, encoding)
      let end: (line: Int, character: Int) = text.position(token.range.upperBound, encoding)
      // A text of several lines has no token.
      guard start.line == end.line, end.character > start.character else { continue }
      let isSameLine = start.line == last.line
      guard !isSameLine || start.character >= last.character else { continue }
      data += [
        .number(start.line - last.line),
        .number(isSameLine ? start.character - last.character : start.character),
        .number(end.character - start.character), .number(token.type), .number(0),
      ]
      last = start
    }
    return .object(["data": .list(data)])
  }

  // MARK: Values beside expressions

  func inlayHints(_ params: Value) -> Value {
    guard settings.showsValues, let (path, document) = document(params) else { return .list([]) }
    let text = document.text
    let start = text.offset(params["range"]?["start"], encoding)
    let end = max(start, text.offset(params["range"]?["end"], encoding))
    guard
      let analysis = analyses(of: path).first(where: {
        $0.project.pipelinePath == path && $0.isModelCurrent && $0.evaluation != nil
      }), let binder = analysis.evaluation, analysis.texts[path] == text.bytes
    else { return .list([]) }
    let tree = binder.tree
    var hints: [Value] = []
    for index in tree.nodes.indices {
      let node = NodeID(index: UInt32(clamping: index))
      guard !tree.isAlias(node), tree.hasExpression(node) else { continue }
      let place = tree.span(node)
      guard start <= Int(place.end), Int(place.start) <= end else { continue }
      var ignored: [Diagnostic] = []
      guard let value = binder.value(node, into: &ignored) else { continue }
      let shown = ShownValue.text(value, limit: 60)
      hints.append(
        .object([
          "position": text.position(endOfText(Int(place.end), text), encoding),
          "label": .string("= " + shown), "paddingLeft": .bool(true),
        ]))
    }
    return .list(hints)
  }

  /// The end of a text's last line: a block's ends after its line.
  private func endOfText(_ end: Int, _ text: LineText) -> Int {
    var end = min(end, text.bytes.count)
    while end > 0, ASCII.isSpace(text.bytes[end - 1]) { end -= 1 }
    return end
  }
}
