import PipelineIR
import Values

/// Which places of a program lie inside which others: `s3://b/x/y/` inside `s3://b/x/`.
struct PlaceIndex {
  /// The nearest place that each place lies in, or -1.
  let parents: [Int32]

  init(_ program: Program) {
    let texts = program.texts
    let places = program.places
    // In order of bytes, so that what lies in a place follows it.
    let order = places.indices.sorted { left, right in
      texts.withBytes(places[left].text) { left in
        texts.withBytes(places[right].text) { Self.precedes(left, $0) }
      }
    }
    var parents = [Int32](repeating: -1, count: places.count)
    var open: [Int] = []
    for index in order {
      texts.withBytes(places[index].text) { text in
        while let last = open.last {
          let holds = texts.withBytes(places[last].text) { whole in
            whole.count <= text.count
              && UnsafeBufferPointer(rebasing: text[..<whole.count]).isSame(as: whole)
          }
          if holds { break }
          open.removeLast()
        }
      }
      if let last = open.last { parents[index] = Int32(clamping: last) }
      open.append(index)
    }
    self.parents = parents
  }

  /// Whether one text stands before another in the order of bytes, eight at a time.
  private static func precedes(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let left = UnsafeRawBufferPointer(left)
    let right = UnsafeRawBufferPointer(right)
    let count = min(left.count, right.count)
    var at = 0
    while at + 8 <= count {
      let one = left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let other = right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      if one != other { return UInt64(bigEndian: one) < UInt64(bigEndian: other) }
      at += 8
    }
    while at < count {
      if left[at] != right[at] { return left[at] < right[at] }
      at += 1
    }
    return left.count < right.count
  }

  /// The place itself and those that it lies in, from the inside out.
  func chain(_ place: PlaceID) -> PlaceChain { PlaceChain(parents: parents, at: place.index) }
}

struct PlaceChain: Sequence, IteratorProtocol {
  let parents: [Int32]
  var at: Int32

  mutating func next() -> Int? {
    guard at >= 0, Int(at) < parents.count else { return nil }
    defer { at = parents[Int(at)] }
    return Int(at)
  }
}

/// The last step of one kind (a write, a deletion, …) at each place, and anywhere inside it.
struct LastSteps {
  private var own: [Int32]
  private var inside: [Int32]

  init(_ count: Int) {
    own = Array(repeating: -1, count: count)
    inside = Array(repeating: -1, count: count)
  }

  mutating func set(_ place: PlaceID, step: Int, index: PlaceIndex) {
    own[Int(place.index)] = Int32(clamping: step)
    for ancestor in index.chain(place) { inside[ancestor] = Int32(clamping: step) }
  }

  /// The last step at a place that overlaps; -1 where there is none.
  func last(overlapping place: PlaceID, index: PlaceIndex) -> Int {
    var last = inside[Int(place.index)]
    for ancestor in index.chain(place) { last = Swift.max(last, own[ancestor]) }
    return Int(last)
  }
}
