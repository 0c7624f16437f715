internal import Values
package import HTTP

/// Errors in the JSON protocols.
package enum JSONProtocol {
  /// The error in a response; nil if it is successful.
  package static func failure(_ response: HTTPResponse) -> ServiceFailure? {
    guard !(200..<300).contains(response.status) else { return nil }
    var failure = ServiceFailure(requestID: response["x-amzn-RequestId"] ?? "")
    let body = (try? JSONAnswer.read(response.body)) ?? ValueMap()
    if let type = response["x-amzn-ErrorType"] ?? text(body, "__type") ?? text(body, "code") {
      failure.code = shortName(type)
    }
    failure.message = text(body, "message") ?? text(body, "Message") ?? ""
    return failure
  }

  /// A member of an error, as far as it can be read.
  private static func text(_ body: ValueMap, _ key: String) -> String? {
    do throws(MalformedAnswer) { return try body.text(key) } catch { return nil }
  }

  /// `com.amazon.coral.service#ThrottlingException:http://…` → `ThrottlingException`.
  private static func shortName(_ type: String) -> String {
    let name = type.prefix { $0 != ":" }
    return String(name.split(separator: "#").last ?? name)
  }
}
