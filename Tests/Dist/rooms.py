"""Root file systems that Penstock is tried in, and what it has to do in each of them."""

import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def call(*command, **more):
    done = subprocess.run(
        [str(part) for part in command], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, **more,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}"
    return done.stdout


def needs(skip, *tools):
    if os.geteuid() != 0:
        raise skip("other root file systems need root")
    for tool in tools:
        if not shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
            raise skip(f"{tool} is not installed (scripts/setup dist)")


def debian(folder, skip, suite="bookworm", packages="man-db,bash-completion"):
    """A minimal Debian with some packages, made once and kept."""
    needs(skip, "debootstrap", "chroot", "unshare")
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print(f"  making a minimal Debian ({suite})", flush=True)
        root = folder / "root"
        call(
            "debootstrap", "--variant=minbase", f"--include={packages}", suite, root,
            env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
        )
        (folder / "done").touch()
    return folder / "root"


def alpine(folder, skip):
    """A root as Alpine's: musl and busybox of Debian's packages, and no glibc."""
    needs(skip, "apt-get", "dpkg-deb", "chroot", "unshare")
    with tempfile.TemporaryDirectory() as packages:
        os.chmod(packages, 0o755)
        call("apt-get", "download", "-q", "musl", "busybox-static", cwd=packages)
        for package in pathlib.Path(packages).glob("*.deb"):
            call("dpkg-deb", "-x", package, folder)
    assert list(folder.glob("lib/ld-musl-*")) and not list(folder.rglob("libc.so.6"))
    (folder / "etc").mkdir(exist_ok=True)
    return folder


def unpack_tarball(room, dist):
    prefix = room / "usr/local"
    prefix.mkdir(parents=True, exist_ok=True)
    call("tar", "-C", prefix, "--strip-components=1", "-xzf", dist.tarball)


def unpack_wheel(room, dist):
    """As pip does it, for a system without Python: the binary and the shared files."""
    with zipfile.ZipFile(dist.wheel) as archive:
        for member in archive.infolist():
            for part, place in [(".data/scripts/", "usr/local/bin/"), (".data/data/", "usr/local/")]:
                _, found, path = member.filename.partition(part)
                if found:
                    target = room / place / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(member))
                    target.chmod(member.external_attr >> 16 & 0o777)


def install_deb(room, dist):
    shutil.copy(dist.deb, room / "tmp/penstock.deb")
    call("chroot", room, "dpkg", "-i", "/tmp/penstock.deb")
    (room / "tmp/penstock.deb").unlink()


def purge(room):
    call("chroot", room, "dpkg", "--purge", "penstock")


def unpack_image(room, dist, tool):
    layout = room.with_name(room.name + "-layout")
    call(tool("skopeo"), "copy", f"oci-archive:{dist.image}", f"oci:{layout}:test")
    call(tool("umoci"), "unpack", "--image", f"{layout}:test", room)
    return room / "rootfs"


def listing(room):
    """What is installed: without dpkg's own notes, caches, logs and what the test itself put there."""
    own = ("var/lib/dpkg", "var/cache", "var/log", "tmp", "root", "etc/resolv.conf", "work")
    found = set()
    for folder, folders, files in os.walk(room):
        for name in folders + files:
            path = str(pathlib.Path(folder, name).relative_to(room))
            if not path.startswith(own):
                found.add(path)
    return found


def use(room, dist, root, manual, shell, user=0):
    """Everything that Penstock has to do in a root file system, in a network of its own."""
    trial = room / "work/trial"
    trial.parent.mkdir(exist_ok=True)
    with tarfile.open(dist.tarball) as archive:
        prefix = archive.getnames()[0].split("/")[0] + "/share/doc/penstock/examples/snowplow/"
        for member in archive.getmembers():
            if member.name.startswith(prefix) and member.isfile():
                target = trial / member.name[len(prefix):]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())
                target.chmod(member.mode)
    call("./fill-sandbox", "box", cwd=trial)
    if user:
        call("chown", "-R", f"{user}:{user}", trial)
    for name in ("proc", "etc", "tmp"):
        (room / name).mkdir(exist_ok=True)
    arguments = [str(room), f"--user={user}"]
    arguments += ["--manual"] if manual else []
    arguments += ["--shell"] if shell else []
    call(
        "unshare", "--net", "--mount", "--pid", "--fork", sys.executable, HERE / "inside.py",
        *arguments, timeout=600,
    )


def loopback_up():
    """Starts the loopback interface of a new network."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0x1 | 0x40)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS
