import Text

/// Addresses of documents. Files are known by their paths; what isn't a file, by its address.
package enum DocumentURI {
  private static let scheme = "file://"

  package static func path(of uri: String) -> String {
    guard uri.hasPrefix(scheme) else { return uri }
    let rest = uri.dropFirst(scheme.count)
    // A host's name may come before the path.
    guard let slash = rest.utf8.firstIndex(of: .slash) else { return uri }
    return PercentEncoding.decode(String(rest[slash...]))
  }

  package static func of(path: String) -> String {
    path.hasPrefix("/") ? scheme + PercentEncoding.encode(path, keepingSlashes: true) : path
  }
}

/// Paths of files.
enum Paths {
  /// The folder of a file, with its final slash.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: .slash) else { return "" }
    return String(path[...slash])
  }

  static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: .slash) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// How messages name a file: by its path in the workspace.
  static func shown(_ path: String, in root: String) -> String {
    !root.isEmpty && path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
  }

  /// The path of a file by what messages call it.
  static func resolve(_ name: String, shownIn root: String) -> String {
    let isWhole = name.hasPrefix("/") || name.hasPrefix("<") || name.utf8.contains(.colon)
    return isWhole ? name : root + name
  }

  /// A path as named in a file of a folder, without `.` and `..`.
  static func resolve(_ path: String, in folder: String) -> String {
    let whole = path.hasPrefix("/") ? path : folder + path
    var parts: [Substring] = []
    for part in whole.split(separator: "/") {
      if part == "." { continue }
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
