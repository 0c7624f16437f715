/// Two steps, of which the later one starts only when the earlier one is completed.
package struct Precedence<Datum: Hashable & Sendable, Use: Hashable & Sendable>: Hashable, Sendable
{
  package enum Reason: Hashable, Sendable {
    /// Both use the same data, and one of them changes it.
    case data(Datum, earlier: Use, later: Use)
    /// The pipeline orders them with `after`.
    case after
    /// One of them is a step of the cluster itself.
    case cluster
  }

  /// Indices of steps in the order of the run; the earlier one is less.
  package var earlier: Int
  package var later: Int
  package var reason: Reason

  package init(earlier: Int, later: Int, reason: Reason) {
    self.earlier = earlier
    self.later = later
    self.reason = reason
  }
}
