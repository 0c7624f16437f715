/// Where data is: `SCHEME://AUTHORITY/PATH`.
///
/// One text, with one scheme for all names of a file system (`s3` for `s3a` and `s3n`) and without
/// the name node of a cluster's own disks. The path is as it was written: a location can name an
/// object. Locations are compared by their `folder`.
package struct Location: Hashable, Sendable {
  package let text: String
  private let schemeCount: Int
  /// Where the path starts, after the slash that ends the authority.
  private let pathStart: Int

  private init(text: String, schemeCount: Int, pathStart: Int) {
    self.text = text
    self.schemeCount = schemeCount
    self.pathStart = pathStart
  }

  package var scheme: String { part(0..<schemeCount) }

  /// The bucket, for S3; empty for the cluster's own disks.
  package var bucket: String { part(authority) }

  /// What comes after the authority and its slash.
  package var key: String { part(pathStart..<text.utf8.count) }

  package var isInS3: Bool { hasScheme("s3") }

  /// Whether the data outlives the cluster: true of everything but its own disks.
  package var isDurable: Bool { !hasScheme("hdfs") && !hasScheme("file") }

  /// Whether it is a whole bucket, disk or host.
  package var isWhole: Bool { folder.text.utf8.count == pathStart }

  /// What makes a bucket's name unlikely, though not impossible.
  package var doubt: BucketName.Doubt? { isInS3 ? BucketName.doubt(of: bucket.utf8) : nil }

  private var authority: Range<Int> { (schemeCount + 3)..<(pathStart - 1) }

  private func hasScheme(_ name: StaticString) -> Bool {
    schemeCount == name.utf8CodeUnitCount
      && name.withUTF8Buffer { name in text.utf8.prefix(schemeCount).elementsEqual(name) }
  }

  private func part(_ range: Range<Int>) -> String {
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
    return String(text[start..<utf8.index(start, offsetBy: range.count)])
  }
}

extension Location {
  /// Reads a location, and says what is wrong with a text that isn't one.
  package init(_ text: String) throws(LocationProblem) {
    var copy = text
    let parts: Result<LocationParts, LocationProblem> = copy.withUTF8 { bytes in
      do throws(LocationProblem) {
        return .success(try LocationParts(bytes))
      } catch {
        return .failure(error)
      }
    }
    self.init(copy, try parts.get())
  }

  /// Keeps the text as it is if it is already canonical, which is the common case.
  private init(_ text: String, _ parts: LocationParts) {
    let utf8 = text.utf8
    let isSpelled =
      parts.isInS3 ? parts.scheme.count == 2 : parts.isDurable || parts.authority.isEmpty
    if isSpelled, parts.hasSlash {
      self.init(
        text: text, schemeCount: parts.scheme.count, pathStart: parts.authority.upperBound + 1)
      return
    }
    let scheme =
      parts.isInS3 ? "s3" : String(decoding: utf8.prefix(parts.scheme.count), as: UTF8.self)
    let head = utf8.dropFirst(parts.authority.lowerBound)
    let authority =
      parts.isDurable ? String(decoding: head.prefix(parts.authority.count), as: UTF8.self) : ""
    let start = "\(scheme)://\(authority)/"
    let path = utf8.dropFirst(parts.authority.upperBound + (parts.hasSlash ? 1 : 0))
    self.init(
      text: start + String(decoding: path, as: UTF8.self), schemeCount: scheme.utf8.count,
      pathStart: start.utf8.count)
  }
}

// MARK: Places

extension Location {
  /// The folder that a location names: a slash ends it, slashes in a row count as one, and a
  /// pattern names the folder that holds what it matches.
  package var folder: Location {
    var copy = text
    let path: [UInt8]? = copy.withUTF8 { bytes in
      let path = UnsafeBufferPointer(rebasing: bytes[pathStart...])
      return Self.isFolder(path) ? nil : Self.folder(path)
    }
    guard let path else { return self }
    let start = String(decoding: text.utf8.prefix(pathStart), as: UTF8.self)
    return Location(
      text: start + String(decoding: path, as: UTF8.self), schemeCount: schemeCount,
      pathStart: pathStart)
  }

  private static func isFolder(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let last = path.last else { return true }
    var previous = UInt8(ascii: "/")
    for byte in path {
      if isPattern(byte) || byte == UInt8(ascii: "/") && previous == byte { return false }
      previous = byte
    }
    return last == UInt8(ascii: "/")
  }

