import Text
import Platform

/// The process's environment variables.
package struct Environment: Sendable {
  package static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// All variables; of duplicates the first counts, as for `getenv`.
  package static func all() -> [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
      if let equals = bytes.firstIndex(of: .equals) {
        let key = String(
          decoding: UnsafeRawBufferPointer(rebasing: bytes[..<equals]), as: UTF8.self)
        if result[key] == nil { result[key] = String(cString: text + equals + 1) }
      }
      entry += 1
    }
    return result
  }
}
