import Documents
internal import CBuiltins
import Expressions
import SourceText
import Values

/// The files that the binary carries: pipelines, schemas, step kinds, diagnostics' pages.
package enum Builtins {
  /// Paths as in the repository, sorted bytewise.
  package static var paths: [String] { table.map { String(cString: $0.path) } }

  /// The bytes of a built-in file; nil where there is none of that path.
  package static func file(_ path: String) -> [UInt8]? { bytes(path).map { Array($0) } }

  /// The same where they lie; they live as long as the program.
  static func bytes(_ path: String) -> UnsafeBufferPointer<UInt8>? {
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

  /// Less than, equal to or greater than 0, as `strcmp` has it.
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

  /// What was computed from them when the program was built: see `BuiltinSnapshot`. Only `make build`
  /// puts something there; any other build computes all of it at run time.
  static var snapshot: Snapshot {
    Snapshot(
      UnsafeRawBufferPointer(start: penstock_snapshot_first(), count: penstock_snapshot_bytes))
  }

  /// The tree of a built-in file, with its templates; nil where the snapshot has none.
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
