/// Why a text isn't the location of data.
package enum LocationProblem: Error, Hashable {
  case noScheme
  /// Hadoop wants schemes in lowercase.
  case capitals(scheme: String)
  case blank
  /// `ADD HERE` was left in.
  case placeholder(String)
  /// A web address, which a cluster can't read its data from.
  case web(scheme: String)
  case noBucket(scheme: String)
  case bucket(String, BucketName.Problem)
  /// There is a user, or a key and its secret, before the bucket.
  case user(scheme: String)
  /// A part of the path is `.` or `..`.
  case dots

  package var words: String {
    switch self {
    case .noScheme: "the scheme is missing"
    case .capitals(let scheme): "a location's scheme must be in lowercase, not `\(scheme)`"
    case .blank: "a location can't contain spaces"
    case .placeholder(let mark): "`\(mark)` is still to be filled in"
    case .web(let scheme): "data can't be read or written over `\(scheme)`"
    case .noBucket(let scheme): "there is no bucket after `\(scheme)://`"
    case .bucket(let name, let problem): "`\(name)` can't be a bucket: \(problem.words)"
    case .user: "a bucket can't have a user or a password before it"
    case .dots: "a location's path can't have a part `.` or `..`"
    }
  }

  package var hint: String? {
    switch self {
    case .noScheme: "start it with its scheme: `s3://`, `hdfs://`"
    case .capitals(let scheme): "write `\(scheme.lowercased())`"
    case .web: "write a place in S3 as `s3://BUCKET/FOLDER/`"
    case .noBucket(let scheme): "write `\(scheme)://BUCKET/FOLDER/`"
    case .user(let scheme): "write `\(scheme)://BUCKET/FOLDER/`, without what is before the `@`"
    case .dots: "write the whole path"
    case .blank, .placeholder, .bucket: nil
    }
  }
}
