import Documents
import SourceText
import Testing
import Values

/// Trees, as a builder makes them.
@Suite struct TreeTests {
  private static var text: [UInt8] { Array("abc: [1, x]".utf8) }

  /// `{abc: [1, "two"], t: <an alias of the list>}`.
  private static var sample: (tree: Tree, list: NodeID) {
    var builder = TreeBuilder(source: SourceID(index: 1), text: text)
    builder.begin(.map, start: 0)
    builder.scalar(.string, style: .plain, span: 0..<3, textInSource: 0..<3)
    let list = builder.begin(.list, start: 5, isFlow: true)
    builder.scalar(.int, style: .plain, span: 6..<7, textInSource: 6..<7)
    builder.scalar(.string, style: .plain, span: 9..<10, decoded: "two".utf8)
    builder.end(at: 11)
    builder.scalar(.string, style: .plain, span: 0..<1, decoded: "t".utf8)
    builder.alias(list, span: 9..<10)
    builder.end(at: 11)
    return (builder.tree, list)
  }

  @Test func aNodeCostsLittle() {
    #expect(MemoryLayout<Tree.Node>.stride <= 24)
  }

  @Test func accessorsSeeThroughAliases() throws {
    let (tree, list) = Self.sample
    let root = try #require(tree.root)
    let alias = try #require(tree.value(root, "t"))
    #expect(tree.isAlias(alias) && tree.resolved(alias) == list)
    #expect(tree.kind(alias) == .list && tree.count(alias) == 2 && tree.isFlow(alias))
    #expect(tree.items(alias).map { tree.string($0) } == ["1", "two"])
    #expect(tree.span(alias) == Span(SourceID(index: 1), 9, 10))
    #expect(tree.span(list) == Span(SourceID(index: 1), 5, 11))
  }

  @Test func childrenAreFoundByKeyAndPath() throws {
    let (tree, _) = Self.sample
    let root = try #require(tree.root)
    #expect(tree.entries(root).map { tree.string($0.key) } == ["abc", "t"])
    #expect(tree.value(root, "missing") == nil && tree.value(root, path: ["abc", "x"]) == nil)
    #expect(tree.value(root, path: []) == root)
    let one = try #require(tree.value(root, "abc").flatMap { Array(tree.items($0)).first })
    #expect(tree.entries(one).map(\.key).isEmpty && tree.items(one).map(\.self).isEmpty)
    #expect(tree.verbatimRange(one) == 6..<7)
  }

  @Test func emptyContainersAndTrees() {
    var builder = TreeBuilder(source: SourceID(index: 0), text: [])
    #expect(builder.tree.root == nil)
    let root = builder.begin(.map, start: 0)
    #expect(builder.depth == 1 && builder.container == root)
    #expect(builder.duplicateKeys(limit: 10).isEmpty)
    builder.end(at: 0)
    builder.end(at: 0)
    #expect(builder.depth == 0 && builder.tree.count(root) == 0)
  }

  @Test func mergedEntriesStandInTheirPlace() throws {
    var builder = TreeBuilder(source: SourceID(index: 0), text: [])
    func add(_ text: String) -> NodeID {
      builder.scalar(.string, style: .plain, span: 0..<0, decoded: text.utf8)
    }
    builder.begin(.list, start: 0)
    let base = builder.begin(.map, start: 0)
    for text in ["a", "1", "b", "2"] { _ = add(text) }
    builder.end(at: 0)
    let map = builder.begin(.map, start: 0)
    for text in ["x", "0"] { _ = add(text) }
    let merge = add("<<")
    builder.alias(base, span: 0..<0)
    for text in ["b", "own"] { _ = add(text) }
    builder.merge([(key: merge, maps: [base])])
    builder.end(at: 0)
    builder.end(at: 0)
    let tree = builder.tree
    #expect(tree.count(map) == 3)
    #expect(
      tree.entries(map).map { tree.string($0.key) + tree.string($0.value) } == ["x0", "a1", "bown"])
    #expect(tree.count(base) == 2)
    #expect(tree.root.map { tree.count($0) } == 2)
  }
}
