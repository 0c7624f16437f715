"""penstock-VERSION-oci-linux-x86_64.tar: an OCI image layout in an archive, made without an engine.

The image has the binary, certificates, time zones and an unprivileged user, and nothing else."""

import hashlib
import importlib.metadata
import json
import pathlib
import time

import archives
from project import HOME, SUMMARY
from release import NAME, Entry

USER = 65532
PASSWD = f"root:x:0:0:root:/root:/sbin/nologin\n{NAME}:x:{USER}:{USER}:{NAME}:/home/{NAME}:/sbin/nologin\n"
GROUP = f"root:x:0:\n{NAME}:x:{USER}:\n"


def certificates():
    """Mozilla's certificates, as packaged by certifi at the version of packaging/requirements.txt."""
    import certifi

    return pathlib.Path(certifi.where()).read_bytes()


def zones():
    """The time-zone database, as packaged by tzdata."""
    folder = pathlib.Path(importlib.metadata.distribution("tzdata").locate_file("tzdata/zoneinfo"))
    for path in sorted(folder.rglob("*")):
        is_zone = path.is_file() and path.suffix not in (".py", ".pyc")
        if is_zone:
            yield str(path.relative_to(folder)), path.read_bytes()


def layer(release, files):
    doc = f"share/doc/{NAME}"
    wanted = ("bin/", f"{doc}/LICENSE", f"{doc}/THIRD-PARTY-NOTICES.txt")
    entries = [entry.at(f"usr/{entry.path}") for entry in files if entry.path.startswith(wanted)]
    entries += [
        Entry("etc/passwd", PASSWD.encode()),
        Entry("etc/group", GROUP.encode()),
        Entry("etc/nsswitch.conf", b"passwd: files\ngroup: files\nhosts: files dns\n"),
        Entry("etc/ssl/certs/ca-certificates.crt", certificates()),
        Entry("tmp/", mode=0o1777),
        Entry(f"home/{NAME}/", mode=0o755, owner=USER),
        Entry("work/", mode=0o755, owner=USER),
        Entry("var/lib/penstock/", mode=0o700, owner=USER),
    ]
    entries += [Entry(f"usr/share/zoneinfo/{path}", data) for path, data in zones()]
    return archives.tar(entries, release.epoch)


def build(release, files):
    blobs = {}

    def blob(data, media):
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return {"mediaType": media, "digest": f"sha256:{digest}", "size": len(data)}

    def document(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

    tar = layer(release, files)
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(release.epoch))
    labels = {
        "org.opencontainers.image.title": NAME,
        "org.opencontainers.image.description": SUMMARY,
        "org.opencontainers.image.version": release.version,
        "org.opencontainers.image.revision": release.commit,
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.source": HOME,
    }
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": created,
        "config": {
            "User": f"{USER}:{USER}",
            "Env": ["PATH=/usr/bin", f"HOME=/home/{NAME}"],
            "Entrypoint": [f"/usr/bin/{NAME}"],
            "WorkingDir": "/work",
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(tar).hexdigest()}"]},
        "history": [{"created": created, "created_by": "scripts/dist"}],
    }
    oci = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{oci}.manifest.v1+json",
        "config": blob(document(config), f"{oci}.config.v1+json"),
        "layers": [blob(archives.compressed(tar), f"{oci}.layer.v1.tar+gzip")],
        "annotations": labels,
    }
    described = blob(document(manifest), f"{oci}.manifest.v1+json")
    described["annotations"] = {"org.opencontainers.image.ref.name": release.version}
    described["platform"] = {"architecture": "amd64", "os": "linux"}
    index = {
        "schemaVersion": 2, "mediaType": f"{oci}.index.v1+json", "manifests": [described],
    }
    entries = [
        Entry("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'),
        Entry("index.json", document(index)),
        *(Entry(f"blobs/sha256/{digest}", data) for digest, data in blobs.items()),
    ]
    name = f"{NAME}-{release.version}-oci-linux-x86_64.tar"
    return name, archives.tar(entries, release.epoch)
