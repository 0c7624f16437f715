"""The files for PyPI: penstock-VERSION-py3-none-….whl and penstock-VERSION.tar.gz."""

import json
import pathlib
import time

import archives
import wheel
from project import HOME, MAINTAINER, SUMMARY
from release import NAME, ROOT, Entry

PYPROJECT = """\
[build-system]
requires = []
build-backend = "penstock_wheel"
backend-path = ["."]
"""


def about(release):
    return {
        "version": release.version,
        "home": HOME,
        "summary": SUMMARY,
        "maintainer": MAINTAINER,
        "description": (ROOT / "packaging/description.md").read_text(),
        "date": list(time.gmtime(max(release.epoch, 315_532_800))[:6]),
    }


def plain(files):
    """The files without links, which a wheel can't hold: completions are copied, and the link to
    the binary is a script."""
    data = {entry.path: entry for entry in files}
    for entry in files:
        if not entry.link:
            yield entry.path, entry.data, entry.mode
        elif not entry.path.startswith("bin/"):
            target = data[str(pathlib.PurePosixPath(entry.path).parent / entry.link)]
            yield entry.path, target.data, target.mode


def build_wheel(release, files):
    content = wheel.write_wheel(
        release.version, about(release), plain(files), tuple(about(release)["date"])
    )
    return wheel.wheel_name(release.version), content


def build_sdist(release, files):
    root = f"{NAME}-{release.version}"
    info = wheel.metadata(release.version, about(release)).encode()
    licences = [
        Entry(f"{root}/{path.rsplit('/', 1)[1]}", data)
        for path, data, _ in plain(files)
        if path.endswith(("/LICENSE", "/THIRD-PARTY-NOTICES.txt"))
    ]
    entries = [
        Entry(f"{root}/PKG-INFO", info),
        Entry(f"{root}/pyproject.toml", PYPROJECT.encode()),
        Entry(f"{root}/about.json", json.dumps(about(release), indent=2, sort_keys=True).encode()),
        Entry(f"{root}/penstock_wheel.py", (ROOT / "scripts/dist/wheel.py").read_bytes()),
        *licences,
        *(Entry(f"{root}/files/{path}", data, mode=mode) for path, data, mode in plain(files)),
    ]
    return f"{root}.tar.gz", archives.tar_gz(entries, release.epoch)
