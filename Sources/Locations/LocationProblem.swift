/// Why a text isn't the location of data.
package enum LocationProblem: Error, Hashable {
  case noScheme
  /// A scheme is lowercase for Hadoop.
  case capitals(scheme: String)
  case blank
  /// `ADD HERE` was left in.
  case placeholder(String)
  /// A page of the web: nothing that a cluster reads its data from.
  case web(scheme: String)
  case noBucket(scheme: String)
  case bucket(String, BucketName.Problem)
  /// A part of the path is `.` or `..`.
  case dots

  package var words: String {
    switch self {
    case .noScheme: "there is no scheme"
    case .capitals(let scheme): "a location's scheme is in lowercase, not `\(scheme)`"
    case .blank: "a location has no blanks in it"
    case .placeholder(let mark): "`\(mark)` is still to be filled in"
    case .web(let scheme): "data isn't read or written over `\(scheme)`"
    case .noBucket(let scheme): "there is no bucket after `\(scheme)://`"
    case .bucket(let name, let problem): "`\(name)` can't be a bucket: \(problem.words)"
    case .dots: "a location's path has no part `.` or `..`"
    }
  }

  package var hint: String? {
    switch self {
    case .noScheme: "a location starts with its scheme: `s3://`, `hdfs://`"
    case .capitals(let scheme): "write `\(scheme.lowercased())`"
    case .web: "a place in S3 is `s3://BUCKET/FOLDER/`"
    case .noBucket(let scheme): "write `\(scheme)://BUCKET/FOLDER/`"
    case .dots: "write the whole path"
    case .blank, .placeholder, .bucket: nil
    }
  }
}
