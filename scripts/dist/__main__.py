"""Makes the files of a release out of the release binary: docs/packaging.md.

usage: scripts/python-dist scripts/dist [--out FOLDER] [--only KIND] [--sizes]"""

import argparse
import hashlib
import pathlib
import shutil

import components
import debian
import image
import pypi
import sbom
import schemas
import sizes
import tarball
from release import ROOT, Release, installed

KINDS = {
    "tarball": tarball.build,
    "deb": debian.build,
    "wheel": pypi.build_wheel,
    "sdist": pypi.build_sdist,
    "image": image.build,
}


def main():
    parser = argparse.ArgumentParser(prog="scripts/dist", description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/penstock")
    parser.add_argument("--map", type=pathlib.Path, default=ROOT / ".build/penstock.map")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist")
    parser.add_argument("--only", choices=sorted(KINDS), help="make only one kind of package")
    parser.add_argument("--sizes", action="store_true", help="print what each megabyte is, and stop")
    options = parser.parse_args()
    if options.sizes:
        return print(sizes.table(options.map, options.binary))

    release = Release(options.binary.resolve(), options.map)
    linked, _ = components.linked(release.map)
    files = installed(release, components.notices(linked))
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    made = {}
    for kind, build in KINDS.items():
        if options.only in (None, kind):
            name, data = build(release, files)
            made[name] = data
    for name, data in (sbom.build(release, linked), schemas.build(release)):
        made[name] = data
    for name, data in made.items():
        (options.out / name).write_bytes(data)
    sums = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(made.items())
    )
    (options.out / "SHA256SUMS").write_text(sums)
    for name, data in sorted(made.items()):
        print(f"{len(data) / 1e6:6.2f} MB  {options.out.name}/{name}")


main()
