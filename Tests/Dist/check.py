"""Checks the files of `make dist` as people get them: docs/packaging.md.

usage: scripts/python-dist Tests/Dist/check.py [--dist FOLDER] [NAME…]

Each check is a function `check_…`; names choose some of them. One that can't run here says why, and
the last line counts them. Checks in other root file systems need root and debootstrap."""

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

import rooms
import tour

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Skip(Exception):
    """Why a check can't run here."""


class Dist:
    """The files of a release, and a folder to work in."""

    def __init__(self, folder, work):
        self.folder = folder
        self.work = work

    def file(self, pattern):
        found = sorted(self.folder.glob(pattern))
        assert len(found) == 1, f"{pattern} in {self.folder}: {found}"
        return found[0]

    @property
    def wheel(self):
        return self.file("penstock-*.whl")

    @property
    def sdist(self):
        return next(
            path for path in self.folder.glob("penstock-*.tar.gz")
            if path.name.count("-") == 1
        )

    @property
    def tarball(self):
        return self.file("penstock-*-linux-x86_64.tar.gz")

    @property
    def deb(self):
        return self.file("penstock_*_amd64.deb")

    @property
    def image(self):
        return self.file("penstock-*-oci-*.tar")

    @property
    def bill(self):
        return self.file("penstock-*.cdx.json")


def run(*command, status=0, **more):
    """What a command prints; its exit status has to be the given one."""
    more = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **more}
    done = subprocess.run([str(part) for part in command], **more)
    if done.returncode != status:
        raise AssertionError(f"{command[0]} exited with {done.returncode}:\n{done.stdout}")
    return done.stdout


def tool(name):
    """The path of a tool of this Python's environment, or of the system."""
    path = shutil.which(name, path=f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}")
    if not path:
        raise Skip(f"{name} is not installed (scripts/setup dist)")
    return path


def check_sums(dist):
    """SHA256SUMS lists every file."""
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=dist.folder)
    listed = {line.split()[1] for line in (dist.folder / "SHA256SUMS").read_text().splitlines()}
    there = {path.name for path in dist.folder.iterdir()} - {"SHA256SUMS"}
    assert listed == there, listed ^ there


def check_same_bytes(dist):
    """Packaging again, in another folder and another environment, gives the same bytes."""
    again = dist.work / "again"
    environment = {**os.environ, "TZ": "Asia/Kathmandu", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"}
    run(
        sys.executable, ROOT / "scripts/dist", "--out", again, cwd="/", env=environment,
        preexec_fn=lambda: os.umask(0o077),
    )
    assert digests(again) == digests(dist.folder)


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
    }


def check_bill(dist):
    """The bill of materials is valid CycloneDX and names what the notices name."""
    import json

    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = dist.bill.read_text()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert error is None, error
    names = [part["name"] for part in json.loads(text)["components"]]
    with tarfile.open(dist.tarball) as archive:
        member = next(name for name in archive.getnames() if name.endswith("NOTICES.txt"))
        notices = archive.extractfile(member).read().decode()
    for name in [*names, "BoringSSL", "SQLite", "zlib", "libyaml", "GNU C Library", "SwiftNIO"]:
        assert name in notices and name in names, name


def check_wheel(dist):
    """The wheel and the sdist are what PyPI accepts, and the wheel's tags are true."""
    printed = run(tool("twine"), "check", "--strict", dist.wheel, dist.sdist)
    assert printed.count("PASSED") == 2, printed
    printed = run(tool("auditwheel"), "show", dist.wheel)
    assert '"manylinux_2_5_x86_64"' in printed and "no external shared" in printed, printed


def check_sdist(dist):
    """pip makes the same wheel out of the sdist, without a compiler."""
    out = dist.work / "rebuilt"
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-deps", "-w", out, dist.sdist)
    (rebuilt,) = out.iterdir()
    assert rebuilt.name == dist.wheel.name
    assert rebuilt.read_bytes() == dist.wheel.read_bytes(), "the wheels differ"


def check_deb(dist):
    """Lintian has no errors, and no warnings either."""
    run(tool("lintian"), "--allow-root", "--fail-on", "error,warning", dist.deb)
    contents = run("dpkg-deb", "--contents", dist.deb)
    for path in ("./usr/bin/penstock", "man1/penstock.1.gz", "completions/penstock"):
        assert path in contents, path


def check_image(dist):
    """skopeo and umoci understand the image; it has what it should, and no privileges."""
    import json

    config = json.loads(run(tool("skopeo"), "inspect", "--config", f"oci-archive:{dist.image}"))
    assert config["config"]["User"] == "65532:65532", config
    assert config["os"] == "linux" and config["architecture"] == "amd64"
    layout = dist.work / "layout"
    run("skopeo", "copy", f"oci-archive:{dist.image}", f"oci:{layout}:test")
    bundle = dist.work / "bundle"
    run(tool("umoci"), "unpack", "--rootless", "--image", f"{layout}:test", bundle)
    root = bundle / "rootfs"
    pem = (root / "etc/ssl/certs/ca-certificates.crt").read_text()
    assert pem.count("BEGIN CERTIFICATE") > 100
    assert (root / "usr/share/zoneinfo/Europe/Berlin").read_bytes().startswith(b"TZif")
    assert not list(root.rglob("*.so*")) and not (root / "bin/sh").exists()


