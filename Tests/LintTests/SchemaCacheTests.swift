import Foundation
import Iglu
import Lint
import Testing

/// Caches of registries' schemas, in a temporary folder.
@Suite struct SchemaCacheTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static func key(_ addition: Int) -> SchemaKey {
    SchemaKey(
      family: SchemaFamily(vendor: "com.acme", name: "click", format: "jsonschema"),
      version: SchemaVersion(1, 0, addition))
  }

  private func cache(
    _ identity: String = "https://acme.example\n", size: Int? = nil, seconds: Int? = nil
  ) -> SchemaCache {
    SchemaCache(
      identity: identity, limits: .init(cacheSize: size, cacheSeconds: seconds), home: folder.path)
  }

  /// The files of all caches, as paths.
  private func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .map { folder.path + "/" + $0 }
      .filter {
        (try? URL(filePath: $0).resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
      }
      .sorted()
  }

  private func age(_ path: String, seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path)
  }

  @Test func schemasAreKept() throws {
    #expect(cache().entry(Self.key(0)) == nil)
    cache().keep(Array("{}".utf8), for: Self.key(0))
    cache().keep(nil, for: Self.key(1))
    let found = try #require(cache().entry(Self.key(0)))
    #expect(found.bytes == Array("{}".utf8) && found.isFresh)
    let missing = try #require(cache().entry(Self.key(1)))
    #expect(missing.bytes == nil && missing.isFresh)
    #expect(cache().entry(Self.key(2)) == nil)
  }

  @Test func registriesHaveTheirOwn() {
    cache("https://acme.example\nkey").keep([1], for: Self.key(0))
    #expect(cache("https://acme.example\n").entry(Self.key(0)) == nil)
    #expect(cache("https://acme.example\nkey").entry(Self.key(0)) != nil)
  }

  /// Registries may be private.
  @Test func othersCannotReadThem() throws {
    cache().keep([1], for: Self.key(0))
    let file = try #require(try files().first)
    for path in [file, URL(filePath: file).deletingLastPathComponent().path] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect((mode as? NSNumber).map { $0.intValue & 0o077 } == 0, "\(path)")
    }
  }

  /// How old, and for how many seconds schemas are kept; what is missing is asked for sooner.
  @Test(
    arguments: [
      (0, nil, true, true), (3500, nil, true, true), (3700, nil, true, false),
      (86_000, nil, true, false), (90_000, nil, false, false), (50, 100, true, true),
      (150, 100, false, false), (7000, 7200, true, false), (-600, nil, false, false),
    ] as [(Double, Int?, Bool, Bool)])
  func theyAge(age: Double, seconds: Int?, isFresh: Bool, missingIsFresh: Bool) throws {
    cache().keep([1], for: Self.key(0))
    cache().keep(nil, for: Self.key(1))
    for file in try files() { try self.age(file, seconds: age) }
    #expect(cache(seconds: seconds).entry(Self.key(0))?.isFresh == isFresh)
    #expect(cache(seconds: seconds).entry(Self.key(1))?.isFresh == missingIsFresh)
  }

  @Test func theOldestAreRemoved() throws {
    for number in 0..<5 { cache().keep([UInt8(number)], for: Self.key(number)) }
    // The file of a higher number is older.
    for number in 0..<5 {
      let file = try #require(try files().first { $0.hasSuffix("1-0-\(number)") })
      try age(file, seconds: Double(100 * (number + 1)))
    }
    cache(size: 10).prune()
    #expect(try files().count == 5)
    cache(size: 2).prune()
    #expect(
      (0..<5).map { cache().entry(Self.key($0)) != nil } == [true, true, false, false, false])
  }

  @Test func nothingIsKeptIfNothingMayBe() throws {
    for cache in [
      cache(size: 0),
      SchemaCache(identity: "", limits: .init(cacheSize: nil, cacheSeconds: nil), home: nil),
    ] {
      cache.keep([1], for: Self.key(0))
      #expect(cache.entry(Self.key(0)) == nil)
      cache.prune()
    }
    #expect(try files() == [])
  }

  @Test func aFolderInAFilesPlaceIsNoEntry() throws {
    cache().keep([1], for: Self.key(0))
    let file = try #require(try files().first)
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    #expect(cache().entry(Self.key(0)) == nil)
    cache().keep([2], for: Self.key(0))
    #expect(cache().entry(Self.key(0)) == nil, "a failure to write is ignored")
  }
}
