#!/usr/bin/env python3
"""Writes data/emr/*.txt: the facts about EMR that its service model does not state.

usage: generate-emr-data.py MODEL TYPES

MODEL: a folder with emr-releases.json (of the release guide's tables), ec2-instance-types.json (EC2's
       enumeration) and emr-regions.json (endpoints, as botocore has them)
TYPES: a folder with what EMR answered to ListReleaseLabels and ListSupportedInstanceTypes, as moto
       carries it (moto/emr/resources of its installed package)

What the release guide says of releases after 5.34.0 and 6.5.0 is in emr-later-releases.json beside this
script.

Each file is text, one fact a line, sorted by its bytes: the program searches it by halves.
"""
import gzip
import json
import pathlib
import re
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "data/emr"
# One row of the guide's tables means two applications of the API.
NAMES = {"Trino (PrestoSQL)": ["PrestoSQL", "Trino"]}


def version(label):
    """Major, minor, patch of emr-5.29.0; None for anything else."""
    found = re.fullmatch(r"emr-(\d+)\.(\d+)\.(\d+)", label)
    return tuple(map(int, found.groups())) if found else None


def dotted(number):
    return ".".join(map(str, number))


def write(name, lines):
    text = "".join(f"{line}\n" for line in sorted(set(lines), key=lambda line: line.encode()))
    (OUT / name).write_text(text)
    print(f"{name}: {text.count(chr(10))} lines, {len(text)} bytes")


def spans(present, known):
    """In each major line, from which release to which: `4.1.0- 5.0.0-5.11.0`; no end where it is the last."""
    out = []
    for major in sorted({number[0] for number in present}):
        line = sorted(number for number in known if number[0] == major)
        own = sorted(number for number in present if number[0] == major)
        end = "" if own[-1] == line[-1] else dotted(own[-1])
        out.append(f"{dotted(own[0])}-{end}")
    return " ".join(out)


def firsts(present):
    """The first release of each major line: `5.33.0 6.3.0 7.0.0`."""
    found = [min(n for n in present if n[0] == major) for major in sorted({n[0] for n in present})]
    # There are no answers for releases before 4.2.0: a type that this one has may be older.
    return " ".join(dotted((4, 0, 0) if number == (4, 2, 0) else number) for number in found)


def parsed(number):
    return tuple(map(int, number.split(".")))


def add_later_applications(later, applications, known):
    """Up to 6.15.0 no application was removed that 6.5.0 has."""
    for name, present in applications.items():
        for major, last in ((5, (5, 34, 0)), (6, (6, 5, 0))):
            if last in present:
                present += [number for number in known if number[0] == major and number > last]
    for name, firsts in later["first"].items():
        last = parsed(later["last"].get(name, "99.0.0"))
        for first in map(parsed, firsts):
            applications.setdefault(name, []).extend(
                number for number in known if number[0] == first[0] and first <= number <= last)


def add_later_classifications(later, classifications, known):
    for step in later:
        release, before = parsed(step["release"]), parsed(step["before"])
        line = [n for n in known if n[0] == release[0] and before < n <= release]
        for name, present in list(classifications.items()):
            if before in present:
                kept = line[:-1] if name in step["removed"] else line
                present += [number for number in kept if number not in present]
        for name in step["added"]:
            classifications.setdefault(name, []).extend(line)


def software(guide, later):
    """Applications and classifications, with the releases that have them."""
    known = [version(label) for label in guide["releases"]]
    applications, classifications = {}, {}
    for label, release in guide["releases"].items():
        for name, text in release["applications"].items():
            if name not in guide["applicationNames"] or "not available" in str(text).lower():
                continue
            for own in NAMES.get(name, [name]):
                applications.setdefault(own, []).append(version(label))
        for name in release["classifications"]:
            classifications.setdefault(name, []).append(version(label))
    covered = later["covered"]
    labels = {number for number in map(version, guide["labels"] + later["labels"]) if number}

    def until(table):
        ends = {parsed(number)[0]: parsed(number) for number in covered[table]}
        return sorted(number for number in labels | set(known) if number <= ends[number[0]])

    add_later_applications(later["applications"], applications, until("applications"))
    add_later_classifications(
        later["classifications"], classifications, until("classifications"))
    for table, facts in (("applications", applications), ("classifications", classifications)):
        write(f"{table}.txt", (f"{name} {spans(present, until(table))}" for name, present in facts.items()))
    write("covered.txt", (f"{table} {' '.join(numbers)}" for table, numbers in covered.items()))


def load(path):
    return json.loads(gzip.decompress(path.read_bytes()))


def instance_types(model, types):
    """`r5b.xlarge ebs 5.33.0 6.3.0 7.0.0`: whether it takes EBS optimization, and EMR's first releases with it.

    A type that EC2 has and EMR does not: its name alone.
    """
    offered = {}
    for path in types.glob("instance-types-emr-*.json.gz"):
        number = version(path.name[len("instance-types-"):-len(".json.gz")])
        if number is None:
            continue
        for name in load(path):
            offered.setdefault(name, []).append(number)
    facts = load(types / "instance_types.json.gz")
    lines = {name: name for name in model["instanceTypes"]}
    for name, present in offered.items():
        ebs = "ebs" if facts[name]["EbsOptimizedAvailable"] else "no-ebs"
        lines[name] = f"{name} {ebs} {firsts(present)}"
    write("instance-types.txt", lines.values())
    write("memory.txt", (f"{name} {fact['MemoryGB']:g}" for name, fact in facts.items()))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    model, types = map(pathlib.Path, sys.argv[1:])
    OUT.mkdir(parents=True, exist_ok=True)
    guide = json.loads((model / "emr-releases.json").read_text())
    later = json.loads((pathlib.Path(__file__).parent / "emr-later-releases.json").read_text())
    labels = set(guide["labels"]) | set(later["labels"])
    for seen in guide["laterLabelsSeenInDocsSearch"].values():
        labels |= {label for label in seen if label.startswith("emr-")}
    for path in types.glob("release-labels-*.json.gz"):
        labels |= set(load(path))
    write("releases.txt", labels)
    software(dict(guide, labels=sorted(labels)), later)
    instance_types(json.loads((model / "ec2-instance-types.json").read_text()), types)
    regions = json.loads((model / "emr-regions.json").read_text())["partitions"]
    write("regions.txt", (f"{region} {partition}" for partition, entry in regions.items()
                          for region in entry["regions"]))


main()
