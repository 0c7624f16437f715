import Foundation
import TestSupport

/// Documents that have everything that a schema declares, with a planted text for each secret.
struct PlantedSchemas {
  /// The families and versions of storage targets: every file there is.
  static let targets: [String] = {
    let folder = Locations.repository.appending(path: folderName)
    let families = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return families.sorted().flatMap { family -> [String] in
      let place = folder.appending(path: family)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
      return names.sorted().map { "\(family)/\($0.replacing(".schema.json", with: ""))" }
    }
  }()

  private static let folderName = "schemas/snowplow/storage-targets"

  private(set) var planted: [String] = []

  /// A target of a family and version.
  mutating func target(_ name: String) throws -> [String: Any] {
    let file = Locations.repository.appending(path: "\(Self.folderName)/\(name).schema.json")
    let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    let parts = name.split(separator: "/")
    return [
      "schema":
        "iglu:com.snowplowanalytics.snowplow.storage/\(parts[0])/jsonschema/\(parts[1])",
      "data": instance(of: schema ?? [:], named: ""),
    ]
  }

  private mutating func instance(of schema: [String: Any], named name: String) -> Any {
    let types = (schema["type"] as? [String]) ?? [schema["type"] as? String ?? "object"]
    if schema["x-secret"] as? Bool == true, types.contains("string") {
      let text = SecretLeaks.planted(name)
      planted.append(text)
      return text
    }
    if let first = (schema["enum"] as? [Any])?.first { return first }
    if let first = (schema["oneOf"] as? [[String: Any]])?.first {
      return instance(of: first, named: name)
    }
    switch types.first {
    case "object":
      let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
      var map: [String: Any] = [:]
      for (key, part) in properties { map[key] = instance(of: part, named: key) }
      return map
    case "array": return [instance(of: schema["items"] as? [String: Any] ?? [:], named: name)]
    case "integer", "number": return schema["minimum"] as? Int ?? 1
    case "boolean": return true
    default: break
    }
    switch name {
    case "id": return "2c9f4a71-6b0e-4e83-9a5d-8d3f1c7e0b26"
    case "roleArn": return "arn:aws:iam::210987654321:role/RedshiftLoadRole"
    case "awsRegion": return "eu-central-1"
    case "blacklistTabular": return "iglu:com.acme.legacy/*/jsonschema/*-*-*"
    case "host": return "\(name).acme.com"
    default: return name.isEmpty ? "x" : name
    }
  }
}
