#!/usr/bin/env python3
"""Packs the binaries of a release, and writes down what they are.

    .ci/release/pack.py VERSION ORIGIN BINARIES OUT

VERSION is v1.2.3, ORIGIN the address of the folder that the release's files will have, BINARIES a
folder with TARGET/lockgate (lockgate.exe) for each target. OUT, which must not be there yet, gets one
archive for each target, SHA256SUMS, and checksums.txt, which takes the place of action/checksums.txt
on the commit that is tagged.

The same binaries always give the same bytes: no time, no user, no order of a file system.
"""

import gzip
import hashlib
import io
import re
import sys
import tarfile
from pathlib import Path

HEADER = """\
# The release that this commit belongs to, and the SHA-256 of its archives. Written by the release
# workflow on the commit that it tags, so that who pins this commit pins the binary.
"""


def archive(program: str, content: bytes) -> bytes:
    """A tar.gz with one program in it."""
    entry = tarfile.TarInfo(program)
    entry.size = len(content)
    entry.mode = 0o755
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as writer:
        writer.addfile(entry, io.BytesIO(content))
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, filename="", mtime=0) as writer:
        writer.write(tar.getvalue())
    return packed.getvalue()


def main() -> None:
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    version, origin = sys.argv[1:3]
    binaries, out = map(Path, sys.argv[3:])
    if not re.fullmatch(r"v\d+\.\d+\.\d+(-[0-9a-z.]+)?", version):
        sys.exit(f"{version} is no version like v1.2.3")
    if not re.fullmatch(r"https://[\w.-]+/[\w.-]+/[\w.-]+/releases/download/" + re.escape(version), origin):
        sys.exit(f"{origin} is not the address of a release's files")
    out.mkdir()
    sums = []
    for folder in sorted(path for path in binaries.iterdir() if path.is_dir()):
        program = "lockgate.exe" if "-windows-" in folder.name else "lockgate"
        packed = archive(program, (folder / program).read_bytes())
        name = f"lockgate-{version}-{folder.name}.tar.gz"
        (out / name).write_bytes(packed)
        sums.append(f"{hashlib.sha256(packed).hexdigest()}  {name}\n")
    if not sums:
        sys.exit(f"there is no binary in {binaries}")
    (out / "SHA256SUMS").write_text("".join(sums), newline="\n")
    text = f"{HEADER}release {version} {origin}\n{''.join(sums)}"
    (out / "checksums.txt").write_text(text, newline="\n")


if __name__ == "__main__":
    main()
