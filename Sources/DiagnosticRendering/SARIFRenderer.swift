import Text
import Documents
import Diagnostics
import SourceText
import Values

/// Diagnostics as a SARIF 2.1.0 log, for code scanning services and editors.
struct SARIFRenderer {
  private var writer = CanonicalJSONWriter(pretty: true)

  static func render(
    _ diagnostics: [Diagnostic], _ locator: inout Locator, version: String,
    help: (DiagnosticCode) -> String?
  ) -> [UInt8] {
    var renderer = SARIFRenderer()
    let codes = DiagnosticCode.allCases.filter { code in diagnostics.contains { $0.code == code } }
    renderer.object {
      $0.string("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      $0.string("version", "2.1.0")
      $0.array("runs") {
        $0.object {
          $0.tool(codes, version: version, help: help)
          $0.string("columnKind", "unicodeCodePoints")
          $0.array("results") {
            for diagnostic in diagnostics {
              $0.result(diagnostic, rule: codes.firstIndex(of: diagnostic.code) ?? 0, &locator)
            }
          }
        }
      }
    }
    renderer.writer.newline()
    return renderer.writer.bytes
  }

  private mutating func tool(
    _ codes: [DiagnosticCode], version: String, help: (DiagnosticCode) -> String?
  ) {
    object("tool") {
      $0.object("driver") {
        $0.string("name", "penstock")
        if !version.isEmpty { $0.string("version", version) }
        $0.array("rules") {
          for code in codes { $0.rule(code, page: help(code)) }
        }
      }
    }
  }

  private mutating func rule(_ code: DiagnosticCode, page: String?) {
    object {
      $0.string("id", code.rawValue)
      if let page {
        $0.object("shortDescription") { $0.string("text", Self.summary(of: page)) }
        $0.object("help") {
          $0.string("text", page)
          $0.string("markdown", page)
        }
      }
      $0.object("defaultConfiguration") { $0.string("level", Self.level(code.severity)) }
    }
  }

  /// The first paragraph after the heading.
  private static func summary(of page: String) -> String {
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.drop { $0.isEmpty || $0.hasPrefix("#") }.prefix { !$0.isEmpty }
    return text.joined(separator: " ")
  }

  private mutating func result(_ diagnostic: Diagnostic, rule: Int, _ locator: inout Locator) {
    let place = locator.place(of: diagnostic.span)
    let notes = diagnostic.notes.map { ($0.message, locator.place(of: $0.span)) }
    object {
      $0.string("ruleId", diagnostic.code.rawValue)
      $0.int("ruleIndex", rule)
      $0.string("level", Self.level(diagnostic.severity))
      $0.object("message") { $0.string("text", Self.message(of: diagnostic, notes)) }
      if let place {
        $0.array("locations") { $0.object { $0.location(place) } }
      }
      let placed = notes.compactMap { note in note.1.map { (note.0, $0) } }
      guard !placed.isEmpty else { return }
      $0.array("relatedLocations") {
        for (index, note) in placed.enumerated() {
          $0.object {
            $0.int("id", index + 1)
            $0.location(note.1)
            $0.object("message") { $0.string("text", note.0) }
          }
        }
      }
    }
  }

  /// Whatever SARIF has no member for (a hint, a note without a place) goes into the message's
  /// text.
  private static func message(of diagnostic: Diagnostic, _ notes: [(String, SourceRange?)])
    -> String
  {
    var text = diagnostic.message
    for note in notes where note.1 == nil { text += "\nnote: " + note.0 }
    if let hint = diagnostic.hint { text += "\nhint: " + hint }
    return text
  }

  private mutating func location(_ place: SourceRange) {
    object("physicalLocation") {
      $0.object("artifactLocation") { $0.string("uri", Self.uri(place.name)) }
      $0.object("region") {
        $0.int("startLine", place.start.line)
        $0.int("startColumn", place.start.column)
        $0.int("endLine", place.end.line)
        $0.int("endColumn", place.end.column)
        $0.int("byteOffset", place.range.lowerBound)
        $0.int("byteLength", place.range.count)
      }
    }
  }

  private static func level(_ severity: Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .information: "note"
    }
  }

  /// A path as a URI reference (RFC 3986). An absolute path becomes a file URI; in a relative one a
  /// colon is escaped too, because it would end a scheme.
  private static func uri(_ path: String) -> String {
    var uri = path.utf8.first == .slash ? "file://" : ""
    for byte in path.utf8 {
      switch byte {
      case UInt8.digits, UInt8.uppercase, UInt8.lowercase, .hyphen, .dot, .slash, .underscore,
        .tilde:
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        uri += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return uri
  }
}

/// Shorthands that let the code nest the way the document does.
extension SARIFRenderer {
  private mutating func object(_ name: String? = nil, _ body: (inout Self) -> Void) {
    if let name { writer.key(name) }
    writer.beginObject()
    body(&self)
    writer.endObject()
  }

  private mutating func array(_ name: String, _ body: (inout Self) -> Void) {
    writer.key(name)
    writer.beginArray()
    body(&self)
    writer.endArray()
  }

  private mutating func string(_ name: String, _ text: String) {
    writer.key(name)
    writer.string(text)
  }

  private mutating func int(_ name: String, _ number: Int) {
    writer.key(name)
    writer.int(Int64(number))
  }
}
