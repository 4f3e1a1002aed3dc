"""Opens one delivered table with the reader of its contract's format.

A reader is one function in a module of its own. To add a format: name it in the contract's
schema, write the module, add it to `READERS`.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from loaders.contracts.model import Contract, Format
from loaders.landing.readers.dbf import read_dbf
from loaders.landing.readers.delimited import read_delimited
from loaders.landing.readers.json_array import read_json_array
from loaders.landing.readers.json_lines import read_json_lines
from loaders.landing.readers.reading import PageOne, Reading
from loaders.landing.readers.sheet import read_sheet
from loaders.landing.readers.xml_records import read_xml
from loaders.landing.refusal import FileRefusedError

# From the bytes of one table to its records; only sheets come in pages.
Reader = Callable[[IO[bytes], Contract, PageOne | None], Reading]
# Formats that are read back and forth.
SEEKING = frozenset({"sheet"})
# Members of this size are held in memory for it, larger ones in a file without a name.
HELD_BYTES = 1 << 23


def _read_delimited(stream: IO[bytes], contract: Contract, _: PageOne | None) -> Reading:
    return read_delimited(stream, contract)


# Databases hold many tables and are read by landing/watermark.py.
READERS: Mapping[Format, Reader] = {
    "delimited": _read_delimited,
    "jsonl": read_json_lines,
    "json": read_json_array,
    "xml": read_xml,
    "dbf": read_dbf,
    "sheet": read_sheet,
}


@contextmanager
def open_table(
    contract: Contract, path: Path, member_name: str, page_one: PageOne | None
) -> Iterator[Reading]:
    """The table in a file or in a member of a zip. Raises: FileRefusedError."""
    with open_bytes(path, member_name) as stream:
        try:
            if member_name and contract.format in SEEKING:
                with tempfile.SpooledTemporaryFile(HELD_BYTES) as copy:
                    shutil.copyfileobj(stream, copy)
                    copy.seek(0)
                    yield READERS[contract.format](copy, contract, page_one)
            else:
                yield READERS[contract.format](stream, contract, page_one)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise FileRefusedError("the member of the zip cannot be read") from error


@contextmanager
def open_bytes(path: Path, member_name: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of a member of a zip."""
    if not member_name:
        with path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive, archive.open(member_name) as member:
        yield member
