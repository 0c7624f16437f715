import Values

/// Interns locations as places while a program is built.
///
/// Kept beside the program by whoever builds it.
package struct PlaceTable: Sendable {
  private var index: TextIndex

  package init(capacity: Int = 0) { index = TextIndex(capacity: capacity) }

  package mutating func intern(_ location: String, in program: inout Program) -> PlaceID {
    var canonical = Location.canonical(location)
    let new = program.places.count
    let found = canonical.withUTF8 { text in number(of: text, or: new, in: program) }
    if found == new {
      program.places.append(
        Place(
          text: program.texts.add(canonical), isDurable: Location.isDurable(canonical)))
    }
    return PlaceID(found)
  }

  private mutating func number(
    of text: UnsafeBufferPointer<UInt8>, or new: Int, in program: Program
  ) -> Int {
    let places = program.places
    let texts = program.texts
    return index.number(of: text, orInsert: new) { number in
      texts.withBytes(places[number].text) { $0.isSame(as: text) }
    } hash: { number in
      number == new
        ? TextIndex.hash(text) : texts.withBytes(places[number].text, TextIndex.hash)
    }
  }

  /// A table that knows the places that a program has already.
  package init(of program: Program) {
    index = TextIndex(capacity: program.places.count)
    for number in program.places.indices {
      _ = program.texts.withBytes(program.places[number].text) { text in
        self.number(of: text, or: number, in: program)
      }
    }
  }
}

/// What a location's text says.
package enum Location {
  /// The text with one scheme for S3's three, without a trailing glob, and with a trailing slash.
  package static func canonical(_ location: String) -> String {
    if isCanonical(location) { return location }
    var bytes = Array(location.utf8)
    for scheme in ["s3a://", "s3n://"] where bytes.starts(with: scheme.utf8) {
      bytes.remove(at: 2)
    }
    while bytes.last == UInt8(ascii: "*") { bytes.removeLast() }
    if bytes.last != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether nothing is to be changed: another scheme than S3's others, and a slash at the end.
  private static func isCanonical(_ location: String) -> Bool {
    var location = location
    return location.withUTF8 { bytes in
      guard bytes.last == UInt8(ascii: "/") else { return false }
      guard bytes.count > 5, bytes[0] == UInt8(ascii: "s"), bytes[1] == UInt8(ascii: "3") else {
        return true
      }
      return bytes[2] != UInt8(ascii: "a") && bytes[2] != UInt8(ascii: "n")
    }
  }

  /// Everything but the cluster's own file systems.
  package static func isDurable(_ location: String) -> Bool {
    !(location.hasPrefix("hdfs:") || location.hasPrefix("file:"))
  }

  package static func isLocation(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var slashes = -1
      for byte in bytes {
        if slashes >= 0, byte == UInt8(ascii: "/") {
          slashes += 1
          if slashes == 2 { return true }
        } else {
          slashes = byte == UInt8(ascii: ":") ? 0 : -1
        }
      }
      return false
    }
  }
}
