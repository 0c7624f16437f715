import AWSClient
import AWSServices
import Synchronization
import Values
import HTTP

/// A clock that advances only when something waits for it.
final class HandClock: TimeSource {
  private let state: Mutex<(now: Value.Timestamp, waits: [Double])>

  init(seconds: Int64 = 1_800_000_000) {
    state = Mutex((Value.Timestamp(seconds: seconds, nanoseconds: 0), []))
  }

  var now: Value.Timestamp { state.withLock { $0.now } }
  var waits: [Double] { state.withLock { $0.waits } }

  func sleep(seconds: Double) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    state.withLock { state in
      state.waits.append(seconds)
      state.now.seconds += Int64(seconds.rounded(.up))
    }
  }
}

enum Fixtures {
  static let keys = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "planted-secret-key")

  static func context(
    _ transport: (any HTTPTransport)? = nil, clock: HandClock = HandClock(),
    limits: TransportLimits = .standard
  ) -> ClientContext {
    ClientContext(
      transport: transport ?? SocketTransport(settings: TransportSettings()), time: clock,
      chance: { 0.5 }, limits: limits)
  }

  static func emr(
    _ endpoint: Endpoint, _ context: ClientContext, _ credentials: any CredentialProvider
  ) -> EMRClient {
    EMRClient(
      context: context, credentials: credentials, region: "eu-west-1", endpoint: endpoint)
  }

  static func sns(
    _ endpoint: Endpoint, _ context: ClientContext, _ credentials: any CredentialProvider
  ) -> SNSClient {
    SNSClient(
      context: context, credentials: credentials, region: "eu-west-1",
      endpoints: Endpoints(given: [.notifications: endpoint]))
  }

  static func store(
    _ endpoint: Endpoint, _ context: ClientContext, _ credentials: any CredentialProvider,
    encryption: S3Client.Encryption = .bucketDefault
  ) -> S3Client {
    S3Client(
      context: context, credentials: credentials, region: "eu-west-1",
      endpoints: Endpoints(given: [.objectStore: endpoint, .emr: endpoint, .identity: endpoint]),
      encryption: encryption)
  }

  /// The error that a call throws; nil if it succeeds.
  static func error<Answer>(
    _ call: () async throws(CloudError) -> Answer
  ) async -> CloudError? {
    do {
      _ = try await call()
      return nil
    } catch {
      return error
    }
  }
}
