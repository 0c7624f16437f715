import Text
internal import Values
package import HTTP

/// Errors in the XML protocols of S3 and STS.
package enum XMLProtocol {
  /// The error in a response of S3; nil if it is successful. An error can come with status 200 too,
  /// if it happened after the response was started.
  package static func objectStoreFailure(_ response: HTTPResponse) -> ServiceFailure? {
    let isSuccess = (200..<300).contains(response.status)
    guard !isSuccess || holdsError(response.body) else { return nil }
    let error = (try? XMLReader.read(response.body)) ?? XMLElement(name: "")
    var failure = ServiceFailure(
      code: error.text(of: "Code") ?? "", message: error.text(of: "Message") ?? "",
      requestID: response["x-amz-request-id"] ?? error.text(of: "RequestId") ?? "")
    if isSuccess, failure.code.isEmpty { failure.code = "InternalError" }
    let isMisplaced =
      (300..<400).contains(response.status) || failure.code == "AuthorizationHeaderMalformed"
      || failure.code == "PermanentRedirect" || response.status == 400
    if isMisplaced {
      let region = response["x-amz-bucket-region"] ?? error.text(of: "Region") ?? ""
      failure.region = Partition.isRegion(region) ? region : nil
    }
    return failure
  }

  /// The error in a response of the query protocol; nil if it is successful.
  package static func queryFailure(_ response: HTTPResponse) -> ServiceFailure? {
    guard !(200..<300).contains(response.status) else { return nil }
    let root = (try? XMLReader.read(response.body)) ?? XMLElement(name: "")
    let error = root.child("Error") ?? root.child("Errors")?.child("Error") ?? root
    return ServiceFailure(
      code: error.text(of: "Code") ?? "", message: error.text(of: "Message") ?? "",
      requestID: root.text(of: "RequestId") ?? root.text(of: "RequestID") ?? response[
        "x-amzn-RequestId"] ?? "")
  }

  /// The response's XML, whose root element must have this name.
  package static func read(
    _ response: HTTPResponse, _ name: String
  ) throws(MalformedAnswer) -> XMLElement {
    do throws(XMLError) {
      let root = try XMLReader.read(response.body)
      guard root.name == name else {
        throw XMLError(reason: "it is `\(root.name)` instead of `\(name)`", offset: 0)
      }
      return root
    } catch {
      throw MalformedAnswer("\(error.reason) (byte \(error.offset))")
    }
  }

  /// Whether a short body is an `Error` element.
  private static func holdsError(_ body: [UInt8]) -> Bool {
    let head = body.prefix(200)
    guard head.first == .less else { return false }
    let text = String(decoding: head, as: UTF8.self)
    guard !text.hasPrefix("<Error>") else { return true }
    guard text.hasPrefix("<?xml"), let end = text.firstIndex(of: ">") else { return false }
    return ASCII.trimmed(text[text.index(after: end)...]).hasPrefix("<Error>")
  }
}
