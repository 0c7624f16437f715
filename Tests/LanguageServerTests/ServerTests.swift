import Diagnostics
import Documents
import Expressions
import Foundation
import LanguageServer
import SourceText
import Synchronization
import Testing
import Values

/// Files that exist only here.
final class MemoryFiles: WorkspaceFiles, Sendable {
  private let files: Mutex<[String: String]>

  init(_ files: [String: String] = [:]) { self.files = Mutex(files) }

  func put(_ path: String, _ text: String?) { files.withLock { $0[path] = text } }

  func read(_ path: String) -> [UInt8]? {
    files.withLock { $0[path] }.map { Array($0.utf8) }
  }

  func isFile(_ path: String) -> Bool { files.withLock { $0[path] != nil } }

  func isFolder(_ path: String) -> Bool {
    files.withLock { $0.keys.contains { $0.hasPrefix(path + "/") } }
  }

  func names(in folder: String) -> [String] {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    let names = files.withLock { files in
      files.keys.filter { $0.hasPrefix(prefix) }.map {
        String($0.dropFirst(prefix.count).prefix { $0 != "/" })
      }
    }
    return Set(names).sorted()
  }
}

/// A session with the server, as an editor has it.
final class Session {
  let server: Server
  private var number = 0
  /// The last diagnostics of each document: code and range.
  private(set) var diagnostics: [String: [Value]] = [:]
  private(set) var versions: [String: Int] = [:]

  init(_ files: MemoryFiles, options: Value = .null, isInitialized: Bool = true) {
    let surroundings = Surroundings(environment: [:], timeZones: .none) { _ in
      (Value.Timestamp(seconds: 1_772_330_767, nanoseconds: 0), 0)
    }
    server = Server(
      disk: files, surroundings: surroundings, version: "1", pages: "https://example.com/",
      runProgram: { ($0.joined(separator: " "), true) })
    guard isInitialized else { return }
    _ = request(
      "initialize",
      .object(["rootUri": .string("file:///w"), "initializationOptions": options]))
    notify("initialized", .object([:]))
  }

  func send(_ message: Value) -> [Value] {
    var answers = server.receive(message.jsonBytes)
    while let more = server.step() { answers += more }
    answers += server.idle()
    let read = answers.map(Self.read)
    for message in read where message["method"]?.text == "textDocument/publishDiagnostics" {
      guard let params = message["params"], let uri = params["uri"]?.text else { continue }
      diagnostics[uri] = params["diagnostics"]?.items
      versions[uri] = params["version"]?.number
    }
    return read
  }

  static func read(_ bytes: [UInt8]) -> Value {
    var ignored: [Diagnostic] = []
    guard let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &ignored),
      let root = tree.root
    else { return .null }
    return Value(tree, root)
  }

  func ask(_ method: String, _ params: Value) -> Value {
    number += 1
    let id = Value.int(Int64(number))
    let answers = send(
      .object(["jsonrpc": .string("2.0"), "id": id, "method": .string(method), "params": params]))
    return answers.first { $0["id"] == id } ?? .null
  }

  func request(_ method: String, _ params: Value) -> Value {
    ask(method, params)["result"] ?? .null
  }

  @discardableResult func notify(_ method: String, _ params: Value) -> [Value] {
    send(.object(["jsonrpc": .string("2.0"), "method": .string(method), "params": params]))
  }

  func open(_ path: String, _ text: String) {
    notify(
      "textDocument/didOpen",
      .object([
        "textDocument": .object([
          "uri": .string("file://" + path), "version": .int(1), "languageId": .string("yaml"),
          "text": .string(text),
        ])
      ]))
  }

  func change(_ path: String, _ version: Int, _ text: String) {
    notify(
      "textDocument/didChange",
      .object([
        "textDocument": .object([
          "uri": .string("file://" + path), "version": .int(Int64(version)),
        ]), "contentChanges": .list([.object(["text": .string(text)])]),
      ]))
  }

  func codes(_ path: String) -> [String] {
    (diagnostics["file://" + path] ?? []).compactMap { $0["code"]?.text }
  }

  /// A request at the place marked with `|` in a text.
  func at(_ method: String, _ path: String, _ text: String, _ more: Value = .object([:])) -> Value {
    let before = text.prefix { $0 != "|" }
    let line = before.count { $0 == "\n" }
    let column = before.split(separator: "\n", omittingEmptySubsequences: false).last?.utf16.count
    let position = Value.object([
      "line": .int(Int64(line)), "character": .int(Int64(column ?? 0)),
    ])
    var params = Value.object([
      "textDocument": .object(["uri": .string("file://" + path)]), "position": position,
    ])
    for (key, value) in more.members { params = params.with(key, value) }
    return ask("textDocument/" + method, params)
  }
}

extension Value {
  var members: [(String, Value)] {
    guard case .map(let map) = self else { return [] }
    return map.entries.compactMap { entry in
      if case .string(let key) = entry.key { (key, entry.value) } else { nil }
    }
  }

