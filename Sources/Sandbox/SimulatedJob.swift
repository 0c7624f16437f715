import Text
import AWSServices
import Gzip
import Locations
import PlanFormat
import Values

/// What a step of a simulated cluster does to data.
///
/// Copies really copy. For other programs only what they read, write and delete is known: their
/// output is made from the lines that they read, so that lost or duplicate lines show. A program
/// that reads but neither writes nor deletes counts as a loader, and what it loads is kept in
/// `loads/`.
struct SimulatedJob {
  let step: SandboxWorld.Step
  let places: Places
  /// Where loads are kept.
  let loads: InnerPath

  private var isCopy: Bool { DistCp.isMeant(jar: step.jar, arguments: step.arguments) }

  private func accesses(_ mode: Plan.Access.Mode) -> [Plan.Access] {
    step.effect.accesses.filter { $0.mode == mode }
  }

  /// Checks input and output, as programs do before they begin; returns the names of the files to
  /// read, for each place that is read.
  /// - Throws: `DistCp.Failure` or `CloudError`, as the program's log would say it.
  func start() throws -> [[String]] {
    if isCopy { return [try DistCp(step.arguments).inputs(places)] }
    let reads = accesses(.read)
    let inputs = try reads.map { access in
      let folder = try Places.folder(access.place)
      let files = try places.files(below: folder)
      if let deep = files.lazy.compactMap(folderInTheWay).first {
        throw DistCp.Failure(message: "IOException: Not a file: \(folder.text + deep)")
      }
      return files.filter { !Self.isHidden($0) }
    }
    if !reads.isEmpty, inputs.allSatisfy(\.isEmpty) {
      let names = reads.map(\.place).joined(separator: ", ")
      throw DistCp.Failure(message: "InvalidInputException: Input path does not exist: \(names)")
    }
    let outputs = try accesses(.write).map { try Places.folder($0.place) }
    if step.effect.needsFreshOutput,
      let there = try outputs.first(where: { try places.isThere($0) && !isOwn($0) })
    {
      throw DistCp.Failure(
        message: "FileAlreadyExistsException: Output directory \(there.text) already exists")
    }
    for output in outputs { try places.write(Self.mark, in: output, Array(step.id.utf8)) }
    return inputs
  }

  /// What a program writes first. If the process that simulates it dies before it notes that the
  /// program has started, the next one starts it again.
  private static var mark: String { "_temporary/0/_started" }

  private func isOwn(_ output: Location) throws -> Bool {
    let files = try places.files(below: output)
    // Folders go with their last file: an empty one was just made.
    if files.isEmpty { return true }
    return try files == [Self.mark] && places.read(Self.mark, in: output) == Array(step.id.utf8)
  }

  /// The folder in a file's path that a program takes for a file, since it doesn't look into
  /// folders so far down; nil if it reads, or ignores, the file.
  private func folderInTheWay(_ file: String) -> String? {
    guard let depth = step.effect.readDepth else { return nil }
    let folders = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    guard folders.count > depth else { return nil }
    let path = folders.prefix(Int(clamping: depth) + 1).joined(separator: "/")
    return Self.isHidden(path) ? nil : path
  }

  /// Does the work of a started step, or half of it.
  /// - Throws: `DistCp.Failure` or `CloudError`, as the program's log would say it.
  func finish(half: Bool) throws {
    try work(half: half)
    for output in step.effect.outputs {
      guard let slash = output.location.utf8.lastIndex(of: .slash) else { continue }
      let name = String(output.location[output.location.utf8.index(after: slash)...])
      let folder = try Places.folder(String(output.location[...slash]))
      try places.write(name, in: folder, Array(output.text.utf8))
    }
  }

  private func work(half: Bool) throws {
    if isCopy { return try DistCp(step.arguments).run(step.inputs.first ?? [], places, half: half) }
    let writes = accesses(.write)
    let deletes = accesses(.delete)
    // Input is deleted only when all output is there. If it is, a process died right then, and this
    // one goes on with the rest.
    if try !isWritten(writes, deletes) {
      let lines = try readLines()
      for access in writes { try write(lines, access, half: half) }
      if !half, writes.isEmpty, deletes.isEmpty, !accesses(.read).isEmpty { try load(lines) }
    }
    if half { throw DistCp.Failure(message: "Job aborted: killed by --fault") }
    for access in deletes {
      let folder = try Places.folder(access.place)
      for file in try places.files(below: folder) { try places.delete(file, in: folder) }
    }
  }

