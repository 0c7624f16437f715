import Iglu
import Parallel

/// A registry that is asked for what isn't cached, or was cached too long ago.
struct CachedSource: SchemaSource {
  let cache: SchemaCache
  /// Asks it; nil if that isn't allowed.
  let inner: (any SchemaSource)?
  /// Why it isn't asked.
  let whyNot: String
  /// How a schema's address begins.
  let place: String

  func schema(_ key: SchemaKey) async -> SourceAnswer {
    let kept = cache.entry(key)
    if let kept, inner == nil || kept.isFresh { return answer(kept, key) }
    guard let inner else { return .failed(RegistryFailure(.notAsked, whyNot)) }
    // Only schemas are cached.
    let asked = SchemaText.checked(await inner.schema(key), for: key)
    switch asked {
    case .found(let found, _):
      cache.keep(found.bytes, for: key)
      return .found(text(found.bytes, key))
    case .missing: cache.keep(nil, for: key)
    case .failed(let failure):
      if let kept, let bytes = kept.bytes {
        return .found(text(bytes, key), instead: failure)
      }
    }
    return asked
  }

  private func answer(_ entry: SchemaCache.Entry, _ key: SchemaKey) -> SourceAnswer {
    entry.bytes.map { .found(text($0, key)) } ?? .missing
  }

  private func text(_ bytes: [UInt8], _ key: SchemaKey) -> SchemaText {
    SchemaText(bytes: bytes, name: "\(place)/schemas/\(key.path)")
  }

  func versions(of family: SchemaFamily, near version: SchemaVersion) async -> [SchemaVersion] {
    guard let inner else { return [] }
    let listed = await inner.versions(of: family, near: version)
    guard listed.isEmpty else { return listed }
    // If a registry doesn't list its schemas, likely ones are tried.
    let neighbours = version.neighbours
    let answers = await neighbours.concurrently {
      await schema(SchemaKey(family: family, version: $0))
    }
    return zip(neighbours, answers).compactMap { near, answer in
      if case .found = answer { near } else { nil }
    }
  }

  func names(of vendor: String) async -> [String] { await inner?.names(of: vendor) ?? [] }

  func vendors() async -> [String] { await inner?.vendors() ?? [] }
}
