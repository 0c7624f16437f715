import Text
internal import Values
package import HTTP

/// Errors as the XML protocols of S3 and STS have them.
package enum XMLProtocol {
  /// What an unsuccessful answer of S3 says; nil of a successful one. An error may come with status
  /// 200 too, where the answer had been begun before it happened.
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
    if (300..<400).contains(response.status), failure.message.isEmpty {
      failure.message = "the answer points elsewhere, and redirects are not followed"
    }
    return failure
  }

  /// What an unsuccessful answer of the query protocol says; nil of a successful one.
  package static func queryFailure(_ response: HTTPResponse) -> ServiceFailure? {
    guard !(200..<300).contains(response.status) else { return nil }
    let root = (try? XMLReader.read(response.body)) ?? XMLElement(name: "")
    let error = root.child("Error") ?? root.child("Errors")?.child("Error") ?? root
    return ServiceFailure(
      code: error.text(of: "Code") ?? "", message: error.text(of: "Message") ?? "",
      requestID: root.text(of: "RequestId") ?? root.text(of: "RequestID") ?? response[
        "x-amzn-RequestId"] ?? "")
  }

  /// The answer's XML, whose outermost element must be the one.
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
    guard head.first == 0x3C else { return false }
    let text = String(decoding: head, as: UTF8.self)
    guard !text.hasPrefix("<Error>") else { return true }
    guard text.hasPrefix("<?xml"), let end = text.firstIndex(of: ">") else { return false }
    return ASCII.trimmed(text[text.index(after: end)...]).hasPrefix("<Error>")
  }
}
