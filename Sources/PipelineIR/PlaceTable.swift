/// Interns locations as places while a program is built.
///
/// Kept beside the program by whoever builds it, since a lookup needs a dictionary.
package struct PlaceTable: Sendable {
  private var ids: [String: PlaceID] = [:]

  package init() {}

  package mutating func intern(_ location: String, in program: inout Program) -> PlaceID {
    let canonical = Location.canonical(location)
    if let known = ids[canonical] { return known }
    let id = PlaceID(program.places.count)
    program.places.append(
      Place(
        text: program.texts.add(canonical), isDurable: Location.isDurable(canonical)))
    ids[canonical] = id
    return id
  }

  /// A table that knows the places that a program has already.
  package init(of program: Program) {
    for index in program.places.indices {
      ids[program.text(program.places[index].text)] = PlaceID(index)
    }
  }
}

/// What a location's text says.
package enum Location {
  /// The text with one scheme for S3's three, without a trailing glob, and with a trailing slash.
  package static func canonical(_ location: String) -> String {
    var bytes = Array(location.utf8)
    for scheme in ["s3a://", "s3n://"] where bytes.starts(with: scheme.utf8) {
      bytes.remove(at: 2)
    }
    while bytes.last == UInt8(ascii: "*") { bytes.removeLast() }
    if bytes.last != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Everything but the cluster's own file systems.
  package static func isDurable(_ location: String) -> Bool {
    !(location.hasPrefix("hdfs:") || location.hasPrefix("file:"))
  }

  package static func isLocation(_ text: String) -> Bool {
    var slashes = -1
    for byte in text.utf8 {
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
