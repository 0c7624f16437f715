import AWSClient
import AWSServices
import Foundation
import Synchronization
import Testing
import Values

/// Where credentials are looked for, in which order, and the error if there are none.
@Suite struct CredentialTests {
  private static func chain(
    _ variables: [String: String] = [:], config: String = "", credentials: String = "",
    profile: String? = nil
  ) -> CredentialChain {
    var variables = variables
    variables["HOME"] = "/home/me"
    let files = ["/home/me/.aws/config": config, "/home/me/.aws/credentials": credentials]
    let system = SystemAccess(variables: variables) { path in files[path].map { Array($0.utf8) } }
    return CredentialChain(
      system: system, configuration: SharedConfiguration(system), profile: profile)
  }

  private static func keys(_ id: String, _ token: String? = nil) -> Credentials {
    Credentials(accessKeyID: id, secretAccessKey: "s\(id)", sessionToken: token)
  }

  private static func failure(_ chain: CredentialChain) -> String? {
    do throws(CredentialError) {
      _ = try chain.source()
      return nil
    } catch {
      return error.text
    }
  }

  private static let files = (
    config: """
    # a comment
    [default]
    region = eu-west-1 ; here
    [profile role]
    role_arn = arn:aws:iam::1:role/r
    source_profile = base
    external_id = x#1
    duration_seconds = 900
    [profile "two words"]
    aws_access_key_id = W
    aws_secret_access_key = sW
    [profile chained]
    role_arn = arn:aws:iam::1:role/c
    source_profile = role
    role_session_name = me
    [profile loop]
    role_arn = arn:aws:iam::1:role/l
    source_profile = pool
    [profile pool]
    role_arn = arn:aws:iam::1:role/p
    source_profile = loop
    [profile own]
    role_arn = arn:aws:iam::1:role/o
    source_profile = own
    aws_access_key_id = O
    aws_secret_access_key = sO
    [profile mfa]
    role_arn = arn:aws:iam::1:role/m
    source_profile = base
    mfa_serial = arn:aws:iam::1:mfa/me
    [profile sso]
    sso_session = work
    sso_account_id = 1
    [profile program]
    credential_process = "/opt/my tool" --for 'a b'
    [profile instance]
    role_arn = arn:aws:iam::1:role/i
    credential_source = Ec2InstanceMetadata
    [profile web]
    role_arn = arn:aws:iam::1:role/w
    web_identity_token_file = ~/token
    [profile both]
    role_arn = arn:aws:iam::1:role/b
    source_profile = base
    credential_source = Environment
    [profile here]
    services = local
    endpoint_url = http://localhost:1
    [services local]
    s3 =
      endpoint_url = http://localhost:2
    """,
    credentials: """
    [default]
    aws_access_key_id=D
    aws_secret_access_key=sD
    [base]
    aws_access_key_id = B
    aws_secret_access_key = sB
    aws_session_token = tB
    """
  )

  private static func profile(
    _ name: String, _ variables: [String: String] = [:]
  ) -> CredentialChain {
    chain(variables, config: files.config, credentials: files.credentials, profile: name)
  }

  @Test func theEnvironmentGoesFirst() throws {
    let variables = [
      "AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "sE", "AWS_SESSION_TOKEN": "t",
    ]
    let chain = Self.chain(
      variables, config: Self.files.config, credentials: Self.files.credentials)
    #expect(try chain.source() == .keys(Self.keys("E", "t")))
    #expect(chain.region == "eu-west-1")
    #expect(try Self.profile("base", variables).source() == .keys(Self.keys("B", "tB")))
    #expect(Self.profile("default", ["AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"]).region == "a")
    #expect(Self.profile("default", ["AWS_DEFAULT_REGION": "b"]).region == "b")
  }

