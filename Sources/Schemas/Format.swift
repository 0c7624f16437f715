/// A known value of `format`.
enum Format: UInt8, Sendable {
  case none
  case date, time, dateTime, duration
  case email, idnEmail, hostname, idnHostname, ipv4, ipv6
  case uri, uriReference, iri, iriReference, uriTemplate
  case jsonPointer, relativeJSONPointer, regex, uuid

  /// An unknown name asks for nothing.
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

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool { true }
}
