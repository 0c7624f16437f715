import Text

/// Values in brackets.
extension OutlineParser {
  private struct Frame {
    var isMap: Bool
    /// The node whose value it is; -1: the document's.
    var owner: Int
    /// The entry of a map whose value comes next.
    var entry: Int?
    var isAfterColon = false
  }

  /// Reads lists and maps in brackets, up to the bracket that closes the first one.
  ///
  /// - Returns: whether it is still open at the end of the text.
  mutating func readFlow(of owner: Int, indent: Int) -> Bool {
    var frames: [Frame] = []
    let limit = flowLimit(indent: indent)
    while at < limit {
      let byte = bytes[at]
      switch byte {
      case .space, .tab, .newline, .carriageReturn: at += 1
      case .hash where at > 0 && isBlank(at - 1): at = min(lineEnd(at), limit)
      case .openBrace, .openBracket:
        guard frames.count < 200 else {
          at += 1
          continue
        }
        let holder = frames.isEmpty ? owner : slot(&frames, at..<(at + 1))
        frames.append(Frame(isMap: byte == .openBrace, owner: holder))
        at += 1
      case .closeBrace, .closeBracket:
        at += 1
        if let done = frames.popLast(), done.owner >= 0 { end(done.owner) }
        if frames.isEmpty {
          if owner >= 0 { end(owner) }
          skipLine()
          return false
        }
      case .comma:
        at += 1
        if !frames.isEmpty {
          frames[frames.count - 1].entry = nil
          frames[frames.count - 1].isAfterColon = false
        }
      case .colon:
        at += 1
        if !frames.isEmpty { frames[frames.count - 1].isAfterColon = true }
      default: readFlowScalar(&frames, limit)
      }
    }
    guard at >= bytes.count, let last = frames.last else {
      // Lines further left end it.
      at = min(at, bytes.count)
      return false
    }
    outline.end = .flow(
      isMap: last.isMap, owner: last.owner, entry: last.entry, isAfterColon: last.isAfterColon)
    return true
  }

  private mutating func end(_ node: Int) {
    outline.nodes[node].end = max(outline.nodes[node].end, at)
  }

  /// The end of the lines that can belong to it: the closing bracket may be as far left as the key.
  private func flowLimit(indent: Int) -> Int {
    guard indent >= 0 else { return bytes.count }
    var next = nextLine(at)
    while next < bytes.count {
      if let (column, first) = indentation(next), column <= indent {
        guard column == indent, bytes[first] == .closeBrace || bytes[first] == .closeBracket else {
          return next
        }
      }
      let following = nextLine(next)
      guard following > next else { break }
      next = following
    }
    return bytes.count
  }

  /// The node that a value belongs to: the entry that waits for it, or a new item.
  private mutating func slot(_ frames: inout [Frame], _ range: Range<Int>) -> Int {
    let last = frames.count - 1
    if frames[last].isMap {
      if let entry = frames[last].entry, frames[last].isAfterColon {
        outline.nodes[entry].holdsFlow = true
        return entry
      }
      return frames[last].owner
    }
    let item = add(key: nil, range, indent: -1, parent: frames[last].owner)
    if let item { outline.nodes[item].holdsFlow = true }
    return item ?? frames[last].owner
  }

  private mutating func readFlowScalar(_ frames: inout [Frame], _ limit: Int) {
    let start = at
    var scalar = Outline.Scalar(range: start..<start, style: .plain)
    if bytes[start] == .quote || bytes[start] == .apostrophe {
      scalar.style = bytes[start] == .quote ? .double : .single
      if let close = closingQuote(start, within: limit) {
        at = close + 1
      } else {
        at = min(lineEnd(start), limit)
        scalar.isClosed = false
      }
    } else {
      at = plainFlowEnd(start, limit)
    }
    scalar.range = start..<max(at, start + 1)
    at = max(at, start + 1)
    var contentEnd = scalar.range.upperBound
    if scalar.style == .plain {
      while contentEnd > start, isBlank(contentEnd - 1) { contentEnd -= 1 }
      scalar.range = start..<max(contentEnd, start)
    }
    guard let last = frames.indices.last else { return }
    guard frames[last].isMap else {
      let item = add(key: nil, scalar.range, indent: -1, parent: frames[last].owner)
      if let item { outline.nodes[item].value = scalar }
      return
    }
    if let entry = frames[last].entry, frames[last].isAfterColon {
      if outline.nodes[entry].value == nil { outline.nodes[entry].value = scalar }
      end(entry)
    } else {
      frames[last].entry = add(
        key: scalar, scalar.range, indent: -1, parent: frames[last].owner)
      frames[last].isAfterColon = false
    }
  }

  private func plainFlowEnd(_ start: Int, _ limit: Int) -> Int {
    var next = start
    while next < limit {
      switch bytes[next] {
      case .comma, .closeBrace, .closeBracket, .openBrace, .openBracket, .newline, .carriageReturn:
        // `${` in brackets has to be quoted; while it is typed it isn't.
        guard bytes[next] == .openBrace, next > start, bytes[next - 1] == .dollar else {
          return next
        }
        next = expressionEnd(next + 1, limit)
        continue
      case .colon where isBlank(next + 1): return next
      case .hash where next > start && isSpace(next - 1): return next
      default: next += 1
      }
    }
    return next
  }

  /// After the brace that closes an expression, or the line's end.
  private func expressionEnd(_ start: Int, _ limit: Int) -> Int {
    var depth = 1
    var next = start
    while next < limit, !isLineEnd(next) {
      if bytes[next] == .openBrace { depth += 1 }
      if bytes[next] == .closeBrace {
        depth -= 1
        if depth == 0 { return next + 1 }
      }
      next += 1
    }
    return next
  }
}
