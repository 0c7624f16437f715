/// What `lint` checks.
package enum LintSubject: String, CaseIterable, Sendable {
  case resolver, enrichments, targets, all

  package var hasEnrichments: Bool { self == .enrichments || self == .all }
}
