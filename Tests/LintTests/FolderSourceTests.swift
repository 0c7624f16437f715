import Iglu
import Lint
import Testing

/// Folders in the layout of a static registry.
@Suite struct FolderSourceTests {
  private static let family = SchemaFamily(vendor: "com.acme", name: "click", format: "jsonschema")

  private static func key(_ model: Int, _ revision: Int = 0, _ addition: Int = 0) -> SchemaKey {
    SchemaKey(family: family, version: SchemaVersion(model, revision, addition))
  }

  private static func failure(_ answer: SourceAnswer) -> RegistryFailure? {
    if case .failed(let failure) = answer { failure } else { nil }
  }

  @Test func aSchemaIsFound() async throws {
    let folder = try Folder()
    let place = "schemas/com.acme/click/jsonschema/1-0-0"
    try folder.put(place, "{}")
    for path in [folder.path, folder.path + "/"] {
      guard case .found(let text, nil) = await FolderSource(folder: path).schema(Self.key(1)) else {
        Issue.record("not found in \(path)")
        continue
      }
      #expect(text.bytes == Array("{}".utf8))
      #expect(text.name == folder.path + "/" + place)
    }
  }

  @Test func anotherVersionIsMissing() async throws {
    let folder = try Folder()
    try folder.put("schemas/com.acme/click/jsonschema/1-0-0", "{}")
    guard case .missing = await FolderSource(folder: folder.path).schema(Self.key(1, 0, 1)) else {
      Issue.record("it isn't missing")
      return
    }
  }

  @Test func aFolderThatIsNoRegistryIsNotReached() async throws {
    let folder = try Folder()
    for path in [folder.path, folder.path + "/none"] {
      let failure = try #require(Self.failure(await FolderSource(folder: path).schema(Self.key(1))))
      #expect(failure.kind == .unreachable)
      #expect(failure.message == "doesn't exist: no folder `\(path)/schemas`")
    }
  }

  @Test func whatIsThereAndCannotBeReadFails() async throws {
    let folder = try Folder()
    try folder.put("schemas/com.acme/click/jsonschema/1-0-0/a", "{}")
    let answer = await FolderSource(folder: folder.path).schema(Self.key(1))
    let failure = try #require(Self.failure(answer))
    #expect(failure == RegistryFailure(.failed, "cannot be read: it is a folder"))
  }

  @Test func itsContentsAreListed() async throws {
    let folder = try Folder()
    for path in [
      "com.acme/click/jsonschema/1-0-0", "com.acme/click/jsonschema/1-0-10",
      "com.acme/click/jsonschema/2-0-0", "com.acme/click/jsonschema/README.md",
      "com.acme/click/jsonschema/.hidden", "com.acme/view/jsonschema/1-0-0",
      "org.other/thing/jsonschema/1-0-0",
    ] { try folder.put("schemas/" + path, "{}") }
    let source = FolderSource(folder: folder.path)
    let versions = await source.versions(of: Self.family, near: SchemaVersion(1, 0, 1))
    #expect(
      Set(versions) == [SchemaVersion(1, 0, 0), SchemaVersion(1, 0, 10), SchemaVersion(2, 0, 0)])
    #expect(await source.names(of: "com.acme") == ["click", "view"])
    #expect(await source.vendors() == ["com.acme", "org.other"])
    #expect(await source.names(of: "com.none") == [])
    #expect(await FolderSource(folder: folder.path + "/none").vendors() == [])
  }
}
