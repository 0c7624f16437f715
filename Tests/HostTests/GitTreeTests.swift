import Foundation
import Host
import Testing

/// The program, as the tests use it.
private enum Git {
  static let isThere = (try? run(["--version"], in: "/")) != nil

  private struct Failed: Error {}

  @discardableResult
  static func run(_ arguments: [String], in folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.com"] + arguments
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
    return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
  }
}

/// The files of a commit, whatever is checked out.
@Suite(.enabled(if: Git.isThere, "git is not installed"))
struct GitTreeTests {
  /// A repository with two commits: `one`, and one more with `a.yml` changed.
  private static func repository() throws -> (folder: Folder, git: GitRepository) {
    let folder = try Folder()
    try Git.run(["init", "-q", "-b", "main"], in: folder.path)
    for name in ["a.yml", "b.yml", ".hidden.yml", "z.txt", "sub/é.yml", "sub/c d.yml"] {
      try folder.put(name, "old \(name)")
    }
    try Git.run(["add", "."], in: folder.path)
    try Git.run(["commit", "-q", "-m", "one"], in: folder.path)
    try Git.run(["tag", "one"], in: folder.path)
    try folder.put("a.yml", "new a.yml")
    try Git.run(["commit", "-q", "-a", "-m", "two"], in: folder.path)
    return (folder, try GitRepository(of: folder.path))
  }

  private static func failure(_ body: () throws(GitFailure) -> Void) -> GitFailure? {
    do throws(GitFailure) { try body() } catch { return error }
    return nil
  }

  @Test func filesAreThoseOfTheCommit() throws {
    let (folder, git) = try Self.repository()
    let old = GitTree(repository: git, commit: try git.commit("one"))
    let new = GitTree(repository: git, commit: try git.commit("main"))
    // What is checked out doesn't matter.
    try folder.put("a.yml", "not committed")
    #expect(try old.read(folder.at("a.yml")) == Array("old a.yml".utf8))
    #expect(try new.read(folder.at("a.yml")) == Array("new a.yml".utf8))
    #expect(try new.read(folder.at("sub/./../sub/c d.yml")) == Array("old sub/c d.yml".utf8))
    #expect(throws: FileFailure.self) { try new.read(folder.at("missing.yml")) }
    #expect(throws: FileFailure.self) { try new.read("/elsewhere/a.yml") }
    #expect(throws: FileFailure.self) { try new.read(folder.at("sub")) }
  }

  @Test func itListsWhatTheDiskLists() throws {
    let (folder, git) = try Self.repository()
    let tree: any FileTree = GitTree(repository: git, commit: try git.commit("HEAD"))
    for (path, ending) in [("", ".yml"), ("", ""), ("sub", ".yml"), ("", ".xml")] {
      let place = path.isEmpty ? folder.path : folder.at(path)
      #expect(
        try tree.names(in: place, withEnding: ending)
          == Disk().names(in: place, withEnding: ending))
    }
    #expect(try tree.names(in: folder.at("sub"), withEnding: "") == ["c d.yml", "é.yml"])
    #expect(throws: FileFailure.self) { try tree.names(in: folder.at("none"), withEnding: "") }
    #expect(throws: FileFailure.self) { try tree.names(in: "/elsewhere", withEnding: "") }
  }

  @Test func kinds() throws {
    let (folder, git) = try Self.repository()
    let tree = GitTree(repository: git, commit: try git.commit("HEAD"))
    #expect(tree.isFile(folder.at("a.yml")) && !tree.isFolder(folder.at("a.yml")))
    #expect(tree.isFolder(folder.at("sub")) && !tree.isFile(folder.at("sub")))
    #expect(tree.isFolder(folder.path))
    #expect(!tree.isFile(folder.at("none")) && !tree.isFile("/elsewhere"))
    try folder.put("untracked.yml", "")
    #expect(!tree.isFile(folder.at("untracked.yml")))
  }

  @Test func revisionsAreNamed() throws {
    let (folder, git) = try Self.repository()
    let one = try git.commit("one")
    #expect(one.count == 40)
    #expect(try Git.run(["rev-parse", "one"], in: folder.path) == one)
    #expect(try git.commit("HEAD~1") == one)
    #expect(try git.commit("main") != one)
    #expect(
      Self.failure { () throws(GitFailure) in _ = try git.commit("none") }
        == .unknownRevision("none", isShallow: false, near: ["main", "one"]))
    #expect(
      Self.failure { () throws(GitFailure) in _ = try git.commit("--all") }
        == .unknownRevision("--all", isShallow: false, near: ["main", "one"]))
  }

  @Test func basesAreFound() throws {
    let (folder, git) = try Self.repository()
    try Git.run(["checkout", "-q", "-b", "side", "one"], in: folder.path)
    try folder.put("b.yml", "side")
    try Git.run(["commit", "-q", "-a", "-m", "side"], in: folder.path)
    #expect(try git.base(of: git.commit("main"), git.commit("side")) == git.commit("one"))
    try Git.run(["checkout", "-q", "--orphan", "other"], in: folder.path)
    try Git.run(["commit", "-q", "-a", "-m", "other"], in: folder.path)
    let (main, other) = (try git.commit("main"), try git.commit("other"))
    #expect(
      Self.failure { () throws(GitFailure) in _ = try git.base(of: main, other) }
        == .noMergeBase(main, other, isShallow: false))
  }

  @Test func pathsAreRelativeToTheTop() throws {
    let (folder, git) = try Self.repository()
    #expect(git.path(folder.path) == "" && git.path(folder.at("sub/x/../é.yml")) == "sub/é.yml")
    #expect(git.path(folder.at("none/here")) == "none/here")
    #expect(git.path("/") == nil && git.path(folder.path + "-other") == nil)
    #expect(git.path(folder.at("../elsewhere")) == nil)
    #expect(try GitRepository(of: folder.at("sub/missing/file")).top == git.top)
  }

  @Test func aFolderOutsideHasNoRepository() throws {
    let folder = try Folder()
    let failure = Self.failure { () throws(GitFailure) in _ = try GitRepository(of: folder.path) }
    #expect(failure == .noRepository(folder.path))
  }
}
