import Diagnostics
import Host
import SourceText
import Text

extension Diagnostic {
  /// Why the inputs of a revision can't be read.
  static func gitFailed(_ failure: GitFailure, at span: Span?) -> Diagnostic {
    Diagnostic(.gitFailed, message(failure), at: span, hint: hint(failure))
  }

  private static func message(_ failure: GitFailure) -> String {
    switch failure {
    case .notInstalled: "`git` can't be started"
    case .noRepository(let path):
      (path == "." ? "the working folder" : "`\(path)`") + " isn't in a Git repository"
    case .othersRepository(let folder): "the repository of `\(folder)` belongs to another user"
    case .unknownRevision(let name, _, _):
      "`\(name)` isn't a branch, tag or commit of this repository"
    case .noMergeBase(let one, let other, let isShallow):
      "`\(one)` and `\(other)` have no commit in common"
        + (isShallow ? " in this shallow clone" : "")
    case .other(let words): "git can't read the revisions: \(words)"
    }
  }

  private static func hint(_ failure: GitFailure) -> String? {
    switch failure {
    case .notInstalled: "install git, or compare two folders: `penstock diff OLD NEW`"
    case .noRepository:
      "name a path in a repository, or compare two folders: `penstock diff OLD NEW`"
    case .othersRepository(let folder):
      "if you trust it: `git config --global --add safe.directory \(ShellText.join([folder]))`"
    case .unknownRevision(let name, let isShallow, let names): fetching(name, isShallow, names)
    case .noMergeBase(_, _, isShallow: true): "`git fetch --unshallow` fetches the history"
    case .noMergeBase(let one, let other, isShallow: false):
      "two dots compare them all the same: `\(one)..\(other)`"
    case .other: nil
    }
  }

  /// How to get a revision that isn't there.
  private static func fetching(_ name: String, _ isShallow: Bool, _ names: [String]) -> String {
    let isCommit = name.utf8.count >= 7 && name.utf8.allSatisfy { ASCII.hexValue($0) != nil }
    // Another version isn't what was meant.
    let words = names.filter { $0.filter { !$0.isNumber } != name.filter { !$0.isNumber } }
    if !isCommit, name.utf8.count > 4,
      let near = Suggestion.hint(for: name, among: words, edits: 2)
    {
      return near.text
    }
    let remote = name.hasPrefix("origin/") ? String(name.dropFirst("origin/".count)) : name
    if isShallow, name.contains("~") || name.contains("^") {
      return "the clone is shallow: `git fetch --unshallow` fetches the history"
    }
    if isShallow {
      return "the clone is shallow: `git fetch --depth 1 origin \(remote)` fetches it, as "
        + "`FETCH_HEAD`"
    }
    if isCommit { return "`git fetch origin \(name)` fetches it" }
    return name == remote
      ? "`git fetch --tags` fetches new branches and tags"
      : "`git fetch origin \(remote)` fetches it"
  }
}
