package import AWSServices
package import Values

/// How a run would reach AWS, and what can be asked about that without effect.
package struct CloudAccess: Sendable {
  /// Why a question has no answer.
  package typealias Failure = CloudError

  package struct Caller: Hashable, Sendable {
    package var account: String
    package var arn: String

    package init(account: String, arn: String) {
      self.account = account
      self.arn = arn
    }
  }

  /// A service's address.
  package struct Address: Hashable, Sendable {
    package var service: String
    package var host: String
    /// Whether the environment or the profile names it, instead of AWS's own.
    package var isGiven: Bool

    package init(service: String, host: String, isGiven: Bool) {
      self.service = service
      self.host = host
      self.isGiven = isGiven
    }
  }

  /// Where credentials come from, without them.
  package var credentials: String
  package var region: String
  package var addresses: [Address]
  /// Asks STS for the credentials' owner.
  package var caller: @Sendable () async throws(Failure) -> Caller
  /// Asks for the time by an unsigned request; nil if the answer has none.
  package var serverTime: @Sendable () async throws(Failure) -> Value.Timestamp?

  package init(
    credentials: String, region: String, addresses: [Address],
    caller: @escaping @Sendable () async throws(Failure) -> Caller,
    serverTime: @escaping @Sendable () async throws(Failure) -> Value.Timestamp?
  ) {
    self.credentials = credentials
    self.region = region
    self.addresses = addresses
    self.caller = caller
    self.serverTime = serverTime
  }
}
