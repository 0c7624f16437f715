import Text

/// Reads an `Outline`.
struct OutlineParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var outline: Outline
  /// The nodes that the next line may belong to, the innermost last.
  var stack: [Int] = []
  var at = 0
  private static let depthLimit = 400

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ outline: Outline) {
    self.bytes = bytes
    self.outline = outline
  }

  mutating func parse() {
    // A byte-order mark.
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { at = 3 }
    var isOpen = false
    while at < bytes.count {
      isOpen = readLine()
      if isOpen { break }
    }
    if !isOpen { outline.end = .block(stack: stack) }
    for node in outline.nodes.indices.reversed() {
      let parent = outline.nodes[node].parent
      guard parent >= 0 else { continue }
      outline.nodes[parent].end = max(outline.nodes[parent].end, outline.nodes[node].end)
    }
  }

  // MARK: Lines

  /// Reads what begins on a line.
  ///
  /// - Returns: whether a value is still open at the end of the text.
  private mutating func readLine() -> Bool {
    let start = at
    skipBlanks()
    guard at < bytes.count, !isLineEnd(at), bytes[at] != .hash, !isMarker(start) else {
      skipLine()
      return false
    }
    var column = at - start
    while at < bytes.count, bytes[at] == .hyphen, isBlank(at + 1) {
      pop { $0.indent > column || ($0.indent == column && $0.isItem) }
      guard let node = add(key: nil, at..<(at + 1), indent: column) else {
        skipLine()
        return false
      }
      stack.append(node)
      at += 1
      skipBlanks()
      column = at - start
      if at >= bytes.count || isLineEnd(at) || bytes[at] == .hash {
        skipLine()
        return false
      }
    }
    if let key = readKey() {
      pop { $0.indent >= column }
      guard let node = add(key: key, key.range, indent: column) else {
        skipLine()
        return false
      }
      stack.append(node)
      return readValue(of: node, indent: column)
    }
    pop { $0.indent >= column }
    let owner = stack.last ?? -1
    return readValue(of: owner, indent: owner < 0 ? -1 : outline.nodes[owner].indent)
  }

  private mutating func pop(while condition: (Outline.Node) -> Bool) {
    while let last = stack.last, condition(outline.nodes[last]) { stack.removeLast() }
  }

  mutating func add(
    key: Outline.Scalar?, _ range: Range<Int>, indent: Int, parent: Int? = nil
  ) -> Int? {
    let parent = parent ?? stack.last ?? -1
    guard stack.count < Self.depthLimit else { return nil }
    var node = Outline.Node(
      key: key, value: nil, start: range.lowerBound, end: range.upperBound, indent: indent,
      parent: parent)
    let number = outline.nodes.count
    let siblings = parent < 0 ? outline.roots : outline.nodes[parent].children
    if key == nil {
      if let last = siblings.last, outline.nodes[last].isItem {
        node.index = outline.nodes[last].index + 1
      }
    }
    outline.nodes.append(node)
    if parent < 0 {
      outline.roots.append(number)
    } else {
      outline.nodes[parent].children.append(number)
    }
    return number
  }

  /// `---`, `...` or a directive.
  private func isMarker(_ start: Int) -> Bool {
    guard at == start, at + 2 < bytes.count else { return false }
    let three = (bytes[at], bytes[at + 1], bytes[at + 2])
    return three == (.hyphen, .hyphen, .hyphen) || three == (.dot, .dot, .dot)
      || (bytes[at] == .percent && bytes[at + 1] != .percent)
  }

  // MARK: Keys

  /// Reads a key and its colon; nil, and nothing read, if there is none.
  private mutating func readKey() -> Outline.Scalar? {
    let start = at
    let first = bytes[at]
    var key: Outline.Scalar
    if first == .quote || first == .apostrophe {
      guard let end = closingQuote(at, within: lineEnd(at)) else { return nil }
      key = Outline.Scalar(
        range: start..<(end + 1), style: first == .quote ? .double : .single)
      var next = end + 1
      while next < bytes.count, isSpace(next) { next += 1 }
      guard next < bytes.count, bytes[next] == .colon, isBlank(next + 1) else { return nil }
      at = next + 1
      return key
    }
    switch first {
    case .openBrace, .openBracket, .closeBrace, .closeBracket, .bar, .greater, .comma: return nil
    case .dollar where start + 1 < bytes.count && bytes[start + 1] == .openBrace: return nil
    case .question where isBlank(start + 1): return nil
    default: break
    }
    let limit = lineEnd(start)
    var next = start
    while next < limit {
      if bytes[next] == .hash, next > start, isSpace(next - 1) { return nil }
      if bytes[next] == .colon, isBlank(next + 1) { break }
      next += 1
    }
    guard next < limit, next > start else { return nil }
    var end = next
    while end > start, isSpace(end - 1) { end -= 1 }
    key = Outline.Scalar(range: start..<end, style: .plain)
    at = next + 1
    return key
  }

  // MARK: Bytes

  func isSpace(_ index: Int) -> Bool {
    index < bytes.count && (bytes[index] == .space || bytes[index] == .tab)
  }

  func isLineEnd(_ index: Int) -> Bool {
    bytes[index] == .newline || bytes[index] == .carriageReturn
  }

  /// Whether there is white space, or the end of the text.
  func isBlank(_ index: Int) -> Bool {
    index >= bytes.count || isSpace(index) || isLineEnd(index)
  }

  mutating func skipBlanks() { while isSpace(at) { at += 1 } }

  /// The end of the line that an offset is in.
  func lineEnd(_ offset: Int) -> Int {
    var end = offset
    while end < bytes.count, !isLineEnd(end) { end += 1 }
    return end
  }

  mutating func skipLine() {
    at = lineEnd(at)
    if at < bytes.count, bytes[at] == .carriageReturn { at += 1 }
    if at < bytes.count, bytes[at] == .newline { at += 1 }
  }

  /// Where the quote that closes the one at an offset is.
  func closingQuote(_ open: Int, within limit: Int) -> Int? {
    let quote = bytes[open]
    var next = open + 1
    while next < limit {
      if quote == .quote, bytes[next] == .backslash {
        next += 2
        continue
      }
      if bytes[next] == quote {
        guard quote == .apostrophe, next + 1 < limit, bytes[next + 1] == quote else { return next }
        next += 1
      }
      next += 1
    }
    return nil
  }

  /// The column of the first character of the line that begins at an offset, and where that
  /// character is; nil for a line that is blank.
  func indentation(_ lineStart: Int) -> (column: Int, first: Int)? {
    var next = lineStart
    while isSpace(next) { next += 1 }
    guard next < bytes.count, !isLineEnd(next) else { return nil }
    return (next - lineStart, next)
  }

  /// The start of the line after the one that an offset is in.
  func nextLine(_ offset: Int) -> Int {
    var next = lineEnd(offset)
    if next < bytes.count, bytes[next] == .carriageReturn { next += 1 }
    if next < bytes.count, bytes[next] == .newline { next += 1 }
    return next
  }
}
