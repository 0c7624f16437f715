import Text
import RegularExpressions
import AWSServices
import Gzip
import Locations
import Values

/// Simulates s3-dist-cp: copies files between S3 and HDFS, and can group, compress and move them.
struct DistCp: Sendable {
  private let source: Location
  private let destination: Location
  private var pattern: RegularExpression?
  private var groups: RegularExpression?
  /// In bytes; nil if groups are not split.
  private var targetSize: Int?
  private var codec = "keep"
  private var deletes = false

  /// Why a copy failed, as the program's log would say it.
  struct Failure: Error, Sendable {
    var message: String
  }

  /// Whether a step runs s3-dist-cp, by its jar or its command.
  static func isMeant(jar: String, arguments: [String]) -> Bool {
    jar.hasSuffix("s3-dist-cp.jar") || jar.hasSuffix("s3distcp-1.0.jar")
      || jar == "command-runner.jar" && arguments.first == "s3-dist-cp"
  }

  /// The pattern of the names of files that a copy from this folder takes; nil if another program
  /// runs, or it reads another folder, or takes all files.
  static func pattern(jar: String, arguments: [String], from folder: Location) -> String? {
    guard isMeant(jar: jar, arguments: arguments) else { return nil }
    func option(_ name: String) -> String? {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
      }
      return arguments[index + 1]
    }
    guard let source = option("--src"), (try? Places.folder(source)) == folder else { return nil }
    return option("--groupBy") ?? option("--srcPattern")
  }

  init(_ arguments: [String]) throws(Failure) {
    var source: Location?
    var destination: Location?
    var others: [(name: String, value: String)] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else { continue }
      var name = String(argument.dropFirst(2))
      var value: String?
      if let sign = name.firstIndex(of: "=") {
        value = String(name[name.index(after: sign)...])
        name = String(name[..<sign])
      }
      let isFlag = Self.flags.contains(name)
      if value == nil, !isFlag { value = rest.popFirst() }
      switch name {
      case "src": source = try Places.folder(value ?? "")
      case "dest": destination = try Places.folder(value ?? "")
      default: others.append((name, value ?? ""))
      }
    }
    guard let source, let destination else {
      throw Failure(message: "Must specify --src and --dest")
    }
    self.source = source
    self.destination = destination
    for (name, value) in others { try set(name, value) }
  }

  private static var flags: Set<String> {
    [
      "deleteOnSuccess", "s3ServerSideEncryption", "disableMultipartUpload", "numberFiles",
      "appendToLastFile", "requirePreviousManifest", "copyFromManifest",
    ]
  }

  private mutating func set(_ name: String, _ value: String) throws(Failure) {
    switch name {
    case "srcPattern": pattern = try Self.expression(value)
    case "groupBy": groups = try Self.expression(value)
    case "targetSize":
      targetSize = Int(value).flatMap { size in
        let (bytes, overflows) = size.multipliedReportingOverflow(by: 1 << 20)
        return overflows || size <= 0 ? nil : bytes
      }
    case "outputCodec": codec = value
    case "deleteOnSuccess": deletes = value != "false"
    default: break
    }
  }

  /// Like Java's `matches`, it must match the whole text.
  private static func expression(_ pattern: String) throws(Failure) -> RegularExpression {
    switch RegularExpression.compile("^(?:\(pattern))$", syntax: .re2) {
    case .success(let expression): return expression
    case .failure(let error): throw Failure(message: "PatternSyntaxException: \(error)")
    }
  }

  /// A file to make, and the files it is made from.
  private struct Output {
    var path: String
    var inputs: [String]
  }

  /// The files that it finds at its start.
  func inputs(_ places: Places) throws -> [String] {
    let all = try places.files(below: source)
    guard !all.isEmpty else {
      throw Failure(message: "FileNotFoundException: No such file or directory '\(source.text)'")
    }
    return all
  }

  /// Copies; with `half`, fails after half of the files, like a job that is killed.
  func run(_ all: [String], _ places: Places, half: Bool) throws {
    let inputs = all.filter { pattern?.matches(source.text + $0) ?? true }
    // Sources are deleted only when all is copied: a process died right then.
    if deletes, !half, try isCopied(inputs, places) {
      for input in inputs { try places.delete(input, in: source) }
      return
    }
    let outputs = groups == nil ? inputs.map { single($0) } : try grouped(inputs, places)
    for (index, output) in outputs.enumerated() {
      if half, index >= outputs.count / 2 { break }
      var bytes: [UInt8] = []
      for input in output.inputs {
        let part = try places.read(input, in: source)
        // A single file keeps its form; several are joined as text.
        bytes += output.inputs.count == 1 && codec == "keep" ? part : Self.plain(part)
      }
      try places.write(output.path, in: destination, encode(bytes))
    }
    if half { throw Failure(message: "Task failed task_sandbox_r_000001 (--fault)") }
    guard deletes else { return }
    for input in outputs.flatMap(\.inputs) { try places.delete(input, in: source) }
  }

  /// Whether sources are gone, and what became of each that doesn't become part of another is there.
  private func isCopied(_ inputs: [String], _ places: Places) throws -> Bool {
    let there = Set(try places.files(below: source))
    let gone = inputs.filter { !there.contains($0) }
    guard !gone.isEmpty else { return false }
    let made = Set(try places.files(below: destination))
    return groups == nil ? made.isSuperset(of: inputs.map(named)) : !made.isEmpty
  }

  private static func plain(_ bytes: [UInt8]) -> [UInt8] {
    guard GzipStream.isGzip(bytes) else { return bytes }
    return GzipStream.decompress(bytes, limit: 1 << 28) ?? bytes
  }

  private func encode(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
    switch codec {
    case "gz", "gzip":
      guard let packed = GzipStream.compress(Self.plain(bytes)) else {
        throw Failure(message: "OutOfMemoryError")
      }
      return packed
    case "none": return Self.plain(bytes)
    default: return bytes
    }
  }

  /// A file's name with the codec's extension.
  private func named(_ path: String) -> String {
    var stem = path
    for ending in [".gz", ".lzo"] where codec != "keep" && stem.hasSuffix(ending) {
      stem = String(stem.dropLast(ending.count))
    }
    switch codec {
    case "gz", "gzip": return stem + ".gz"
    case "lzo", "lzop": return stem + ".lzo"
    case "snappy": return stem + ".snappy"
    default: return stem
    }
  }

  private func single(_ path: String) -> Output { Output(path: named(path), inputs: [path]) }

  /// Files whose captured texts are equal become one, in the folder of the first of them; files
  /// that don't match are left out.
  private func grouped(_ inputs: [String], _ places: Places) throws -> [Output] {
    var order: [String] = []
    var members: [String: [String]] = [:]
    for input in inputs {
      guard let key = captured(source.text + input) else { continue }
      let folder = input.utf8.lastIndex(of: .slash).map { String(input[...$0]) } ?? ""
      let name = folder + key
      if members[name] == nil { order.append(name) }
      members[name, default: []].append(input)
    }
    var outputs: [Output] = []
    for name in order {
      for (index, bin) in try bins(members[name] ?? [], places).enumerated() {
        outputs.append(Output(path: named(index == 0 ? name : "\(name)-\(index)"), inputs: bin))
      }
    }
    return outputs
  }

  private func captured(_ path: String) -> String? {
    guard let ranges = groups?.firstMatch(in: path) else { return nil }
    let bytes = Array(path.utf8)
    return String(
      decoding: ranges.dropFirst().compactMap { $0 }.flatMap { bytes[$0] }, as: UTF8.self)
  }

  /// Splits a group so that files are about as large as requested.
  private func bins(_ inputs: [String], _ places: Places) throws -> [[String]] {
    guard let targetSize else { return [inputs] }
    var bins: [[String]] = []
    var size = 0
    for input in inputs {
      if bins.isEmpty || size >= targetSize {
        bins.append([])
        size = 0
      }
      bins[bins.count - 1].append(input)
      size += try places.read(input, in: source).count
    }
    return bins
  }
}
