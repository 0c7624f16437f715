import Text

/// Spans of time as people write them: `90m`, `2h30m`, `1d12h`, `45s`.
package enum TimeSpan {
  /// Nil for any other text, and for spans that overflow.
  package static func seconds(_ text: String) -> Int64? {
    var total: Int64 = 0
    var number: Int64?
    for byte in text.utf8 {
      if ASCII.isDigit(byte) {
        let (shifted, overflow) = (number ?? 0).multipliedReportingOverflow(by: 10)
        let (sum, more) = shifted.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
        guard !overflow, !more else { return nil }
        number = sum
        continue
      }
      guard let count = number, let unit = unit(byte) else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: unit)
      let (sum, more) = total.addingReportingOverflow(product)
      guard !overflow, !more else { return nil }
      total = sum
      number = nil
    }
    return number == nil && !text.isEmpty ? total : nil
  }

  private static func unit(_ letter: UInt8) -> Int64? {
    switch letter {
    case UInt8(ascii: "s"): 1
    case UInt8(ascii: "m"): 60
    case UInt8(ascii: "h"): 3600
    case UInt8(ascii: "d"): 86_400
    case UInt8(ascii: "w"): 604_800
    default: nil
    }
  }
}
