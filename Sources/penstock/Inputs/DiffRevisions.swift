import Host
import Text

/// The sides of `--git`: `BASE..HEAD` and `BASE...HEAD` are two commits, `REV` alone is a commit and
/// the working tree, as for `git diff`.
struct Revisions {
  struct Revision {
    var name: String
    /// Nil for the working tree.
    var commit: String?
  }

  let before: Revision
  let after: Revision

  init(_ text: String, in repository: GitRepository) throws(GitFailure) {
    for dots in ["...", ".."] {
      guard let range = text.firstRange(of: dots) else { continue }
      let base = Self.orHead(text[..<range.lowerBound])
      let head = Self.orHead(text[range.upperBound...])
      let (start, end) = (try repository.commit(base), try repository.commit(head))
      // Three dots mean, as in git, what HEAD changed since the merge base.
      let from = dots == "..." ? try repository.base(of: base, head) : start
      before = Revision(name: base, commit: from)
      after = Revision(name: head, commit: end)
      return
    }
    before = Revision(name: text, commit: try repository.commit(text))
    after = Revision(name: "working tree", commit: nil)
  }

  private static func orHead(_ name: Substring) -> String { name.isEmpty ? "HEAD" : String(name) }
}
