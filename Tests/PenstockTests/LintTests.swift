#if canImport(HTTP)
  import Text
  import Foundation
  import Synchronization
  import TestSupport
  import Testing
  import Values

  /// `penstock lint` against registries on this machine.
  @Suite struct LintTests {
    /// A registry with given schemas, which records requests.
    final class Registry: Sendable {
      typealias Answer = @Sendable (SocketServer.Request) -> SocketServer.Reply?

      private let log: Log
      let server: SocketServer

      final class Log: Sendable {
        let asked = Mutex<[String]>([])
      }

      /// - Parameter answer: takes precedence over the schemas, unless nil.
      init(_ schemas: [String: String] = [:], answer: @escaping Answer = { _ in nil }) throws {
        let log = Log()
        self.log = log
        server = try SocketServer { request in
          log.asked.withLock { $0.append(request.path) }
          if let reply = answer(request) { return reply }
          guard let body = schemas[request.path] else { return .answer(status: 404) }
          return .answer(status: 200, body: body)
        }
      }

      var asked: [String] { log.asked.withLock { $0.sorted() } }

      func forget() { log.asked.withLock { $0 = [] } }
    }

    static func schema(_ name: String, version: String = "1-0-0", vendor: String = "com.acme") -> (
      path: String, text: String
    ) {
      (
        "/schemas/\(vendor)/\(name)/jsonschema/\(version)",
        """
        {"self": {"vendor": "\(vendor)", "name": "\(name)", "format": "jsonschema",
          "version": "\(version)"}, "type": "object", "properties": {"size": {"maximum": 4}}}
        """
      )
    }

    static func resolver(_ registries: [(uri: String, rest: String)]) -> String {
      let list = registries.enumerated().map { at, registry in
        """
        {"name": "R\(at)", "priority": \(at), "vendorPrefixes": ["com.acme"],
         "connection": {"http": {"uri": "\(registry.uri)"\(registry.rest)}}}
        """
      }
      return """
        {"schema": "iglu:com.snowplowanalytics.iglu/resolver-config/jsonschema/1-0-3",
         "data": {"cacheSize": 500, "repositories": [\(list.joined(separator: ", "))]}}
        """
    }

    /// A folder with a resolver and enrichments, and a cache of its own.
    static func scratch(
      _ registries: [(uri: String, rest: String)], _ names: [String] = ["size"], size: Int = 4
    ) throws -> Scratch {
      let scratch = try Scratch()
      try scratch.file("resolver.json", resolver(registries))
      for name in names {
        try scratch.file(
          "enrichments/\(name).json",
          """
          {"schema": "iglu:com.acme/\(name)/jsonschema/1-0-0",
           "data": {"name": "\(name)", "vendor": "com.acme", "enabled": true, "size": \(size)}}
          """)
      }
      return scratch
    }

    static func lint(
      _ scratch: Scratch, _ more: [String] = [], _ variables: [String: String] = [:]
    ) throws -> Run {
      try Run(
        ["lint", "enrichments", "-r", "resolver.json", "-n", "enrichments", "--quiet"] + more,
        environment: ["XDG_CACHE_HOME": scratch.folder.appending(path: "cache").path]
          .merging(variables) { $1 },
        folder: scratch.folder)
    }

    @Test func staticRegistriesAreAskedForFiles() throws {
      let (path, text) = Self.schema("size")
      let registry = try Registry([path: text])
      defer { registry.server.stop() }
      let good = try Self.lint(try Self.scratch([(registry.server.url + "/", "")]))
      #expect(good.status == 0 && good.text == "Valid enrichments\n", "\(good.errors)")
      #expect(registry.asked == [path, "/schemas/com.acme/size/jsonschema/1-0-1"])
      let bad = try Self.lint(try Self.scratch([(registry.server.url, "")], size: 5))
      #expect(bad.status == 1 && bad.errors.contains("enrichments/size.json:2:"))
      #expect(bad.errors.contains("\(registry.server.url)\(path):"), "\(bad.errors)")
    }

    /// Its paths are a static registry's, below `/api`; it requires a key, and lists its schemas.
    @Test func igluServersAreAskedWithTheirKey() throws {
      let schemas = [Self.schema("size"), Self.schema("size", version: "1-0-1")]
      let registry = try Registry { request in
        guard request.headers["apikey"] == "k3y" else { return .answer(status: 401) }
        for schema in schemas where request.path == "/api" + schema.path {
          return .answer(status: 200, body: schema.text)
        }
        switch request.path {
        case "/api/schemas/com.acme/size":
          return .answer(
            status: 200,
            body: #"["iglu:com.acme/size/jsonschema/1-0-0", "iglu:com.acme/size/jsonschema/1-0-1"]"#
          )
        case "/api/schemas/com.acme":
          return .answer(status: 200, body: "[\(schemas.map(\.text).joined(separator: ","))]")
        default: return .answer(status: 404, body: #"{"message": "The schema is not found"}"#)
        }
      }
      defer { registry.server.stop() }
      let place = (uri: registry.server.url + "/api", rest: #", "apikey": "k3y""#)
      let good = try Self.lint(try Self.scratch([place]))
      #expect(good.status == 0, "\(good.errors)")
      let misspelt = try Self.lint(try Self.scratch([place], ["sise"]))
      #expect(misspelt.errors.contains("did you mean `size`?"), "\(misspelt.errors)")
      let scratch = try Self.scratch([place], [])
      try scratch.file(
        "enrichments/a.json", #"{"schema": "iglu:com.acme/size/jsonschema/2-0-0", "data": {}}"#)
      let version = try Self.lint(scratch)
      #expect(version.errors.contains("did you mean `1-0-1`?"), "\(version.errors)")
      let wrong = try Self.lint(try Self.scratch([(place.uri, #", "apikey": "wr0ng""#)]))
      #expect(wrong.status == 1 && wrong.errors.contains("error[registry-unauthorised]"))
      #expect(!wrong.errors.contains("wr0ng"))
    }

    @Test(arguments: [
      (SocketServer.Reply.answer(status: 404), "iglu-schema-missing", 1),
      (.answer(status: 401), "registry-unauthorised", 1),
      (.answer(status: 403), "registry-unauthorised", 1),
      (.answer(status: 500), "registry-failed", 3), (.answer(status: 503), "registry-failed", 3),
      (.answer(status: 418), "registry-failed", 1), (.reset, "registry-unreachable", 3),
      (.silence, "registry-unreachable", 2),
      (.half(.answer(status: 200, body: "{}")), "registry-unreachable", 3),
      (.answer(status: 200, body: "<html>"), "registry-malformed", 1),
      (.answer(status: 200, body: ""), "registry-malformed", 1),
      (
        .answer(status: 200, headers: ["Content-Encoding": "br"], body: "x"), "registry-malformed",
        1
      ),
      (.bytes(status: 200, body: [0x1F, 0x8B, 8, 0, 1]), "registry-malformed", 1),
      (.answer(status: 302), "registry-malformed", 1),
      (.answer(status: 302, headers: ["Location": "ftp://x"]), "registry-malformed", 1),
    ])
    func failuresAreToldApart(reply: SocketServer.Reply, code: String, requests: Int) throws {
      let path = Self.schema("size").path
      let registry = try Registry { $0.path == path ? reply : .answer(status: 404) }
      defer { registry.server.stop() }
      let run = try Self.lint(
        try Self.scratch([(registry.server.url, "")]), ["--timeout", "0.5"])
      #expect(run.status == 1 && run.output.isEmpty)
      #expect(run.errors.contains("error[\(code)]"), "\(run.errors)")
      #expect(run.errors.contains("note: `R0` (\(registry.server.url)) "), "\(run.errors)")
      #expect(registry.asked.filter { $0 == path }.count == requests)
    }

    @Test func namesWithoutAnAddressAreUnreachable() throws {
      let run = try Self.lint(try Self.scratch([("http://registry.invalid", "")]))
      #expect(run.status == 1 && run.errors.contains("error[registry-unreachable]"))
      #expect(run.errors.contains("the host name can't be resolved"), "\(run.errors)")
    }

    @Test func aPortWhereNobodyListensIsUnreachable() throws {
      let server = try SocketServer(isListening: false) { _ in .reset }
      let run = try Self.lint(try Self.scratch([(server.url, "")]))
      #expect(run.status == 1 && run.errors.contains("connection refused"), "\(run.errors)")
    }

    /// A registry that answers late is waited for, and one that fails for a moment is asked again.
    @Test func slowAndShakyRegistriesAreBorneWith() throws {
      let (path, text) = Self.schema("size")
      let count = Mutex(0)
      let registry = try Registry { request in
        guard request.path == path else { return nil }
        let turn = count.withLock { count in
          count += 1
          return count
        }
        if turn == 1 { return .answer(status: 503, headers: ["Retry-After": "0"]) }
        Thread.sleep(forTimeInterval: 0.3)
        return .answer(status: 200, body: text)
      }
      defer { registry.server.stop() }
      let run = try Self.lint(try Self.scratch([(registry.server.url, "")]))
      #expect(run.status == 0, "\(run.errors)")
      #expect(count.withLock { $0 } == 2)
    }

    @Test func redirectsAreFollowedWithoutTheKey() throws {
      let (path, text) = Self.schema("size")
      let keys = Mutex<[String?]>([])
      let other = try Registry { request in
        keys.withLock { $0.append(request.headers["apikey"]) }
        return request.path == "/moved" + path && request.query["v"] == "1 2"
          ? .answer(status: 200, body: text) : nil
      }
      let registry = try Registry { request in
        if request.path == path {
          return .answer(status: 301, headers: ["Location": "/once" + path])
        }
        if request.path == "/once" + path {
          keys.withLock { $0.append(request.headers["apikey"]) }
          return .answer(
            status: 307, headers: ["Location": "\(other.server.url)/moved\(path)?v=1%202"])
        }
        return nil
      }
      defer { registry.server.stop() }
      defer { other.server.stop() }
      let run = try Self.lint(
        try Self.scratch([(registry.server.url, #", "apikey": "k3y""#)]))
      #expect(run.status == 0, "\(run.errors)")
      #expect(keys.withLock { $0 } == ["k3y", nil])
    }

    /// A registry must not make this machine ask hosts that only it can reach.
    @Test func redirectsStayWithTheRegistry() throws {
      let (path, text) = Self.schema("size")
      let asked = Mutex(0)
      let other = try Registry { request in
        asked.withLock { $0 += 1 }
        return request.path == path ? .answer(status: 200, body: text) : nil
      }
      // The same server, by a name that isn't the registry's.
      let internalName = other.server.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
      let registry = try Registry { request in
        request.path == path
          ? .answer(status: 302, headers: ["Location": internalName + path]) : nil
      }
      defer { registry.server.stop() }
      defer { other.server.stop() }
      let refused = try Self.lint(try Self.scratch([(registry.server.url, "")]))
      #expect(refused.status == 1)
      #expect(
        refused.errors.contains("redirects to another host, `localhost`"), "\(refused.errors)")
      #expect(asked.withLock { $0 } == 0)
      let named = try Self.lint(
        try Self.scratch([(registry.server.url, ""), (internalName + "/elsewhere", "")]))
      #expect(named.status == 0, "\(named.errors)")
    }

    @Test func circlesOfRedirectsEnd() throws {
      let registry = try Registry { .answer(status: 302, headers: ["Location": $0.path]) }
      defer { registry.server.stop() }
      let run = try Self.lint(try Self.scratch([(registry.server.url, "")]))
      #expect(run.errors.contains("error[registry-failed]"), "\(run.errors)")
    }

    @Test(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
    func packedSchemasAreUnpacked() throws {
      let (path, text) = Self.schema("size")
      // Compressed by Python, as by any web server.
      let packed = try Python.run("gzip_text.py", [], input: text)
      let bytes = try #require(Base64.decode(packed.output.trimmingCharacters(in: .newlines).utf8))
      for headers in [["Content-Encoding": "gzip"], [:]] {
        let registry = try Registry { request in
          request.path == path ? .bytes(status: 200, headers: headers, body: bytes) : nil
        }
        defer { registry.server.stop() }
        let run = try Self.lint(try Self.scratch([(registry.server.url, "")], size: 5))
        #expect(run.status == 1 && run.errors.contains("schema-out-of-range"), "\(run.errors)")
      }
    }

    @Test(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
    func certificatesOfAnAuthorityOfOnesOwn() throws {
      let (path, text) = Self.schema("size")
      let files = try Scratch()
      try files.file("answers" + path, text)
      let server = try SecureServer(files.folder)
      defer { server.stop() }
      let place = [(uri: "https://localhost:\(server.port)", rest: "")]
      let bundle = files.folder.appending(path: "ca.pem").path
      let trusted = try Self.lint(try Self.scratch(place), [], ["SSL_CERT_FILE": bundle])
      #expect(trusted.status == 0, "\(trusted.errors)")
      let strange = try Self.lint(try Self.scratch(place))
      #expect(strange.status == 1 && strange.errors.contains("error[registry-unreachable]"))
      #expect(strange.errors.contains("its certificate isn't trusted"), "\(strange.errors)")
    }

    @Test func proxiesAreAsked() throws {
      let (_, text) = Self.schema("size")
      let proxy = try Registry { request in
        request.method == "CONNECT" ? .answer(status: 200) : .answer(status: 200, body: text)
      }
      defer { proxy.server.stop() }
      let scratch = try Self.scratch([("http://registry.invalid", "")])
      let run = try Self.lint(scratch, [], ["HTTP_PROXY": proxy.server.url])
      #expect(run.status == 0, "\(run.errors)")
      let bad = try Self.lint(scratch, [], ["HTTP_PROXY": "ftp://hunter2@x"])
      #expect(bad.status == 1 && bad.errors.contains("HTTP_PROXY isn't the address"))
      #expect(!bad.errors.contains("hunter2"))
    }

    /// A registry that is asked first decides, and one that fails is passed over with a warning.
    @Test func registriesAreAskedInTheirOrder() throws {
      let (path, text) = Self.schema("size")
      let strict = text.replacingOccurrences(of: "\"maximum\": 4", with: "\"maximum\": 3")
      let loose = try Registry([path: text])
      let tight = try Registry([path: strict])
      defer { loose.server.stop() }
      defer { tight.server.stop() }
      let first = try Self.lint(
        try Self.scratch([(loose.server.url, ""), (tight.server.url, "")]))
      #expect(first.status == 0 && tight.asked.isEmpty)
      let second = try Self.lint(
        try Self.scratch([(tight.server.url, ""), (loose.server.url, "")]))
      #expect(second.status == 1)
      let failing = try Registry { _ in .answer(status: 401) }
      defer { failing.server.stop() }
      let scratch = try Self.scratch([(failing.server.url, ""), (loose.server.url, "")])
      let passed = try Self.lint(scratch)
      #expect(passed.status == 0)
      #expect(try Self.lint(scratch, ["--strict"]).errors.contains("error[registry-unauthorised]"))
    }

    // MARK: The cache

    private static let thirty = (10..<40).map { "e\($0)" }

    /// Thirty enrichments: each look-up once, all at the same time; then none.
    @Test func aColdCacheAsksOnceAndAWarmOneNever() throws {
      let schemas = Self.thirty.map { Self.schema($0) }
      let inFlight = Mutex(0)
      let most = Mutex(0)
      let all = Dictionary(uniqueKeysWithValues: schemas.map { ($0.path, $0.text) })
      let registry = try Registry(all) { _ in
        let now = inFlight.withLock { count in
          count += 1
          return count
        }
        most.withLock { $0 = max($0, now) }
        Thread.sleep(forTimeInterval: 0.1)
        inFlight.withLock { $0 -= 1 }
        return nil
      }
      defer { registry.server.stop() }
      let scratch = try Self.scratch([(registry.server.url, "")], Self.thirty)
      let start = ContinuousClock.now
      let cold = try Self.lint(scratch)
      let took = ContinuousClock.now - start
      #expect(cold.status == 0, "\(cold.errors)")
      // Each schema, and whether there is a later addition to it: 60 requests of 0.1 s.
      let asked = registry.asked
      #expect(asked.count == 60 && Set(asked).count == 60)
      #expect(most.withLock { $0 } >= 8)
      #expect(took < .seconds(4), "\(took)")
      registry.forget()
      let warm = try Self.lint(scratch)
      #expect(warm.status == 0 && warm.output == cold.output && registry.asked.isEmpty)
      // What was fetched is available without a network, and when its registry is gone.
      let offline = try Self.lint(scratch, ["--offline"])
      #expect(offline.status == 0 && offline.output == cold.output)
    }

    @Test func whatIsOldIsFetchedAgainAndUsedWhereItCannotBe() throws {
      let (path, text) = Self.schema("size")
      let isDown = Mutex(false)
      let registry = try Registry { request in
        if isDown.withLock({ $0 }) { return .answer(status: 500) }
        return request.path == path ? .answer(status: 200, body: text) : nil
      }
      defer { registry.server.stop() }
      let scratch = try Self.scratch([(registry.server.url, "")])
      #expect(try Self.lint(scratch).status == 0)
      let cache = scratch.folder.appending(path: "cache/penstock/iglu")
      let names = try FileManager.default.subpathsOfDirectory(atPath: cache.path)
        .filter { $0.hasSuffix("1-0-0") }
      #expect(names.count == 1)
      let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -100_000)]
      let kept = cache.appending(path: try #require(names.first))
      try FileManager.default.setAttributes(old, ofItemAtPath: kept.path)
      registry.forget()
      #expect(try Self.lint(scratch).status == 0)
      #expect(registry.asked == [path])
      try FileManager.default.setAttributes(old, ofItemAtPath: kept.path)
      isDown.withLock { $0 = true }
      let run = try Run(
        ["lint", "enrichments", "-r", "resolver.json", "-n", "enrichments"],
        environment: ["XDG_CACHE_HOME": scratch.folder.appending(path: "cache").path],
        folder: scratch.folder)
      #expect(run.status == 0 && run.errors.contains("warning[registry-failed]"), "\(run.errors)")
      let mode = try FileManager.default.attributesOfItem(atPath: kept.path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }

    /// `cacheSize` 0 keeps nothing, `cacheTtl` says for how long, and garbage is never kept.
    @Test func theResolverSaysWhatIsKept() throws {
      let (path, text) = Self.schema("size")
      let registry = try Registry([path: text])
      defer { registry.server.stop() }
      let scratch = try Self.scratch([(registry.server.url, "")])
      let resolver = Self.resolver([(registry.server.url, "")])
      try scratch.file(
        "resolver.json",
        resolver.replacingOccurrences(of: "\"cacheSize\": 500", with: "\"cacheSize\": 0"))
      for _ in 0..<2 { #expect(try Self.lint(scratch).status == 0) }
      #expect(registry.asked.count == 4)
      let garbage = try Registry { _ in .answer(status: 200, body: "<html>") }
      defer { garbage.server.stop() }
      let other = try Self.scratch([(garbage.server.url, "")])
      for _ in 0..<2 { #expect(try Self.lint(other).status == 1) }
      #expect(garbage.asked.filter { $0 == path }.count == 2)
    }

    @Test func theFolderOfTheCommandLineIsAskedFirst() throws {
      let (path, text) = Self.schema("size")
      let registry = try Registry([path: "<html>"])
      defer { registry.server.stop() }
      let scratch = try Self.scratch([(registry.server.url, "")])
      try scratch.file("mine" + path, text)
      #expect(try Self.lint(scratch, ["--registry", "mine"]).status == 0)
      #expect(registry.asked.isEmpty)
    }

    @Test func badTimeoutsAreRefused() throws {
      for text in ["0", "-1", "x", "1e9", "nan"] {
        let run = try Self.lint(try Self.scratch([]), ["--timeout=\(text)"])
        #expect(run.status == 1 && run.errors.contains("error[invalid-option-value]"), "\(text)")
      }
    }
  }
#endif
