import Compiler
import Diagnostics
import Documents
import Passes
import SourceText
import Values

/// A language server as a state machine: messages in, messages out. It reads files through what it is
/// given, and does nothing else with the machine.
///
/// One thread calls it: `receive` with each message as it arrives, `step` as long as there are any,
/// and `idle` when there are none. Diagnostics are computed in `idle`, so that several changes in a
/// row cause one computation; requests are answered in their order, each for the text as it was when
/// the request was sent.
package final class Server {
  /// How the editor ended the session: it has to send `shutdown` first.
  package enum Ending: Sendable { case afterShutdown, withoutShutdown }

  enum Phase { case waiting, running, ended }

  /// What an editor can do.
  struct Client {
    var hasSnippets = false
    /// Whether texts of completions, and of hovering, may be Markdown.
    var readsMarkdown = (items: false, hover: false)
    var watchesFiles = false
    var renamesFiles = false
    var hasDocumentChanges = false
    var foldsLinesOnly = false
    var hasHierarchy = false
    var hasCodeActionLiterals = true
  }

  /// A request that can't be answered.
  struct Failure: Error {
    var code: Int
    var message: String

    static let parseError = -32700
    static let invalidRequest = -32600
    static let methodNotFound = -32601
    static let invalidParams = -32602
    static let internalError = -32603
    static let notInitialized = -32002
    static let cancelled = -32800
    static let requestFailed = -32803
  }

  let disk: any WorkspaceFiles
  let surroundings: Surroundings
  /// The program's version, and where the pages of diagnostics are.
  let about: (version: String, pages: String)
  /// Runs the program with arguments, for plans in a sandbox: its output, or why there is none.
  let runProgram: ([String]) -> (output: String, isSuccess: Bool)

  var phase = Phase.waiting
  /// How the session ended; nil while it has to go on.
  package private(set) var ending: Ending?
  var client = Client()
  var encoding = PositionEncoding.utf16
  var root = ""
  var settings = Settings()

  /// By path; listed sorted.
  var documents: [String: TextDocument] = [:]
  var analyses: [Project: Analysis] = [:]
  /// The projects of each open document.
  var projects: [String: [Project]] = [:]
  /// Documents that were changed since the projects were compiled.
  var changed: Set<String> = []
  /// Whether files were opened, closed or changed elsewhere.
  var isAllStale = false
  /// Outlines of the open documents, as they are.
  var outlines: [String: Outline] = [:]
  /// What was published last for a file.
  var published: [String: (version: Int?, diagnostics: Value)] = [:]
  /// The signature of a document that decides what others belong to.
  var signatures: [String: String] = [:]

  private var queue: [Value] = []
  private var cancelled: Set<String> = []
  private(set) lazy var builtinInputs: [BuiltinKeys] = BuiltinInput.all.map { BuiltinKeys($0) }
  private(set) lazy var knowledge = Knowledge()

  package init(
    disk: any WorkspaceFiles, surroundings: Surroundings, version: String, pages: String,
    runProgram: @escaping ([String]) -> (output: String, isSuccess: Bool)
  ) {
    self.disk = disk
    self.surroundings = surroundings
    about = (version, pages)
    self.runProgram = runProgram
  }

  // MARK: Messages

  /// Takes a message's content.
  ///
  /// - Returns: an answer to what isn't a message.
  package func receive(_ content: [UInt8]) -> [[UInt8]] {
    var ignored: [Diagnostic] = []
    guard
      let tree = JSONReader.read(content, source: SourceID(index: 0), into: &ignored),
      let node = tree.root
    else {
      return [error(.null, Failure(code: Failure.parseError, message: "this isn't JSON")).jsonBytes]
    }
    let message = Value(tree, node)
    guard case .map = message else {
      return [
        error(.null, Failure(code: Failure.invalidRequest, message: "this isn't a request"))
          .jsonBytes
      ]
    }
    if message["method"]?.text == "$/cancelRequest" {
      if let id = message["params"]?["id"] { cancelled.insert(key(id)) }
      return []
    }
    queue.append(message)
    return []
  }

  /// Handles the next message.
  ///
  /// - Returns: what to send; nil if there was none.
  package func step() -> [[UInt8]]? {
    guard !queue.isEmpty else {
      // Nothing is left that could be cancelled.
      cancelled = []
      return nil
    }
    let message = queue.removeFirst()
    guard let method = message["method"]?.text else {
      if let id = message["id"], message["result"] == nil, message["error"] == nil,
        !message.hasMember("result")
      {
        return [
          error(id, Failure(code: Failure.invalidRequest, message: "`method` is missing")).jsonBytes
        ]
      }
      return []
    }
    guard let id = message["id"] else {
      return notify(method, message["params"] ?? .null).map(\.jsonBytes)
    }
    if cancelled.remove(key(id)) != nil {
      return [error(id, Failure(code: Failure.cancelled, message: "cancelled")).jsonBytes]
    }
    do throws(Failure) {
      let result = try answer(method, message["params"] ?? .null)
      return [
        Value.object(["jsonrpc": .string("2.0"), "id": id]).adding("result", result).jsonBytes
      ]
    } catch {
      return [self.error(id, error).jsonBytes]
    }
  }

  /// Computes diagnostics that are due.
  package func idle() -> [[UInt8]] {
    guard phase == .running else { return [] }
    return refresh().map(\.jsonBytes)
  }

  private func key(_ id: Value) -> String { String(decoding: id.jsonBytes, as: UTF8.self) }

  private func error(_ id: Value, _ failure: Failure) -> Value {
    Value.object([
      "jsonrpc": .string("2.0"),
      "error": .object(["code": .number(failure.code), "message": .string(failure.message)]),
    ]).adding("id", id)
  }

  static func notification(_ method: String, _ params: Value) -> Value {
    .object(["jsonrpc": .string("2.0"), "method": .string(method), "params": params])
  }

  // MARK: Lifecycle

  private func notify(_ method: String, _ params: Value) -> [Value] {
    if method == "exit" {
      ending = phase == .ended ? .afterShutdown : .withoutShutdown
      return []
    }
    guard phase == .running else { return [] }
    switch method {
    case "initialized": return watchRequest()
    case "textDocument/didOpen": didOpen(params)
    case "textDocument/didChange": didChange(params)
    case "textDocument/didClose": return didClose(params)
    case "textDocument/didSave", "workspace/didChangeWatchedFiles": isAllStale = true
    case "workspace/didChangeConfiguration":
      settings = Settings(params["settings"] ?? .null, before: settings)
      isAllStale = true
    case "workspace/didChangeWorkspaceFolders": isAllStale = true
    default: break
    }
    return []
  }

  private func answer(_ method: String, _ params: Value) throws(Failure) -> Value {
    switch (phase, method) {
    case (.waiting, "initialize"): return initialize(params)
    case (.waiting, _):
      throw Failure(code: Failure.notInitialized, message: "`initialize` comes first")
    case (.ended, _):
      throw Failure(code: Failure.invalidRequest, message: "the server was shut down")
    case (.running, "initialize"):
      throw Failure(code: Failure.invalidRequest, message: "the server is initialized already")
    case (.running, "shutdown"):
      phase = .ended
      return .null
    case (.running, _): return try respond(method, params)
    }
  }

  private func watchRequest() -> [Value] {
    guard client.watchesFiles else { return [] }
    let patterns = ["**/*.yml", "**/*.yaml", "**/*.json", "**/*.hocon"]
    let options: Value = .object([
      "watchers": .list(patterns.map { .object(["globPattern": .string($0)]) })
    ])
    let registration: Value = .object([
      "id": .string("watch"), "method": .string("workspace/didChangeWatchedFiles"),
      "registerOptions": options,
    ])
    return [
      .object([
        "jsonrpc": .string("2.0"), "id": .string("penstock-watch"),
        "method": .string("client/registerCapability"),
        "params": .object(["registrations": .list([registration])]),
      ])
    ]
  }
}

extension Value {
  func adding(_ key: String, _ value: Value) -> Value {
    guard case .map(var map) = self else { return self }
    map[key] = value
    return .map(map)
  }

  func hasMember(_ key: String) -> Bool {
    if case .map(let map) = self { map[key] != nil } else { false }
  }
}

/// The editor's settings, in their section `penstock`.
struct Settings {
  var pipelines: [Value] = []
  var environment: [String: String] = [:]
  var runTime: String?
  var sandbox: String?
  var showsValues = true

  init() {}

  init(_ all: Value, before: Settings) {
    self = before
    let section = all["penstock"] ?? all
    guard case .map = section else { return }
    if let pipelines = section["pipelines"] { self.pipelines = pipelines.items }
    if let environment = section["environment"] {
      self.environment = Dictionary(
        environment.entries.compactMap { entry in entry.value.text.map { (entry.key, $0) } }
      ) { $1 }
    }
    runTime = section["runTime"]?.text ?? runTime
    sandbox = section["sandbox"]?.text ?? sandbox
    showsValues = section["inlayValues"]?.flag ?? showsValues
  }
}
