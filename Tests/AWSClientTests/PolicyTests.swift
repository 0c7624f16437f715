import AWSClient
import Testing
import HTTP

/// Retries, endpoints and proxies, as far as they need no network.
@Suite struct PolicyTests {
  @Test func pausesGrowAndEnd() {
    let policy = RetryPolicy()
    #expect(
      (1...8).map { policy.pause(after: $0, random: 0.5, retryAfter: nil) }
        == [0.5, 1, 2, 4, 8, 16, 20, 20])
    #expect(policy.pause(after: 1, random: 0, retryAfter: nil) == 0)
    #expect(policy.pause(after: 1, random: 0.5, retryAfter: 7) == 7)
    #expect(policy.pause(after: 1, random: 0.5, retryAfter: 700) == 20)
  }

  @Test func theQuotaIsSpentAndGivenBack() {
    let quota = RetryQuota()
    for _ in 0..<100 { #expect(quota.take(RetryQuota.cost)) }
    #expect(!quota.take(RetryQuota.cost) && quota.available == 0)
    quota.giveBack(nil)
    #expect(quota.available == 1)
    quota.giveBack(RetryQuota.timeoutCost)
    #expect(quota.available == 11)
    for _ in 0..<1000 { quota.giveBack(5) }
    #expect(quota.available == RetryQuota.capacity)
  }

  @Test(arguments: [
    ("us-east-1", "elasticmapreduce.us-east-1.amazonaws.com"),
    ("cn-north-1", "elasticmapreduce.cn-north-1.amazonaws.com.cn"),
    ("us-gov-west-1", "elasticmapreduce.us-gov-west-1.amazonaws.com"),
    ("us-iso-east-1", "elasticmapreduce.us-iso-east-1.c2s.ic.gov"),
    ("us-isob-east-1", "elasticmapreduce.us-isob-east-1.sc2s.sgov.gov"),
    ("eu-isoe-west-1", "elasticmapreduce.eu-isoe-west-1.cloud.adc-e.uk"),
  ])
  func regionsHaveTheirPartition(_ region: String, _ host: String) {
    #expect(Endpoints().endpoint(.emr, region: region) == Endpoint(host: host))
  }

  @Test func bucketsHaveTheirPlace() throws {
    let usual = Endpoints()
    #expect(
      usual.bucket("logs-1", region: "eu-west-1").endpoint.host
        == "logs-1.s3.eu-west-1.amazonaws.com")
    for bucket in ["my.logs", "My_Logs", "ab"] {
      let place = usual.bucket(bucket, region: "eu-west-1")
      #expect(place.endpoint.host == "s3.eu-west-1.amazonaws.com" && place.path == "/\(bucket)")
    }
    let given = try Endpoints(variables: [
      "AWS_ENDPOINT_URL": "http://localhost:5000/aws/", "AWS_ENDPOINT_URL_S3": "https://minio",
    ])
    #expect(given.bucket("logs", region: "eu-west-1").endpoint == Endpoint(host: "minio"))
    #expect(given.bucket("logs", region: "eu-west-1").path == "/logs")
    let emr = given.endpoint(.emr, region: "eu-west-1")
    #expect(emr.authority == "localhost:5000" && emr.basePath == "/aws" && !emr.isSecure)
    let ignored = try Endpoints(variables: [
      "AWS_ENDPOINT_URL": "http://localhost", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    ])
    #expect(!ignored.isGiven(.emr))
    #expect(throws: Endpoints.EndpointError.badURL(variable: "AWS_ENDPOINT_URL_EMR")) {
      try Endpoints(variables: ["AWS_ENDPOINT_URL_EMR": "localhost:5000"])
    }
    let fips = try Endpoints(variables: ["AWS_USE_FIPS_ENDPOINT": "true"])
    #expect(
      fips.endpoint(.identity, region: "us-gov-east-1").host
        == "sts-fips.us-gov-east-1.amazonaws.com")
  }

  @Test(arguments: [
    "", "http://", "ftp://x", "http://a b", "http://x:0", "http://x:99999", "http://x:y",
    "http://[::1", "http://x?y", "http://x/y#z", "http://u:p@x",
  ])
  func badAddressesAreRefused(_ url: String) {
    #expect(Endpoint(url) == nil)
  }

  @Test func regionsAreNames() {
    #expect(Partition.isRegion("eu-central-1"))
    for text in ["", "-a", "a-", "eu.west", "EU-west-1", "a/b", String(repeating: "a", count: 41)] {
      #expect(!Partition.isRegion(text))
    }
  }

  @Test func proxiesAndExceptions() throws {
    let settings = try TransportSettings(awsVariables: [
      "HTTPS_PROXY": "http://me:p%40ss@proxy:3128", "HTTP_PROXY": "plain:8080",
      "NO_PROXY": "localhost, .internal,10.0.0.1,exact.example:8443",
      "SSL_CERT_FILE": "/a", "AWS_CA_BUNDLE": "/b",
    ])
    #expect(settings.trustFile == "/b")
    let secure = settings.proxy(for: Endpoint(host: "emr.amazonaws.com"))
    #expect(secure?.endpoint.authority == "proxy:3128" && secure?.login == "me:p@ss")
    #expect(
      settings.proxy(for: Endpoint(host: "x", isSecure: false))?.endpoint.authority
        == "plain:8080")
    for host in ["localhost", "a.internal", "internal", "10.0.0.1"] {
      #expect(settings.proxy(for: Endpoint(host: host)) == nil, "\(host)")
    }
    #expect(settings.proxy(for: Endpoint(host: "notinternal")) != nil)
    #expect(settings.proxy(for: Endpoint(host: "exact.example", port: 8443)) == nil)
    #expect(settings.proxy(for: Endpoint(host: "exact.example")) != nil)
    #expect(settings.proxy(for: Endpoint(host: "169.254.169.254", isSecure: false)) == nil)
    #expect(settings.proxy(for: Endpoint(host: "fd00:ec2::254", isSecure: false)) == nil)
    #expect(throws: TransportSettings.SettingsError.badProxy(variable: "https_proxy")) {
      try TransportSettings(awsVariables: ["https_proxy": "https://me:secret@proxy"])
    }
  }

  @Test func wordsOfACommand() {
    #expect(
      ShellWords.split(#"a "b c" 'd "e' f\ g "h\"i" """#)
        == ["a", "b c", "d \"e", "f g", "h\"i", ""])
    #expect(ShellWords.split("a 'b") == nil)
    #expect(ShellWords.split("  ") == [])
  }
}
