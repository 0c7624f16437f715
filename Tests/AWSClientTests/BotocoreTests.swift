import Text
import AWSClient
import AWSServices
import Foundation
import Synchronization
import TestSupport
import Testing
import Values
import HTTP

/// Records requests, and answers that nothing exists.
private final class RecordingTransport: HTTPTransport {
  private let sent = Mutex<[HTTPRequest]>([])

  var requests: [HTTPRequest] { sent.withLock { $0 } }

  func send(
    _ request: HTTPRequest, limits: TransportLimits
  ) async throws(TransportError) -> HTTPResponse {
    sent.withLock { $0.append(request) }
    return HTTPResponse(status: 404)
  }
}

/// Requests that the clients send get the same signatures from botocore.
@Suite(.enabled(if: Python.hasModules, "the tests' Python modules are not installed"))
struct BotocoreTests {
  private static let keys = [
    "a", "a b+c", "run=2026-01-01-00-00-00/part-é", "x//y/../z/./", "%41%", "~-._", "日本/語",
    "a&b=c?d#e",
    "\u{1}\t'\"()*!;:@$,", "..", "/lead",
  ]

  @Test func requestsOfTheClients() async throws {
    let transport = RecordingTransport()
    let context = Fixtures.context(transport)
    let keys = FixedCredentials(Fixtures.keys)
    let store = S3Client(
      context: context, credentials: keys, region: "eu-west-1", endpoints: Endpoints(),
      encryption: .kms(key: "k/1"))
    for key in Self.keys {
      for bucket in ["bkt", "dotted.bkt"] {
        _ = try? await store.get(bucket: bucket, key: key, range: .suffix(5))
        _ = try? await store.put(
          bucket: bucket, key: key, bytes: Array(key.utf8), condition: .always)
        _ = try? await store.list(bucket: bucket, prefix: key, after: key, limit: 3)
        let address = ObjectAddress(bucket: bucket, key: key)
        _ = try? await store.copy(from: address, to: address)
        _ = try? await store.delete(bucket: bucket, key: key, ifMatch: "\"t\"")
      }
    }
    let emr = EMRClient(
      context: context, credentials: keys, region: "eu-west-1",
      endpoint: Endpoints().endpoint(.emr, region: "eu-west-1"))
    _ = try? await emr.listSteps(cluster: "j-é")
    let jobs = JobRunClient(
      .serverless, context: context, credentials: keys, region: "eu-west-1",
      endpoint: Endpoints().endpoint(.serverless, region: "eu-west-1"))
    _ = try? await jobs.tag("arn:aws:emr-serverless:eu-west-1:1:/applications/00f1", [])
    _ = try? await jobs.findJob(
      named: "n", ofCluster: "00f1", since: Value.Timestamp(seconds: 0, nanoseconds: 0))
    let sts = STSClient(
      context: context, region: "eu-west-1",
      endpoint: Endpoints().endpoint(.identity, region: "eu-west-1"))
    _ = try? await sts.callerIdentity(keys)
    let requests = transport.requests
    #expect(requests.count == Self.keys.count * 10 + 4)

    let input = try JSONSerialization.data(withJSONObject: requests.map(Self.described))
    let run = try Python.run("sign.py", [], input: String(decoding: input, as: UTF8.self))
    #expect(run.status == 0, "\(run.output)")
    let theirs = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String] ?? []
    let ours = requests.map { request in
      let header = request.headers.first { $0.name == "Authorization" }?.value ?? ""
      return String(header.split(separator: "=").last ?? "")
    }
    #expect(ours.count == theirs.count)
    for (index, request) in requests.enumerated() where ours[index] != theirs[index] {
      Issue.record("\(request.method) \(request.endpoint.authority)\(request.target)")
    }
  }

  private static func described(_ request: HTTPRequest) -> [String: Any] {
    let host = request.endpoint.host
    let signed = request.headers.filter { $0.name != "Authorization" && $0.name != "User-Agent" }
    return [
      "id": Fixtures.keys.accessKeyID, "secret": Fixtures.keys.secretAccessKey,
      "service": host.hasPrefix("elastic")
        ? "elasticmapreduce"
        : host.hasPrefix("emr-serverless")
          ? "emr-serverless" : host.hasPrefix("sts") ? "sts" : "s3",
      "region": "eu-west-1", "method": request.method,
      "url": request.endpoint.url + request.target,
      "headers": signed.map { [$0.name, $0.value] },
      "body": Base64.encode(request.body),
    ]
  }
}
