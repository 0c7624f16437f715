import CommandLineSyntax
import Compiler
package import Iglu

/// What the binary knows about registries' schemas, from tables in `data/iglu`.
package enum KnownSchemas {
  /// Schemas that Iglu Central has, for hints.
  package static let families: [SchemaFamily: [SchemaVersion]] = {
    var families: [SchemaFamily: [SchemaVersion]] = [:]
    for words in rows("central.txt") {
      guard let family = family(words[0]) else { continue }
      families[family] = words.dropFirst().compactMap { SchemaVersion($0) }
    }
    return families
  }()

  /// The schema families of a resolver configuration.
  package static var resolverFamilies: [SchemaFamily] {
    rows("roles.txt").filter { $0.first == "resolver" }.flatMap {
      $0.dropFirst().compactMap(family)
    }
  }

  /// The schemas of targets that the pipeline accepts: the URIs in that input's schema.
  package static var takenTargets: Set<String> {
    let path = "schemas/\(CommandName.defaultPipeline)/storage-target.schema.json"
    let text = String(decoding: Builtins.file(path) ?? [], as: UTF8.self)
    return Set(text.split(separator: "\"").filter { $0.hasPrefix("iglu:") }.map(String.init))
  }

  /// The built-in files used for a family's schemas, by version.
  package static func builtinFile(_ key: SchemaKey) -> String? {
    let path = key.family.path
    for words in rows("builtin.txt") where words.count == 2 && words[0] == path {
      return "\(words[1])/\(key.version).schema.json"
    }
    return nil
  }

  private static func family(_ path: Substring) -> SchemaFamily? {
    let parts = path.split(separator: "/").map(String.init)
    return parts.count == 3
      ? SchemaFamily(vendor: parts[0], name: parts[1], format: parts[2]) : nil
  }

  private static func rows(_ name: String) -> [[Substring]] {
    let text = String(decoding: Builtins.file("data/iglu/\(name)") ?? [], as: UTF8.self)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
      $0.split(separator: " ")
    }
    .filter { !$0.isEmpty }
  }
}
