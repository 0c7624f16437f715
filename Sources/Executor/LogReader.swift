import Text
package import AWSServices
import Gzip
import Locations
import PlanFormat

/// Fetches the logs that EMR writes to S3.
package struct LogReader: Sendable {
  /// The names of a step's logs, the most informative first.
  package static var names: [String] { ["stderr", "stdout", "controller", "syslog"] }
  /// The largest compressed log that is fetched.
  private static var packedLimit: Int { 32 << 20 }
  /// The size at which decompression stops.
  private static var unpackedLimit: Int { 256 << 20 }

  private let store: any ObjectStore

  package init(store: any ObjectStore) { self.store = store }

  /// The location of one of a step's logs.
  ///
  /// - Parameter driver: the folder of a job's own program; nil for a step of a cluster.
  package static func location(
    logURI: String, cluster: String, step: String, name: String, driver: String? = nil
  ) -> String {
    if let driver {
      return
        "\(Location.withSlash(logURI))applications/\(cluster)/jobs/\(step)/\(driver)/\(name).gz"
    }
    return "\(Location.withSlash(logURI))\(cluster)/steps/\(step)/\(name).gz"
  }

  /// The last lines of a log; nil if there is none (yet), or it can't be read.
  package func tail(_ location: String, lines: Int) async -> FailureReport.LogTail? {
    guard let text = await fetch(location, keep: 64 << 10) else { return nil }
    var all = text.bytes.split(separator: .newline, omittingEmptySubsequences: false)[...]
    if all.last?.isEmpty == true { all = all.dropLast() }
    // The first line kept may lack its beginning.
    if text.isCut { all = all.dropFirst() }
    let kept = all.suffix(lines)
    let name =
      location.utf8.lastIndex(of: .slash).map {
        String(location[location.index(after: $0)...])
      } ?? location
    return FailureReport.LogTail(
      name: name.hasSuffix(".gz") ? String(name.dropLast(3)) : name, location: location,
      lines: kept.map { Self.printable($0) }, isCut: text.isCut || kept.count < all.count)
  }

  /// A whole log's text, up to a limit; nil if there is none.
  package func fetch(_ location: String, keep: Int) async -> (bytes: [UInt8], isCut: Bool)? {
    guard let place = try? Location(location), place.isInS3,
      let object = try? await store.get(bucket: place.bucket, key: place.key, range: nil),
      object.bytes.count <= Self.packedLimit
    else { return nil }
    guard GzipStream.isGzip(object.bytes) else {
      return (Array(object.bytes.suffix(keep)), object.bytes.count > keep)
    }
    return GzipStream.tail(object.bytes, keep: keep, limit: Self.unpackedLimit).map {
      ($0, $0.count >= keep)
    }
  }

  /// A line that is safe for a terminal: without control characters other than tabs, and with
  /// invalid UTF-8 replaced.
  private static func printable(_ line: ArraySlice<UInt8>) -> String {
    let kept = line.filter { $0 >= .space && $0 != 0x7F || $0 == .tab }
    let text = String(decoding: kept, as: UTF8.self)
    return text.utf8.count > 2000 ? String(text.prefix(1000)) + " …" : text
  }
}
