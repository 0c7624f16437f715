package import AWSServices
package import HTTP
package import Values

/// Everything needed to call AWS for one run: credentials, region, endpoints and clients.
package struct AWSSession: Sendable {
  /// What the caller chooses; the rest comes from the environment and the profiles.
  package struct Options: Sendable {
    /// The keys in a config; nil for the credential chain.
    package var keys: Credentials?
    package var profile: String?
    package var region: String?
    package var encryption = S3Client.Encryption.bucketDefault

    package init() {}
  }

  package let region: String
  package let credentials: any CredentialProvider
  /// Where the credentials come from, for messages; contains none of them.
  package let credentialSource: String
  package let context: ClientContext
  package let emr: EMRClient
  package let serverless: JobRunClient
  package let containers: JobRunClient
  package let objects: S3Client
  package let identity: STSClient
  package let topics: SNSClient
  /// Where EMR, S3 and STS are, in this order; and whether the environment or the profile says so.
  package let addresses: [(service: String, host: String, isGiven: Bool)]
  private let identityEndpoint: Endpoint

  /// Doesn't use the network yet.
  /// - Parameters:
  ///   - transport: nil for the real one.
  ///   - chance: random numbers, 0 ..< 1.
  package init(
    _ options: Options, system: SystemAccess, time: any TimeSource,
    chance: @escaping @Sendable () -> Double, transport: (any HTTPTransport)? = nil
  ) throws(CredentialError) {
    let chain = CredentialChain(
      system: system, configuration: SharedConfiguration(system), profile: options.profile)
    let region = try Self.region(options, chain)
    self.region = region
    let policy = try Self.policy(system, chain)
    let way: any HTTPTransport
    if let transport { way = transport } else { way = try Self.transport(system) }
    context = ClientContext(transport: way, time: time, chance: chance, policy: policy)
    let endpoints = try Self.endpoints(system, chain)
    identityEndpoint = endpoints.endpoint(.identity, region: region)
    let asked: [Endpoints.Service] = [.emr, .objectStore, .identity]
    addresses = asked.map { service in
      (
        service: service.rawValue, host: endpoints.endpoint(service, region: region).host,
        isGiven: endpoints.isGiven(service)
      )
    }
    identity = STSClient(context: context, region: region, endpoint: identityEndpoint)
    if let keys = options.keys {
      credentials = FixedCredentials(keys)
      credentialSource = CredentialSource.keys(keys).description
    } else {
      let source = try chain.source()
      credentials = CachedCredentials(
        source: source, system: system, context: context, sts: identity)
      credentialSource = source.description
    }
    emr = EMRClient(
      context: context, credentials: credentials, region: region,
      endpoint: endpoints.endpoint(.emr, region: region))
    serverless = JobRunClient(
      .serverless, context: context, credentials: credentials, region: region,
      endpoint: endpoints.endpoint(.serverless, region: region))
    containers = JobRunClient(
      .eks, context: context, credentials: credentials, region: region,
      endpoint: endpoints.endpoint(.containers, region: region))
    topics = SNSClient(
      context: context, credentials: credentials, region: region, endpoints: endpoints)
    objects = S3Client(
      context: context, credentials: credentials, region: region, endpoints: endpoints,
      encryption: options.encryption)
  }

  /// The owner of the credentials.
  package func caller() async throws(CloudError) -> STSClient.Caller {
    try await identity.callerIdentity(credentials)
  }

  /// The time of AWS's clock, by the date of STS's answer to a request without a signature; nil if
  /// the answer has none. Whatever it answers, its address is reached and its certificate trusted.
  package func serverTime() async throws(CloudError) -> Value.Timestamp? {
    let request = HTTPRequest(
      method: "GET", endpoint: identityEndpoint, path: identityEndpoint.basePath + "/")
    do throws(TransportError) {
      let answer = try await context.transport.send(
        request, limits: TransportLimits(connect: 5, total: 10, bodyBytes: 1 << 20))
      return answer["Date"].flatMap(TimeText.http)
    } catch {
      throw CloudError(
        error.kind == .cancelled ? .cancelled : .unreachable, operation: "GET",
        message: error.message)
    }
  }

  private static func region(
    _ options: Options, _ chain: CredentialChain
  ) throws(CredentialError) -> String {
    guard let region = options.region ?? chain.region else {
      throw CredentialError("no AWS region is set", hint: "set AWS_REGION")
    }
    guard Partition.isRegion(region) else {
      throw CredentialError("`\(region)` isn't a region's name")
    }
    return region
  }

  private static func transport(
    _ system: SystemAccess
  ) throws(CredentialError) -> any HTTPTransport {
    do {
      return SocketTransport(settings: try TransportSettings(awsVariables: system.variables))
    } catch {
      switch error {
      case .badProxy(let variable):
        throw CredentialError("\(variable) isn't the address of an HTTP proxy")
      }
    }
  }

  private static func endpoints(
    _ system: SystemAccess, _ chain: CredentialChain
  ) throws(CredentialError) -> Endpoints {
    do {
      return try Endpoints(variables: system.variables, profile: chain.endpointSettings)
    } catch {
      switch error {
      case .badURL(let name): throw CredentialError("\(name) isn't the address of a service")
      }
    }
  }

  /// AWS_MAX_ATTEMPTS or the profile's `max_attempts`; the mode is always `standard`.
  private static func policy(
    _ system: SystemAccess, _ chain: CredentialChain
  ) throws(CredentialError) -> RetryPolicy {
    let text = system.variable("AWS_MAX_ATTEMPTS") ?? chain.settings?["max_attempts"]
    guard let text else { return RetryPolicy() }
    guard let attempts = Int(text), (1...100).contains(attempts) else {
      throw CredentialError("the number of attempts isn't a number from 1 to 100: `\(text)`")
    }
    return RetryPolicy(attempts: attempts)
  }
}

extension CredentialChain {
  /// The profile's settings, including the endpoints of the `[services …]` section that it names.
  fileprivate var endpointSettings: [String: String] {
    var settings = settings ?? [:]
    if let name = settings["services"], let services = configuration.services[name] {
      settings.merge(services) { $1 }
    }
    return settings
  }
}
