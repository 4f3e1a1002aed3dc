"""Opens one delivered table with the reader of its contract's format."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from loaders.contracts.model import Contract
from loaders.landing.readers.csv_text import read_csv
from loaders.landing.readers.json_lines import read_json_lines
from loaders.landing.readers.pipe_text import read_pipe_text
from loaders.landing.readers.reading import Reading
from loaders.landing.readers.sheet import PageOne, read_sheet
from loaders.landing.readers.tab_text import read_tab_text


@contextmanager
def open_table(
    contract: Contract, path: Path, member_name: str, page_one: PageOne | None
) -> Iterator[Reading]:
    """The table in a file or in a member of a zip. Raises: FileRefusedError."""
    if contract.format == "sheet":
        yield read_sheet(path, contract, page_one)
        return
    if contract.text is None:
        read = read_json_lines
    elif contract.text.quote:
        read = read_csv
    else:
        read = read_tab_text if contract.text.trailing_delimiter else read_pipe_text
    with open_bytes(path, member_name) as stream:
        yield read(stream, contract.encoding)


@contextmanager
def open_bytes(path: Path, member_name: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of a member of a zip."""
    if not member_name:
        with path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive, archive.open(member_name) as member:
        yield member
