import Values

/// The texts that stand in for the values of one run while a deployment is compiled.
package struct StandIns: Sendable {
  /// The names of the declared parameters, in their order.
  private let parameters: [String]
  /// The facts of the plan whose answers have stand-ins, in the stand-ins' order.
  private let answers: [Int]

  package init(parameters: [String] = [], answers: [Int] = []) {
    self.parameters = parameters
    self.answers = answers
  }

  /// Takes a text with stand-ins and placeholders of secrets apart.
  package func parts(of text: String) -> [TextPart] {
    var parts: [TextPart] = []
    for part in StandIn.parts(of: text) {
      switch part {
      case .text(let text): Self.split(text, into: &parts)
      case .value(.runID): parts.append(.value(.runID))
      case .value(.runTime(let offset, let format)):
        parts.append(.value(.runTime(offset: offset, format: format)))
      case .value(.parameter(let index)):
        guard parameters.indices.contains(index) else { continue }
        parts.append(.value(.parameter(parameters[index])))
      case .value(.answer(let index, let otherwise)):
        guard answers.indices.contains(index) else { continue }
        let other = otherwise.map { self.parts(of: $0) } ?? []
        parts.append(.value(.answer(fact: answers[index], otherwise: other)))
      }
    }
    return parts
  }

  /// Takes the placeholders of secrets, `{{secret: REFERENCE}}`, out of a text.
  private static func split(_ text: String, into parts: inout [TextPart]) {
    let bytes = Array(text.utf8)
    let opening = Array("{{secret: ".utf8)
    let closing = Array("}}".utf8)
    var (start, at) = (0, 0)
    func piece(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    while at + opening.count <= bytes.count {
      guard bytes[at..<at + opening.count].elementsEqual(opening) else {
        at += 1
        continue
      }
      var end = at + opening.count
      while end + closing.count <= bytes.count,
        !bytes[end..<end + closing.count].elementsEqual(closing)
      {
        end += 1
      }
      guard end + closing.count <= bytes.count else { break }
      if start < at { parts.append(.text(piece(start..<at))) }
      parts.append(.value(.secret(piece(at + opening.count..<end))))
      at = end + closing.count
      start = at
    }
    if start < bytes.count { parts.append(.text(piece(start..<bytes.count))) }
  }
}