  /// Whether the work is done except for what is still to be deleted.
  private func isWritten(_ writes: [Plan.Access], _ deletes: [Plan.Access]) throws -> Bool {
    guard !deletes.isEmpty, try isInputGone() else { return false }
    return try writes.allSatisfy { access in
      try places.files(below: Places.folder(access.place)).contains("_SUCCESS")
    }
  }

  private func isInputGone() throws -> Bool {
    for (access, names) in zip(accesses(.read), step.inputs) {
      let there = Set(try places.files(below: Places.folder(access.place)))
      if !there.isSuperset(of: names) { return true }
    }
    return false
  }

  /// The lines of all files, sorted, so that the split into files doesn't matter.
  private func readLines() throws -> [String] {
    var lines: [String] = []
    for (access, names) in zip(accesses(.read), step.inputs) {
      let folder = try Places.folder(access.place)
      for name in names {
        var bytes = try places.read(name, in: folder)
        if GzipStream.isGzip(bytes) {
          bytes = GzipStream.decompress(bytes, limit: 1 << 28) ?? bytes
        }
        for line in bytes.split(separator: .newline) {
          lines.append(String(decoding: line, as: UTF8.self))
        }
      }
    }
    return lines.sorted()
  }

  /// Hadoop's programs ignore such names.
  private static func isHidden(_ file: String) -> Bool {
    file.split(separator: "/").contains { $0.hasPrefix("_") || $0.hasPrefix(".") }
  }

  private func write(_ lines: [String], _ access: Plan.Access, half: Bool) throws {
    let folder = try Places.folder(access.place)
    let label = access.dataset.isEmpty ? "data" : access.dataset
    let made = lines.map { "\(label)(\($0))" }
    if half {
      let part = made.prefix(made.count / 2)
      return try places.write("_temporary/0/part-00000", in: folder, Self.bytes(part))
    }
    for (path, part) in outputs(made, access, folder) {
      try places.write(path, in: folder, Self.bytes(part))
    }
    for file in try places.files(below: folder) where file.hasPrefix("_temporary/") {
      try places.delete(file, in: folder)
    }
    try places.write("_SUCCESS", in: folder, [])
  }

  private static func bytes(_ lines: some Sequence<String>) -> [UInt8] {
    lines.flatMap { Array($0.utf8) + [.newline] }
  }

  /// Two files for each pattern with which a copy reads the folder, with half of the lines each;
  /// two plain parts if there are no patterns.
  private func outputs(
    _ lines: [String], _ access: Plan.Access, _ folder: Location
  ) -> [(path: String, lines: [String])] {
    let halves = [0, 1].map { rest in
      lines.indices.filter { $0 % 2 == rest }.map { lines[$0] }
    }
    var outputs: [(path: String, lines: [String])] = []
    let names = step.effect.names.first { $0.place == access.place }
    for pattern in names?.patterns ?? [] {
      let paths = ["00000", "00001"].map {
        PathSample.path(matching: pattern, below: folder.text, number: $0)
      }
      guard let first = paths[0], let second = paths[1], !Self.isHidden(first) else { continue }
      if first == second {
        outputs.append((first, lines))
      } else {
        outputs.append((first, halves[0]))
        outputs.append((second, halves[1]))
      }
    }
    if outputs.isEmpty {
      for (index, half) in halves.enumerated() {
        let name = "part-0000\(index)-\(Fingerprint.short(Self.bytes(half)))"
        outputs.append((name, half))
      }
    }
    return outputs
  }

  /// Records a load under the step's id, so that a repeated load shows as a second one.
  private func load(_ lines: [String]) throws {
    let name = String(
      decoding: step.name.utf8.map { $0 == .slash ? .underscore : $0 }, as: UTF8.self)
    let path = try loads.appending(FolderStore.name(name[...]), step.id)
    try Files.write(path, Self.bytes(lines), mark: ".new")
  }
}
