import Text

/// How long a persistent cluster may live: `1w2d`, `1d12h`, `90m`.
package enum ClusterLifetime {
  /// Nil for any other text, and for spans longer than any cluster lives.
  package static func minutes(_ text: String) -> Int? {
    var total = 0
    var number: Int?
    for byte in text.utf8 {
      if ASCII.isDigit(byte) {
        let (shifted, overflow) = (number ?? 0).multipliedReportingOverflow(by: 10)
        guard !overflow, shifted < Int.max - 9 else { return nil }
        number = shifted + Int(byte - UInt8(ascii: "0"))
        continue
      }
      guard let count = number, let unit = unit(byte) else { return nil }
      let (product, tooLong) = count.multipliedReportingOverflow(by: unit)
      let (sum, overflow) = total.addingReportingOverflow(product)
      guard !tooLong, !overflow else { return nil }
      total = sum
      number = nil
    }
    return number == nil && !text.isEmpty ? total : nil
  }

  private static func unit(_ letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "m"): 1
    case UInt8(ascii: "h"): 60
    case UInt8(ascii: "d"): 24 * 60
    case UInt8(ascii: "w"): 7 * 24 * 60
    default: nil
    }
  }
}
