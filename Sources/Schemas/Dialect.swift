import Text

/// The drafts of JSON Schema, oldest first.
package enum Dialect: UInt8, Sendable, Hashable, Comparable {
  case draft4, draft6, draft7, draft2019, draft2020

  package static func < (left: Dialect, right: Dialect) -> Bool { left.rawValue < right.rawValue }

  /// The draft whose meta-schema has this URI; nil for any other.
  init?(metaschema uri: String) {
    var name = uri[...]
    if name.hasSuffix("#") { name = name.dropLast() }
    for scheme in ["http://", "https://"] where name.hasPrefix(scheme) {
      switch name.dropFirst(scheme.count) {
      case "json-schema.org/draft-04/schema": self = .draft4
      case "json-schema.org/draft-06/schema": self = .draft6
      case "json-schema.org/draft-07/schema": self = .draft7
      case "json-schema.org/draft/2019-09/schema": self = .draft2019
      case "json-schema.org/draft/2020-12/schema": self = .draft2020
      default: return nil
      }
      return
    }
    return nil
  }

  /// The draft to which a vocabulary's URI belongs.
  init?(vocabulary uri: String) {
    if uri.contains("/draft/2020-12/vocab/") {
      self = .draft2020
    } else if uri.contains("/draft/2019-09/vocab/") {
      self = .draft2019
    } else {
      return nil
    }
  }

  /// Whether keywords next to `$ref` count.
  var hasReferenceSiblings: Bool { self >= .draft2019 }

  /// The keyword that names a schema.
  var idKeyword: Keyword { self == .draft4 ? .oldID : .id }
}

/// How to read a document's schemas: its draft, and the vocabularies that its meta-schema lists.
struct Reading: Hashable, Sendable {
  var dialect: Dialect
  var hasApplicators = true
  var hasValidation = true
  var hasUnevaluated = true
  /// Whether `format` is asserted even if the caller doesn't ask for it.
  var assertsFormat = false
}
