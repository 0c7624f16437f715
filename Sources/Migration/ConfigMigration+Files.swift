import Documents
import Diagnostics
import SourceText
import Values

/// Files next to the configuration.
extension ConfigMigration {
  mutating func otherFiles() -> [MigratedFile] {
    var files: [MigratedFile] = []
    var targets = TargetMigration(rules: rules.targets)
    for document in [main] + companions.map(\.document) {
      for path in rules.targets.from {
        for entry in document.entries(at: path) {
          targets.read(entry.node, document, path, entry.keySpan) { given[$0] ?? value(at: $0) }
        }
      }
    }
    for extra in rules.extras {
      guard let entry = main.entry(at: extra.from), main.tree.kind(entry.node) == .map else {
        continue
      }
      consumed.insert(extra.from)
      targets.convert(entry.node, extra.kind, main, at: extra.from, to: extra.file)
    }
    diagnostics += targets.diagnostics
    keys += targets.keys
    files += targets.files
    if let entry = main.entry(at: rules.resolver), isResolver(entry.node) {
      consumed.insert(rules.resolver)
      keys.append(
        key(main, rules.resolver, entry.keySpan, .file("resolver.json", at: "")))
      let value = Self.camelCased(Value(main.tree, entry.node))
      files.append(Self.json("resolver.json", value))
    } else if LegacyLayout.detect(main.tree, schema: schema) != nil, needsResolver {
      files.append(Self.json("resolver.json", rules.standardResolver))
    }
    return files
  }

  func isResolver(_ node: NodeID) -> Bool {
    main.tree.value(node, "schema") != nil && main.tree.value(node, "data") != nil
  }

  /// Whether the layout is from before there was a resolver file.
  var needsResolver: Bool { main.lacks(["aws.s3"]) }

  static func json(_ path: String, _ value: Value) -> MigratedFile {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(value, revealingSecrets: true)
    writer.newline()
    return MigratedFile(path: path, text: writer.bytes, isSecret: false)
  }

  /// Keys in JSON's spelling: `vendor_prefixes` becomes `vendorPrefixes`.
  static func camelCased(_ value: Value) -> Value {
    switch value {
    case .list(let items): return .list(items.map(camelCased))
    case .map(let map):
      return .map(
        ValueMap(
          map.entries.map { entry in
            guard case .string(let key) = entry.key else {
              return (key: entry.key, value: camelCased(entry.value))
            }
            let parts = key.split(separator: "_")
            let name =
              (parts.first.map(String.init) ?? "")
              + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            return (key: .string(name), value: camelCased(entry.value))
          }))
    default: return value
    }
  }
}
