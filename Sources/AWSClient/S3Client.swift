internal import Digests
import Text
package import AWSServices
internal import Synchronization
internal import Values
internal import HTTP

/// S3 over its REST protocol.
package struct S3Client: ObjectStore {
  /// How to encrypt written objects, beyond the bucket's own settings.
  package enum Encryption: Hashable, Sendable {
    case bucketDefault
    case s3Keys
    /// With a KMS key; nil means AWS's own.
    case kms(key: String?)
  }

  private let caller: ServiceCaller
  private let endpoints: Endpoints
  private let region: String
  private let encryption: Encryption
  private let places = BucketRegions()

  package init(
    context: ClientContext, credentials: any CredentialProvider, region: String,
    endpoints: Endpoints, encryption: Encryption = .bucketDefault
  ) {
    var caller = ServiceCaller(
      context: context, credentials: credentials, service: "s3",
      failure: XMLProtocol.objectStoreFailure)
    caller.isObjectStore = true
    self.caller = caller
    self.endpoints = endpoints
    self.region = region
    self.encryption = encryption
  }

  package func list(
    bucket: String, prefix: String, after: String?, limit: Int
  ) async throws(CloudError) -> ObjectPage {
    let query = Self.listing(prefix: prefix, after: after, limit: limit)
    return try await call("ListObjectsV2", Request("GET", bucket, query: query)) {
      response throws(MalformedAnswer) in
      try Self.page(
        XMLProtocol.read(response, "ListBucketResult"), prefix: prefix, after: after)
    }
  }

  package func get(
    bucket: String, key: String, range: ByteRange?
  ) async throws(CloudError) -> StoredObject {
    var request = Request("GET", bucket, key: key)
    if let range { request.headers.append((name: "Range", value: range.header)) }
    do {
      return try await call("GetObject", request) { response throws(MalformedAnswer) in
        try Self.checkContent(response, range)
        return StoredObject(bytes: response.body, entityTag: try Self.entityTag(response))
      }
    } catch {
      // An empty object satisfies no range.
      guard error.code == "InvalidRange", range != nil else { throw error }
      return StoredObject(bytes: [], entityTag: "")
    }
  }

  package func copy(from: ObjectAddress, to: ObjectAddress) async throws(CloudError) {
    var request = Request("PUT", to.bucket, key: to.key)
    let source = PercentEncoding.encode("/\(from.bucket)/\(from.key)", keepingSlashes: true)
    request.headers = [(name: "x-amz-copy-source", value: source)] + encryption.headers
    try await call("CopyObject", request) { response throws(MalformedAnswer) in
      _ = try XMLProtocol.read(response, "CopyObjectResult").required("ETag")
    }
  }

  @discardableResult
  package func put(
    bucket: String, key: String, bytes: [UInt8], condition: PutCondition
  ) async throws(CloudError) -> String {
    var request = Request("PUT", bucket, key: key)
    request.body = bytes
    request.headers = condition.headers + encryption.headers
    guard condition != .always else { return try await write(request) }
    // Identifies this call: if the response is lost, the object tells whether it was written.
    let mark = (0..<4).map { _ in String(UInt32(caller.context.chance() * 4_294_967_295), radix: 16)
    }
    .joined()
    request.headers.append((name: Self.markHeader, value: mark))
    do {
      return try await write(request)
    } catch {
      guard error.kind == .preconditionFailed, error.attempts > 1,
        let found = try await head(bucket: bucket, key: key), found.mark == mark
      else { throw error }
      return found.entityTag
    }
  }

  package func delete(bucket: String, key: String, ifMatch: String?) async throws(CloudError) {
    var request = Request("DELETE", bucket, key: key)
    if let ifMatch { request.headers = [(name: "If-Match", value: ifMatch)] }
    do {
      try await call("DeleteObject", request) { response throws(MalformedAnswer) in
        guard response.body.isEmpty else { throw MalformedAnswer("it isn't empty") }
      }
    } catch {
      if error.kind == .notFound, error.code != "NoSuchBucket" { return }
      // An attempt whose response was lost may have deleted it: then it no longer exists.
      guard error.kind == .preconditionFailed, error.attempts > 1,
        try await head(bucket: bucket, key: key) == nil
      else { throw error }
    }
  }
}

extension S3Client {
  private static var markHeader: String { "x-amz-meta-written-by-call" }

  /// An object's tag and the mark of the call that wrote it; nil if the object doesn't exist.
  private func head(
    bucket: String, key: String
  ) async throws(CloudError) -> (entityTag: String, mark: String?)? {
    do {
      return try await call("HeadObject", Request("HEAD", bucket, key: key)) {
        response throws(MalformedAnswer) in
        (try Self.entityTag(response), response[Self.markHeader])
      }
    } catch {
      guard error.kind == .notFound else { throw error }
      return nil
    }
  }

  private func write(_ request: Request) async throws(CloudError) -> String {
    try await call("PutObject", request) { response throws(MalformedAnswer) in
      try Self.entityTag(response)
    }
  }

