"""What a release is made of: version, commit, binary, and the files that are installed."""

import gzip
import os
import pathlib
import re
import subprocess
import tempfile
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = "penstock"
#: The name by which Penstock replaces EmrEtlRunner.
RUNNER = "snowplow-emr-etl-runner"


def version():
    """The version, which only Sources/Host/Version.swift has."""
    text = (ROOT / "Sources/Host/Version.swift").read_text()
    return re.search(r'text = "([^"]+)"', text)[1]


def git(*arguments):
    return subprocess.run(
        ["git", "-C", ROOT, *arguments], check=True, text=True, stdout=subprocess.PIPE
    ).stdout.strip()


@dataclass(frozen=True)
class Entry:
    """A file or a link of a package. A path that ends in a slash is an empty folder."""

    path: str
    data: bytes = b""
    link: str = ""
    mode: int = 0o644
    owner: int = 0

    def at(self, path):
        return Entry(path, self.data, self.link, self.mode, self.owner)


@dataclass
class Release:
    binary: pathlib.Path
    map: pathlib.Path
    version: str = field(default_factory=version)

    def __post_init__(self):
        # Outside a checkout both have to be given.
        self.commit = os.environ.get("PENSTOCK_COMMIT") or git("rev-parse", "HEAD")
        self.epoch = int(
            os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct")
        )

    def run(self, *arguments):
        """What the binary prints."""
        done = subprocess.run(
            [self.binary, *arguments], check=True, stdout=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"}
        )
        return done.stdout


def manual(release):
    """The man pages, by their file names."""
    with tempfile.TemporaryDirectory() as folder:
        release.run("help", "--man", folder)
        return {page.name: page.read_bytes() for page in sorted(pathlib.Path(folder).iterdir())}


def installed(release, notices):
    """The files below a prefix, such as /usr/local, in the same places for every kind of package."""
    bash = release.run("completions", "bash")
    doc = f"share/doc/{NAME}"
    entries = [
        Entry(f"bin/{NAME}", release.binary.read_bytes(), mode=0o755),
        Entry(f"bin/{RUNNER}", link=NAME),
        Entry(f"share/bash-completion/completions/{NAME}", bash),
        Entry(f"share/bash-completion/completions/{RUNNER}", link=NAME),
        Entry(f"share/zsh/site-functions/_{NAME}", release.run("completions", "zsh")),
        Entry(f"share/fish/vendor_completions.d/{NAME}.fish", release.run("completions", "fish")),
        Entry(f"share/fish/vendor_completions.d/{RUNNER}.fish", link=f"{NAME}.fish"),
        Entry(f"{doc}/LICENSE", (ROOT / "LICENSE").read_bytes()),
        Entry(f"{doc}/CHANGELOG.md", (ROOT / "CHANGELOG.md").read_bytes()),
        Entry(f"{doc}/THIRD-PARTY-NOTICES.txt", notices),
    ]
    entries += [Entry(f"share/man/man1/{page}", text) for page, text in manual(release).items()]
    entries += [Entry(f"{doc}/examples/{path}", data, mode=mode) for path, data, mode in examples()]
    return sorted(entries, key=lambda entry: entry.path)


def examples():
    """The examples as they are committed."""
    folder = ROOT / "examples"
    try:
        paths = git("ls-files", "--", "examples").splitlines()
    except (OSError, subprocess.CalledProcessError):
        paths = [str(path.relative_to(ROOT)) for path in folder.rglob("*") if path.is_file()]
    for path in sorted(paths):
        file = ROOT / path
        mode = 0o755 if file.stat().st_mode & 0o100 else 0o644
        yield str(pathlib.PurePath(path).relative_to("examples")), file.read_bytes(), mode


def compressed(data):
    """Gzip without a date or a name."""
    return gzip.compress(data, compresslevel=9, mtime=0)
