package import Import
import Diagnostics
import Documents
import SourceText
import Text
import Values

extension SourceKind {
  /// Terraform's resources of EMR, in a plan or a state.
  package static let terraform = SourceKind(
    "terraform",
    "the output of `terraform show -json`, or a state, with an `aws_emr_cluster`",
    recognises: { source in
      source.given.contains { id in
        guard let tree = source.tree(id), let root = tree.root else { return false }
        return tree.value(root, "terraform_version") != nil
          && (tree.value(root, "planned_values") != nil || tree.value(root, "values") != nil
            || tree.value(root, "resources") != nil)
      }
    },
    read: { source, diagnostics in Terraform.read(&source, into: &diagnostics) })
}

/// What `terraform show -json` prints, as the requests that Terraform's AWS provider makes of it.
///
/// The output's form is from Terraform's documentation ("JSON Output Format", 1.x); what the
/// provider does with each argument is from its source (`aws_emr_cluster`).
enum Terraform {
  /// A resource with its address, its values, and where its plan says what they are made of.
  struct Resource {
    var address: String
    var type: String
    var values: SpannedValue
    var expressions: SpannedValue?
    /// The prefix of its module: `module.emr.`, or nothing.
    var module: String
    var span: Span?
  }

  static func read(
    _ source: inout ImportSource, into diagnostics: inout [Diagnostic]
  ) -> [ImportedFlow] {
    var flows: [ImportedFlow] = []
    for id in source.given {
      guard let tree = source.tree(id, into: &diagnostics), let root = tree.root else { continue }
      let document = SpannedValue(tree, root)
      let resources = resources(of: document)
      let clusters = resources.filter { $0.type == "aws_emr_cluster" }
      if clusters.isEmpty {
        diagnostics.append(
          .importMalformed(
            "there is no `aws_emr_cluster` in it", at: tree.span(root),
            hint: "give the output of `terraform show -json PLAN`, or of `terraform show -json`"))
      }
      for cluster in clusters {
        var reader = TerraformReader(
          cluster: cluster, resources: resources, document: document, given: source.variables)
        if let flow = reader.flow(clusters: clusters.count, &source, into: &diagnostics) {
          flows.append(flow.finished(at: source.moment))
        }
      }
    }
    return flows
  }

  private static func resources(of document: SpannedValue) -> [Resource] {
    if let stored = document["resources"], document["values"] == nil {
      return resources(in: stored)
    }
    let values = document["planned_values"] ?? document["values"]
    var found: [Resource] = []
    if let root = values?["root_module"] {
      collect(
        root, document["configuration"]?["root_module"], module: "", depth: 0, into: &found)
    }
    return found
  }

  /// The resources of a state as Terraform stores it (`terraform.tfstate`, version 4).
  private static func resources(in stored: SpannedValue) -> [Resource] {
    stored.items.flatMap { resource -> [Resource] in
      guard resource["mode"]?.text != "data", let type = resource["type"]?.text else { return [] }
      let module = resource["module"]?.text.map { $0 + "." } ?? ""
      let name = resource["name"]?.text ?? ""
      return (resource["instances"]?.items ?? []).compactMap { instance in
        instance["attributes"].map {
          Resource(
            address: "\(module)\(type).\(name)", type: type, values: $0, expressions: nil,
            module: module, span: resource.span)
        }
      }
    }
  }

  private static func collect(
    _ module: SpannedValue, _ configuration: SpannedValue?, module prefix: String, depth: Int,
    into found: inout [Resource]
  ) {
    guard depth < 50 else { return }
    for resource in module["resources"]?.items ?? [] {
      guard resource["mode"]?.text != "data", let type = resource["type"]?.text,
        let values = resource["values"]
      else { continue }
      let name = resource["name"]?.text ?? ""
      let declared = configuration?["resources"]?.items.first {
        $0["type"]?.text == type && $0["name"]?.text == name
      }
      found.append(
        Resource(
          address: resource["address"]?.text ?? "\(type).\(name)", type: type, values: values,
          expressions: declared?["expressions"], module: prefix, span: resource.span))
    }
    for child in module["child_modules"]?.items ?? [] {
      let address = child["address"]?.text ?? ""
      // `module.a.module.b[0]`: the configuration has the last name, without the index.
      let last = address.split(separator: ".").last.map(String.init) ?? ""
      let name = String(last.prefix { $0 != "[" })
      let called = configuration?["module_calls"]?[name]?["module"]
      collect(child, called, module: address + ".", depth: depth + 1, into: &found)
    }
  }
}