  private static func entityTag(_ response: HTTPResponse) throws(MalformedAnswer) -> String {
    guard let tag = response["ETag"], !tag.isEmpty else {
      throw MalformedAnswer("it has no `ETag`")
    }
    return tag
  }

  /// A request without its endpoint.
  struct Request: Sendable {
    var method: String
    var bucket: String
    var key: String
    var query: [HTTPRequest.Field]
    var headers: [HTTPRequest.Field] = []
    var body: [UInt8] = []

    init(
      _ method: String, _ bucket: String, key: String = "", query: [HTTPRequest.Field] = []
    ) {
      self.method = method
      self.bucket = bucket
      self.key = key
      self.query = query
    }
  }

  func call<Answer: Sendable>(
    _ name: String, _ request: Request,
    read: @escaping @Sendable (HTTPResponse) throws(MalformedAnswer) -> Answer
  ) async throws(CloudError) -> Answer {
    try Self.checkNames(request, name)
    return try await caller.perform(
      ServiceCaller.Call(
        operation: Operation(name), region: places[request.bucket] ?? region,
        request: { [endpoints] region in
          let (endpoint, path) = endpoints.bucket(request.bucket, region: region)
          return HTTPRequest(
            method: request.method, endpoint: endpoint, path: "\(path)/\(request.key)",
            query: request.query, headers: request.headers, body: request.body)
        },
        read: read,
        didMove: { [places] region in places.set(request.bucket, region) }))
  }

  /// A bucket's name becomes part of the URL, whose meaning it must not be able to change.
  private static func checkNames(_ request: Request, _ operation: String) throws(CloudError) {
    let isPlain = request.bucket.utf8.allSatisfy { byte in
      switch byte {
      case UInt8.digits, UInt8.uppercase, UInt8.lowercase, .hyphen, .dot, .underscore: true
      default: false
      }
    }
    guard isPlain, request.bucket.utf8.contains(where: { $0 != .dot }) else {
      throw CloudError(
        .refused, operation: operation, message: "`\(request.bucket)` isn't a bucket's name",
        attempts: 0)
    }
    guard !request.query.isEmpty || !request.key.isEmpty else {
      throw CloudError(
        .refused, operation: operation, message: "an object has no key", attempts: 0)
    }
  }

  /// Any bytes can be an object's, so only the headers tell whether they are those asked for, and
  /// all of them. S3 sends one of the two headers that say where the body ends; without them it ends
  /// where the connection does.
  private static func checkContent(
    _ response: HTTPResponse, _ range: ByteRange?
  ) throws(MalformedAnswer) {
    let count = response.body.count
    if let length = response["Content-Length"].flatMap({ Int($0) }) {
      guard length == count else {
        throw MalformedAnswer("it has \(count) of \(length) bytes")
      }
    } else if response["Transfer-Encoding"] == nil {
      throw MalformedAnswer("it doesn't say where it ends")
    }
    guard (response.status == 206) == (range != nil) else {
      throw MalformedAnswer("it isn't the range asked for (HTTP status \(response.status))")
    }
    guard range != nil || isWhole(response) else {
      throw MalformedAnswer("its bytes aren't the object's: they don't have its digest")
    }
  }

  /// Whether the body may be the object's, by its MD5 digest. That is the entity tag of an object
  /// that was written by one request, unless it is encrypted with a key of KMS or of the caller.
  private static func isWhole(_ response: HTTPResponse) -> Bool {
    let tag = (response["ETag"] ?? "").filter { $0 != "\"" }
    let encryption = response["x-amz-server-side-encryption"] ?? "AES256"
    guard tag.utf8.count == 32, tag.utf8.allSatisfy({ ASCII.hexValue($0) != nil }),
      encryption == "AES256", response["x-amz-server-side-encryption-customer-algorithm"] == nil
    else { return true }
    return ASCII.hex(MD5.digest(response.body)) == ASCII.lowercased(tag)
  }
}

/// The regions of buckets that turned out to be elsewhere.
private final class BucketRegions: Sendable {
  private let regions = Mutex<[String: String]>([:])

  subscript(bucket: String) -> String? { regions.withLock { $0[bucket] } }

  func set(_ bucket: String, _ region: String) { regions.withLock { $0[bucket] = region } }
}

extension S3Client.Encryption {
  fileprivate var headers: [HTTPRequest.Field] {
    let name = "x-amz-server-side-encryption"
    switch self {
    case .bucketDefault: return []
    case .s3Keys: return [(name: name, value: "AES256")]
    case .kms(let key):
      let keyHeader = key.map { (name: "\(name)-aws-kms-key-id", value: $0) }
      return [(name: name, value: "aws:kms")] + (keyHeader.map { [$0] } ?? [])
    }
  }
}

extension PutCondition {
  fileprivate var headers: [HTTPRequest.Field] {
    switch self {
    case .always: []
    case .ifAbsent: [(name: "If-None-Match", value: "*")]
    case .ifMatches(let tag): [(name: "If-Match", value: tag)]
    }
  }
}

extension ByteRange {
  fileprivate var header: String {
    switch self {
    case .bytes(let first, let last): "bytes=\(first)-\(last)"
    case .suffix(let count): "bytes=-\(count)"
    }
  }
}
