package import Values

/// What a change means for the people who run the job flow.
package enum ChangeClass: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Roles, keys, encryption, secrets, networks, visibility.
  case security
  /// What is read, written or deleted, where it goes, and the versions of the programs that do it.
  case data
  /// Can't be changed on a running cluster.
  case newCluster = "new-cluster"
  /// Machines, prices, scaling, volumes, time-outs.
  case cost
  /// Nothing says what it means.
  case unknown
  /// Nothing that EMR or a program would notice.
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
  /// Whether the line is on the first side, as for something that was removed.
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
  /// Which way the price goes.
  package enum Price: String, Sendable, Hashable {
    case dearer, cheaper
  }

  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case added, removed, changed, renamed, moved, reordered
  }

  /// The part of the job flow that changed.
  package enum Subject: Hashable, Sendable {
    case run, cluster, settings
    /// A file of inputs, for a change there that no other change shows.
    case input(String)
    case check(String)
    case stage(String)
    /// By the step's index on each side; nil if it isn't there.
    case step(before: Int?, after: Int?)
  }

  package var kind: Kind
  package var subject: Subject
  /// The place in its subject, in words: `core group`, `InstanceCount`. Empty for the whole.
  package var label: [String]
  package var before: Value?
  package var after: Value?
  /// Sorted, without duplicates; `cosmetic` only alone.
  package var classes: [ChangeClass]
  /// Nil if the change isn't about costs, or they may go either way.
  package var price: Price?
  /// What it means for the worse, from the marks of its place.
  var meaning = ChangeMeaning()
  /// Whether it follows from another change, which already says it.
  package var isConsequence = false
  /// The edits of the inputs that it comes from, by their numbers.
  var sources: [Int] = []
  /// Lines that it comes from; empty if they are unknown.
  package var causes: [SourceLine] = []
  /// How to turn the first side's document into the second's.
  package var edits: [Edit]

  package var isCosmetic: Bool { classes == [.cosmetic] }
}

/// One edit of a document. All edits of a comparison belong together: positions in lists refer to
/// the first document (`moved`, `edited`, `removed`) or to the second (`to`, `inserted`).
package struct Edit: Sendable {
  package enum Part: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  package enum Operation: Sendable {
    /// Adds or replaces a map's member, or replaces a list's item.
    case set(Value)
    /// Removes a map's member or a list's item.
    case remove
    /// Inserts an item at this position of the list that the path names.
    case insert(Value, at: Int)
    /// Moves the item that the path names to this position of its list.
    case move(to: Int)
  }

  package var path: [Part]
  package var operation: Operation

  package init(_ path: [Part], _ operation: Operation) {
    self.path = path
    self.operation = operation
  }
}

/// Something that a reviewer must know first.
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

/// A change in the flow of data, in words.
package struct FlowChange: Hashable, Sendable {
  package var place: String
  package var dataset: String
  package var text: String
}
