import Values

/// The formats of host names and mail addresses.
enum HostText {
  /// Labels of letters, digits and hyphens, of at most 63 characters each (RFC 1123).
  static func isHostname(_ text: some Collection<UInt8>) -> Bool {
    guard !text.isEmpty, text.count <= 253 else { return false }
    return text.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
      let label = Array(label)
      guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
      return isAlphanumeric(first) && isAlphanumeric(last)
        && label.allSatisfy { isAlphanumeric($0) || $0 == 0x2D }
    }
  }

  /// `LOCAL@HOST` (RFC 5321), without comments and names; the local part may stand in quotes.
  static func isMailbox(_ text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    guard let at = bytes.lastIndex(of: 0x40), at > 0 else { return false }
    let local = bytes[..<at]
    let host = bytes[(at + 1)...]
    if local.first == 0x22 {
      guard local.count > 1, local.last == 0x22 else { return false }
      let inside = local.dropFirst().dropLast()
      var isEscaped = false
      for byte in inside {
        guard byte >= 0x20, byte < 0x7F else { return false }
        if !isEscaped, byte == 0x22 { return false }
        isEscaped = !isEscaped && byte == 0x5C
      }
      if isEscaped { return false }
    } else {
      let parts = local.split(separator: 0x2E, omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtom) }) else { return false }
    }
    return isHostname(host)
      || (host.first == 0x5B && host.last == 0x5D && isAddress(host.dropFirst().dropLast()))
  }

  private static func isAddress(_ text: ArraySlice<UInt8>) -> Bool {
    text.starts(with: "IPv6:".utf8)
      ? InternetAddress.version6(text.dropFirst(5)) != nil : InternetAddress.version4(text) != nil
  }

  private static func isAtom(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
  }
}

/// What RFC 3986 lets a URI hold.
enum URIText {
  /// Whether all parts of a URI, of which the scheme is sound, have the characters that they may have.
  static func isSound(_ text: some Collection<UInt8>) -> Bool {
    var rest = Array(text.drop { $0 != 0x3A }.dropFirst())[...]
    if let hash = rest.firstIndex(of: 0x23) {
      guard has(rest[(hash + 1)...], "/?:@") else { return false }
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: 0x3F) {
      guard has(rest[(mark + 1)...], "/?:@") else { return false }
      rest = rest[..<mark]
    }
    if rest.starts(with: [0x2F, 0x2F]) {
      rest = rest.dropFirst(2)
      let authority = rest.prefix { $0 != 0x2F }
      guard isAuthority(authority) else { return false }
      rest = rest.dropFirst(authority.count)
    }
    return has(rest, "/:@")
  }

  private static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
    var host = text
    if let at = text.lastIndex(of: 0x40) {
      guard has(text[..<at], ":") else { return false }
      host = text[(at + 1)...]
    }
    if host.first == 0x5B {
      guard let close = host.firstIndex(of: 0x5D) else { return false }
      let inside = host[(host.startIndex + 1)..<close]
      guard InternetAddress.version6(inside) != nil || isFuture(inside) else { return false }
      let port = host[(close + 1)...]
      return port.isEmpty || (port.first == 0x3A && isDigits(port.dropFirst()))
    }
    if let colon = host.lastIndex(of: 0x3A) {
      guard isDigits(host[(colon + 1)...]) else { return false }
      host = host[..<colon]
    }
    return has(host, "")
  }

  /// `v1.…`: an address of a later protocol.
  private static func isFuture(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, first | 0x20 == 0x76, let dot = text.firstIndex(of: 0x2E) else {
      return false
    }
    let version = text[(text.startIndex + 1)..<dot]
    return !version.isEmpty && version.allSatisfy { ASCII.hexValue($0) != nil }
      && !text[(dot + 1)...].isEmpty && has(text[(dot + 1)...], ":")
  }

  private static func isDigits(_ text: ArraySlice<UInt8>) -> Bool {
    text.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Unreserved characters, delimiters within parts, percent-encoded bytes, and `more`.
  private static func has(_ text: ArraySlice<UInt8>, _ more: String) -> Bool {
    var at = text.startIndex
    while at < text.endIndex {
      let byte = text[at]
      if byte == 0x25 {
        guard at + 2 < text.endIndex, ASCII.hexValue(text[at + 1]) != nil,
          ASCII.hexValue(text[at + 2]) != nil
        else { return false }
        at += 3
        continue
      }
      guard
        HostText.isAlphanumeric(byte) || "-._~!$&'()*+,;=".utf8.contains(byte)
          || more.utf8.contains(byte)
      else { return false }
      at += 1
    }
    return true
  }
}

/// Dates and times of RFC 3339.
enum DateTimeText {
  static func isDateTime(_ text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    guard bytes.count >= 20, matches(bytes, "0000-00-00T00:00:00") else { return false }
    func number(_ range: Range<Int>) -> Int {
      bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard (1...12).contains(month), day >= 1, day <= days(of: month, in: year), hour < 24,
      minute < 60, second <= 60
    else { return false }
    var rest = bytes[19...]
    if rest.first == 0x2E {
      let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let offset = offset(Array(rest)) else { return false }
    // A leap second is the last one of a day of UTC.
    guard second == 60 else { return true }
    let minutes = ((hour * 60 + minute - offset) % 1440 + 1440) % 1440
    return minutes == 1439
  }

  /// Minutes ahead of UTC.
  private static func offset(_ text: [UInt8]) -> Int? {
    if text.count == 1, text[0] | 0x20 == 0x7A { return 0 }
    guard text.count == 6, text[0] == 0x2B || text[0] == 0x2D,
      matches(Array(text.dropFirst()), "00:00")
    else { return nil }
    let digits = text.map { Int($0) - 0x30 }
    let (hours, minutes) = (digits[1] * 10 + digits[2], digits[4] * 10 + digits[5])
    guard hours < 24, minutes < 60 else { return nil }
    return (text[0] == 0x2D ? -1 : 1) * (hours * 60 + minutes)
  }

  /// Whether a text starts as a form does, in which `0` stands for any digit, `T` for either case.
  private static func matches(_ text: [UInt8], _ form: StaticString) -> Bool {
    form.withUTF8Buffer { form in
      text.count >= form.count
        && zip(text, form).allSatisfy { byte, wanted in
          switch wanted {
          case 0x30: (0x30...0x39).contains(byte)
          case 0x54: byte == 0x54 || byte == 0x74
          default: byte == wanted
          }
        }
    }
  }

  private static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
