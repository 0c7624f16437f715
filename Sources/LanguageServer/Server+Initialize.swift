import Values

/// What client and server tell each other of themselves.
extension Server {
  func initialize(_ params: Value) -> Value {
    phase = .running
    let capabilities = params["capabilities"] ?? .null
    read(capabilities)
    let folder =
      params["workspaceFolders"]?.items.first?["uri"]?.text ?? params["rootUri"]?.text
    root = folder.map { DocumentURI.path(of: $0) } ?? params["rootPath"]?.text ?? ""
    if !root.isEmpty, !root.hasSuffix("/") { root += "/" }
    settings = Settings(params["initializationOptions"] ?? .null, before: settings)
    return .object([
      "capabilities": serverCapabilities(),
      "serverInfo": .object(["name": .string("penstock"), "version": .string(about.version)]),
    ])
  }

  private func read(_ capabilities: Value) {
    let offered = capabilities["general"]?["positionEncodings"]?.items.compactMap(\.text) ?? []
    // Offsets are bytes here, so those take the least work.
    encoding =
      [PositionEncoding.utf8, .utf16, .utf32].first { offered.contains($0.rawValue) } ?? .utf16
    let text = capabilities["textDocument"]
    client.hasSnippets =
      text?["completion"]?["completionItem"]?["snippetSupport"]?.flag ?? false
    func takesMarkdown(_ formats: Value?) -> Bool {
      formats?.items.contains { $0.text == "markdown" } ?? false
    }
    client.readsMarkdown = (
      takesMarkdown(text?["completion"]?["completionItem"]?["documentationFormat"]),
      takesMarkdown(text?["hover"]?["contentFormat"])
    )
    client.foldsLinesOnly = text?["foldingRange"]?["lineFoldingOnly"]?.flag ?? false
    client.hasHierarchy =
      text?["documentSymbol"]?["hierarchicalDocumentSymbolSupport"]?.flag ?? false
    let workspace = capabilities["workspace"]
    client.watchesFiles =
      workspace?["didChangeWatchedFiles"]?["dynamicRegistration"]?.flag ?? false
    let edits = workspace?["workspaceEdit"]
    client.hasDocumentChanges = edits?["documentChanges"]?.flag ?? false
    client.renamesFiles =
      client.hasDocumentChanges
      && (edits?["resourceOperations"]?.items.contains { $0.text == "rename" } ?? false)
  }

  private func serverCapabilities() -> Value {
    .object([
      "positionEncoding": .string(encoding.rawValue),
      "textDocumentSync": .object([
        "openClose": .bool(true), "change": .number(2),
        "save": .object(["includeText": .bool(false)]),
      ]),
      "completionProvider": .object([
        "triggerCharacters": .texts([".", "{", ":", " ", "\"", "-", "["]),
        "resolveProvider": .bool(false),
      ]),
      "hoverProvider": .bool(true),
      "signatureHelpProvider": .object(["triggerCharacters": .texts(["(", ","])]),
      "definitionProvider": .bool(true),
      "referencesProvider": .bool(true),
      "documentHighlightProvider": .bool(true),
      "renameProvider": .object(["prepareProvider": .bool(true)]),
      "documentSymbolProvider": .bool(true),
      "foldingRangeProvider": .bool(true),
      "documentFormattingProvider": .bool(true),
      "codeActionProvider": .object(["codeActionKinds": .texts(["quickfix"])]),
      "codeLensProvider": .object(["resolveProvider": .bool(false)]),
      "inlayHintProvider": .object(["resolveProvider": .bool(false)]),
      "executeCommandProvider": .object(["commands": .texts(Self.commands)]),
      "semanticTokensProvider": .object([
        "legend": .object([
          "tokenTypes": .texts(SemanticTokens.types), "tokenModifiers": .texts([]),
        ]), "full": .bool(true), "range": .bool(true),
      ]),
      "workspace": .object([
        "workspaceFolders": .object(["supported": .bool(true)])
      ]),
    ])
  }
}
