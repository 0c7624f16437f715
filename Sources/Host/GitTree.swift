import Text
import Platform
import Subprocess

/// Why git failed.
package enum GitFailure: Error, Hashable, Sendable {
  case notInstalled
  /// The folder isn't in a repository.
  case noRepository(String)
  /// The repository belongs to another user, so git refuses to read it: its top folder.
  case othersRepository(String)
  /// - near: the repository's branches and tags, for suggestions.
  case unknownRevision(String, isShallow: Bool, near: [String])
  /// The two revisions have no commit in common here.
  case noMergeBase(String, String, isShallow: Bool)
  /// Anything else, in git's words.
  case other(String)

  /// What git said.
  var words: String { if case .other(let words) = self { words } else { "" } }
}

/// A repository, read by the program `git`, whatever is checked out.
package struct GitRepository: Sendable {
  /// The repository's top folder, with links resolved.
  package let top: String

  /// The repository that a path is in.
  package init(of path: String) throws(GitFailure) {
    var folder = Self.absolute(path)
    while !Files.isFolder(folder), folder != "/" {
      folder = String(Files.folder(of: folder).dropLast())
      if folder.isEmpty { folder = "/" }
    }
    do throws(GitFailure) {
      let output = try Self.run(["-C", folder, "rev-parse", "--show-toplevel"])
      top = String(decoding: output.prefix { $0 != .newline }, as: UTF8.self)
    } catch {
      if error.words.hasPrefix("not a git repository") { throw .noRepository(path) }
      if error.words.hasPrefix("detected dubious ownership") { throw .othersRepository(folder) }
      throw error
    }
  }

  /// The commit that a revision names.
  package func commit(_ name: String) throws(GitFailure) -> String {
    guard !name.hasPrefix("-") else { throw unknown(name) }
    do throws(GitFailure) {
      return try line(["rev-parse", "--verify", "--quiet", name + "^{commit}"])
    } catch {
      throw error == .notInstalled ? error : unknown(name)
    }
  }

  private func unknown(_ name: String) -> GitFailure {
    let list = try? run(["for-each-ref", "--format=%(refname:short)", "--count=1000"])
    let names = (list ?? []).split(separator: .newline).map { String(decoding: $0, as: UTF8.self) }
    return .unknownRevision(name, isShallow: isShallow, near: names)
  }

  /// Whether history is missing.
  private var isShallow: Bool {
    (try? line(["rev-parse", "--is-shallow-repository"])) == "true"
  }

  /// The merge base of two commits.
  package func base(of one: String, _ other: String) throws(GitFailure) -> String {
    do throws(GitFailure) {
      return try line(["merge-base", "--end-of-options", one, other])
    } catch {
      guard error == .other("") else { throw error }
      throw .noMergeBase(one, other, isShallow: isShallow)
    }
  }

  private func line(_ arguments: [String]) throws(GitFailure) -> String {
    String(decoding: try run(arguments).prefix { $0 != .newline }, as: UTF8.self)
  }

  package func run(_ arguments: [String]) throws(GitFailure) -> [UInt8] {
    try Self.run(["-C", top] + arguments)
  }

  private static func run(_ arguments: [String]) throws(GitFailure) -> [UInt8] {
    var environment = Environment.all()
    environment["LC_ALL"] = "C"
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    // A partial clone must not fetch what it lacks.
    environment["GIT_NO_LAZY_FETCH"] = "1"
    environment["GIT_TERMINAL_PROMPT"] = "0"
    let program = ProcessRequest(
      arguments: ["git"] + arguments, environment: environment, timeout: .infinity)
    guard let ended = ProcessRunner.runToEnd(program) else {
      throw .notInstalled
    }
    guard ended.status == 0 else {
      let text = String(decoding: ended.errors, as: UTF8.self)
      let line = text.split(separator: "\n").first.map(String.init) ?? ""
      throw .other(line.hasPrefix("fatal: ") ? String(line.dropFirst(7)) : line)
    }
    return ended.output
  }

  /// A path relative to the top folder; nil if it isn't in the repository.
  package func path(_ path: String) -> String? {
    let absolute = Self.absolute(path)
    if absolute == top { return "" }
    let start = Files.join(top, "")
    return absolute.hasPrefix(start) ? String(absolute.dropFirst(start.count)) : nil
  }

  /// With links, `.` and `..` resolved; what doesn't exist keeps its name.
  private static func absolute(_ path: String) -> String {
    var parts = path.hasPrefix("/") ? [] : real(".").split(separator: "/").map(String.init)
    for part in path.split(separator: "/") {
      if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
    }
    var rest: [String] = []
    while !parts.isEmpty {
      let whole = "/" + parts.joined(separator: "/")
      if Files.exists(whole) {
        let real = real(whole)
        return rest.isEmpty ? real : Files.join(real, rest.joined(separator: "/"))
      }
      rest.insert(parts.removeLast(), at: 0)
    }
    return "/" + rest.joined(separator: "/")
  }

  private static func real(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}

/// The files of a commit.
package struct GitTree: FileTree {
  package let repository: GitRepository
  package let commit: String

  package init(repository: GitRepository, commit: String) {
    self.repository = repository
    self.commit = commit
  }

  package func isFile(_ path: String) -> Bool { kind(path) == "blob" }

  package func isFolder(_ path: String) -> Bool { kind(path) == "tree" }

  private func kind(_ path: String) -> String? {
    guard let object = object(path),
      let output = try? repository.run(["cat-file", "-t", object])
    else { return nil }
    return String(decoding: output.prefix { $0 != .newline }, as: UTF8.self)
  }

  package func read(_ path: String) throws(FileFailure) -> [UInt8] {
    guard let object = object(path) else { throw Self.isElsewhere }
    do throws(GitFailure) {
      return try repository.run(["cat-file", "blob", object])
    } catch {
      throw FileFailure(reason: error.words)
    }
  }

  package func names(in folder: String, withEnding ending: String) throws(FileFailure) -> [String] {
    guard let object = object(folder) else { throw Self.isElsewhere }
    let output: [UInt8]
    do throws(GitFailure) {
      output = try repository.run(["ls-tree", "-z", "--name-only", object])
    } catch {
      throw FileFailure(reason: error.words)
    }
    return output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { !$0.hasPrefix(".") && $0.hasSuffix(ending) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func object(_ path: String) -> String? {
    repository.path(path).map { "\(commit):\($0)" }
  }

  private static let isElsewhere = FileFailure(reason: "it is not in the repository")
}
