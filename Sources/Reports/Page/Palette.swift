/// The colours of pages and drawings, for light and dark themes.
///
/// All but `back`, `box` and `line` are read as text on `back` and `box`, with a contrast of at
/// least 4.5; `border` is for lines that have to be seen, with at least 3.
enum Palette {
  enum Name: String, CaseIterable {
    case back, box, text, faint, line, border, red, green, yellow, blue, purple
  }

  static func light(_ name: Name) -> String {
    switch name {
    case .back: "#ffffff"
    case .box: "#f6f8fa"
    case .text: "#1f2328"
    case .faint: "#59636e"
    case .line: "#d1d9e0"
    case .border: "#818b98"
    case .red: "#b3202c"
    case .green: "#15692f"
    case .yellow: "#805b00"
    case .blue: "#0a5bc4"
    case .purple: "#6c3bc0"
    }
  }

  static func dark(_ name: Name) -> String {
    switch name {
    case .back: "#0d1117"
    case .box: "#161b22"
    case .text: "#e6edf3"
    case .faint: "#9aa4af"
    case .line: "#3d444d"
    case .border: "#76808c"
    case .red: "#ff8f8a"
    case .green: "#5fd378"
    case .yellow: "#e3b341"
    case .blue: "#79b8ff"
    case .purple: "#c9a7ff"
    }
  }

  /// `--back: #ffffff; --box: …`.
  static func properties(_ color: (Name) -> String) -> String {
    Name.allCases.map { "--\($0.rawValue): \(color($0));" }.joined(separator: " ")
  }

  static func property(_ name: Name) -> String { "var(--\(name.rawValue))" }
}
