/// Searches for a sequence in time linear in the text (Knuth, Morris and Pratt).
struct Search<Element: Equatable> {
  private let needle: [Element]
  /// For each number of matched elements, how many still match if the next one doesn't.
  private let fallbacks: [Int]

  init(_ needle: [Element]) {
    self.needle = needle
    var fallbacks = [0, 0]
    fallbacks.reserveCapacity(needle.count + 1)
    var fitting = 0
    for at in needle.indices.dropFirst() {
      while fitting > 0, needle[at] != needle[fitting] { fitting = fallbacks[fitting] }
      if needle[at] == needle[fitting] { fitting += 1 }
      fallbacks.append(fitting)
    }
    self.fallbacks = fallbacks
  }

  /// The first occurrence at or after `from`; an empty sequence occurs everywhere.
  func first(in text: [Element], from: Int) -> Int? {
    guard !needle.isEmpty else { return from <= text.count ? from : nil }
    var fitting = 0
    var at = max(0, from)
    while at < text.count {
      while fitting > 0, text[at] != needle[fitting] { fitting = fallbacks[fitting] }
      if text[at] == needle[fitting] { fitting += 1 }
      at += 1
      if fitting == needle.count { return at - fitting }
    }
    return nil
  }
}
