"""The PyPI wheel and sdist. Both carry the binary.

The sdist is this module as its own build backend (PEP 517), beside the files that the wheel gets, so
`pip install` makes a wheel of it without a compiler. This module imports the standard library alone."""

import base64
import hashlib
import io
import pathlib
import tarfile
import zipfile

NAME = "penstock"
RUNNER = "snowplow-emr-etl-runner"
#: The binary is static and asks of the system only Linux 3.2 on x86-64, so it runs wherever these
#: do: on glibc since 2.17 (or without one), and on musl.
TAGS = ["manylinux2014_x86_64", "manylinux_2_17_x86_64", "musllinux_1_1_x86_64"]

MODULE = '''\
"""Penstock's binary, as a Python package."""

import os
import sysconfig


def find_penstock_bin() -> str:
    """The path of the binary that was installed with this package."""
    schemes = [None, sysconfig.get_preferred_scheme("user")]
    for scheme in schemes:
        folder = sysconfig.get_path("scripts", *([scheme] if scheme else []))
        path = os.path.join(folder, "penstock")
        if os.path.isfile(path):
            return path
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin")
    path = os.path.join(beside, "penstock")  # pip install --target
    if os.path.isfile(path):
        return path
    raise FileNotFoundError("penstock")
'''

MAIN = '''\
import os
import sys

from penstock import find_penstock_bin

if __name__ == "__main__":
    os.execv(find_penstock_bin(), ["penstock", *sys.argv[1:]])
'''

#: A wheel can't hold a link. The name tells the binary whom it replaces.
RUNNER_SCRIPT = '''\
#!python
import os
import sys

penstock = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "penstock")
os.execv(penstock, sys.argv)
'''


def metadata(version, about):
    lines = [
        "Metadata-Version: 2.4", f"Name: {NAME}", f"Version: {version}",
        f"Summary: {about['summary']}",
        f"Author-email: {about['maintainer']}",
        "License-Expression: Apache-2.0",
        "License-File: LICENSE",
        "License-File: THIRD-PARTY-NOTICES.txt",
        f"Project-URL: Source, {about['home']}",
        f"Project-URL: Changelog, {about['home']}/blob/main/CHANGELOG.md",
        "Keywords: aws,emr,pipelines,snowplow,spark",
        "Classifier: Environment :: Console",
        "Classifier: Operating System :: POSIX :: Linux",
        "Classifier: Programming Language :: Swift",
        "Classifier: Topic :: Software Development :: Compilers",
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + about["description"]


def wheel_name(version):
    return f"{NAME}-{version}-py3-none-{'.'.join(TAGS)}.whl"


def write_wheel(version, about, files, date):
    """The bytes of the wheel. `files` are (path below the prefix, data, mode); `date` is a zip's."""
    info, data = f"{NAME}-{version}.dist-info", f"{NAME}-{version}.data"
    members = [
        (f"{NAME}/__init__.py", MODULE.encode(), 0o644),
        (f"{NAME}/__main__.py", MAIN.encode(), 0o644),
        (f"{data}/scripts/{RUNNER}", RUNNER_SCRIPT.encode(), 0o755),
    ]
    for path, content, mode in files:
        if path == f"bin/{NAME}":
            members.append((f"{data}/scripts/{NAME}", content, mode))
        elif path in (f"share/doc/{NAME}/LICENSE", f"share/doc/{NAME}/THIRD-PARTY-NOTICES.txt"):
            members.append((f"{info}/licenses/{path.rsplit('/', 1)[1]}", content, mode))
        else:
            members.append((f"{data}/data/{path}", content, mode))
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in TAGS)
    wheel = f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\n{tags}"
    members.append((f"{info}/METADATA", metadata(version, about).encode(), 0o644))
    members.append((f"{info}/WHEEL", wheel.encode(), 0o644))
    members.sort()
    record = "".join(f"{path},{digest(content)},{len(content)}\n" for path, content, _ in members)
    members.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode(), 0o644))
    return zipped(members, date)


def digest(content):
    value = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return f"sha256={value.decode()}"


def zipped(members, date):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content, mode in members:
            member = zipfile.ZipInfo(path, date)
            member.create_system = 3
            member.external_attr = (0o100000 | mode) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content, compresslevel=9)
    return out.getvalue()


# The build backend of the sdist, in whose root this file is.


def _source():
    import json

    root = pathlib.Path(__file__).resolve().parent
    about = json.loads((root / "about.json").read_text())
    files = [
        (str(path.relative_to(root / "files")), path.read_bytes(), path.stat().st_mode & 0o777)
        for path in sorted((root / "files").rglob("*"))
        if path.is_file()
    ]
    return about, files


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    import platform

    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise SystemExit("penstock's binary is for Linux on x86-64; elsewhere, build it from source")
    about, files = _source()
    name = wheel_name(about["version"])
    content = write_wheel(about["version"], about, files, tuple(about["date"]))
    (pathlib.Path(wheel_directory) / name).write_bytes(content)
    return name


def build_sdist(sdist_directory, config_settings=None):
    root = pathlib.Path(__file__).resolve().parent
    name = f"{root.name}.tar.gz"
    with tarfile.open(pathlib.Path(sdist_directory) / name, "w:gz") as archive:
        archive.add(root, root.name)
    return name
