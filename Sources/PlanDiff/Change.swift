package import Values

/// What a change means for those who run the job flow.
package enum ChangeClass: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Roles, keys, encryption, secrets, networks, visibility.
  case security
  /// What is read, written, deleted, where it goes, and the versions of what does it.
  case data
  /// Cannot be changed on a cluster that runs.
  case newCluster = "new-cluster"
  /// Machines, prices, scaling, volumes, time-outs.
  case cost
  /// Nothing that EMR or a program would see.
  case cosmetic

  package static func < (left: ChangeClass, right: ChangeClass) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A line of a file that a change comes from.
package struct SourceLine: Hashable, Sendable {
  package var file: String
  package var line: Int64
  /// The text of the line, without secrets.
  package var excerpt: String
  /// Whether the line is one of the first side, as what was taken away is.
  package var isBefore: Bool

  package init(file: String, line: Int64, excerpt: String, isBefore: Bool) {
    self.file = file
    self.line = line
    self.excerpt = excerpt
    self.isBefore = isBefore
  }
}

/// One difference between two job flows.
package struct Change: Sendable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case added, removed, changed, renamed, moved, reordered
  }

  /// What the change is a part of.
  package enum Subject: Hashable, Sendable {
    case run, cluster, settings
    case check(String)
    case stage(String)
    /// By the places of the step among those of each side; nil where it is not there.
    case step(before: Int?, after: Int?)
  }

  package var kind: Kind
  package var subject: Subject
  /// Where in its subject, in words: `core group`, `InstanceCount`. Empty for the whole.
  package var label: [String]
  package var before: Value?
  package var after: Value?
  /// Sorted, without doubles; `cosmetic` alone.
  package var classes: [ChangeClass]
  /// The same is told by another change, which this one follows from.
  package var isConsequence = false
  /// Lines that it comes from; empty where nothing is known of them.
  package var causes: [SourceLine] = []
  /// What to do to the first side's document to have the second's.
  package var edits: [Edit]

  package var isCosmetic: Bool { classes == [.cosmetic] }
}

/// One edit of a document. All edits of a comparison belong together: places in lists are those of
/// the first document (`moved`, `edited`, `removed`) or those of the second (`to`, `inserted`).
package struct Edit: Sendable {
  package enum Part: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  package enum Operation: Sendable {
    /// A map's member, new or instead of another; or a list's item instead of another.
    case set(Value)
    /// A map's member or a list's item.
    case remove
    /// An item, new at this place of the list that the path names.
    case insert(Value, at: Int)
    /// The item that the path names, at this place of its list.
    case move(to: Int)
  }

  package var path: [Part]
  package var operation: Operation

  package init(_ path: [Part], _ operation: Operation) {
    self.path = path
    self.operation = operation
  }
}

/// Something that a reviewer has to know before anything else.
package struct Danger: Hashable, Sendable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case dropsData = "drops-data"
    case unsafeResume = "unsafe-resume"
    case lessSecure = "less-secure"
  }

  package var kind: Kind
  package var text: String
  package var causes: [SourceLine] = []

  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// What is different about the data, in words.
package struct FlowChange: Hashable, Sendable {
  package var place: String
  package var dataset: String
  package var text: String
}
