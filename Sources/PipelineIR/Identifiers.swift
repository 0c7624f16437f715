/// Identifies a stage of a `Program` by its index.
package struct StageID: Hashable, Sendable, Comparable {
  package let index: Int32
  package init(_ index: Int) { self.index = Int32(clamping: index) }
  package static func < (left: StageID, right: StageID) -> Bool { left.index < right.index }
}

/// Identifies a place of a `Program` by its index.
package struct PlaceID: Hashable, Sendable {
  package let index: Int32
  package init(_ index: Int) { self.index = Int32(clamping: index) }
}

/// Identifies a step kind of a `Program` by its index.
package struct KindID: Hashable, Sendable {
  package let index: Int32
  package init(_ index: Int) { self.index = Int32(clamping: index) }
}
