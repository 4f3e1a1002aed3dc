"""Opens one delivered table with the reader of its contract's format.

A reader is one function in a module of its own. To add a format: name it in the contract's
schema, write the module, add it to `READERS`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from loaders.contracts.model import Contract, Format
from loaders.landing.readers.csv_text import read_csv
from loaders.landing.readers.dbf import read_dbf
from loaders.landing.readers.json_array import read_json_array
from loaders.landing.readers.json_lines import read_json_lines
from loaders.landing.readers.pipe_text import read_pipe_text
from loaders.landing.readers.reading import Reading
from loaders.landing.readers.sheet import PageOne, read_sheet
from loaders.landing.readers.tab_text import read_tab_text
from loaders.landing.readers.xml_records import read_xml

# From the bytes of one table to its records.
Reader = Callable[[IO[bytes], Contract], Reading]


def _read_delimited(stream: IO[bytes], contract: Contract) -> Reading:
    if contract.text is None:
        raise TypeError("a contract of format delimited has its layout")
    if contract.text.quote:
        return read_csv(stream, contract.encoding)
    read = read_tab_text if contract.text.trailing_delimiter else read_pipe_text
    return read(stream, contract.encoding)


# Databases hold many tables and are read in landing/watermark.py; a sheet may need page 1.
READERS: Mapping[Format, Reader] = {
    "delimited": _read_delimited,
    "jsonl": read_json_lines,
    "json": read_json_array,
    "xml": read_xml,
    "dbf": read_dbf,
}


@contextmanager
def open_table(
    contract: Contract, path: Path, member_name: str, page_one: PageOne | None
) -> Iterator[Reading]:
    """The table in a file or in a member of a zip. Raises: FileRefusedError."""
    if contract.format == "sheet":
        yield read_sheet(path, contract, page_one)
        return
    with open_bytes(path, member_name) as stream:
        yield READERS[contract.format](stream, contract)


@contextmanager
def open_bytes(path: Path, member_name: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of a member of a zip."""
    if not member_name:
        with path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive, archive.open(member_name) as member:
        yield member
