"""The digests of delivered files, each computed while something else is done.

Goes in: a stream, or a table that is being loaded. Comes out: md5, by which a manifest
describes its files, and sha256, by which the ledger knows them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import IO

from loaders.landing.delivered import DeliveredTable
from loaders.landing.refusal import FileRefusedError

CHUNK = 1 << 20
MD5_DIFFERS = "md5 differs from the manifest: the file is not complete"


def digests_of(stream: IO[bytes], with_md5: bool = True) -> tuple[str | None, str, int]:
    """md5 if wanted, sha256, and how many bytes there are."""
    md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    # Both digests are long work in C, which Python lets run side by side.
    with ThreadPoolExecutor(1) as beside:
        while chunk := stream.read(CHUNK):
            other = beside.submit(md5.update, chunk) if with_md5 else None
            sha256.update(chunk)
            size += len(chunk)
            if other is not None:
                other.result()
    return md5.hexdigest() if with_md5 else None, sha256.hexdigest(), size


@contextmanager
def checking_md5(table: DeliveredTable) -> Iterator[None]:
    """Compare a file with its manifest while it is loaded, if that has been left to do.

    Raises: FileRefusedError at the end, instead of any refusal that came of a file that is
    not complete; OSError when the file cannot be read.
    """
    whole = table.file.manifest.whole
    if not table.is_md5_due or whole is None:
        yield
        return
    broken_off = Event()
    with ThreadPoolExecutor(1) as beside:
        md5 = beside.submit(_md5_of, table.file.path, broken_off)
        try:
            yield
        except FileRefusedError:
            if md5.result() != whole.md5:
                raise FileRefusedError(MD5_DIFFERS) from None
            raise
        except BaseException:
            broken_off.set()
            raise
        if md5.result() != whole.md5:
            raise FileRefusedError(MD5_DIFFERS)


def _md5_of(path: Path, broken_off: Event) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while not broken_off.is_set() and (chunk := stream.read(CHUNK)):
            md5.update(chunk)
    return md5.hexdigest()
