import Documents
internal import CBuiltins
import Expressions
import SourceText
import Values

/// The files in the binary: pipelines, schemas, step kinds, pages of diagnostics.
package enum Builtins {
  /// Paths as in the repository, sorted by bytes.
  package static var paths: [String] { table.map { String(cString: $0.path) } }

  /// The bytes of a built-in file; nil if there is none with that path.
  package static func file(_ path: String) -> [UInt8]? { bytes(path).map { Array($0) } }

  /// The same without a copy; the bytes are never freed.
  package static func bytes(_ path: String) -> UnsafeBufferPointer<UInt8>? {
    let table = table
    var path = path
    return path.withUTF8 { wanted in
      var low = 0
      var high = table.count
      while low < high {
        let middle = (low + high) / 2
        switch order(table[middle].path, wanted) {
        case 0:
          return UnsafeBufferPointer(start: table[middle].bytes, count: table[middle].count)
        case ..<0: low = middle + 1
        default: high = middle
        }
      }
      return nil
    }
  }

  private static var table: UnsafeBufferPointer<penstock_builtin> {
    UnsafeBufferPointer(start: penstock_builtins_first(), count: penstock_builtin_count)
  }

  /// Less than, equal to or greater than 0, like `strcmp`.
  private static func order(
    _ path: UnsafePointer<CChar>, _ wanted: UnsafeBufferPointer<UInt8>
  ) -> Int {
    var at = 0
    while true {
      let left = UInt8(bitPattern: path[at])
      let right = at < wanted.count ? wanted[at] : 0
      if left != right || left == 0 {
        return left == right && at < wanted.count ? -1 : Int(left) - Int(right)
      }
      at += 1
    }
  }

  /// What was computed from them when the program was built: see `BuiltinSnapshot`. Only
  /// `make build` fills it; other builds compute everything at run time.
  static var snapshot: Snapshot {
    Snapshot(
      UnsafeRawBufferPointer(start: penstock_snapshot_first(), count: penstock_snapshot_bytes))
  }

  /// The tree of a built-in file, with its templates; nil if the snapshot doesn't have it.
  static func tree(
    _ path: String, in snapshot: Snapshot = Builtins.snapshot, text: [UInt8], source: SourceID
  ) -> Tree? {
    guard let blob = snapshot.blob("tree:\(path)"),
      var tree = Tree(blob, text: text, source: source)
    else { return nil }
    tree.templates = snapshot.blob("templates:\(path)").flatMap { SnapshotTemplates($0) }
    return tree
  }
}