def check_install_and_tour(dist):
    """`pip install` into a new environment, then README's tour, takes less than a minute."""
    place = dist.work / "environment"
    start = time.monotonic()
    run("python3", "-m", "venv", place)
    run(place / "bin/pip", "install", "-q", "--no-index", dist.wheel)
    installed = time.monotonic() - start
    folder = dist.work / "tour"
    folder.mkdir()
    count = tour.take(ROOT / "README.md", folder, place / "bin")
    seconds = time.monotonic() - start
    print(f"  installed in {installed:.1f} s; the tour's {count} commands done after {seconds:.1f} s")
    limit = float(os.environ.get("PENSTOCK_TOUR_SECONDS", "60"))
    assert seconds < limit, f"{seconds:.1f} s"
    told = run(place / "bin/snowplow-emr-etl-runner", "--version")
    assert told.startswith("snowplow-emr-etl-runner"), told
    run(place / "bin/python", "-m", "penstock", "--version")
    run(place / "bin/pip", "uninstall", "-q", "-y", "penstock")
    left = [path for path in place.rglob("*penstock*") if "site-packages/pip" not in str(path)]
    assert not left, left


def check_bare_debian(dist):
    """In a Debian of debootstrap: the tarball, the package and the wheel's binary."""
    base = rooms.debian(ROOT / ".build-dist/debian", Skip)
    for kind, install in [
        ("tarball", rooms.unpack_tarball), ("deb", rooms.install_deb), ("wheel", rooms.unpack_wheel),
    ]:
        room = dist.work / f"debian-{kind}"
        run("cp", "-a", "--reflink=auto", base, room)
        for missing in ("swift", "python3", "gcc", "cc"):
            assert not list(room.glob(f"usr/bin/{missing}")), missing
        before = rooms.listing(room)
        install(room, dist)
        rooms.use(room, dist, ROOT, manual=True, shell=True)
        if kind == "deb":
            rooms.purge(room)
            left = rooms.listing(room) - before
            assert not left, f"purging leaves {sorted(left)}"
        print(f"  {kind}: compiles, runs, verifies TLS, resolves names, completes in bash")
        shutil.rmtree(room)


def check_newer_libc(dist):
    """Where nsswitch.conf names libraries of a newer glibc, which a static program can't load."""
    base = rooms.debian(
        ROOT / ".build-dist/trixie", Skip, "trixie", "libnss-myhostname,libnss-mdns"
    )
    for hosts in (
        "files myhostname mdns4_minimal [NOTFOUND=return] dns",
        "files myhostname resolve [!UNAVAIL=return] dns",
        "mdns4 sss",
    ):
        room = dist.work / "trixie"
        run("cp", "-a", "--reflink=auto", base, room)
        (room / "etc/nsswitch.conf").write_text(f"passwd: files systemd\nhosts: {hosts}\n")
        rooms.unpack_tarball(room, dist)
        rooms.use(room, dist, ROOT, manual=False, shell=False)
        print(f"  hosts: {hosts}: resolves names")
        shutil.rmtree(room)


def check_other_systems(dist):
    """On musl without glibc, in an empty root, and in the image's: the binary alone."""
    musl = rooms.alpine(dist.work / "musl", Skip)
    rooms.unpack_tarball(musl, dist)
    rooms.use(musl, dist, ROOT, manual=False, shell=False)
    print("  musl, busybox, no glibc: compiles, runs, verifies TLS, resolves names")
    empty = dist.work / "empty"
    rooms.unpack_tarball(empty, dist)
    rooms.use(empty, dist, ROOT, manual=False, shell=False)
    print("  an empty root: the same")
    image = rooms.unpack_image(dist.work / "image", dist, tool)
    rooms.use(image, dist, ROOT, manual=False, shell=False, user=65532)
    print("  the image's root, as its user: the same")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dist", type=pathlib.Path, default=ROOT / "dist")
    parser.add_argument("names", nargs="*", help="checks: all but those that need root are quick")
    options = parser.parse_args()
    checks = {
        name[len("check_"):].replace("_", "-"): each
        for name, each in globals().items()
        if name.startswith("check_")
    }
    for name in options.names:
        if name not in checks:
            parser.error(f"there are {', '.join(checks)}")
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory(prefix="penstock-dist-") as work:
        dist = Dist(options.dist.resolve(), pathlib.Path(work))
        for name, check in checks.items():
            if options.names and name not in options.names:
                continue
            print(f"{name}: {check.__doc__.splitlines()[0]}", flush=True)
            try:
                check(dist)
                counts["passed"] += 1
            except Skip as reason:
                print(f"  skipped: {reason}")
                counts["skipped"] += 1
            except Exception as error:
                print(f"  FAILED: {type(error).__name__}: {error}")
                counts["failed"] += 1
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    sys.exit(counts["failed"] > 0)


if __name__ == "__main__":
    main()
