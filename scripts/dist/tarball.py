"""penstock-VERSION-linux-x86_64.tar.gz: unpack it into a prefix, such as /usr/local."""

import archives
from release import NAME


def name(release):
    return f"{NAME}-{release.version}-linux-x86_64"


def build(release, files):
    root = name(release)
    entries = [entry.at(f"{root}/{entry.path}") for entry in files]
    return f"{root}.tar.gz", archives.tar_gz(entries, release.epoch)
