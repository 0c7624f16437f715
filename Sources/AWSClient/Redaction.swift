/// Removes secrets from texts of other origin.
package struct Redaction: Sendable {
  /// Shorter texts occur in too many places to be removed.
  private static var shortest: Int { 4 }

  private let secrets: [[UInt8]]

  package init(secrets: [String]) {
    self.secrets = secrets.map { Array($0.utf8) }.filter { $0.count >= Self.shortest }
      .sorted { $0.count > $1.count }
  }

  package func apply(to text: String) -> String {
    guard !secrets.isEmpty else { return text }
    var out: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      if let secret = secrets.first(where: { rest.starts(with: $0) }) {
        out.append(contentsOf: "(secret)".utf8)
        rest = rest.dropFirst(secret.count)
      } else {
        out.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
