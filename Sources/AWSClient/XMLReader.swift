import Text
internal import Values

/// Why a response isn't XML that we can read.
package struct XMLError: Error, Hashable, Sendable {
  package var reason: String
  /// In bytes.
  package var offset: Int
}

/// Reads the XML of AWS's responses.
///
/// Supports elements, text, character data, comments, XML's five entities and numeric ones. A
/// document type is refused: nothing is ever fetched or expanded. Depth and the number of elements
/// are bounded, and work is linear.
package struct XMLReader {
  package static var depthLimit: Int { 32 }
  package static var elementLimit: Int { 100_000 }

  package static func read(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
    var reader = XMLReader(bytes: bytes)
    return try reader.document()
  }

  private let bytes: [UInt8]
  private var at = 0
  private var count = 0
  /// The open elements, innermost last.
  private var open: [(element: XMLElement, text: [UInt8])] = []

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func document() throws(XMLError) -> XMLElement {
    if starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    var root: XMLElement?
    while at < bytes.count {
      if bytes[at] == .less {
        if let done = try markup() {
          guard root == nil else { throw error("there is more than one root element") }
          root = done
        } else if root != nil, !open.isEmpty {
          throw error("there is more than one element")
        }
      } else {
        try characters()
      }
    }
    guard open.isEmpty, let root else { throw error("it is incomplete") }
    return root
  }

  /// Reads markup that starts with `<`; returns the root element if it ends there.
  private mutating func markup() throws(XMLError) -> XMLElement? {
    if starts(with: Array("<!--".utf8)) {
      try skip(past: Array("-->".utf8))
    } else if starts(with: Array("<?".utf8)) {
      try skip(past: Array("?>".utf8))
    } else if starts(with: Array("<![CDATA[".utf8)) {
      try characterData()
    } else if starts(with: Array("<!".utf8)) {
      throw error("it has a document type")
    } else if starts(with: Array("</".utf8)) {
      return try endTag()
    } else {
      return try startTag()
    }
    return nil
  }

  private mutating func startTag() throws(XMLError) -> XMLElement? {
    at += 1
    let name = try name()
    count += 1
    guard count <= Self.elementLimit else { throw error("it has too many elements") }
    guard open.count < Self.depthLimit else { throw error("its elements are nested too deep") }
    open.append((XMLElement(name: name), []))
    while true {
      skipSpace()
      guard at < bytes.count else { throw error("a tag isn't closed") }
      switch bytes[at] {
      case .greater:
        at += 1
        return nil
      case .slash:
        at += 1
        guard at < bytes.count, bytes[at] == .greater else { throw error("a tag is malformed") }
        at += 1
        return close()
      default: try attribute()
      }
    }
  }

  private mutating func attribute() throws(XMLError) {
    _ = try name()
    skipSpace()
    guard at < bytes.count, bytes[at] == .equals else { throw error("an attribute has no value") }
    at += 1
    skipSpace()
    guard at < bytes.count, bytes[at] == .quote || bytes[at] == .apostrophe else {
      throw error("an attribute's value isn't quoted")
    }
    let quote = bytes[at]
    at += 1
    while at < bytes.count, bytes[at] != quote, bytes[at] != .less { at += 1 }
    guard at < bytes.count, bytes[at] == quote else { throw error("an attribute isn't closed") }
    at += 1
  }

  private mutating func endTag() throws(XMLError) -> XMLElement? {
    at += 2
    let name = try name()
    skipSpace()
    guard at < bytes.count, bytes[at] == .greater else { throw error("an end tag is malformed") }
    guard open.last?.element.name == name else {
      throw error("an end tag doesn't match its start tag")
    }
    at += 1
    return close()
  }

  private mutating func close() -> XMLElement? {
    guard var (element, text) = open.popLast() else { return nil }
    if element.children.isEmpty { element.text = String(decoding: text, as: UTF8.self) }
    text = []
    guard let last = open.indices.last else { return element }
    open[last].element.children.append(element)
    return nil
  }

  /// A name without its namespace prefix.
  private mutating func name() throws(XMLError) -> String {
    var start = at
    while at < bytes.count, Self.isName(bytes[at]) {
      if bytes[at] == .colon { start = at + 1 }
      at += 1
    }
    guard at > start else { throw error("a name is missing") }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func characters() throws(XMLError) {
    guard let last = open.indices.last else {
      guard ASCII.isSpace(bytes[at]) else { throw error("there is text outside of elements") }
      at += 1
      return
    }
    while at < bytes.count, bytes[at] != .less {
      if bytes[at] == .ampersand {
        open[last].text.append(contentsOf: try entity())
      } else {
        open[last].text.append(bytes[at])
        at += 1
      }
    }
  }

  private mutating func characterData() throws(XMLError) {
    let start = at + 9
    try skip(past: Array("]]>".utf8))
    guard let last = open.indices.last, start <= at - 3 else {
      throw error("there is text outside of elements")
    }
    open[last].text.append(contentsOf: bytes[start..<(at - 3)])
  }

  private mutating func entity() throws(XMLError) -> [UInt8] {
    let start = at + 1
    var end = start
    while end < bytes.count, end < start + 10, bytes[end] != .semicolon { end += 1 }
    guard end < bytes.count, bytes[end] == .semicolon else { throw error("an entity isn't closed") }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    guard let text = Self.expansion(of: name) else { throw error("unknown entity") }
    at = end + 1
    return Array(text.utf8)
  }

  private static func expansion(of name: String) -> String? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return number.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
    }
  }

  private func starts(with prefix: [UInt8]) -> Bool { bytes[at...].starts(with: prefix) }

  private mutating func skip(past end: [UInt8]) throws(XMLError) {
    while at < bytes.count {
      if bytes[at] == end[0], starts(with: end) {
        at += end.count
        return
      }
      at += 1
    }
    throw error("it is incomplete")
  }

  private mutating func skipSpace() {
    while at < bytes.count, ASCII.isSpace(bytes[at]) { at += 1 }
  }

  private func error(_ reason: String) -> XMLError { XMLError(reason: reason, offset: at) }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x3A, UInt8.uppercase, UInt8.lowercase, .hyphen, .dot, .underscore, 0x80...0xFF:
      true
    default: false
    }
  }
}
