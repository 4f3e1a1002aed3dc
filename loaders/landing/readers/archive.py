"""Zips from outside, judged by their directory before anything in them is read.

What is read afterwards cannot be more than the directory says: `zipfile` stops at the
declared size of a member and then finds its checksum wrong.
"""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from loaders.landing.refusal import FileRefusedError

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
MOST_MEMBERS = 10_000
# What all members may have together, unpacked: far above a county's largest day.
MOST_BYTES = 1 << 36
# Tables are packed 5 to 50 times smaller, all but empty ones some 200 times; bombs 1000.
HIGHEST_RATIO = 300
# Below this size a ratio says nothing, and does no harm either.
SMALL_BYTES = 1 << 26
METHODS = {
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
}
ENCRYPTED = 0x1


def safe_members(
    archive: Path | IO[bytes], most_bytes: int = MOST_BYTES, kind: str = "zip"
) -> dict[str, int]:
    """Names and unpacked sizes of a zip's members, folders left out.

    `kind` is what messages call a file that cannot be opened.

    Raises: FileRefusedError for a file that is no zip, or one that is not to be trusted.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if not info.is_dir()]
    except BROKEN_ZIP as error:
        raise FileRefusedError(f"the file is not a readable {kind}") from error
    if len(members) > MOST_MEMBERS:
        raise FileRefusedError(f"the zip holds {len(members)} members")
    for info in members:
        if fault := _fault(info):
            raise FileRefusedError(f"the zip holds {fault}")
    sizes = {info.filename: info.file_size for info in members}
    if len(sizes) != len(members):
        raise FileRefusedError("the zip holds two members of one name")
    if sum(sizes.values()) > most_bytes:
        raise FileRefusedError(
            f"the zip would unpack to {sum(sizes.values())} bytes: more than {most_bytes}"
        )
    return sizes


def _fault(info: zipfile.ZipInfo) -> str | None:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in info.filename:
        return "a member whose name leaves its folder"
    if not info.filename.isprintable():
        return "a member whose name has control characters"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link instead of a file"
    if info.flag_bits & ENCRYPTED:
        return "an encrypted member"
    if info.compress_type not in METHODS:
        return f"a member packed by the unknown method {info.compress_type}"
    if info.file_size > SMALL_BYTES:
        ratio = info.file_size // max(info.compress_size, 1)
        if ratio > HIGHEST_RATIO:
            return f"a member that unpacks to {ratio} times its size"
    return None
