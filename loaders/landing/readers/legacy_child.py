"""The process that reads one xls: the workbook comes in, JSON lines go out.

For every sheet a line with its title, a line per row as [number, cells], and a null. Ends
with code 3 when the workbook is encrypted, with another one when it cannot be read.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import IO

from python_calamine import (
    CalamineError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from loaders.landing.readers.cells import cell_text
from loaders.landing.readers.legacy_errors import EncryptedError, error_cells

MOST_MEMORY = 1 << 31
MOST_SECONDS = 600
# Other sheets are charts and macros, or hidden: what is hidden was not sent.
SHOWN = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)


def main(source: IO[bytes], target: IO[str]) -> int:
    """Write the sheets of the workbook in `source`; the result is the exit code."""
    data = source.read()
    try:
        # Cells like #N/A are given as empty ones; they are looked up in the file itself.
        errors = error_cells(data)
        book = load_workbook(io.BytesIO(data))
        for place, sheet in enumerate(book.sheets_metadata):
            if (sheet.typ, sheet.visible) != SHOWN:
                continue
            print(json.dumps(sheet.name), file=target)
            marks = errors[place]
            rows = book.get_sheet_by_index(place).iter_rows()
            for number, values in enumerate(rows, start=1):
                cells = [
                    marks.get((number, column)) or (None if v == "" else cell_text(v))
                    for column, v in enumerate(values, start=1)
                ]
                print(json.dumps([number, cells]), file=target)
            print("null", file=target)
    except EncryptedError:
        return 3
    except (CalamineError, ValueError, LookupError, MemoryError):
        return 1
    return 0


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    sys.exit(main(sys.stdin.buffer, sys.stdout))
