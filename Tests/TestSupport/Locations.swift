package import Foundation

/// Folders that tests read.
package enum Locations {
  /// The repository's top folder.
  package static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A folder of the conformance data beside the repository (or where `PENSTOCK_SHARED` says); nil
  /// if it is missing: a test is then skipped.
  package static func conformance(_ name: String) -> URL? {
    let shared =
      ProcessInfo.processInfo.environment["PENSTOCK_SHARED"].map { URL(filePath: $0) }
      ?? repository.deletingLastPathComponent().appending(path: "shared")
    let folder = shared.appending(path: "conformance/\(name)")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }

  /// The files of a folder (not below it) with an ending, sorted by name; where there are none, one
  /// that isn't there: a test that goes through them fails then, and doesn't pass without looking.
  package static func files(in folder: URL, withEnding ending: String) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let found = names.filter { $0.hasSuffix(ending) }.sorted()
    return (found.isEmpty ? ["no file\(ending)"] : found).map { folder.appending(path: $0) }
  }

  package static func bytes(_ file: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }
}
