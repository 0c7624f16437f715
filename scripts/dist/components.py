"""What is linked into the binary, according to the linker's map, and under which licences."""

import collections
import fnmatch
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

from release import ROOT

OWN = "Penstock"
DATA = "Files built into Penstock"
SHARED = "Strings"
#: Sections that take no space in the file.
EMPTY = {".tbss", ".bss", ".relro_padding"}


def inputs(path):
    """The bytes in the binary of each module and library, from LLD's map."""
    out = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +\d+ (\S.*)$")
    part = re.compile(r"^ *([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+) +\d+         (\S.*):\((\S+)\)$")
    sizes, section, allocated = collections.Counter(), "", False
    with open(path, errors="replace") as lines:
        for line in lines:
            line = line.rstrip("\n")
            found = part.match(line)
            if found:
                # What has no address isn't loaded: debugging information, symbols.
                if section not in EMPTY and int(found[1], 16):
                    sizes[owner(found[3])] += int(found[2], 16)
            elif found := out.match(line):
                section = found[1]
    return sizes


def owner(file):
    """The module (`NIOCore`), archive (`libz.a`) or object (`crt1.o`) that an input belongs to."""
    module = re.search(r"/([^/]+)\.build/", file)
    if module:
        return module[1]
    archive = re.search(r"([^/]+\.a)\b", file)
    return archive[1] if archive else file.rsplit("/", 1)[-1]


def own_modules():
    return {path.name for path in (ROOT / "Sources").iterdir()}


class Component:
    def __init__(self, row, swift, gcc):
        self.row = row
        self.swift = swift
        self.gcc = gcc
        self.name = row["name"]
        self.licence = row["licence"]
        self.bytes = 0

    def fill(self, text, **more):
        for key, value in {"swift": str(self.swift), "gcc": self.gcc, **more}.items():
            text = text.replace("{" + key + "}", value)
        return text

    def owns(self, name):
        wanted = self.row.get("modules", []) + self.row.get("archives", [])
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted)

    @property
    def version(self):
        kind, _, name = self.fill(self.row["version"]).partition(":")
        if kind == "swift":
            text = output("swift", "--version")
            return re.search(r"Swift version (\S+)", text)[1]
        if kind == "resolved":
            pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
            return next(pin["state"]["version"] for pin in pins if pin["identity"] == name)
        if kind == "boringssl":
            manifest = (ROOT / ".build/checkouts/swift-nio-ssl/Package.swift").read_text()
            return re.search(r"BoringSSL Commit: (\w+)", manifest)[1]
        return output("dpkg-query", "-W", "-f", "${Version}", name)

    @property
    def purl(self):
        version = self.version.replace(":", "%3A").replace("+", "%2B")
        return self.fill(self.row["purl"], version=version)

    def texts(self):
        """The licence's texts, and the notices of single files."""
        for path in self.row["texts"]:
            yield (ROOT / self.fill(path)).read_text(errors="replace").strip() + "\n"
        if "headers" in self.row:
            yield from headers(ROOT / self.row["headers"])


def headers(folder):
    """The notices at the top of files that have another licence than Apache's."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".c", ".cc", ".h", ".S"):
            continue
        lines = []
        for line in path.read_text(errors="replace").splitlines()[:80]:
            if line and not line.startswith(("//", "/*", " *", "#")):
                break
            if line.startswith(("//", "/*", " *")):
                lines.append(re.sub(r"^(//|/\*| \*/?)\s?", "", line).rstrip(" */"))
            elif lines:
                break
        text = "\n".join(lines).strip() + "\n"
        is_notice = "opyright" in text or "Permission" in text
        if is_notice and "Apache License" not in text:
            found.setdefault(text, path.name)
    yield from found


def output(*command):
    return subprocess.run(
        command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ).stdout


def linked(map_file):
    """The components in the binary, the largest first, and the bytes that are Penstock's.

    An input that no component names ends it: it would have no licence notice."""
    rows = json.loads((ROOT / "packaging/components.json").read_text())
    swift = pathlib.Path(os.path.realpath(shutil.which("swift"))).parents[2]
    gcc = output("gcc", "-dumpversion").strip().split(".")[0]
    components = [Component(row, swift, gcc) for row in rows]
    own, own_bytes, unknown = own_modules(), collections.Counter(), []
    for name, size in inputs(map_file).items():
        component = next((each for each in components if each.owns(name)), None)
        if component:
            component.bytes += size
        elif name == "CBuiltins":
            own_bytes[DATA] += size
        elif name in own:
            own_bytes[OWN] += size
        elif name == "<internal>":
            own_bytes[SHARED] += size
        else:
            unknown.append(name)
    if unknown:
        raise SystemExit(
            f"packaging/components.json has no component for {', '.join(sorted(unknown))}"
        )
    used = [each for each in components if each.bytes]
    return sorted(used, key=lambda each: -each.bytes), own_bytes


def notices(components):
    """Everyone's licences, each text once."""
    texts, users = {}, collections.defaultdict(list)
    for component in components:
        for text in component.texts():
            key = hashlib.sha256(text.encode()).hexdigest()
            texts[key] = text
            if component.name not in users[key]:
                users[key].append(component.name)
    lines = [
        "Third-party software in Penstock",
        "================================",
        "",
        "Penstock's binary is linked statically. It contains the following, in part:",
        "",
    ]
    for component in components:
        lines.append(f"  {component.name} {component.version}: {component.licence}")
    lines += [
        "",
        "To link Penstock with a changed GNU C Library, build it from its sources, which are under",
        "the Apache License 2.0: https://github.com/penstock/penstock",
    ]
    for key, text in texts.items():
        title = ", ".join(users[key])
        lines += ["", "", title, "-" * len(title), "", text.rstrip()]
    return ("\n".join(lines) + "\n").encode()
