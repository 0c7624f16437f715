package import SourceText

extension Tree {
  /// The tree as a blob of a snapshot, with a digest of its text to detect edits.
  package var snapshot: SnapshotWriter.Blob {
    var blob = SnapshotWriter.Blob()
    blob.number(SnapshotReader.digest(text))
    blob.number(text.count)
    blob.table(Array(nodes))
    blob.table(pool)
    return blob
  }

  /// The tree of a file whose text is `text`; nil if the snapshot is of another text.
  package init?(_ snapshot: SnapshotReader, text: [UInt8], source: SourceID) {
    var reader = snapshot
    guard reader.number() == SnapshotReader.digest(text), reader.number() == text.count,
      let nodes = reader.table(of: Node.self), let pool = reader.table(of: UInt8.self)
    else { return nil }
    self.init(source: source, storage: TreeStorage(text: text, nodes: nodes, pool: pool))
  }
}
