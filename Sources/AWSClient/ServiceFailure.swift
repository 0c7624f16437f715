package import AWSServices

/// A service's error response, in any protocol.
package struct ServiceFailure: Hashable, Sendable {
  package var code: String
  package var message: String
  package var requestID: String
  /// The bucket's region according to the service.
  package var region: String?

  package init(
    code: String = "", message: String = "", requestID: String = "", region: String? = nil
  ) {
    self.code = code
    self.message = message
    self.requestID = requestID
    self.region = region
  }

  /// What to do about a failed call.
  package enum Remedy: Hashable, Sendable {
    case none
    /// Try again later.
    case retry
    /// Try again with new credentials.
    case renewCredentials
    /// Try again with the service's time.
    case correctClock
  }

  /// The kind of failure, by the service's code if it is known, else by the status.
  package func kind(status: Int) -> CloudError.Kind {
    if Self.skewCodes.contains(code) || isSignatureOutOfTime { return .clockSkew }
    if Self.expiryCodes.contains(code) || Self.identityCodes.contains(code) {
      return .unauthorized
    }
    if Self.throttlingCodes.contains(code) || status == 429 { return .throttled }
    if Self.transientCodes.contains(code) || (status >= 500 && status != 501) {
      return .unavailable
    }
    if Self.permissionCodes.contains(code) { return .forbidden }
    if status == 412 || code == "PreconditionFailed" { return .preconditionFailed }
    if status == 404 || Self.absenceCodes.contains(code) || isUnknownCluster { return .notFound }
    switch status {
    // The services answer 400 to nearly every mistake, but with a code: this error can't be read.
    case 400 where code.isEmpty: return .malformed
    case 401: return .unauthorized
    case 403: return .forbidden
    default: return .refused
    }
  }

  package func remedy(status: Int) -> Remedy {
    if Self.expiryCodes.contains(code) { return .renewCredentials }
    switch kind(status: status) {
    case .throttled, .unavailable, .malformed: return .retry
    case .clockSkew: return .correctClock
    case .unauthorized: return Self.signatureCodes.contains(code) ? .correctClock : .none
    case .unreachable, .lost, .refused, .forbidden, .notFound, .preconditionFailed, .cancelled:
      return .none
    }
  }

  /// EMR and STS report it with the code for a wrong signature.
  private var isSignatureOutOfTime: Bool {
    Self.signatureCodes.contains(code)
      && (message.hasPrefix("Signature expired") || message.hasPrefix("Signature not yet current"))
  }

  /// EMR reports an unknown cluster as an invalid request.
  private var isUnknownCluster: Bool {
    code == "InvalidRequestException" && message.hasPrefix("Cluster id")
      && message.hasSuffix("is not valid.")
  }

  /// The throttling codes of AWS's standard retry mode.
  private static let throttlingCodes: Set<String> = [
    "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
    "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
    "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException",
  ]

  /// An S3 conflict goes away when the other writer is done.
  private static let transientCodes: Set<String> = [
    "ConditionalRequestConflict", "IDPCommunicationError", "InternalError", "InternalFailure",
    "InternalServerError", "InternalServerException", "OperationAborted",
    "PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable",
    "ServiceUnavailableException",
  ]

  private static let skewCodes: Set<String> = [
    "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed",
  ]

  private static let expiryCodes: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired",
  ]

  /// Wrong keys, or the right keys with a wrong clock.
  private static let signatureCodes: Set<String> = [
    "AuthFailure", "InvalidSignatureException", "SignatureDoesNotMatch",
  ]

  private static let identityCodes: Set<String> = signatureCodes.union([
    "IDPRejectedClaim", "IncompleteSignature", "IncompleteSignatureException",
    "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidIdentityToken", "InvalidToken",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
  ])

  private static let permissionCodes: Set<String> = [
    "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AuthorizationError",
    "NotAuthorized", "OptInRequired", "UnauthorizedAccess", "UnauthorizedOperation",
  ]

  private static let absenceCodes: Set<String> = ["NoSuchBucket", "NoSuchKey"]
}