  private static func folder(_ path: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var folder: [UInt8] = []
    folder.reserveCapacity(path.count + 1)
    for part in path.split(separator: UInt8(ascii: "/")) {
      if part.contains(where: isPattern) { break }
      folder += part
      folder.append(UInt8(ascii: "/"))
    }
    return folder
  }

  /// What makes a path a glob pattern for Hadoop.
  private static func isPattern(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "{"): true
    default: false
    }
  }

  /// Whether both name one place.
  package func isPlace(of other: Location) -> Bool { folder.text == other.folder.text }

  /// Whether this place is inside another one.
  package func lies(in other: Location) -> Bool { other.holds(self) }

  /// Whether another place is inside this one.
  package func holds(_ other: Location) -> Bool {
    let (whole, part) = (folder.text, other.folder.text)
    return whole.utf8.count < part.utf8.count && part.utf8.starts(with: whole.utf8)
  }

  /// Whether both are one place, or one is inside the other.
  package func overlaps(_ other: Location) -> Bool {
    let (one, two) = (folder.text.utf8, other.folder.text.utf8)
    return one.count < two.count ? two.starts(with: one) : one.starts(with: two)
  }
}

// MARK: Objects

extension Location {
  /// The key of the one object that the location may name; nil if it can only name a folder.
  package var objectKey: String? {
    let key = key
    return key.isEmpty || folder.text.utf8.count != text.utf8.count + 1 ? nil : key
  }

  /// An object's key without the folder's; nil if the object isn't in the folder.
  package func name(ofKey key: String) -> String? {
    let folder = folder.key
    guard key.utf8.starts(with: folder.utf8) else { return nil }
    return String(decoding: key.utf8.dropFirst(folder.utf8.count), as: UTF8.self)
  }

  /// How many folders a name leads through: 1 for `a/b`.
  package static func depth(ofName name: String) -> Int64 {
    Int64(name.utf8.count { $0 == UInt8(ascii: "/") })
  }

  package func holds(bucket: String, key: String) -> Bool {
    bucket == self.bucket && name(ofKey: key) != nil
  }

  /// A folder inside a bucket of S3; nil for a whole bucket, and for anything else.
  package init?(folderInBucket text: String) {
    guard let folder = try? Location(text).folder, folder.isInS3, !folder.isWhole else {
      return nil
    }
    self = folder
  }

  /// Whether an object marks a folder (`x/`, `x_$folder$`, `x/$folder$`): it isn't data then.
  /// - Parameter orFolder: whether markers that end with a slash count.
  package static func isMarker(_ key: String, orFolder: Bool = true) -> Bool {
    orFolder && key.utf8.last == UInt8(ascii: "/") || key.hasSuffix("$folder$")
  }
}

// MARK: Texts

extension Location {
  /// One spelling for all texts that a step would take for the same folder, object or pattern:
  /// without a slash at its end.
  package var spelling: String {
    var rest = text[...]
    while rest.utf8.count >= pathStart, rest.utf8.last == UInt8(ascii: "/") { rest.removeLast() }
    return String(rest)
  }
}

extension Location {
  /// A text with a trailing slash.
  package static func withSlash(_ text: String) -> String {
    text.utf8.last == UInt8(ascii: "/") ? text : text + "/"
  }

  /// Two pieces with one slash between them.
  package static func joined(_ left: String, _ right: String) -> String {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    var head = left[...]
    while head.utf8.last == UInt8(ascii: "/") { head.removeLast() }
    return "\(head)/\(right.drop { $0 == "/" })"
  }
}

// MARK: Places by their texts

extension Location {
  /// Whether two places are the same, or one is inside the other; false if a text isn't a location.
  package static func overlap(_ one: String, _ other: String) -> Bool {
    guard let one = try? Location(one), let other = try? Location(other) else { return false }
    return one.overlaps(other)
  }

  /// Whether a place is another one, or is inside it; false if a text isn't a location.
  package static func isWithin(_ inner: String, _ outer: String) -> Bool {
    guard let inner = try? Location(inner), let outer = try? Location(outer) else { return false }
    return inner.isPlace(of: outer) || inner.lies(in: outer)
  }
}
