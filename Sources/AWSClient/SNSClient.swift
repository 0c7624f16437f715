import Text
package import AWSServices
import Values
import HTTP

/// SNS over its query protocol.
package struct SNSClient: Sendable {
  private let context: ClientContext
  private let credentials: any CredentialProvider
  private let endpoints: Endpoints
  private let region: String

  /// - Parameter region: for topics whose ARN names none.
  package init(
    context: ClientContext, credentials: any CredentialProvider, region: String,
    endpoints: Endpoints
  ) {
    self.context = context
    self.credentials = credentials
    self.region = region
    self.endpoints = endpoints
  }

  /// Publishes a message. A repetition after a lost answer may be published, too.
  /// - Parameters:
  ///   - subject: up to 100 ASCII characters.
  ///   - topic: its ARN, which says in which region it is.
  ///   - seconds: how long all attempts may take.
  package func publish(
    _ message: String, subject: String, to topic: String, seconds: Double
  ) async throws(CloudError) {
    let parts = topic.split(separator: ":", omittingEmptySubsequences: false)
    let named = parts.count > 3 ? String(parts[3]) : ""
    let region = Partition.isRegion(named) ? named : self.region
    let endpoint = endpoints.endpoint(.notifications, region: region)
    let fields: [HTTPRequest.Field] = [
      (name: "Action", value: "Publish"), (name: "Version", value: "2010-03-31"),
      (name: "TopicArn", value: topic), (name: "Subject", value: subject),
      (name: "Message", value: message),
    ]
    let form = fields.map {
      PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value)
    }.joined(separator: "&")
    let request = HTTPRequest(
      method: "POST", endpoint: endpoint, path: endpoint.basePath + "/",
      headers: [
        (name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8")
      ], body: Array(form.utf8))
    let caller = ServiceCaller(
      context: context, credentials: credentials, service: "sns",
      failure: XMLProtocol.queryFailure)
    let call = ServiceCaller.Call<Void>(
      operation: Operation("Publish"), region: region, request: { _ in request },
      read: { response throws(MalformedAnswer) in
        let root = try XMLProtocol.read(response, "PublishResponse")
        guard let result = root.child("PublishResult") else {
          throw MalformedAnswer("`PublishResult` is missing")
        }
        _ = try result.required("MessageId")
      })
    try await Self.within(seconds) { () throws(CloudError) in try await caller.perform(call) }
  }

  /// Cancels what takes longer.
  private static func within(
    _ seconds: Double, _ body: @escaping @Sendable () async throws(CloudError) -> Void
  ) async throws(CloudError) {
    let work = Task { () async -> Result<Void, CloudError> in
      do throws(CloudError) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    let limit = Task {
      try? await Task.sleep(for: .seconds(seconds))
      if !Task.isCancelled { work.cancel() }
    }
    defer { limit.cancel() }
    let result = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
    do throws(CloudError) {
      try result.get()
    } catch {
      guard error.kind == .cancelled, !Task.isCancelled else { throw error }
      throw CloudError(
        .lost, operation: "Publish", message: "it took longer than \(Int(seconds)) s")
    }
  }
}
