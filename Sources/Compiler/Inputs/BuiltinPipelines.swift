/// The pipelines that the binary carries.
package enum BuiltinPipelines {
  private static let prefix = "pipelines/"
  private static let suffix = ".yml"

  package static var names: [String] {
    Builtins.paths.compactMap { path in
      guard path.hasPrefix(prefix), path.hasSuffix(suffix) else { return nil }
      let name = path.dropFirst(prefix.count).dropLast(suffix.count)
      return name.contains("/") ? nil : String(name)
    }.sorted()
  }

  package static func path(of name: String) -> String { prefix + name + suffix }

  package static func text(of name: String) -> [UInt8]? {
    name.contains("/") ? nil : Builtins.file(path(of: name))
  }

  /// What its `summary:` says, on one line of its own.
  package static func summary(of name: String) -> String {
    let lines = String(decoding: text(of: name) ?? [], as: UTF8.self).split(separator: "\n")
    let key = "summary: "
    return lines.first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) } ?? ""
  }
}