  func with(_ key: String, _ value: Value) -> Value {
    guard case .map(var map) = self else { return self }
    map[key] = value
    return .map(map)
  }
}

@Suite struct ServerTests {
  static let pipeline = """
    penstock: v1
    pipeline: sessions
    inputs:
      config:
        schema: config.schema.json
        format: yaml
    let:
      place: ${config.place}
    datasets:
      raw:
        summary: What came in.
        at: ${place}raw/
      done:
        at: ${place}done/
    stages:
      - stage: move
        summary: Moves it.
        steps:
          - name: Move
            s3-dist-cp: { src: raw, dest: done }
    cluster:
      region: eu-west-1
      job-flow:
        Name: Sessions
        ReleaseLabel: emr-7.5.0
        Instances:
          InstanceGroups:
            - { InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1 }
        JobFlowRole: EMR_EC2_DefaultRole
        ServiceRole: EMR_DefaultRole

    """

  static let schema = """
    {"type": "object", "required": ["place"], "additionalProperties": false,
     "properties": {"place": {"type": "string", "description": "Where data is."},
      "password": {"type": "string", "x-secret": true}}}
    """

  static func files() -> MemoryFiles {
    MemoryFiles([
      "/w/pipeline.yml": pipeline, "/w/config.schema.json": schema,
      "/w/config.yml": "place: s3://acme/\npassword: hush\n",
    ])
  }

  @Test func requestsHaveTheirTime() {
    let session = Session(MemoryFiles(), isInitialized: false)
    #expect(session.ask("textDocument/hover", .object([:]))["error"]?["code"] == .int(-32002))
    #expect(session.ask("initialize", .object([:]))["result"] != nil)
    #expect(session.ask("initialize", .object([:]))["error"]?["code"] == .int(-32600))
    #expect(session.ask("textDocument/no", .object([:]))["error"]?["code"] == .int(-32601))
    #expect(session.ask("shutdown", .null)["error"] == nil)
    #expect(session.ask("textDocument/hover", .object([:]))["error"]?["code"] == .int(-32600))
    session.notify("exit", .null)
    #expect(session.server.ending == .afterShutdown)
  }

  @Test func anEndWithoutShutdownIsAFailure() {
    let session = Session(MemoryFiles())
    session.notify("exit", .null)
    #expect(session.server.ending == .withoutShutdown)
  }

