import Foundation
import Host
import Platform
import Testing

/// Files are written completely or not at all.
@Suite struct OutputTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static func failure(_ path: String, _ text: String = "new") -> String? {
    do throws(FileFailure) {
      try Output.replace(path, with: Array(text.utf8))
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func aFileIsMadeAndReplaced() throws {
    let path = folder.at("file")
    for text in ["one", "", "a longer one", "two"] {
      try Output.replace(path, with: Array(text.utf8))
      #expect(try Files.read(path) == Array(text.utf8))
    }
    #expect(try folder.names() == ["file"], "nothing else is left")
  }

  @Test func aFolderIsNotReplaced() throws {
    try folder.put("sub/file", "kept")
    #expect(Self.failure(folder.at("sub")) == "it is a folder")
    #expect(try Files.read(folder.at("sub/file")) == Array("kept".utf8))
    #expect(try folder.names() == ["sub"])
  }

  @Test func nothingIsMadeInAMissingFolder() throws {
    #expect(Self.failure(folder.at("missing/file")) == "there is no such file or folder")
    #expect(try folder.names() == [])
  }

  @Test func nothingIsMadeBelowAFile() throws {
    try folder.put("file", "kept")
    #expect(Self.failure(folder.at("file/below")) == "it is not a folder")
    #expect(try Files.read(folder.at("file")) == Array("kept".utf8))
  }

  @Test(.enabled(if: geteuid() != 0, "permissions don't stop root"))
  func theOldFileStaysAfterAFailure() throws {
    let path = try folder.put("file", "old")
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    }
    #expect(Self.failure(path) == "permission denied")
    #expect(try Files.read(path) == Array("old".utf8))
    #expect(try folder.names() == ["file"])
  }

  @Test(.enabled(if: Files.exists("/dev/full"), "there is no /dev/full"))
  func devicesAreWrittenTo() throws {
    #expect(Self.failure("/dev/full") == "No space left on device")
    #expect(Self.failure("/dev/null") == nil)
    #expect(!Files.isFile("/dev/full") && !Files.isFile("/dev/null"))
  }

  @Test(.enabled(if: Files.isFolder("/dev/shm"), "there is no /dev/shm"))
  func sharedMemoryIsAFolder() throws {
    let path = "/dev/shm/penstock-output-test-\(getpid())"
    defer { unlink(path) }
    #expect(Self.failure(path) == nil)
    try Output.replace(path, with: Array("first, and longer".utf8))
    try Output.replace(path, with: Array("second".utf8))
    #expect(try Files.read(path) == Array("second".utf8))
  }

  @Test func everythingIsWrittenToAPipe() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    // More than a pipe holds.
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    async let read = Task.detached {
      defer { _ = close(reading) }
      return try FileHandle(fileDescriptor: reading, closeOnDealloc: false).readToEnd()
    }.value
    try Output.write(bytes, to: writing)
    _ = close(writing)
    #expect(try await read.map { [UInt8]($0) } == bytes)
  }

  @Test func aClosedFileCannotBeWrittenTo() {
    #expect(throws: FileFailure.self) { try Output.write([1], to: -1) }
    #expect(!Output.isTerminal(-1))
  }
}
