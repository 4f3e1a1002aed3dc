"""Workbooks of the old binary kind (xls), read by a process of its own.

The library that reads them holds them in memory, and on a broken one it may end its
process instead of raising. So it gets a process, with limits on memory and time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from loaders.landing.refusal import FileRefusedError

ROOT = Path(__file__).resolve().parents[3]
CHILD = "loaders.landing.readers.legacy_child"
# An xls has at most 65536 rows of 256 columns a sheet.
MOST_BYTES = 1 << 29
Numbered = tuple[int, list[str | None]]


def legacy_sheets(stream: IO[bytes]) -> Iterator[tuple[str, Iterator[Numbered]]]:
    """Title and rows of every sheet; the rows of one must be read before the next.

    Raises: FileRefusedError, also while rows are read.
    """
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        if copy.tell() > MOST_BYTES:
            raise FileRefusedError(f"an xls workbook of more than {MOST_BYTES} bytes")
        copy.seek(0)
        command = [sys.executable, "-m", CHILD]
        child = subprocess.Popen(  # noqa: S603 - our own module, no arguments
            command,
            stdin=copy,
            stdout=subprocess.PIPE,
            # On broken files it says a lot there, possibly with values.
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        try:
            if child.stdout is None:
                raise TypeError("a process started with a pipe has one")
            yield from _sheets(child, child.stdout)
        finally:
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


def _sheets(
    child: subprocess.Popen[bytes], output: IO[bytes]
) -> Iterator[tuple[str, Iterator[Numbered]]]:
    while line := _line(output):
        title = json.loads(line)
        if not isinstance(title, str):
            raise TypeError("the process for xls did not begin a sheet with its title")
        rows = _rows(child, output)
        yield title, rows
        for _ in rows:
            # What the caller did not want of this sheet.
            pass
    _ended(child)


def _rows(child: subprocess.Popen[bytes], output: IO[bytes]) -> Iterator[Numbered]:
    while line := _line(output):
        row = json.loads(line)
        if row is None:
            return
        yield row[0], row[1]
    _ended(child)
    raise FileRefusedError("the xls workbook could not be read to its end")


def _line(output: IO[bytes]) -> bytes:
    # A process that was ended may leave half a line.
    line = output.readline()
    return line if line.endswith(b"\n") else b""


def _ended(child: subprocess.Popen[bytes]) -> None:
    if code := child.wait():
        known = {3: "the workbook is encrypted"}
        raise FileRefusedError(known.get(code, "the file is not a readable xls workbook"))
