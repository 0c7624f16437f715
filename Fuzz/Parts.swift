/// Cuts an input of several files: the fuzzer mutates one sequence of bytes, a zero between two
/// files. No text that is read holds one.
enum Parts {
  static func cut(_ bytes: [UInt8], most: Int) -> [[UInt8]] {
    bytes.split(separator: 0, maxSplits: most - 1, omittingEmptySubsequences: false)
      .map(Array.init)
  }
}
