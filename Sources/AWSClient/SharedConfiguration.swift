import Text
internal import Values

/// The profiles of the AWS CLI's config and credentials files.
package struct SharedConfiguration: Hashable, Sendable {
  /// Settings by profile; those in the credentials file override those in the config file.
  package private(set) var profiles: [String: [String: String]] = [:]
  /// `[services NAME]`: settings by `service.setting`.
  package private(set) var services: [String: [String: String]] = [:]

  package init() {}

  package init(config: [UInt8]?, credentials: [UInt8]?) {
    for (section, settings) in Self.sections(config ?? []) {
      if section == "default" || section == "profile default" {
        merge(settings, into: "default")
      } else if let name = Self.name(section, after: "profile") {
        merge(settings, into: name)
      } else if let name = Self.name(section, after: "services") {
        services[name, default: [:]].merge(settings) { $1 }
      }
    }
    for (section, settings) in Self.sections(credentials ?? []) { merge(settings, into: section) }
  }

  /// Reads the files that the variables name, or those in the home folder.
  package init(_ system: SystemAccess) {
    func read(_ variable: String, _ usual: String) -> [UInt8]? {
      system.readFile(system.expanded(system.variable(variable) ?? usual))
    }
    self.init(
      config: read("AWS_CONFIG_FILE", "~/.aws/config"),
      credentials: read("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))
  }

  private mutating func merge(_ settings: [String: String], into profile: String) {
    profiles[profile, default: [:]].merge(settings) { $1 }
  }

  private static func name(_ section: String, after word: String) -> String? {
    guard section.hasPrefix(word + " ") || section.hasPrefix(word + "\t") else { return nil }
    let name = ASCII.trimmed(section.dropFirst(word.count))
    let isQuoted =
      name.count >= 2 && (name.hasPrefix("\"") || name.hasPrefix("'"))
      && name.last == name.first
    return isQuoted ? String(name.dropFirst().dropLast()) : name
  }

  /// Sections in order. An indented line belongs to the setting above it: `s3 =` with
  /// `endpoint_url = …` below it becomes `s3.endpoint_url`.
  private static func sections(_ bytes: [UInt8]) -> [(name: String, settings: [String: String])] {
    var result: [(name: String, settings: [String: String])] = []
    var parent = ""
    for line in bytes.split(whereSeparator: { $0 == .newline || $0 == .carriageReturn }) {
      let text = String(decoding: line, as: UTF8.self)
      let trimmed = ASCII.trimmed(text)
      guard let first = trimmed.first, first != "#", first != ";" else { continue }
      let isIndented = text.first == " " || text.first == "\t"
      if first == "[", !isIndented {
        guard let end = trimmed.firstIndex(of: "]") else { continue }
        let inside = trimmed[trimmed.index(after: trimmed.startIndex)..<end]
        result.append((ASCII.trimmed(inside), [:]))
        parent = ""
        continue
      }
      guard let last = result.indices.last, let equals = trimmed.firstIndex(of: "=") else {
        continue
      }
      let key = ASCII.lowercased(ASCII.trimmed(trimmed[..<equals]))
      let value = withoutComment(ASCII.trimmed(trimmed[trimmed.index(after: equals)...]))
      if isIndented, !parent.isEmpty {
        result[last].settings["\(parent).\(key)"] = value
      } else {
        result[last].settings[key] = value
        parent = value.isEmpty ? key : ""
      }
    }
    return result
  }

  /// A comment at the end of a line must follow a space.
  private static func withoutComment(_ value: String) -> String {
    var isAfterSpace = false
    for index in value.utf8.indices {
      let byte = value.utf8[index]
      if isAfterSpace, byte == .hash || byte == .semicolon { return ASCII.trimmed(value[..<index]) }
      isAfterSpace = ASCII.isSpace(byte)
    }
    return value
  }
}
