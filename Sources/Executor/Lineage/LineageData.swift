import AWSServices
import Locations
import PlanFormat
import Text
import Values

/// What steps do to data, as OpenLineage's datasets: by the plan's accesses.
struct LineageData: Sendable {
  /// A place in its role as input or output.
  struct Dataset: Sendable {
    var place: String
    /// Its name in the pipeline; empty if it has none.
    var name: String
    var isDeleted = false
  }

  typealias Roles = (inputs: [Dataset], outputs: [Dataset])
  typealias Facet = (String, KeyValuePairs<String, Value>) -> Value

  private let plan: Plan

  init(_ plan: Plan) { self.plan = plan }

  func ofStep(_ index: Int) -> Roles { Self.roles(plan.steps[index].accesses) }

  /// What the run as a whole reads and leaves. Data on the cluster's disks exists only within it.
  var ofRun: Roles {
    var inputs: [Dataset] = []
    var outputs: [Dataset] = []
    for step in plan.steps {
      let (reads, writes) = Self.roles(step.accesses.filter { !Self.isOnCluster($0.place) })
      for read in reads where !outputs.contains(where: { $0.place == read.place && !$0.isDeleted })
      {
        Self.put(read, in: &inputs)
      }
      for write in writes { Self.put(write, in: &outputs) }
    }
    return (inputs, outputs)
  }

  private static func roles(_ accesses: [Plan.Access]) -> Roles {
    var inputs: [Dataset] = []
    var outputs: [Dataset] = []
    for access in accesses {
      let dataset = Dataset(
        place: access.place, name: access.dataset, isDeleted: access.mode == .delete)
      switch access.mode {
      case .read: put(dataset, in: &inputs)
      case .write: put(dataset, in: &outputs)
      case .delete:
        // A place that the step writes as well has the data that it wrote.
        if !accesses.contains(where: { $0.mode == .write && $0.place == access.place }) {
          put(dataset, in: &outputs)
        }
      }
    }
    return (inputs, outputs)
  }

  /// Each place once, as it was last.
  private static func put(_ dataset: Dataset, in list: inout [Dataset]) {
    if let index = list.firstIndex(where: { $0.place == dataset.place }) {
      list[index].isDeleted = dataset.isDeleted
    } else {
      list.append(dataset)
    }
  }

  private static func isOnCluster(_ place: String) -> Bool {
    (try? Location(place)).map { !$0.isDurable } ?? false
  }

  // MARK: As JSON

  func values(_ datasets: [Dataset], _ facet: Facet) -> Value {
    .list(
      datasets.map { dataset in
        let (namespace, name) = self.name(of: dataset.place)
        var facets = ValueMap()
        facets["dataSource"] = facet(
          "1-0-1/DatasourceDatasetFacet",
          ["name": .string(namespace), "uri": .string(dataset.place)])
        if !dataset.name.isEmpty {
          facets["documentation"] = facet(
            "1-1-0/DocumentationDatasetFacet",
            [
              "description": .string("\(dataset.name) of the pipeline \(plan.pipeline)"),
              "contentType": .string("text/plain"),
            ])
        }
        if dataset.isDeleted {
          facets["lifecycleStateChange"] = facet(
            "1-0-1/LifecycleStateChangeDatasetFacet",
            ["lifecycleStateChange": .string("DROP")])
        }
        return .object([
          "namespace": .string(namespace), "name": .string(name), "facets": .map(facets),
        ])
      })
  }

  /// By OpenLineage's naming: `s3://BUCKET` and the key; `hdfs://NAME-NODE` and the path. A run's
  /// cluster has a name node that nothing else ever has, so the pipeline takes its place: what its
  /// runs keep on their disks has the same name in each of them.
  private func name(of place: String) -> (namespace: String, name: String) {
    guard let location = try? Location(place) else { return ("penstock", place) }
    var key = location.key[...]
    while key.utf8.last == .slash { key = key.dropLast() }
    let authority =
      location.isDurable ? location.bucket : PercentEncoding.encode(plan.pipeline)
    let path = location.isInS3 ? String(key) : "/" + key
    return ("\(location.scheme)://\(authority)", path.isEmpty ? "/" : path)
  }
}
