import Locations
import Testing

@Suite struct LocationTests {
  private func problem(_ text: String) -> LocationProblem? {
    do throws(LocationProblem) {
      _ = try Location(text)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("s3://bkt/a/b", "s3://bkt/a/b", "s3", "bkt", "a/b"),
    ("s3n://bkt/a//b/", "s3://bkt/a//b/", "s3", "bkt", "a//b/"),
    ("s3a://bkt", "s3://bkt/", "s3", "bkt", ""),
    ("hdfs:///a/b", "hdfs:///a/b", "hdfs", "", "a/b"),
    ("hdfs://master:8020/a/", "hdfs:///a/", "hdfs", "", "a/"),
    ("hdfs://", "hdfs:///", "hdfs", "", ""),
    ("file:///tmp/x", "file:///tmp/x", "file", "", "tmp/x"),
    (
      "jdbc:postgresql://host:5432/db", "jdbc:postgresql://host:5432/db", "jdbc:postgresql",
      "host:5432", "db"
    ),
    ("gs://bkt", "gs://bkt/", "gs", "bkt", ""),
  ])
  func hasOneSpelling(
    _ text: String, _ one: String, _ scheme: String, _ bucket: String, _ key: String
  ) throws {
    let location = try Location(text)
    #expect(location.text == one)
    #expect(location.scheme == scheme)
    #expect(location.bucket == bucket)
    #expect(location.key == key)
    #expect(try Location(one) == location)
  }

  @Test(arguments: [
    ("", LocationProblem.noScheme),
    ("bucket/x/", .noScheme),
    ("://x", .noScheme),
    ("a b://x", .noScheme),
    ("1a://x", .noScheme),
    ("s3:/bkt/x", .noScheme),
    ("s3://", .noBucket(scheme: "s3")),
    ("s3n:///x/", .noBucket(scheme: "s3n")),
    ("s3://ADD HERE", .placeholder("ADD HERE")),
    ("s3://bkt/add_here/", .placeholder("add_here")),
    ("s3://my bucket/x", .blank),
    ("s3://bkt/x\t", .blank),
    ("https://bkt.s3.amazonaws.com/x", .web(scheme: "https")),
    ("http://host/x", .web(scheme: "http")),
    ("S3://bkt/x", .capitals(scheme: "S3")),
    ("s3://-x/y", .bucket("-x", .ends)),
    ("s3://x./y", .bucket("x.", .ends)),
    ("s3://a..b/y", .bucket("a..b", .dots)),
    ("s3://../y", .bucket("..", .ends)),
    ("s3://10.0.0.1/y", .bucket("10.0.0.1", .address)),
    ("s3://k:s@bkt/y", .user(scheme: "s3")),
    ("s3a://user@bkt/y", .user(scheme: "s3a")),
    ("s3://k:s/t@bkt/y", .user(scheme: "s3")),
    ("s3://bkt:80/y", .bucket("bkt:80", .character(":"))),
    ("s3://bü/y", .bucket("bü", .character("ü"))),
    ("s3://bkt/a/../b", .dots),
    ("hdfs:///./b", .dots),
  ])
  func saysWhatIsWrong(_ text: String, _ expected: LocationProblem) {
    #expect(problem(text) == expected)
    #expect(!expected.words.isEmpty)
  }

  @Test func bucketsHaveALength() throws {
    let name = String(repeating: "a", count: 63)
    #expect(problem("s3://\(name)/") == nil)
    #expect(problem("s3://\(name)b/") == .bucket(name + "b", .tooLong(64)))
    #expect(try Location("s3://b/").doubt == .tooShort(1))
    #expect(try Location("s3://My.Bucket/").doubt == .capitals)
    #expect(try Location("s3://my_bucket/").doubt == .underscore)
    #expect(try Location("s3://my-bucket/").doubt == nil)
    #expect(try Location("gs://My_bucket/").doubt == nil)
  }

