extension [String] {
  /// The same as the library's for any collection, to which the runtime has to find the way at the
  /// first call: 120,000 instructions of a start, by valgrind.
  package func joined(separator: String) -> String {
    var text = ""
    for (number, part) in enumerated() {
      if number > 0 { text += separator }
      text += part
    }
    return text
  }
}
