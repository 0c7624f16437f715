package import AWSServices
internal import Values
package import HTTP

/// One operation of a service.
package struct Operation: Hashable, Sendable {
  package var name: String
  /// Whether it is idempotent. If not, it is retried only if the first attempt can't have had an
  /// effect.
  package var isRepeatable: Bool

  package init(_ name: String, isRepeatable: Bool = true) {
    self.name = name
    self.isRepeatable = isRepeatable
  }
}

/// Why a successful response can't be read.
package struct MalformedAnswer: Error, Hashable, Sendable {
  package var reason: String

  package init(_ reason: String) { self.reason = reason }
}

/// Makes the calls of one service: signs, sends, reads, and retries.
package struct ServiceCaller: Sendable {
  package var context: ClientContext
  /// Nil if calls are not signed.
  package var credentials: (any CredentialProvider)?
  /// The service's name in signatures.
  package var service: String
  /// Whether it is S3, whose signatures differ.
  package var isObjectStore = false
  /// Reads the error in a response; nil if it is successful. S3 sends some errors with status 200.
  package var failure: @Sendable (HTTPResponse) -> ServiceFailure?

  /// The parts of a call.
  package struct Call<Answer: Sendable>: Sendable {
    package var operation: Operation
    package var region: String
    /// The unsigned request for a region.
    package var request: @Sendable (_ region: String) -> HTTPRequest
    package var read: @Sendable (HTTPResponse) throws(MalformedAnswer) -> Answer
    /// Called if the service turns out to be in another region.
    package var didMove: @Sendable (_ region: String) -> Void = { _ in }
    /// Texts that errors must not repeat.
    package var secrets: [String] = []
  }

  package func perform<Answer: Sendable>(_ call: Call<Answer>) async throws(CloudError) -> Answer {
    var state = CallState(region: call.region)
    while true {
      let keys = try await currentCredentials(call, &state)
      state.attempts += 1
      let result = await exchange(call, keys, state.region)
      switch result {
      case .success(let answer):
        context.quota.giveBack(state.lastCost)
        return answer
      case .failure(let failure):
        try await prepareRetry(call, after: failure, keys, &state)
      }
    }
  }

  /// The state of a call between its attempts.
  private struct CallState {
    var region: String
    var attempts = 0
    var retries = 0
    var lastCost: Int?
    /// The fresh ones to use for the next attempt.
    var keys: Credentials?
    var hasRenewed = false
    var hasCorrected = false
    var hasMoved = false
  }

  private struct Failure: Error {
    var error: CloudError
    var remedy: ServiceFailure.Remedy
    var isTimeout = false
    var region: String?
    var date: Value.Timestamp?
    var retryAfter: Double?
  }

  private func currentCredentials<Answer>(
    _ call: Call<Answer>, _ state: inout CallState
  ) async throws(CloudError) -> Credentials? {
    guard let credentials else { return nil }
    if let keys = state.keys {
      state.keys = nil
      return keys
    }
    do {
      return try await credentials.credentials()
    } catch {
      throw CloudError(
        Task.isCancelled ? .cancelled : .unauthorized, operation: call.operation.name,
        message: error.text, attempts: state.attempts)
    }
  }

  private func exchange<Answer>(
    _ call: Call<Answer>, _ keys: Credentials?, _ region: String
  ) async -> Result<Answer, Failure> {
    let request = signed(call.request(region), keys, region)
    let response: HTTPResponse
    do {
      response = try await context.transport.send(request, limits: context.limits)
    } catch {
      return .failure(failure(of: error, call.operation))
    }
    if let said = failure(response) {
      return .failure(refusal(said, response, call, keys))
    }
    do {
      return .success(try call.read(response))
    } catch {
      let problem = CloudError(
        .malformed, operation: call.operation.name,
        message: "the response can't be read: \(error.reason)")
      return .failure(Failure(error: problem, remedy: .retry))
    }
  }

  private func signed(
    _ request: HTTPRequest, _ keys: Credentials?, _ region: String
  ) -> HTTPRequest {
    var request = request
    var signature = SignatureV4(region: region, service: service)
    signature.normalizesPath = !isObjectStore
    signature.signsContentDigest = isObjectStore
    request.headers.insert((name: "Host", value: request.endpoint.authority), at: 0)
    if let keys {
      request.headers += signature.headers(for: request, credentials: keys, at: context.now)
    }
    request.headers.append((name: "User-Agent", value: "penstock"))
    return request
  }

  private func failure(of error: TransportError, _ operation: Operation) -> Failure {
    let kind: CloudError.Kind =
      switch error.kind {
      case .unreachable: .unreachable
      case .broken, .timedOut: .lost
      case .tooLarge: .malformed
      case .invalid: .refused
      case .cancelled: .cancelled
      }
    let mayRetry = kind == .unreachable || kind == .lost
    return Failure(
      error: CloudError(kind, operation: operation.name, message: error.message),
      remedy: mayRetry ? .retry : .none, isTimeout: error.kind == .timedOut)
  }

  private func refusal<Answer>(
    _ said: ServiceFailure, _ response: HTTPResponse, _ call: Call<Answer>, _ keys: Credentials?
  ) -> Failure {
    let secrets = call.secrets + [keys?.secretAccessKey, keys?.sessionToken].compactMap(\.self)
    var message = Redaction(secrets: secrets).apply(to: said.message)
    if (300..<400).contains(response.status) {
      message += (message.isEmpty ? "" : "; ") + Self.redirect(response)
    }
    if message.isEmpty { message = "HTTP status \(response.status)" }
    let error = CloudError(
      said.kind(status: response.status), operation: call.operation.name, code: said.code,
      message: message, requestID: said.requestID)
    var failure = Failure(error: error, remedy: said.remedy(status: response.status))
    failure.region = said.region
    failure.date = response["Date"].flatMap(TimeText.http)
    failure.retryAfter = response["Retry-After"].flatMap { UInt32($0) }.map(Double.init)
    return failure
  }

  /// Redirects aren't followed: a signature is for one host, and credentials are for AWS alone.
  private static func redirect(_ response: HTTPResponse) -> String {
    let host = response["Location"].flatMap { HTTPRequest(method: "GET", url: $0)?.endpoint }
    let place = host.map { " to `\($0.authority)`" } ?? ""
    return "the answer is a redirect\(place) (HTTP status \(response.status)), which isn't followed"
  }

  /// Prepares another attempt, or throws if there is to be none.
  private func prepareRetry<Answer>(
    _ call: Call<Answer>, after failure: Failure, _ keys: Credentials?, _ state: inout CallState
  ) async throws(CloudError) {
    var error = failure.error
    error.attempts = state.attempts
    if let region = failure.region, region != state.region, !state.hasMoved,
      Partition.of(region: region) == Partition.of(region: call.region)
    {
      state.hasMoved = true
      state.region = region
      call.didMove(region)
      return
    }
    switch failure.remedy {
    case .none: throw error
    case .renewCredentials: try await renew(keys, error, &state)
    case .correctClock: try correctClock(failure, error, &state)
    case .retry:
      guard call.operation.isRepeatable || error.kind == .unreachable else { throw error }
      try await pause(failure, error, &state)
    }
  }

  private func renew(
    _ keys: Credentials?, _ error: CloudError, _ state: inout CallState
  ) async throws(CloudError) {
    guard !state.hasRenewed, let keys, let credentials,
      let fresh = try? await credentials.renewed(after: keys), fresh != keys
    else { throw error }
    state.hasRenewed = true
    state.keys = fresh
  }

  /// A signature is refused if the clock is off by more than some minutes.
  private func correctClock(
    _ failure: Failure, _ error: CloudError, _ state: inout CallState
  ) throws(CloudError) {
    guard let date = failure.date else { throw error }
    let difference = date.seconds - context.now.seconds
    guard abs(difference) > 240 else { throw error }
    var skewed = error
    skewed.kind = .clockSkew
    guard !state.hasCorrected else { throw skewed }
    state.hasCorrected = true
    context.clock.set(date.seconds - context.time.now.seconds)
  }

  private func pause(
    _ failure: Failure, _ error: CloudError, _ state: inout CallState
  ) async throws(CloudError) {
    let cost = failure.isTimeout ? RetryQuota.timeoutCost : RetryQuota.cost
    guard state.retries + 1 < context.policy.attempts, context.quota.take(cost) else { throw error }
    state.retries += 1
    state.lastCost = cost
    let pause = context.policy.pause(
      after: state.retries, random: context.chance(), retryAfter: failure.retryAfter)
    do {
      try await context.time.sleep(seconds: pause)
    } catch {
      throw CloudError(
        .cancelled, operation: failure.error.operation, message: "cancelled",
        attempts: state.attempts)
    }
  }
}
