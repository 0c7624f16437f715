import Text
internal import Values
package import HTTP

/// Where the services are: AWS's own endpoints, or those that the environment names.
package struct Endpoints: Hashable, Sendable {
  package enum Service: String, Hashable, Sendable, CaseIterable {
    case emr = "EMR"
    case objectStore = "S3"
    case identity = "STS"
    case notifications = "SNS"
    case serverless = "EMR_SERVERLESS"
    case containers = "EMR_CONTAINERS"
  }

  package enum EndpointError: Error, Hashable, Sendable {
    case badURL(variable: String)
  }

  private var given: [Service: Endpoint] = [:]
  package var usesFIPS = false

  package init() {}

  package init(given: [Service: Endpoint]) { self.given = given }

  /// Reads AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EMR, _S3, _STS, _SNS, _EMR_SERVERLESS, _EMR_CONTAINERS,
  /// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS and AWS_USE_FIPS_ENDPOINT; anything else comes from the
  /// profile: `s3.endpoint_url` for a service, `endpoint_url` for all.
  package init(
    variables: [String: String], profile: [String: String] = [:]
  ) throws(EndpointError) {
    usesFIPS =
      variables["AWS_USE_FIPS_ENDPOINT"] == "true"
      || (variables["AWS_USE_FIPS_ENDPOINT"] == nil && profile["use_fips_endpoint"] == "true")
    guard ASCII.lowercased(variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] ?? "") != "true" else {
      return
    }
    for service in Service.allCases {
      let name = service.rawValue
      let candidates = [
        ("AWS_ENDPOINT_URL_\(name)", variables["AWS_ENDPOINT_URL_\(name)"]),
        ("AWS_ENDPOINT_URL", variables["AWS_ENDPOINT_URL"]),
        ("endpoint_url", profile[ASCII.lowercased(name) + ".endpoint_url"]),
        ("endpoint_url", profile["endpoint_url"]),
      ]
      guard let (source, url) = candidates.first(where: { $0.1?.isEmpty == false }), let url else {
        continue
      }
      guard let endpoint = Endpoint(url) else { throw .badURL(variable: source) }
      given[service] = endpoint
    }
  }

  /// Whether an endpoint was given, which may not support AWS's virtual host names.
  package func isGiven(_ service: Service) -> Bool { given[service] != nil }

  package func endpoint(_ service: Service, region: String) -> Endpoint {
    if let endpoint = given[service] { return endpoint }
    let name: String =
      switch service {
      case .emr: "elasticmapreduce"
      case .objectStore: "s3"
      case .identity: "sts"
      case .notifications: "sns"
      case .serverless: "emr-serverless"
      case .containers: "emr-containers"
      }
    let prefix = usesFIPS ? "\(name)-fips" : name
    return Endpoint(host: "\(prefix).\(region).\(Partition.of(region: region).domain)")
  }

  /// A bucket's endpoint, and the prefix of its keys' paths.
  ///
  /// The bucket is in the host name, unless the endpoint was given, or the bucket's name has a dot
  /// (no certificate covers it) or can't be a host name.
  package func bucket(_ bucket: String, region: String) -> (endpoint: Endpoint, path: String) {
    var endpoint = endpoint(.objectStore, region: region)
    let isHostName =
      (3...63).contains(bucket.utf8.count) && bucket.utf8.first != .hyphen
      && bucket.utf8.last != .hyphen
      && bucket.utf8.allSatisfy {
        UInt8.lowercase.contains($0) || ASCII.isDigit($0) || $0 == .hyphen
      }
    guard isHostName, !isGiven(.objectStore) else {
      return (endpoint, "\(endpoint.basePath)/\(bucket)")
    }
    endpoint.host = "\(bucket).\(endpoint.host)"
    return (endpoint, endpoint.basePath)
  }
}