  @Test(arguments: [
    ("s3://bkt/x", "s3://bkt/x/"),
    ("s3://bkt/x/", "s3://bkt/x/"),
    ("s3://bkt//x///y", "s3://bkt/x/y/"),
    ("s3://bkt/x/*", "s3://bkt/x/"),
    ("s3://bkt/x/part-*", "s3://bkt/x/"),
    ("s3://bkt/dt=[0-9]*/y/", "s3://bkt/"),
    ("s3://bkt/x/{a,b}/y?", "s3://bkt/x/"),
    ("s3://bkt", "s3://bkt/"),
    ("hdfs://nn:8020//a", "hdfs:///a/"),
  ])
  func namesAFolder(_ text: String, _ folder: String) throws {
    let location = try Location(text)
    #expect(location.folder.text == folder)
    #expect(try location.folder == Location(folder))
    #expect(location.folder.folder == location.folder)
    #expect(location.isPlace(of: try Location(folder)))
  }

  @Test(arguments: [
    ("s3://bkt/x", "s3a://bkt/x/", true, false),
    ("s3://bkt/x/", "s3n://bkt/x/y", true, true),
    ("s3://bkt", "s3://bkt/x/y", true, true),
    ("s3://bkt/x/*", "s3://bkt/x/y", true, true),
    ("s3://bkt/x", "s3://bkt/xy", false, false),
    ("s3://bkt/x", "s3://bkt2/x", false, false),
    ("hdfs:///x", "file:///x", false, false),
    ("hdfs:///x", "hdfs://nn/x/y", true, true),
  ])
  func overlapsWhatLiesInIt(
    _ whole: String, _ part: String, _ overlaps: Bool, _ holds: Bool
  ) throws {
    let (whole, part) = (try Location(whole), try Location(part))
    #expect(whole.overlaps(part) == overlaps)
    #expect(part.overlaps(whole) == overlaps)
    #expect(whole.holds(part) == holds)
    #expect(part.lies(in: whole) == holds)
    #expect(!part.holds(whole))
    #expect(whole.isPlace(of: part) == (overlaps && !holds))
  }

  @Test func namesAnObjectOrAFolder() throws {
    #expect(try Location("s3://bkt/x/a.json").objectKey == "x/a.json")
    #expect(try Location("s3://bkt/x/").objectKey == nil)
    #expect(try Location("s3://bkt/x/*").objectKey == nil)
    #expect(try Location("s3://bkt").objectKey == nil)
    let folder = try Location("s3://bkt/x")
    #expect(folder.name(ofKey: "x/a/b") == "a/b")
    #expect(folder.name(ofKey: "xy/a") == nil)
    #expect(folder.holds(bucket: "bkt", key: "x/a"))
    #expect(!folder.holds(bucket: "other", key: "x/a"))
  }

  @Test func knowsFoldersOfBuckets() {
    #expect(Location(folderInBucket: "s3n://bkt/x")?.text == "s3://bkt/x/")
    for text in ["s3://bkt", "s3://bkt//", "s3://bkt/*", "hdfs:///x/", "x"] {
      #expect(Location(folderInBucket: text) == nil, "\(text)")
    }
  }

  @Test func outlivesTheCluster() throws {
    #expect(try Location("s3a://bkt/x").isDurable)
    #expect(try Location("jdbc:postgresql://host/x").isDurable)
    #expect(try !Location("hdfs:///x").isDurable)
    #expect(try !Location("file:///x").isDurable)
  }

  @Test(arguments: [
    ("x/", true), ("x_$folder$", true), ("_$folder$", true), ("x/$folder$", true), ("x", false),
    ("", false),
  ])
  func knowsMarkers(_ key: String, _ isMarker: Bool) {
    #expect(Location.isMarker(key) == isMarker)
  }

  @Test(arguments: [
    ("s3n://bkt/x/", "s3://bkt/x"), ("s3://bkt/x/part-*", "s3://bkt/x/part-*"),
    ("s3://bkt", "s3://bkt"), ("hdfs://nn/x//", "hdfs:///x"),
  ])
  func hasASpellingWithoutSlash(_ text: String, _ spelling: String) throws {
    #expect(try Location(text).spelling == spelling)
  }

  @Test func joinsTexts() {
    #expect(Location.joined("s3://a/b//", "/c") == "s3://a/b/c")
    #expect(Location.joined("", "c") == "c")
    #expect(Location.joined("a", "") == "a")
    #expect(Location.withSlash("a") == "a/")
    #expect(Location.withSlash("a/") == "a/")
  }
}
