/// An immutable table: memory that its arena owns, or part of the program's read-only data.
struct FlatTable<Element: BitwiseCopyable>: RandomAccessCollection, @unchecked Sendable {
  let storage: UnsafeBufferPointer<Element>

  /// The memory must never be freed or changed.
  init(_ buffer: UnsafeBufferPointer<Element>) { storage = buffer }

  /// Copies an array; free it with `deallocate`.
  init(copying array: [Element]) {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: array.count)
    _ = copy.initialize(from: array)
    storage = UnsafeBufferPointer(copy)
  }

  func deallocate() { storage.deallocate() }

  var startIndex: Int { 0 }
  var endIndex: Int { storage.count }

  subscript(position: Int) -> Element {
    precondition(position >= 0 && position < storage.count, "no such row")
    return storage[position]
  }
}

extension FlatTable<UInt8> {
  /// The bytes of a name.
  func buffer(_ range: TextRange) -> Slice<UnsafeBufferPointer<UInt8>> {
    precondition(range.indices.upperBound <= count, "no such name")
    return storage[range.indices]
  }
}