  @Test func profilesOfBothFiles() throws {
    #expect(try Self.profile("default").source() == .keys(Self.keys("D")))
    #expect(try Self.profile("two words").source() == .keys(Self.keys("W")))
    #expect(
      try Self.profile("program").source()
        == .process(["/opt/my tool", "--for", "a b"], profile: "program"))
    let byVariable = Self.chain(
      ["AWS_PROFILE": "base"], config: Self.files.config, credentials: Self.files.credentials)
    #expect(try byVariable.source() == .keys(Self.keys("B", "tB")))
  }

  @Test func filesMayBeElsewhere() throws {
    let files = [
      "/c": "[profile p]\nregion=x-1\n",
      "/k": "[p]\naws_access_key_id=K\naws_secret_access_key=sK\n",
    ]
    let system = SystemAccess(
      variables: ["AWS_CONFIG_FILE": "/c", "AWS_SHARED_CREDENTIALS_FILE": "/k", "AWS_PROFILE": "p"]
    ) { path in files[path].map { Array($0.utf8) } }
    let chain = CredentialChain(system: system, configuration: SharedConfiguration(system))
    #expect(try chain.source() == .keys(Self.keys("K")))
    #expect(chain.region == "x-1")
  }

  @Test func rolesOfProfiles() throws {
    var role = STSClient.RoleRequest(
      arn: "arn:aws:iam::1:role/r", sessionName: "penstock", externalID: "x#1")
    role.duration = 900
    let base = CredentialSource.keys(Self.keys("B", "tB"))
    #expect(try Self.profile("role").source() == .role(role, with: base))
    let chained = STSClient.RoleRequest(arn: "arn:aws:iam::1:role/c", sessionName: "me")
    #expect(try Self.profile("chained").source() == .role(chained, with: .role(role, with: base)))
    let own = STSClient.RoleRequest(arn: "arn:aws:iam::1:role/o", sessionName: "penstock")
    #expect(try Self.profile("own").source() == .role(own, with: .keys(Self.keys("O"))))
    let instance = STSClient.RoleRequest(arn: "arn:aws:iam::1:role/i", sessionName: "penstock")
    #expect(try Self.profile("instance").source() == .role(instance, with: .instance))
    let web = STSClient.RoleRequest(arn: "arn:aws:iam::1:role/w", sessionName: "penstock")
    #expect(try Self.profile("web").source() == .webIdentity(web, tokenFile: "/home/me/token"))
  }

  @Test func withoutProfiles() throws {
    let web = [
      "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:r", "AWS_ROLE_SESSION_NAME": "n",
    ]
    #expect(
      try Self.chain(web).source()
        == .webIdentity(STSClient.RoleRequest(arn: "arn:r", sessionName: "n"), tokenFile: "/t"))
    #expect(
      try Self.chain(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x?id=1"]).source()
        == .container(url: "http://169.254.170.2/x?id=1", token: .none))
    let eks = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "u",
    ]
    #expect(
      try Self.chain(eks).source()
        == .container(url: "http://169.254.170.23/v1/credentials", token: .file("/t")))
    #expect(try Self.chain().source() == .instance)
  }

  @Test(arguments: [
    ("nothing", "the profile `nothing` doesn't exist"), ("loop", "leads back to itself"),
    ("mfa", "export-credentials --profile mfa"), ("sso", "export-credentials --profile sso"),
    ("both", "both `source_profile` and `credential_source`"),
  ])
  func whatCannotBeUsedIsSaid(_ name: String, _ text: String) throws {
    #expect(try #require(Self.failure(Self.profile(name))).contains(text))
  }

  @Test func incompleteEnvironmentsAreSaid() throws {
    let key = Self.failure(Self.chain(["AWS_ACCESS_KEY_ID": "planted"]))
    #expect(try #require(key).contains("AWS_SECRET_ACCESS_KEY") && !(key ?? "").contains("planted"))
    #expect(Self.failure(Self.chain(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"])) != nil)
    #expect(Self.failure(Self.chain(["AWS_EC2_METADATA_DISABLED": "true"])) != nil)
  }

  @Test func wordsAndKeysOfAConfig() throws {
    for word in ["iam", "env", "default"] {
      #expect(try GivenKeys(accessKeyID: word, secretAccessKey: word) == .chain)
      #expect(throws: CredentialError.self) {
        try GivenKeys(accessKeyID: word, secretAccessKey: "x")
      }
    }
    #expect(try GivenKeys(accessKeyID: "A", secretAccessKey: "sA") == .keys(Self.keys("A")))
    #expect(throws: CredentialError.self) { try GivenKeys(accessKeyID: "A", secretAccessKey: "") }
  }

  @Test func aSessionReadsProfileAndEnvironment() throws {
    let bytes = (Array(Self.files.config.utf8), Array(Self.files.credentials.utf8))
    let variables = [
      "HOME": "/h", "AWS_PROFILE": "here", "AWS_REGION": "eu-west-1", "AWS_MAX_ATTEMPTS": "7",
      "AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "sE",
    ]
    func made(_ extra: [String: String]) throws -> AWSSession {
      try AWSSession(
        AWSSession.Options(),
        system: SystemAccess(variables: variables.merging(extra) { $1 }) { path in
          path == "/h/.aws/config" ? bytes.0 : path == "/h/.aws/credentials" ? bytes.1 : nil
        }, time: HandClock(), chance: { 0 })
    }
    let session = try made([:])
    #expect(session.region == "eu-west-1" && session.context.policy.attempts == 7)
    for bad in [
      ["AWS_REGION": "a/b"], ["AWS_MAX_ATTEMPTS": "0"], ["HTTPS_PROXY": "https://u:planted@p"],
      ["AWS_ENDPOINT_URL": "localhost"],
    ] {
      let error = #expect(throws: CredentialError.self) { try made(bad) }
      #expect(error?.text.contains("planted") == false)
    }
  }
}
