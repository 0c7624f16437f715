import Documents
import Diagnostics
import SourceText
import Values

/// Diagnostics as a JSON array. Ranges end after the last character; offsets are bytes of the file
/// as written.
enum JSONRenderer {
  static func render(_ diagnostics: [Diagnostic], _ locator: inout Locator) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: true)
    write(diagnostics, &locator, &writer)
    writer.newline()
    return writer.bytes
  }

  /// The array.
  static func write(
    _ diagnostics: [Diagnostic], _ locator: inout Locator, _ writer: inout CanonicalJSONWriter
  ) {
    writer.beginArray()
    for diagnostic in diagnostics {
      writer.beginObject()
      writePlace(locator.place(of: diagnostic.span), &writer)
      writer.key("severity")
      writer.string(diagnostic.severity.name)
      writer.key("code")
      writer.string(diagnostic.code.rawValue)
      writer.key("message")
      writer.string(diagnostic.message)
      writer.key("notes")
      writer.beginArray()
      for note in diagnostic.notes {
        writer.beginObject()
        writePlace(locator.place(of: note.span), &writer)
        writer.key("message")
        writer.string(note.message)
        writer.endObject()
      }
      writer.endArray()
      writer.key("hint")
      if let hint = diagnostic.hint { writer.string(hint) } else { writer.null() }
      writer.endObject()
    }
    writer.endArray()
  }

  private static func writePlace(_ place: SourceRange?, _ writer: inout CanonicalJSONWriter) {
    writer.key("file")
    guard let place else {
      writer.null()
      writer.key("range")
      return writer.null()
    }
    writer.string(place.name)
    writer.key("range")
    writer.beginObject()
    writer.key("start")
    write(place.start, place.range.lowerBound, &writer)
    writer.key("end")
    write(place.end, place.range.upperBound, &writer)
    writer.endObject()
  }

  private static func write(
    _ position: Position, _ offset: Int, _ writer: inout CanonicalJSONWriter
  ) {
    writer.beginObject()
    for (name, number) in [
      ("line", position.line), ("column", position.column), ("offset", offset),
    ] {
      writer.key(name)
      writer.int(Int64(number))
    }
    writer.endObject()
  }
}
