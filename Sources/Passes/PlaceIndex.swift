import PipelineIR
import Values

/// Which places are inside which others, by the texts of their folders.
struct Nesting {
  /// The indices of the texts sorted by bytes, equal ones in order. Everything sorted between a
  /// folder and a place inside it is inside that folder too.
  let order: [Int]
  /// For each text the nearest one that it is inside of, or equals and comes after.
  private let parents: [Int?]

  init(_ texts: [[UInt8]]) {
    order = texts.indices.sorted { left, right in
      texts[left] == texts[right]
        ? left < right : texts[left].lexicographicallyPrecedes(texts[right])
    }
    var parents = [Int?](repeating: nil, count: texts.count)
    var open: [Int] = []
    for place in order {
      while let last = open.last, !texts[place].starts(with: texts[last]) { open.removeLast() }
      parents[place] = open.last
      open.append(place)
    }
    self.parents = parents
  }

  var count: Int { parents.count }

  /// The place itself and those that it lies in, from the inside out.
  func chain(_ place: Int) -> some Sequence<Int> { sequence(first: place) { parents[$0] } }
}

/// Which places of a program are inside which others: `s3://b/x/y/` in `s3://b/x/`.
struct PlaceIndex {
  private let nesting: Nesting

  init(_ program: Program) {
    nesting = Nesting(program.places.map { Array(program.text($0.text).utf8) })
  }

  var count: Int { nesting.count }

  /// The place itself and those that it lies in, from the inside out.
  func chain(_ place: PlaceID) -> some Sequence<Int> { nesting.chain(Int(place.index)) }

  func overlap(_ one: PlaceID, _ two: PlaceID) -> Bool {
    chain(one).contains(Int(two.index)) || chain(two).contains(Int(one.index))
  }
}

/// The last step or stage with one kind of access (a write, a deletion, …) at or inside each place.
struct LastSteps {
  private let index: PlaceIndex
  private var own: [Int?]
  private var inside: [Int?]
  /// The last steps that touch all of a place.
  private var wholes: [Int?]
  /// For each place, the last step at each part of it.
  private var parts: [[PartStep]]

  private struct PartStep {
    let part: Access.Part
    var last: Int
  }

  init(_ index: PlaceIndex) {
    self.index = index
    own = Array(repeating: nil, count: index.count)
    inside = own
    wholes = own
    parts = Array(repeating: [], count: index.count)
  }

  mutating func set(_ place: PlaceID, part: Access.Part? = nil, step: Int) {
    let number = Int(place.index)
    own[number] = Self.later(own[number], step)
    for holder in index.chain(place).dropFirst() {
      inside[holder] = Self.later(inside[holder], step)
    }
    guard let part else {
      wholes[number] = Self.later(wholes[number], step)
      return
    }
    if let known = parts[number].firstIndex(where: { $0.part == part }) {
      parts[number][known].last = step
    } else {
      parts[number].append(PartStep(part: part, last: step))
    }
  }

  /// The last step at an overlapping place, but not at other parts of the same place.
  func last(overlapping place: PlaceID, part: Access.Part? = nil) -> Int? {
    let number = Int(place.index)
    let elsewhere = index.chain(place).dropFirst().reduce(inside[number]) {
      Self.later($0, own[$1])
    }
    guard let part else { return Self.later(own[number], elsewhere) }
    return parts[number].reduce(Self.later(wholes[number], elsewhere)) { last, known in
      known.part.differs(from: part) ? last : Self.later(last, known.last)
    }
  }

  static func later(_ one: Int?, _ two: Int?) -> Int? {
    guard let one, let two else { return one ?? two }
    return max(one, two)
  }
}

/// All steps with one kind of access at or inside each place, in order.
struct StepsAtPlaces {
  private let index: PlaceIndex
  private var own: [[Int]]
  private var inside: [[Int]]

  init(_ index: PlaceIndex) {
    self.index = index
    own = Array(repeating: [], count: index.count)
    inside = own
  }

  mutating func add(_ place: PlaceID, step: Int) {
    own[Int(place.index)].append(step)
    for holder in index.chain(place).dropFirst() { inside[holder].append(step) }
  }

  /// The steps at overlapping places; those at several places, several times.
  func all(overlapping place: PlaceID) -> [Int] {
    index.chain(place).flatMap { own[$0] } + inside[Int(place.index)]
  }

  /// The first step at an overlapping place that meets a condition.
  func first(overlapping place: PlaceID, where condition: (Int) -> Bool) -> Int? {
    let lists = index.chain(place).map { own[$0] } + [inside[Int(place.index)]]
    return lists.compactMap { $0.first(where: condition) }.min()
  }
}

/// Which datasets a place touches.
struct DatasetIndex {
  let index: PlaceIndex
  private var own: [[Int]]
  private var inside: [[Int]]

  init(_ program: Program) { self.init(program, PlaceIndex(program)) }

  init(_ program: Program, _ index: PlaceIndex) {
    self.index = index
    own = Array(repeating: [], count: index.count)
    inside = own
    for (number, dataset) in program.datasets.enumerated() {
      for place in dataset.places {
        own[Int(place.index)].append(number)
        for holder in index.chain(place).dropFirst() { inside[holder].append(number) }
      }
    }
  }

  /// The datasets with a place that overlaps, each once, in the pipeline's order.
  func touched(by place: PlaceID) -> [Int] {
    Set(index.chain(place).flatMap { own[$0] } + inside[Int(place.index)]).sorted()
  }
}
