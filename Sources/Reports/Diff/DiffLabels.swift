import PlanDiff
import Values

/// Parts of a comparison in words, for all formats.
enum DiffLabels {
  static func title(_ comparison: Comparison) -> String {
    "\(comparison.before.name) → \(comparison.after.name)"
  }

  /// `7 changes in 12 places: 1 security, 4 data, 2 cost; 3 need a new cluster`.
  static func summary(_ view: DiffView) -> String {
    if view.isEmpty { return "no changes" }
    let cosmetic = view.counts.first { $0.class == .cosmetic }?.count ?? 0
    let more = cosmetic == 0 ? "" : "\(cosmetic) cosmetic"
    guard view.total > 0 else {
      return "no real changes" + (more.isEmpty ? "" : " (\(more))")
    }
    let kinds = view.counts.filter { $0.class != .cosmetic && $0.class != .newCluster }
      .map { "\($0.count) \(name($0.class))" }
    var text = count(view.total, "change")
    if view.places > view.total { text += " in \(view.places) places" }
    if !kinds.isEmpty { text += ": " + kinds.joined(separator: ", ") }
    if view.comparison.clusterLasts,
      let clusters = view.counts.first(where: { $0.class == .newCluster })?.count
    {
      text += "; \(clusters) \(clusters == 1 ? "needs" : "need") a new cluster"
    }
    return text + (more.isEmpty ? "" : "; plus \(more)")
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  static func name(_ class: ChangeClass) -> String { `class`.words }

  /// A change's classes; costs with the way they go. Where each run has a new cluster, that one is
  /// needed says nothing.
  static func names(
    _ classes: [ChangeClass], _ price: Change.Price?, in comparison: Comparison? = nil
  ) -> [String] {
    classes.filter { $0 != .newCluster || comparison?.clusterLasts ?? true }.map { one in
      guard one == .cost, let price else { return name(one) }
      return price == .dearer ? "cost: dearer" : "cost: cheaper"
    }
  }

  static func name(_ danger: Danger.Kind) -> String {
    switch danger {
    case .dropsData: "data may be lost"
    case .unsafeResume: "unsafe to resume"
    case .lessSecure: "less protected"
    }
  }

  /// What a change leads to: `!`, `!-` or `!+` for the worse, `-/+` another cluster; else `+`, `-` or
  /// `~`.
  static func sign(_ row: DiffView.Row, in comparison: Comparison) -> String {
    if row.isDangerous {
      let sign = sign(row.kind)
      return sign == "~" ? "!" : "!" + sign
    }
    if comparison.clusterLasts, row.classes.contains(.newCluster) { return "-/+" }
    return sign(row.kind)
  }

  /// `+`, `-` or `~`.
  static func sign(_ kind: Change.Kind) -> String {
    switch kind {
    case .added: "+"
    case .removed: "-"
    case .changed, .renamed, .moved, .reordered: "~"
    }
  }

  /// The values before and after, in one line.
  static func change(_ row: DiffView.Row, limit: Int) -> (before: String?, after: String?) {
    switch row.kind {
    case .reordered:
      return (nil, "in another order: " + items(row.after, limit: limit))
    case .added, .removed, .changed, .renamed, .moved: break
    }
    let before = row.before.map { ValueText.told($0, limit: limit) }
    let after = row.after.map { ValueText.told($0, limit: limit) }
    if let before, let after {
      if secret(row.before), secret(row.after) { return (nil, otherSecret(row.before, row.after)) }
      let (left, right) = ValueText.pair(before, after, limit: limit)
      return (left, right)
    }
    return (
      before.map { ValueText.short($0, limit: limit) },
      after.map { ValueText.short($0, limit: limit) }
    )
  }

  private static func items(_ value: Value?, limit: Int) -> String {
    guard case .list(let items)? = value else { return "" }
    return ValueText.short(items.compactMap(\.plainText).joined(separator: ", "), limit: limit)
  }

  private static func otherSecret(_ before: Value?, _ after: Value?) -> String {
    let texts = [before?.plainText ?? "", after?.plainText ?? ""]
    if texts[1].hasSuffix(", cannot be compared}}") { return "cannot be compared" }
    // What follows `@` is a digest of what isn't secret.
    let isDocument = texts.allSatisfy { $0.contains("@") && $0.contains("(") }
    return isDocument ? "another document with secrets (not shown)" : "another secret (not shown)"
  }

  private static func secret(_ value: Value?) -> Bool {
    value?.plainText.map { SecretMask.isPlaceholder($0) } ?? false
  }

  /// The other places of an edit, in one sentence; empty if there are none.
  static func also(_ row: DiffView.Row, most: Int) -> String {
    guard !row.also.isEmpty else { return "" }
    let shown = row.also.prefix(most).joined(separator: "; ")
    let rest = row.also.count - most
    return "also in \(count(row.also.count, "other place")): " + shown
      + (rest > 0 ? "; and \(rest) more" : "")
  }

  static func place(_ causes: [SourceLine]) -> String {
    causes.prefix(2).map { line in
      "\(line.file):\(line.line)" + (line.isBefore ? " (before)" : "")
    }.joined(separator: ", ")
  }

  static func steps(_ names: [String], most: Int) -> String {
    let shown = names.prefix(most).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > most ? shown + " and \(names.count - most) more" : shown
  }
}