  @Test func whatIsNoMessageIsAnswered() {
    let session = Session(MemoryFiles())
    let answers = session.server.receive(Array("{nonsense".utf8)).map(Session.read)
    #expect(answers.first?["error"]?["code"] == .int(-32700))
    #expect(
      session.server.receive(Array("[]".utf8)).map(Session.read).first?["error"]?["code"]
        == .int(-32600))
  }

  @Test func aCancelledRequestIsAnswered() {
    let session = Session(Self.files())
    session.open("/w/pipeline.yml", Self.pipeline)
    let request = Value.object([
      "jsonrpc": .string("2.0"), "id": .string("a"), "method": .string("textDocument/hover"),
      "params": .object([:]),
    ])
    let cancel = Value.object([
      "jsonrpc": .string("2.0"), "method": .string("$/cancelRequest"),
      "params": .object(["id": .string("a")]),
    ])
    #expect(session.server.receive(request.jsonBytes).isEmpty)
    #expect(session.server.receive(cancel.jsonBytes).isEmpty)
    let answers = (session.server.step() ?? []).map(Session.read)
    #expect(answers.first?["error"]?["code"] == .int(-32800))
  }

  @Test func mistakesAreShownAsTheyAreMade() {
    let session = Session(Self.files())
    session.open("/w/pipeline.yml", Self.pipeline)
    #expect(session.codes("/w/pipeline.yml") == [])
    session.change(
      "/w/pipeline.yml", 2, Self.pipeline.replacingFirst("${config.place}", "${config.plac}"))
    #expect(session.codes("/w/pipeline.yml") == ["expression-unknown-field"])
    #expect(session.versions["file:///w/pipeline.yml"] == 2)
    session.change("/w/pipeline.yml", 3, Self.pipeline)
    #expect(session.codes("/w/pipeline.yml") == [])
  }

  /// A change of one file shows in another one.
  @Test func filesOfAProjectGoTogether() {
    let files = Self.files()
    let session = Session(files)
    session.open("/w/pipeline.yml", Self.pipeline)
    session.open("/w/config.yml", "place: s3://acme/\nplaec: 1\n")
    #expect(session.codes("/w/config.yml") == ["schema-unknown-key"])
    let actions = session.ask(
      "textDocument/codeAction",
      .object([
        "textDocument": .object(["uri": .string("file:///w/config.yml")]),
        "range": .object([
          "start": .object(["line": .int(1), "character": .int(2)]),
          "end": .object(["line": .int(1), "character": .int(2)]),
        ]), "context": .object(["diagnostics": .list([])]),
      ]))
    #expect(actions["result"]?.items.first?["title"]?.text == "write `place`")
    files.put("/w/config.schema.json", Self.schema.replacingFirst("\"password\"", "\"plaec\""))
    session.notify("workspace/didChangeWatchedFiles", .object(["changes": .list([])]))
    #expect(session.codes("/w/config.yml") == ["schema-wrong-type"])
  }

  @Test func completion() {
    let session = Session(Self.files())
    func labels(_ text: String) -> [String] {
      session.open("/w/pipeline.yml", text.replacingFirst("|", ""))
      let result = session.at("completion", "/w/pipeline.yml", text)["result"]
      return result?["items"]?.items.compactMap { $0["label"]?.text } ?? []
    }
    let base = Self.pipeline
    #expect(
      labels(base.replacingFirst("${config.place}", "${config.|}")).prefix(2) == [
        "place", "password",
      ])
    #expect(labels(base.replacingFirst("${place}raw/", "${pl|")).contains("place"))
    #expect(labels(base.replacingFirst("src: raw", "src: |")).contains("raw"))
    #expect(labels(base.replacingFirst("Name: Move", "Name: ${data.|}")).isEmpty == false)
    let keys = labels(base.replacingFirst("    summary: Moves it.\n", "    |\n"))
    #expect(keys.contains("when") && !keys.contains("steps"))
    let parameters = labels(base.replacingFirst("dest: done }", "dest: done, | }"))
    #expect(parameters.contains("srcPattern") && !parameters.contains("src"))
    #expect(
      labels(base.replacingFirst("InstanceRole: MASTER", "InstanceRole: |")).contains("TASK"))
    #expect(labels(base + "ru|").contains("run"))
  }

  @Test func hoverSaysTypeTextAndValueButNoSecret() {
    let session = Session(Self.files())
    session.open("/w/pipeline.yml", Self.pipeline)
    func hover(_ text: String) -> String {
      let result = session.at("hover", "/w/pipeline.yml", text)["result"]
      return result?["contents"]?["value"]?.text ?? ""
    }
    let place = hover(Self.pipeline.replacingFirst("config.place", "config.pl|ace"))
    #expect(place.contains(": string") && place.contains("Where data is"))
    #expect(place.contains("s3://acme/"))
    #expect(hover(Self.pipeline.replacingFirst("src: raw", "src: r|aw")).contains("s3://acme/raw/"))
    let secret = Self.pipeline.replacingFirst("${config.place}", "${config.password}")
    session.change("/w/pipeline.yml", 2, secret)
    let shown = hover(secret.replacingFirst("config.password", "config.pass|word"))
    #expect(shown.contains("(secret)") && !shown.contains("hush"))
  }

  @Test func namesAreFoundAndChanged() {
    let session = Session(Self.files())
    session.open("/w/pipeline.yml", Self.pipeline)
    let at = Self.pipeline.replacingFirst("src: raw", "src: r|aw")
    let definition = session.at("definition", "/w/pipeline.yml", at)["result"]
    #expect(definition?.items.first?["range"]?["start"]?["line"] == .int(9))
    let context = Value.object(["context": .object(["includeDeclaration": .bool(true)])])
    #expect(session.at("references", "/w/pipeline.yml", at, context)["result"]?.items.count == 2)
    let new = Value.object(["newName": .string("fresh")])
    let edit = session.at("rename", "/w/pipeline.yml", at, new)["result"]
    #expect(edit?["changes"]?["file:///w/pipeline.yml"]?.items.count == 2)
    let taken = Value.object(["newName": .string("done")])
    #expect(session.at("rename", "/w/pipeline.yml", at, taken)["error"] != nil)
    let field = Self.pipeline.replacingFirst("config.place", "config.pl|ace")
    let places = session.at("definition", "/w/pipeline.yml", field)["result"]?.items ?? []
    #expect(
      places.compactMap { $0["uri"]?.text } == [
        "file:///w/config.schema.json", "file:///w/config.yml",
      ])
  }

  @Test func aBrokenDocumentKeepsItsSymbols() {
    let session = Session(Self.files())
    session.open("/w/pipeline.yml", Self.pipeline + "x: [\"")
    let symbols = session.request(
      "textDocument/documentSymbol",
      .object(["textDocument": .object(["uri": .string("file:///w/pipeline.yml")])]))
    let names = symbols.items.compactMap { $0["name"]?.text }
    #expect(names.contains("stages") && names.contains("Move"))
  }

  /// A configuration of a built-in pipeline is recognised by its keys.
  @Test func aConfigurationOfABuiltInPipelineIsKnown() {
    let session = Session(MemoryFiles())
    session.open(
      "/w/etl.yml", "aws:\n  s3:\n    regoin: eu-west-1\n  emr: {}\ncollectors: {}\nstorage: {}\n")
    #expect(session.codes("/w/etl.yml").contains("schema-unknown-key"))
    session.open("/w/other.yml", "name: x\non: push\n")
    #expect(session.codes("/w/other.yml") == [])
  }
}

extension String {
  func replacingFirst(_ part: String, _ new: String) -> String {
    guard let range = range(of: part) else { return self }
    return replacingCharacters(in: range, with: new)
  }
}
