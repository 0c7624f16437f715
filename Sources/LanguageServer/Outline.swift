import Text

/// A YAML or JSON document as far as it can be told, however broken it is: its keys and items by
/// indentation and brackets, with their values' text.
///
/// The compiler's readers refuse a document with a mistake; editors need its structure while it is
/// being typed. Where a document is valid, both see the same keys and values. Time is linear.
package struct Outline {
  enum Style { case plain, single, double, block }

  /// A scalar as written, with its quotes if it has any.
  struct Scalar {
    var range: Range<Int>
    var style: Style
    /// Whether it has its closing quote, if it has an opening one.
    var isClosed = true

    /// Without quotes.
    var content: Range<Int> {
      guard style == .single || style == .double, !range.isEmpty else { return range }
      let end = isClosed ? range.upperBound - 1 : range.upperBound
      return (range.lowerBound + 1)..<max(range.lowerBound + 1, end)
    }
  }

  /// An entry of a map, or an item of a list.
  package struct Node {
    /// Of an entry.
    var key: Scalar?
    var value: Scalar?
    package var start: Int
    package var end: Int
    /// The column of the key or dash; -1 in brackets.
    var indent: Int
    /// -1 for one of the document's.
    package var parent: Int
    /// The number among its parent's items.
    var index = 0
    var isItem: Bool { key == nil }
    var children: [Int] = []
    /// Whether its value was written in brackets.
    var holdsFlow = false
  }

  /// A step of a path into a document.
  package enum Step: Hashable {
    case key(String)
    case item(Int)

    var key: String? { if case .key(let key) = self { key } else { nil } }
  }

  let text: [UInt8]
  package var nodes: [Node] = []
  /// The document's own entries or items.
  var roots: [Int] = []
  /// A document's value, where it is a scalar.
  var rootValue: Scalar?
  /// Where the text ends.
  var end = End.block(stack: [])

  /// What is open at the end of a text: for text up to a cursor, where the cursor is.
  enum End {
    /// Keys and items by indentation; the innermost last.
    case block(stack: [Int])
    /// Inside brackets: of a map or a list that belongs to a node (-1: the document's).
    case flow(isMap: Bool, owner: Int, entry: Int?, isAfterColon: Bool)
    /// In the value of a node.
    case scalar(owner: Int)
  }

  package init(_ text: [UInt8]) {
    self.init(holding: text)
    let empty = self
    self = text.withUnsafeBufferPointer { bytes in
      var parser = OutlineParser(bytes, empty)
      parser.parse()
      return parser.outline
    }
  }

  private init(holding text: [UInt8]) { self.text = text }

  // MARK: Nodes

  func name(_ node: Int) -> String? { nodes[node].key.map { string($0) } }

  func children(_ node: Int) -> [Int] { node < 0 ? roots : nodes[node].children }

  func child(_ node: Int, _ key: String) -> Int? {
    children(node).first { name($0) == key }
  }

  func find(_ path: [String]) -> Int? {
    var at = -1
    for key in path {
      guard let next = child(at, key) else { return nil }
      at = next
    }
    return at < 0 ? nil : at
  }

  /// From the document to a node.
  package func path(_ node: Int) -> [Step] {
    var steps: [Step] = []
    var at = node
    while at >= 0 {
      steps.append(name(at).map { .key($0) } ?? .item(nodes[at].index))
      at = nodes[at].parent
    }
    return steps.reversed()
  }

  /// A node by its path; as far as it goes.
  func nearest(_ path: [Step]) -> Int? {
    var at = -1
    for step in path {
      let next: Int? =
        switch step {
        case .key(let key): child(at, key)
        case .item(let index): children(at).first { nodes[$0].isItem && nodes[$0].index == index }
        }
      guard let next else { break }
      at = next
    }
    return at < 0 ? nil : at
  }

  /// The innermost node around an offset.
  func node(at offset: Int) -> Int? {
    var found: Int?
    var candidates = roots
    while let next = candidates.last(where: {
      nodes[$0].start <= offset && offset <= nodes[$0].end
    }) {
      found = next
      candidates = nodes[next].children
    }
    return found
  }

  // MARK: Texts

  func string(_ scalar: Scalar) -> String {
    String(decoding: decoded(scalar).text, as: UTF8.self)
  }

  package func valueText(_ node: Int) -> String? { nodes[node].value.map { string($0) } }

  func childText(_ node: Int, _ key: String) -> String? {
    child(node, key).flatMap { valueText($0) }
  }

  /// A scalar's text, and where each of its bytes (and its end) is in the document.
  func decoded(_ scalar: Scalar) -> (text: [UInt8], offsets: [Int]) {
    let content = scalar.content.clamped(to: 0..<text.count)
    var bytes: [UInt8] = []
    var offsets: [Int] = []
    bytes.reserveCapacity(content.count)
    offsets.reserveCapacity(content.count + 1)
    var at = content.lowerBound
    while at < content.upperBound {
      let byte = text[at]
      offsets.append(at)
      if scalar.style == .double, byte == .backslash, at + 1 < content.upperBound {
        bytes.append(Self.escaped(text[at + 1]))
        at += 2
      } else if scalar.style == .single, byte == .apostrophe, at + 1 < content.upperBound {
        bytes.append(byte)
        at += 2
      } else {
        bytes.append(byte)
        at += 1
      }
    }
    offsets.append(content.upperBound)
    return (bytes, offsets)
  }

  private static func escaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "n"): .newline
    case UInt8(ascii: "t"): .tab
    case UInt8(ascii: "r"): .carriageReturn
    default: byte
    }
  }
}
