"""Archives whose bytes depend on their contents alone."""

import io
import pathlib
import tarfile
import time
import zipfile

from release import compressed


def folders(entries):
    """The folders that hold the entries."""
    found = set()
    for entry in entries:
        for parent in pathlib.PurePosixPath(entry.path).parents:
            if str(parent) != ".":
                found.add(f"{parent}/")
    return found


def tar(entries, epoch):
    """A tar archive: sorted, owned by root unless an entry says otherwise, all of one time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        given = {entry.path: entry for entry in entries}
        for path in sorted(folders(entries) | set(given)):
            entry = given.get(path)
            info = tarfile.TarInfo(path.rstrip("/"))
            info.mtime = epoch
            info.uid = info.gid = entry.owner if entry else 0
            info.uname = info.gname = "" if info.uid else "root"
            if path.endswith("/"):
                info.type, info.mode = tarfile.DIRTYPE, entry.mode if entry else 0o755
                archive.addfile(info)
            elif entry.link:
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, entry.link, 0o777
                archive.addfile(info)
            else:
                info.size, info.mode = len(entry.data), entry.mode
                archive.addfile(info, io.BytesIO(entry.data))
    return out.getvalue()


def tar_gz(entries, epoch):
    return compressed(tar(entries, epoch))


def zip_archive(entries, epoch):
    """A zip archive, in the order given. It can't hold links."""
    out = io.BytesIO()
    when = time.gmtime(max(epoch, 315_532_800))[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path, when)
            info.create_system = 3
            info.external_attr = (0o100000 | entry.mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.data, compresslevel=9)
    return out.getvalue()
