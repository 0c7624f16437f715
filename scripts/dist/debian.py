"""penstock_VERSION_amd64.deb, by dpkg-deb."""

import os
import pathlib
import subprocess
import tempfile
import time

from project import HOME, MAINTAINER
from release import NAME, compressed

CONTROL = """\
Package: {name}
Version: {version}
Architecture: amd64
Maintainer: {maintainer}
Installed-Size: {size}
Recommends: ca-certificates, tzdata
Section: utils
Priority: optional
Homepage: {home}
Description: compiler and runner for batch pipelines on Amazon EMR
 Penstock type-checks a pipeline written in YAML, checks its data flow, and
 compiles it to the exact request that EMR receives. It can then run it,
 survive being killed, and recover from a failed step.
 .
 It is a drop-in replacement for Snowplow's EmrEtlRunner, under whose name it
 is installed too.
"""

COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: penstock
Source: {home}
Comment: The binary is linked statically. The licenses of the libraries in it
 are in THIRD-PARTY-NOTICES.txt.gz, in the same folder as this file.

Files: *
Copyright: {year} The Penstock developers
License: Apache-2.0

License: Apache-2.0
 On Debian systems, the text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.
"""

CHANGELOG = """\
{name} ({version}) stable; urgency=medium

  * Release {version}: see /usr/share/doc/{name}/CHANGELOG.md.gz.

 -- {maintainer}  {date}
"""

#: What lintian says of every static program, and why that is intended.
OVERRIDES = """\
# One static binary for every distribution, which starts as fast as a C program.
penstock: statically-linked-binary [usr/bin/penstock]
penstock: embedded-library *
"""

#: Where Debian wants what other systems have elsewhere.
MOVED = {
    "share/zsh/site-functions/": "share/zsh/vendor-completions/",
}


def placed(files, release):
    """The files of the package, by their paths below the root."""
    doc = f"usr/share/doc/{NAME}"
    tree = {}
    for entry in files:
        path = entry.path
        for old, new in MOVED.items():
            path = path.replace(old, new)
        path, data = f"usr/{path}", entry.data
        if path == f"{doc}/LICENSE":
            continue  # `copyright` points at Debian's copy
        is_text = path in (f"{doc}/CHANGELOG.md", f"{doc}/THIRD-PARTY-NOTICES.txt")
        if (is_text or "/man/" in path) and not entry.link:
            path, data = f"{path}.gz", compressed(data)
        elif "/man/" in path:
            path, entry = f"{path}.gz", entry.__class__(path, link=f"{entry.link}.gz")
        tree[path] = (data, entry.link, entry.mode)
    when = time.gmtime(release.epoch)
    values = {
        "name": NAME, "version": release.version, "maintainer": MAINTAINER, "home": HOME,
        "date": time.strftime("%a, %d %b %Y %H:%M:%S +0000", when), "year": when.tm_year,
    }
    tree[f"{doc}/copyright"] = (COPYRIGHT.format(**values).encode(), "", 0o644)
    tree[f"{doc}/changelog.gz"] = (compressed(CHANGELOG.format(**values).encode()), "", 0o644)
    tree[f"usr/share/lintian/overrides/{NAME}"] = (OVERRIDES.encode(), "", 0o644)
    return tree, values


def build(release, files):
    tree, values = placed(files, release)
    size = sum(-(-len(data) // 1024) for data, _, _ in tree.values())
    tree["DEBIAN/control"] = (CONTROL.format(size=size, **values).encode(), "", 0o644)
    file = f"{NAME}_{release.version}_amd64.deb"
    with tempfile.TemporaryDirectory() as work:
        root = pathlib.Path(work) / "root"
        write(root, tree)
        out = pathlib.Path(work) / file
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=1", "--build", root, out],
            check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(release.epoch)},
        )
        return file, out.read_bytes()


def write(root, tree):
    for path, (data, link, mode) in tree.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if link:
            place.symlink_to(link)
        else:
            place.write_bytes(data)
            place.chmod(mode)
    for folder in [root, *root.rglob("*")]:
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o755)
