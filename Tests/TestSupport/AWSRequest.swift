import Foundation

/// A request as AWS's services understand it.
package struct AWSRequest: Sendable {
  package let request: SocketServer.Request

  package init(_ request: SocketServer.Request) { self.request = request }

  package var body: [UInt8] { request.body }

  /// EMR's operation; nil if the request is for another service.
  package var operation: String? {
    request.headers["x-amz-target"]?.split(separator: ".").last.map(String.init)
  }

  package var isSTS: Bool {
    operation == nil && request.path == "/" && request.method == "POST"
  }

  package var isXML: Bool { operation == nil }

  /// Whether a success's body is an object's bytes, or has none.
  package var isObject: Bool { isXML && !isSTS && objectKey != nil && !isCopy }

  package var isCopy: Bool { request.headers["x-amz-copy-source"] != nil }

  /// Nil for requests about a bucket.
  package var objectKey: String? {
    let key = request.path.split(separator: "/", maxSplits: 1).dropFirst().first
    return key.map(String.init)
  }

  /// Whether the operation's model has no answer, or one without members.
  package var mayBeEmpty: Bool {
    operation == "AddTags" || operation == "TerminateJobFlows"
      || operation == "SetTerminationProtection"
  }

  package var isSigned: Bool { request.headers["authorization"] != nil }

  /// What it is called in AWS's reference.
  package var name: String {
    if let operation { return operation }
    if isSTS { return SocketServer.fields(request.text)["Action"] ?? "" }
    guard objectKey != nil else { return "ListObjectsV2" }
    if isCopy { return "CopyObject" }
    return
      ["GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject", "DELETE": "DeleteObject"][
        request.method] ?? request.method
  }

  /// A service's error, in its protocol.
  /// - Parameters:
  ///   - status: nil for the service's own with this code.
  ///   - code: `throttled`, `skewed` and `ExpiredToken` stand for the service's own code.
  ///   - time: of the answer's head.
  package func refusal(
    _ status: Int? = nil, of code: String, at time: String
  ) -> SocketServer.Reply {
    let isEMR = operation != nil
    let own: (status: Int, code: String) =
      switch code {
      case "throttled":
        isEMR ? (400, "ThrottlingException") : isSTS ? (400, "Throttling") : (503, "SlowDown")
      case "skewed":
        isEMR
          ? (400, "InvalidSignatureException")
          : isSTS ? (403, "SignatureDoesNotMatch") : (403, "RequestTimeTooSkewed")
      case "ExpiredToken": (400, isEMR ? "ExpiredTokenException" : "ExpiredToken")
      default: (400, code)
      }
    let secret = request.text.contains("WebIdentity") ? "planted-web-token" : "planted-secret-key"
    let isLate = code == "skewed" && own.code != "RequestTimeTooSkewed"
    let message = (isLate ? "Signature expired: " : "refused for ") + secret
    let error = "<Error><Code>\(own.code)</Code><Message>\(message)</Message></Error>"
    let body =
      isEMR
      ? #"{"__type":"x#\#(own.code)","message":"\#(message)"}"#
      : isSTS ? "<ErrorResponse>\(error)</ErrorResponse>" : error
    return .answer(status: status ?? own.status, headers: ["Date": time], body: body)
  }

  static func object(_ bytes: [UInt8]) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
  }

  static func text(_ object: [String: Any]) -> String {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    let data = try? JSONSerialization.data(withJSONObject: object, options: options)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
