import Values

/// Which method answers which request.
extension Server {
  /// The document that a request is about, if it is open.
  func document(_ params: Value) -> (path: String, document: TextDocument)? {
    guard let uri = params["textDocument"]?["uri"]?.text else { return nil }
    let path = DocumentURI.path(of: uri)
    return documents[path].map { (path, $0) }
  }

  func respond(_ method: String, _ params: Value) throws(Failure) -> Value {
    switch method {
    case "textDocument/completion": return completion(params)
    case "textDocument/hover": return hover(params)
    case "textDocument/signatureHelp": return signatureHelp(params)
    case "textDocument/definition": return definition(params)
    case "textDocument/references": return references(params)
    case "textDocument/documentHighlight": return highlights(params)
    case "textDocument/prepareRename": return try prepareRename(params)
    case "textDocument/rename": return try rename(params)
    case "textDocument/documentSymbol": return symbols(params)
    case "textDocument/foldingRange": return foldingRanges(params)
    case "textDocument/formatting": return formatting(params)
    case "textDocument/codeAction": return codeActions(params)
    case "textDocument/codeLens": return codeLenses(params)
    case "textDocument/inlayHint": return inlayHints(params)
    case "textDocument/semanticTokens/full", "textDocument/semanticTokens/range":
      return semanticTokens(params)
    case "workspace/executeCommand": return try execute(params)
    default:
      throw Failure(code: Failure.methodNotFound, message: "`\(method)` isn't supported")
    }
  }
}
