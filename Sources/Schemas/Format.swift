import Text
import Values

/// A known value of `format`.
enum Format: UInt8, Sendable {
  case none
  case date, time, dateTime, duration
  case email, idnEmail, hostname, idnHostname, ipv4, ipv6
  case uri, uriReference, iri, iriReference, uriTemplate
  case jsonPointer, relativeJSONPointer, regex, uuid

  /// An unknown name checks nothing.
  init(name: String) {
    switch name {
    case "date": self = .date
    case "time": self = .time
    case "date-time": self = .dateTime
    case "duration": self = .duration
    case "email": self = .email
    case "idn-email": self = .idnEmail
    case "hostname": self = .hostname
    case "idn-hostname": self = .idnHostname
    case "ipv4": self = .ipv4
    case "ipv6": self = .ipv6
    case "uri": self = .uri
    case "uri-reference": self = .uriReference
    case "iri": self = .iri
    case "iri-reference": self = .iriReference
    case "uri-template": self = .uriTemplate
    case "json-pointer": self = .jsonPointer
    case "relative-json-pointer": self = .relativeJSONPointer
    case "regex": self = .regex
    case "uuid": self = .uuid
    default: self = .none
    }
  }

  /// A format if the draft defines it: draft 4 had six.
  init(name: String, in dialect: Dialect) {
    self.init(name: name)
    guard dialect == .draft4 else { return }
    switch self {
    case .dateTime, .email, .hostname, .ipv4, .ipv6, .uri: break
    default: self = .none
    }
  }

  /// Formats that we don't check always match.
  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .uuid: Self.isUUID(text)
    case .uri: Self.isURI(text) && URIText.isSound(text)
    case .iri: Self.isURI(text)
    case .dateTime: DateTimeText.isDateTime(text)
    case .email: HostText.isMailbox(text)
    case .hostname: HostText.isHostname(text)
    case .ipv4: InternetAddress.version4(text) != nil
    case .ipv6: InternetAddress.version6(text) != nil
    case .none, .date, .time, .duration, .idnEmail, .idnHostname, .uriReference, .iriReference,
      .uriTemplate, .jsonPointer, .relativeJSONPointer, .regex:
      true
    }
  }

  /// 8, 4, 4, 4 and 12 hexadecimal digits.
  private static func isUUID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    return text.enumerated().allSatisfy { at, byte in
      [8, 13, 18, 23].contains(at)
        ? byte == .hyphen
        : ASCII.isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }
  }

  /// A scheme and a colon, and no spaces.
  private static func isURI(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, UInt8.lowercase.contains(first | 0x20) else { return false }
    let scheme = text.prefix { $0 != .colon }
    guard scheme.count < text.count else { return false }
    let isScheme = scheme.allSatisfy {
      UInt8.lowercase.contains($0 | 0x20) || ASCII.isDigit($0) || $0 == .plus
        || $0 == .hyphen
        || $0 == .dot
    }
    return isScheme && text.allSatisfy { $0 > .space && $0 != 0x7F && $0 != .backslash }
  }
}
