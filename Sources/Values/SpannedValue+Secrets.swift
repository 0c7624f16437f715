extension SpannedValue {
  /// With the scalars marked that names and forms say are secrets.
  ///
  /// - Parameter place: its place, as in a secret's reference.
  package func markingSecrets(at place: String, _ hint: SecretHint = SecretHint()) -> SpannedValue {
    var marked = self
    switch content {
    case .scalar(let value):
      if hint.marks(value) { marked.content = .scalar(.secret(Secret(value, reference: place))) }
    case .list(let items):
      var before: String?
      marked.content = .list(
        items.enumerated().map { at, item in
          defer { before = item.plainText }
          return item.markingSecrets(at: "\(place)/\(at)", hint.item(after: before))
        })
    case .map(let entries):
      let name = entries.first { SecretHint.isPairName($0.key) }?.value.plainText
      marked.content = .map(
        entries.map { entry in
          var entry = entry
          entry.value = entry.value.markingSecrets(
            at: place + "/" + entry.key, hint.member(entry.key, in: name))
          return entry
        })
    }
    return marked
  }

  private var plainText: String? {
    if case .scalar(.string(let text)) = content { text } else { nil }
  }

  /// The secrets in it, with their places.
  package var secrets: [(secret: Secret, at: SpannedValue)] {
    switch content {
    case .scalar(let value): value.secrets.map { ($0, self) }
    case .list(let items): items.flatMap(\.secrets)
    case .map(let entries): entries.flatMap(\.value.secrets)
    }
  }
}
