import Journal

extension Run {
  /// Derives the lineage of what earlier processes did, and sends what they may not have sent.
  mutating func resumeLineage(_ entries: [JournalEntry]) throws(JournalError) {
    guard let reporter = services.lineage else { return }
    var log = LineageLog(plan, runKey: options.runKey, settings: reporter.settings)
    var before = try RunRecord(plan, [])
    for entry in entries {
      guard let known = RunEntry(kind: entry.kind, body: entry.body) else { continue }
      before.apply(known, at: entry.time)
      let first = log.count
      let events = log.note(known, before, at: entry.time)
      reporter.send(Array(events.dropFirst(max(0, record.lineageSent - first))))
    }
    lineage = log
  }

  /// Waits briefly until the lineage is delivered. What isn't is a warning, and nothing else.
  mutating func finishLineage() async {
    guard let reporter = services.lineage, let count = lineage?.count else { return }
    let (isDelivered, problem) = await reporter.finish()
    if let problem { tell(.warning(secrets.redact(problem))) }
    // If it can't be recorded, they are sent again, which does no harm.
    if isDelivered, count > record.lineageSent {
      try? await note(.lineageSent(events: count))
    }
  }
}
