import Text
import Values

/// The formats of host names and email addresses.
enum HostText {
  /// Labels of letters, digits and hyphens, of at most 63 characters each (RFC 1123).
  static func isHostname(_ text: some Collection<UInt8>) -> Bool {
    guard !text.isEmpty, text.count <= 253 else { return false }
    return text.split(separator: .dot, omittingEmptySubsequences: false).allSatisfy { label in
      let label = Array(label)
      guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
      return isAlphanumeric(first) && isAlphanumeric(last)
        && label.allSatisfy { isAlphanumeric($0) || $0 == .hyphen }
    }
  }

  /// `LOCAL@HOST` (RFC 5321), without comments and display names; the local part may be quoted.
  static func isMailbox(_ text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    guard let at = bytes.lastIndex(of: .at), at > 0 else { return false }
    let local = bytes[..<at]
    let host = bytes[(at + 1)...]
    if local.first == .quote {
      guard local.count > 1, local.last == .quote else { return false }
      let inside = local.dropFirst().dropLast()
      var isEscaped = false
      for byte in inside {
        guard byte >= .space, byte < 0x7F else { return false }
        if !isEscaped, byte == .quote { return false }
        isEscaped = !isEscaped && byte == .backslash
      }
      if isEscaped { return false }
    } else {
      let parts = local.split(separator: .dot, omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtom) }) else { return false }
    }
    return isHostname(host)
      || (host.first == .openBracket && host.last == .closeBracket
        && isAddress(host.dropFirst().dropLast()))
  }

  private static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
    text.starts(with: "IPv6:".utf8)
      ? InternetAddress.version6(text.dropFirst(5)) != nil : InternetAddress.version4(text) != nil
  }

  private static func isAtom(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    UInt8.lowercase.contains(byte | 0x20) || ASCII.isDigit(byte)
  }
}
