package import AWSServices

/// A simple HTTP client: one request, one complete answer.
package protocol WebSender: Sendable {
  /// - Parameter url: absolute and percent-encoded.
  func send(
    method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
    seconds: Double
  ) async throws(CloudError) -> (status: Int, body: [UInt8])
}

/// Delivers one lineage event; how many seconds it may take.
package typealias LineageDelivery =
  @Sendable ([UInt8], Double) async throws(CloudError) -> Void
