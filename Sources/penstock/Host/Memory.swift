internal import CMalloc

/// How the process gets memory from the system.
enum Memory {
  /// Makes ready for the compilation of a text of that many bytes.
  ///
  /// While a large one is compiled, tables grow by being copied. Their memory stays with the process
  /// then, and is used again: from the system each new table would come page by page.
  static func prepare(forText count: Int) {
    guard count >= 1 << 20 else { return }
    _ = mallopt(M_MMAP_MAX, 0)
    _ = mallopt(M_TRIM_THRESHOLD, Int32.max)
    _ = mallopt(M_TOP_PAD, 1 << 24)
  }
}
