import Foundation
import Host
import Testing

@Suite struct FilesTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Why a file or folder couldn't be read; nil if it could.
  private static func failure(_ body: () throws(FileFailure) -> Void) -> String? {
    do throws(FileFailure) { try body() } catch { return error.reason }
    return nil
  }

  @Test func namesAreSortedByBytes() throws {
    for name in [
      "b.json", "a.json", "B.json", "é.json", "z.json", ".hidden.json", "c.yml", ".json",
    ] {
      try folder.put(name, "")
    }
    #expect(
      try Files.names(in: folder.path, withEnding: ".json")
        == ["B.json", "a.json", "b.json", "z.json", "é.json"])
    #expect(try Files.names(in: folder.path, withEnding: "").contains("c.yml"))
    #expect(try Files.names(in: folder.path, withEnding: ".xml") == [])
    #expect(try Disk().names(in: folder.path, withEnding: ".yml") == ["c.yml"])
  }

  @Test func foldersThatCannotBeListed() throws {
    let file = try folder.put("file", "")
    let missing = folder.at("missing")
    #expect(
      Self.failure { () throws(FileFailure) in _ = try Files.names(in: missing, withEnding: "") }
        == "there is no such file or folder")
    #expect(
      Self.failure { () throws(FileFailure) in _ = try Files.names(in: file, withEnding: "") }
        == "it is not a folder")
  }

  @Test(arguments: [0, 1, 100, 16 << 10, (16 << 10) + 1, 1 << 20])
  func filesOfAnySizeAreRead(size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try Data(bytes).write(to: URL(filePath: folder.at("file")))
    #expect(try Files.read(folder.at("file")) == bytes)
    #expect(try Disk().read(folder.at("file")) == bytes)
  }

  @Test func whatCannotBeRead() throws {
    let file = try folder.put("file", "")
    let cases = [
      (folder.at("missing"), "there is no such file or folder"), (folder.path, "it is a folder"),
      (file + "/below", "it is not a folder"), ("", "there is no such file or folder"),
    ]
    for (path, reason) in cases {
      #expect(
        Self.failure { () throws(FileFailure) in _ = try Files.read(path) } == reason, "\(path)")
    }
  }

  @Test func aFileBeyondAGibibyteIsRefusedUnread() throws {
    let path = try folder.put("large", "")
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: 1 << 30 + 1)
    try handle.close()
    #expect(
      Self.failure { () throws(FileFailure) in _ = try Files.read(path) }
        == "it is larger than 1 GiB")
  }

  /// The kernel's files say that they are empty.
  @Test(.enabled(if: Files.isFile("/proc/self/status"), "there is no /proc"))
  func filesWithoutASizeAreRead() throws {
    #expect(try Files.read("/proc/self/status").isEmpty == false)
  }

  @Test func kinds() throws {
    let file = try folder.put("a/b", "")
    #expect(Files.isFile(file) && !Files.isFolder(file) && Files.exists(file))
    #expect(!Files.isFile(folder.path) && Files.isFolder(folder.path) && Files.exists(folder.path))
    let missing = folder.at("missing")
    #expect(!Files.isFile(missing) && !Files.isFolder(missing) && !Files.exists(missing))
    #expect(Disk().isFile(file) && Disk().isFolder(folder.path) && !Disk().isFile(folder.path))
  }

  @Test(arguments: ["one", "one/two/three", "one/two/", "one//two"])
  func foldersAreMadeWithTheirParents(name: String) throws {
    let path = folder.at(name)
    try Files.makeFolders(path)
    #expect(Files.isFolder(path))
    let mode = try FileManager.default.attributesOfItem(atPath: folder.at("one"))[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o700, "only the owner's")
    try Files.makeFolders(path)
  }

  @Test func foldersAreNotMadeBelowAFile() throws {
    let file = try folder.put("file", "kept")
    #expect(
      Self.failure { () throws(FileFailure) in try Files.makeFolders(file + "/below") } != nil)
    #expect(try Files.read(file) == Array("kept".utf8))
    try Files.makeFolders("")
  }

  @Test(arguments: [
    ("a/b/c", "a/b/"), ("/a", "/"), ("a", ""), ("", ""), ("a/", "a/"), ("/", "/"),
  ])
  func foldersOfPaths(path: String, folder: String) {
    #expect(Files.folder(of: path) == folder)
  }

  @Test(arguments: [("a", "b", "a/b"), ("a/", "b", "a/b"), ("/", "b", "/b")])
  func joining(folder: String, name: String, path: String) {
    #expect(Files.join(folder, name) == path)
  }
}
