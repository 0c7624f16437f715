import AtomicFiles
import Foundation
import Platform
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  private let temporary = TemporaryFolder()
  private var folder: URL { URL(filePath: temporary.path) }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private func write(_ text: String, _ name: String, _ naming: AtomicFile.Naming) -> Int32 {
    AtomicFile.write(
      Array(text.utf8), as: path(name), naming: naming, mode: 0o640, fresh: path("fresh"))
  }

  private func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: path(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  @Test func aNewFileDoesNotReplaceAnother() throws {
    #expect(write("one", "a", .new) == 0)
    #expect(write("two", "a", .new) == EEXIST)
    #expect(symlink("nowhere", path("b")) == 0)
    #expect(write("three", "b", .new) == EEXIST)
    #expect(text("a") == "one")
    #expect(try names == ["a", "b"])
    var status = stat()
    #expect(stat(path("a"), &status) == 0 && status.st_mode & 0o7777 == 0o640)
    #expect(status.st_nlink == 1)
  }

  @Test func aReplacedFileIsAnotherOne() throws {
    #expect(write("one", "a", .replacing) == 0)
    #expect(link(path("a"), path("kept")) == 0)
    #expect(symlink("a", path("b")) == 0)
    #expect(write("two", "a", .replacing) == 0)
    #expect(write("three", "b", .replacing) == 0)
    #expect([text("a"), text("kept"), text("b")] == ["two", "one", "three"])
    #expect(try names == ["a", "b", "kept"])
  }

  @Test func whatCannotBeWrittenLeavesNothing() throws {
    try FileManager.default.createDirectory(
      at: folder.appending(path: "d/inner"), withIntermediateDirectories: true)
    #expect(write("x", "d", .replacing) != 0)
    #expect(write("x", "none/a", .new) == ENOENT)
    #expect(try names == ["d"])
  }

  /// A reader sees one of the texts, whole, at any time.
  @Test func readersSeeWholeFiles() async throws {
    #expect(write(String(repeating: "0", count: 50_000), "a", .replacing) == 0)
    let path = path("a")
    let reading = Task.detached {
      var counts: Set<Int> = []
      for _ in 0..<500 {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        counts.insert(Set(data).count == 1 ? data.count : -1)
      }
      return counts
    }
    for number in 1...200 {
      _ = write(String(repeating: "\(number % 10)", count: 50_000), "a", .replacing)
    }
    #expect(await reading.value == [50_000])
    #expect(try names == ["a"])
  }
}
