import CommandLineSyntax
import Host
import Diagnostics
import Iglu
import SourceText

#if canImport(IgluClient)
  import HTTP
  import IgluClient
#endif

/// The registries named on the command line and in a resolver configuration, and how to ask them.
struct LintRegistries {
  private let invocation: Invocation
  private let first: [SchemaResolver.AskedRegistry]
  private(set) var diagnostics: [Diagnostic] = []
  private let isOffline: Bool
  private let network: RegistryNetwork
  private let caches = CacheList()

  /// The caches in use, to be pruned at the end.
  private final class CacheList {
    var caches: [SchemaCache] = []
  }

  init(_ invocation: Invocation) {
    self.invocation = invocation
    isOffline = invocation.has(.offline)
    var places: [SchemaResolver.AskedRegistry] = []
    for option in invocation.all(.registry) {
      let folder = Files.join(option.value, "schemas")
      if !Files.isFolder(folder) {
        diagnostics.append(
          .unreadableFile(
            folder, "there is no such folder to use as a registry", at: option.span))
      }
      let registry = Registry(
        name: "", connection: .embedded(path: option.value), span: option.span)
      places.append(.init(registry: registry, source: FolderSource(folder: option.value)))
    }
    first = places
    network = RegistryNetwork(timeout: invocation[.timeout], into: &diagnostics)
  }

  /// Asks the registries of a configuration; without one, only those of the command line and the
  /// built-in one.
  func resolver(of config: ResolverConfig?) -> SchemaResolver {
    let builtin = SchemaResolver.AskedRegistry(
      registry: Registry(name: "penstock", connection: .embedded(path: "<builtin>")),
      source: BuiltinSource())
    let places = (config?.registries ?? []).map { registry in
      SchemaResolver.AskedRegistry(registry: registry, source: source(of: registry, config))
    }
    return SchemaResolver(first: first, places: places, last: [builtin])
  }

  private func source(of registry: Registry, _ config: ResolverConfig?) -> any SchemaSource {
    switch registry.connection {
    case .embedded(let path): return FolderSource(folder: path)
    case .http(let uri, let key):
      let cache = SchemaCache(
        identity: "\(uri)\n\(key ?? "")",
        limits: .init(cacheSize: config?.cacheSize, cacheSeconds: config?.cacheSeconds))
      caches.caches.append(cache)
      return CachedSource(
        cache: cache,
        inner: isOffline
          ? nil : network.source(uri: uri, key: key, beside: Self.addresses(of: config)),
        whyNot: isOffline
          ? "wasn't asked (--offline), and there is no cached copy" : network.whyNot,
        place: Self.withoutSlash(registry.place))
    }
  }

  /// Of the registries of a configuration.
  private static func addresses(of config: ResolverConfig?) -> [String] {
    (config?.registries ?? []).compactMap { registry in
      if case .http(let uri, _) = registry.connection { uri } else { nil }
    }
  }

  private static func withoutSlash(_ text: String) -> String {
    var text = text[...]
    while text.hasSuffix("/") { text.removeLast() }
    return String(text)
  }

  func finish() { for cache in caches.caches { cache.prune() } }
}

#if canImport(IgluClient)
  /// The network access for asking registries.
  struct RegistryNetwork {
    let whyNot = "wasn't asked"
    private let transport: SocketTransport?
    private let limits: TransportLimits
    /// As many as a host allows connections.
    private let turns = AsyncSemaphore(16)

    init(timeout: Invocation.Text?, into diagnostics: inout [Diagnostic]) {
      var seconds = 10.0
      if let timeout {
        if let given = Double(timeout.value), given > 0, given <= 3600 {
          seconds = given
        } else {
          diagnostics.append(
            .invalidOptionValue(
              timeout.value, of: "--timeout", expected: "a number of seconds, up to 3600",
              at: timeout.span))
        }
      }
      limits = TransportLimits(
        connect: min(seconds, 5), total: seconds, bodyBytes: WebSource.largest)
      do throws(TransportSettings.SettingsError) {
        let settings = try TransportSettings(
          variables: Environment.all(), trustVariables: ["SSL_CERT_FILE", "AWS_CA_BUNDLE"])
        transport = SocketTransport(settings: settings, connectTimeout: min(seconds, 5))
      } catch {
        transport = nil
        switch error {
        case .badProxy(let variable): diagnostics.append(.badProxy(variable))
        }
      }
    }

    /// - Parameter others: the addresses of all registries that the user has configured.
    func source(uri: String, key: String?, beside others: [String]) -> (any SchemaSource)? {
      transport.map { transport in
        WebSource(
          uri: uri, key: key, hosts: Set(others.compactMap(WebSource.host)), transport: transport,
          limits: limits, turns: turns)
      }
    }
  }
#else
  /// Built without network access: nothing is asked.
  struct RegistryNetwork {
    let whyNot =
      "wasn't asked, because this penstock was built without network access: "
      + "give `--registry DIR`, or `--offline` to use the cache"

    init(timeout: Invocation.Text?, into diagnostics: inout [Diagnostic]) {}

    func source(uri: String, key: String?, beside others: [String]) -> (any SchemaSource)? { nil }
  }
#endif
