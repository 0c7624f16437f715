import Compiler
import Platform
import Diagnostics

/// Precomputes what the program would otherwise compute from its built-in files at each start:
/// `BuiltinSnapshotter OUT`.
///
/// A build tool: `make build` runs it before linking the program.
@main
enum BuiltinSnapshotter {
  static func main() {
    guard CommandLine.arguments.count == 2, let path = CommandLine.arguments.last else {
      exit(ExitStatus.usage.code)
    }
    guard write(BuiltinSnapshot.bytes(), to: path) else {
      perror("cannot write \(path)")
      exit(ExitStatus.failure.code)
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) -> Bool {
    guard let file = fopen(path, "wb") else { return false }
    let count = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && count == bytes.count
  }
}
