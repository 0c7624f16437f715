import Foundation

/// Finds planted texts in output: in the clear, in hexadecimal, and inside Base64, however deep.
enum SecretLeaks {
  static let mark = "PLANT"

  /// A random text that is found if any of its parts is, with characters between its marks that
  /// JSON, HTML, addresses and shells write in other ways.
  static func planted(_ name: String) -> String {
    "\(mark)\(name)\(Int.random(in: 1000...9999))\(mark)'\"$&\\%/ é\(mark)"
  }

  /// Where a planted text is, with what is before and after it.
  static func all(in bytes: [UInt8], depth: Int = 0) -> [String] {
    let wanted = Array(mark.utf8)
    var found: [String] = []
    var run: [UInt8] = []
    for at in bytes.indices {
      if bytes[at] == wanted[0], bytes[at...].starts(with: wanted) {
        let part = bytes[max(0, at - 30)..<min(bytes.count, at + 30)]
        found.append(String(decoding: part, as: UTF8.self))
      }
      if isDigit(bytes[at]) {
        run.append(bytes[at])
        if at + 1 < bytes.count, isDigit(bytes[at + 1]) { continue }
      }
      if run.count >= 10, depth < 4, let text = fromHexadecimal(run) {
        found += all(in: text, depth: 4)
      }
      if run.count >= 12, depth < 4 {
        found += decoded(run).flatMap { all(in: $0, depth: depth + 1) }
      }
      run = []
    }
    return found
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x2D, 0x5F: true
    default: false
    }
  }

  private static func fromHexadecimal(_ run: [UInt8]) -> [UInt8]? {
    guard run.count.isMultiple(of: 2) else { return nil }
    let digits = run.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == run.count else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  /// A run of digits as bytes, from each of the four places where Base64 may begin.
  private static func decoded(_ run: [UInt8]) -> [[UInt8]] {
    (0..<4).compactMap { start in
      var digits = run.dropFirst(start).map { $0 == 0x2D ? 0x2B : $0 == 0x5F ? 0x2F : $0 }
      digits.removeLast(digits.count % 4 == 1 ? 1 : 0)
      while digits.count % 4 != 0 { digits.append(0x3D) }
      return Data(base64Encoded: Data(digits)).map { Array($0) }
    }
  }
}
