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

  /// The user's home folder, an absolute path: `HOME`, or else that of the user's entry in
  /// `/etc/passwd`, because `cron` and containers may start programs without `HOME` or with a
  /// relative one. Nil if neither
  /// says one.
  ///
  /// `getpwuid` would load libraries at run time, which a static program can't.
  package static var home: String? {
    if let home = value("HOME"), home.hasPrefix("/") { return home }
    guard let passwd = try? Files.read("/etc/passwd") else { return nil }
    return home(of: getuid(), in: passwd)
  }

  /// - Parameter passwd: lines `name:password:uid:gid:comment:home:shell`.
  package static func home(of user: UInt32, in passwd: [UInt8]) -> String? {
    for line in passwd.split(separator: .newline) {
      let fields = line.split(separator: .colon, omittingEmptySubsequences: false)
      guard fields.count > 5, fields[2].elementsEqual(String(user).utf8) else { continue }
      return fields[5].first == .slash ? String(decoding: fields[5], as: UTF8.self) : nil
    }
    return nil
  }
}
